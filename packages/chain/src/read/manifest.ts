// Finds a version's manifest in the calldata of the transaction that created it, and checks its digest. Network I/O.
import {
  decodeFunctionData,
  hexToBytes,
  parseEventLogs,
  sha256,
  toFunctionSelector,
  type Hex,
} from 'viem'
import { ChainError } from '../chain-error.ts'
import { cloudAbi } from '../generated/cloud.ts'
import type { Chain } from '../network/chain.ts'
import { toChainError } from './refusal.ts'

/** Canonical JSON of a version; `digest` is its SHA-256 and the one on chain. */
export type ManifestText = { readonly text: string; readonly digest: Hex }

/** `ICloud.create`: larger ones do not get on chain. */
const maxManifestBytes = 65_536
/** What a transaction can carry. */
const maxCalldataBytes = 131_072
/** Calls within calldata that are looked at: a wallet contract calls on behalf of its owner. */
const maxCalls = 16

/**
 * The manifest of a version that is final. The text is exactly the bytes that the contract hashed.
 * Throws ChainError `manifest.not-found` (no such version, or the RPC lacks its transaction), `manifest.too-large`,
 * `manifest.digest-differs`, `chain.unreachable`.
 */
export async function readManifest(
  chain: Chain,
  appId: bigint,
  version: number,
): Promise<ManifestText> {
  const name = `version ${version} of application ${appId}`
  try {
    const { number: blockNumber } = await chain.finalized()
    const readVersion = (number: number) =>
      chain.client.readContract({
        address: chain.profile.contracts.cloud,
        abi: cloudAbi,
        functionName: 'version',
        args: [appId, number],
        blockNumber,
      })
    const { createdAt, manifestVersion, manifestDigest, ...found } = await readVersion(version)
    if (createdAt === 0n) throw notFound(`there is no ${name} in block ${blockNumber}`)
    // A migration carries no manifest: the version that it moved does.
    const source = manifestVersion === 0 ? version : manifestVersion
    const { createdBlock } = source === version ? found : await readVersion(source)
    const calldata = await readCalldata(chain, appId, source, createdBlock)
    if (calldata === undefined)
      throw notFound(
        `the RPC does not have the transaction of ${name} in block ${createdBlock}. Use one that keeps history`,
      )
    return manifestInCalldata(calldata, manifestDigest, name)
  } catch (cause) {
    throw toChainError(cause, `read the manifest of ${name}`, chain.signal)
  }
}

async function readCalldata(
  { client, profile }: Chain,
  appId: bigint,
  version: number,
  createdBlock: bigint,
): Promise<Hex | undefined> {
  const logs = await client.getLogs({
    address: profile.contracts.cloud,
    fromBlock: createdBlock,
    toBlock: createdBlock,
  })
  const created = parseEventLogs({ abi: cloudAbi, eventName: 'VersionCreated', logs }).find(
    ({ args }) => args.appId === appId && args.version === version,
  )
  if (created === undefined) return undefined
  return (await client.getTransaction({ hash: created.transactionHash })).input
}

/**
 * The manifest with this SHA-256 among the calls of `create`, `update` and `updateByDeployKey` in `calldata`, direct or wrapped in another call.
 * Throws ChainError `manifest.too-large`, `manifest.digest-differs`.
 */
export function manifestInCalldata(calldata: Hex, digest: Hex, name: string): ManifestText {
  if (calldata.length > 2 + 2 * maxCalldataBytes)
    throw new ChainError(
      'manifest.too-large',
      `the calldata of ${name} has more than ${maxCalldataBytes} bytes`,
    )
  for (const call of callsIn(calldata)) {
    const manifest = manifestOf(call)
    if (manifest === undefined || sha256(manifest) !== digest.toLowerCase()) continue
    if (manifest.length > 2 + 2 * maxManifestBytes)
      throw new ChainError(
        'manifest.too-large',
        `the manifest of ${name} has ${manifest.length / 2 - 1} bytes, at most ${maxManifestBytes} are read`,
      )
    return { text: decodeText(manifest, name), digest }
  }
  throw new ChainError(
    'manifest.digest-differs',
    `no manifest in the transaction of ${name} has the digest ${digest} that is on chain`,
  )
}

/** Where each function that makes a version of new code has the manifest. */
const manifestArguments = new Map([
  ['create', 5],
  ['update', 2],
  ['updateByDeployKey', 1],
])

/** Hashed when a manifest is read: most who import this read none. */
const selectors = () =>
  cloudAbi.flatMap((entry) =>
    entry.type === 'function' && manifestArguments.has(entry.name)
      ? [toFunctionSelector(entry).slice(2)]
      : [],
  )

/** Everything in `calldata` that begins like one of these calls. */
function* callsIn(calldata: Hex): Generator<Hex> {
  const hex = calldata.toLowerCase()
  const pattern = new RegExp(selectors().join('|'), 'g')
  pattern.lastIndex = 2
  for (let calls = 0; calls < maxCalls;) {
    const found = pattern.exec(hex)
    if (found === null) return
    pattern.lastIndex = found.index + 1
    if (found.index % 2 !== 0) continue
    calls += 1
    yield `0x${hex.slice(found.index)}`
  }
}

function manifestOf(call: Hex): Hex | undefined {
  try {
    const { functionName, args } = decodeFunctionData({ abi: cloudAbi, data: call })
    return (args as readonly unknown[])[manifestArguments.get(functionName) ?? -1] as
      | Hex
      | undefined
  } catch {
    return undefined
  }
}

function decodeText(manifest: Hex, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(hexToBytes(manifest))
  } catch (cause) {
    throw new ChainError('manifest.digest-differs', `the manifest of ${name} is not UTF-8`, {
      cause,
    })
  }
}

function notFound(why: string): ChainError {
  return new ChainError('manifest.not-found', why)
}
