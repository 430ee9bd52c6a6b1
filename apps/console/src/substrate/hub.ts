// The Hub as a Substrate account sees it: balance, mapping, dry run, fee, and one extrinsic from signature to finality. Network I/O.
import { Blake2256, compact, u32 } from '@polkadot-api/substrate-bindings'
import { bytesToHex, hexToBytes, type Address, type Hex } from 'viem'
import type { SubstrateRpc } from '@wetee/chain'
import { SdkError } from '@wetee/sdk'
import { accountIdOf, beganAsEthereum, evmAddressOf } from './account.ts'
import type { HubRpc } from './hub-rpc.ts'
import { openRpc } from './hub-rpc.ts'
import { readRuntime, type DryRun, type ExtensionValue, type HubRuntime } from './hub-runtime.ts'

/** An opened Hub: its runtime as it was then. */
export type Hub = {
  readonly rpc: HubRpc
  readonly runtime: HubRuntime
  readonly genesisHash: Hex
  readonly specVersion: number
  readonly transactionVersion: number
}

/** An account on the Hub. */
export type HubAccount = {
  readonly address: string
  readonly accountId: Uint8Array
  readonly evmAddress: Address
  /** False: contracts cannot be called before `Revive.map_account`. */
  readonly isMapped: boolean
  readonly freePlanck: bigint
}

/** What has to be in a transaction beside its call. */
export type Frame = {
  readonly extensions: readonly ExtensionValue[]
  /** Block from which it can be included: it is valid in the `eraBlocks` behind. */
  readonly fromBlock: number
}

/** Newest metadata that this page reads. */
const metadataVersions = [16, 15]
/** Transactions can be included for so many blocks: eight minutes at two seconds. A power of two (Substrate `Era::mortal`). */
export const eraBlocks = 256

/** Opens the Hub of the profile. Throws SdkError `substrate.wrong-network`, `substrate.unreachable`, `substrate.unsupported`. */
export async function openHub(
  { rpcUrl, genesisHash }: SubstrateRpc,
  rpc: HubRpc = openRpc(rpcUrl),
): Promise<Hub> {
  const served = await rpc('chain_getBlockHash', [0])
  if (served !== genesisHash)
    throw new SdkError(
      'substrate.wrong-network',
      `the Substrate RPC serves the chain that begins with ${String(served).slice(0, 70)}, expected ${genesisHash}. Take the profile of this network`,
    )
  const version = await readVersion(rpc)
  const runtime = readRuntime(await readMetadata(rpc))
  return { rpc, runtime, genesisHash, ...version }
}

async function readVersion(rpc: HubRpc) {
  const version = (await rpc('state_getRuntimeVersion', [])) as Record<string, unknown> | null
  const { specVersion, transactionVersion } = version ?? {}
  if (typeof specVersion !== 'number' || typeof transactionVersion !== 'number')
    throw new SdkError('substrate.unsupported', 'the Substrate RPC tells no version of its runtime')
  return { specVersion, transactionVersion }
}

async function readMetadata(rpc: HubRpc): Promise<Uint8Array> {
  for (const version of metadataVersions) {
    const answer = await rpc('state_call', [
      'Metadata_metadata_at_version',
      bytesToHex(u32.enc(version)),
    ])
    // `Option::None`: the runtime has no such version.
    if (isHex(answer) && answer.length > 4) return hexToBytes(answer)
  }
  throw new SdkError(
    'substrate.unsupported',
    `the runtime of the Substrate RPC has no metadata of version ${metadataVersions.join(' or ')}`,
  )
}

/** The account as it is now. Throws SdkError `substrate.unreachable`, an Error for an address that is none. */
export async function readAccount({ rpc, runtime }: Hub, address: string): Promise<HubAccount> {
  const accountId = accountIdOf(address)
  const evmAddress = evmAddressOf(accountId)
  const [stored, mapping] = await Promise.all([
    rpc('state_getStorage', [runtime.accountKey(address)]),
    rpc('state_getStorage', [runtime.mappingKey(evmAddress)]),
  ])
  return {
    ...{ address, accountId, evmAddress },
    isMapped: beganAsEthereum(accountId) || isHex(mapping),
    freePlanck: runtime.freePlanck(isHex(stored) ? stored : null),
  }
}

/** Runs the call without carrying it out. */
export async function dryRun(
  { rpc, runtime }: Hub,
  origin: string,
  call: Parameters<HubRuntime['dryRunArgs']>[1],
): Promise<DryRun> {
  const args = bytesToHex(runtime.dryRunArgs(origin, call))
  return runtime.parseDryRun(hexOf(await rpc('state_call', ['ReviveApi_call', args])))
}

/** Fee of an extrinsic with this call, planck; without a tip. */
export async function feePlanck({ rpc, runtime }: Hub, call: Uint8Array): Promise<bigint> {
  const args = bytesToHex(runtime.feeArgs(call))
  const answer = await rpc('state_call', ['TransactionPaymentCallApi_query_call_info', args])
  return runtime.parseFee(hexOf(answer))
}

/** Reads what a transaction of the account needs now. */
export async function readFrame(hub: Hub, address: string): Promise<Frame> {
  const { rpc, runtime, specVersion, transactionVersion, genesisHash } = hub
  const now = await readVersion(rpc)
  if (now.specVersion !== specVersion || now.transactionVersion !== transactionVersion)
    throw new SdkError(
      'substrate.unsupported',
      `the Hub's runtime has changed from ${specVersion} to ${now.specVersion} since this page was loaded: load it again`,
    )
  const { number, hash } = await readFinalized(hub)
  const nonce = await rpc('system_accountNextIndex', [address])
  if (typeof nonce !== 'number')
    throw new SdkError('substrate.unsupported', 'the Substrate RPC tells no nonce of the account')
  const none = new Uint8Array()
  const signed = (additionalSigned: Uint8Array) => ({ value: none, additionalSigned })
  const written = (value: Uint8Array) => ({ value, additionalSigned: none })
  return {
    fromBlock: number,
    extensions: runtime.extensionValues({
      CheckSpecVersion: signed(u32.enc(specVersion)),
      CheckTxVersion: signed(u32.enc(transactionVersion)),
      CheckGenesis: signed(hexToBytes(genesisHash)),
      CheckMortality: { value: mortalEra(number), additionalSigned: hexToBytes(hash) },
      CheckNonce: written(compact.enc(nonce)),
      ChargeTransactionPayment: written(compact.enc(0)),
      // No tip, and the fee in the chain's own coin.
      ChargeAssetTxPayment: written(Uint8Array.of(0, 0)),
      // The wallet may add the hash of the metadata; without it the mode is 0.
      CheckMetadataHash: { value: Uint8Array.of(0), additionalSigned: Uint8Array.of(0) },
    }),
  }
}

/** `Era::Mortal` of SCALE: two bytes with the period's exponent and the phase in it. */
export function mortalEra(fromBlock: number): Uint8Array {
  const exponent = Math.log2(eraBlocks) - 1
  const encoded = exponent | ((fromBlock % eraBlocks) << 4)
  return Uint8Array.of(encoded & 0xff, encoded >> 8)
}

/** The newest finalized block. */
export async function readFinalized({ rpc }: Hub): Promise<{ number: number; hash: Hex }> {
  const hash = hexOf(await rpc('chain_getFinalizedHead', []))
  const header = (await rpc('chain_getHeader', [hash])) as { number?: unknown } | null
  const number = Number(header?.number)
  if (!Number.isSafeInteger(number))
    throw new SdkError('substrate.unsupported', 'the Substrate RPC tells no number of its block')
  return { number, hash }
}

/** Hash of an extrinsic: Blake2b-256 of its bytes. */
export function extrinsicHash(extrinsic: Uint8Array): Hex {
  return bytesToHex(Blake2256(extrinsic))
}

/** A text of the RPC as bytes in hexadecimal; throws for anything else. */
export function hexOf(answer: unknown): Hex {
  if (isHex(answer)) return answer
  throw new SdkError(
    'substrate.unsupported',
    'the Substrate RPC answered with something else than bytes',
  )
}

function isHex(value: unknown): value is Hex {
  return typeof value === 'string' && /^0x([0-9a-f]{2})*$/i.test(value)
}
