// Manifests are read from bytes that anybody can have written: only the text with the digest on chain comes out.
import fc from 'fast-check'
import {
  bytesToHex,
  concat,
  decodeFunctionData,
  encodeEventTopics,
  encodeFunctionData,
  encodeFunctionResult,
  parseAbi,
  sha256,
  zeroAddress,
  zeroHash,
  type Hex,
} from 'viem'
import { expect, test } from 'vitest'
import { ChainError } from '../chain-error.ts'
import { cloudAbi } from '../generated/cloud.ts'
import { MemoryChain, testProfile } from '../testing/memory-chain.ts'
import { manifestInCalldata, readManifest } from './manifest.ts'

const terms = {
  replicas: 1,
  cpuMilli: 1,
  memoryMiB: 1,
  diskMiB: 1,
  gpu: 0,
  teeClasses: 1,
  level: 0,
  upgradeDelaySeconds: 0,
  graceSeconds: 0,
}
const toHex = (text: string) => bytesToHex(new TextEncoder().encode(text))
const create = (manifest: Hex) =>
  encodeFunctionData({
    abi: cloudAbi,
    functionName: 'create',
    args: [zeroHash, 1n, zeroAddress, 1n, terms, manifest, 1n],
  })
const update = (manifest: Hex) =>
  encodeFunctionData({
    abi: cloudAbi,
    functionName: 'update',
    args: [7n, terms, manifest, 1n, 0n, false],
  })
const updateByDeployKey = (manifest: Hex) =>
  encodeFunctionData({ abi: cloudAbi, functionName: 'updateByDeployKey', args: [7n, manifest, 1n] })
const text = '{"name":"hello wörld"}'
const digest = sha256(toHex(text))

test.each([
  ['create', create(toHex(text))],
  ['update', update(toHex(text))],
  ['updateByDeployKey', updateByDeployKey(toHex(text))],
  ['a wallet that calls create', concat(['0x6a761202', zeroHash, create(toHex(text)), zeroHash])],
  ['a batch of several', concat(['0xac9650d8', update(toHex('{}')), create(toHex(text))])],
])('the manifest is found in %s', (_, calldata) => {
  expect(manifestInCalldata(calldata, digest, 'v')).toEqual({ text, digest })
})

const codeOf = (act: () => unknown) => {
  try {
    act()
  } catch (error) {
    return error instanceof ChainError ? error.code : error
  }
  return 'nothing thrown'
}

const refused: [string, Hex, Hex][] = [
  ['another manifest', create(toHex('{"name":"evil"}')), digest],
  ['the manifest cut short', create(toHex(text)).slice(0, -80) as Hex, digest],
  ['no call at all', '0x', digest],
  ['an argument that is no manifest', concat(['0x12345678', toHex(text)]), digest],
  ['bytes that are no UTF-8', create('0xff'), sha256('0xff')],
]
test.each(refused)('%s is refused', (_, calldata, wanted) => {
  expect(codeOf(() => manifestInCalldata(calldata, wanted, 'v'))).toBe('manifest.digest-differs')
})

test('65,536 bytes are read, one more is refused whatever its digest', () => {
  const largest = toHex('a'.repeat(65_536))
  expect(manifestInCalldata(create(largest), sha256(largest), 'v').text).toHaveLength(65_536)
  const larger = toHex('a'.repeat(65_537))
  expect(codeOf(() => manifestInCalldata(create(larger), sha256(larger), 'v'))).toBe(
    'manifest.too-large',
  )
})

test('calldata larger than a transaction is not searched', () => {
  const calldata = concat([create(toHex(text)), `0x${'00'.repeat(131_072)}`])
  expect(codeOf(() => manifestInCalldata(calldata, digest, 'v'))).toBe('manifest.too-large')
})

test('calldata full of beginnings of calls ends after sixteen', () => {
  const selector = create('0x').slice(0, 10) as Hex
  const calldata = concat([...Array<Hex>(16).fill(selector), create(toHex(text))])
  expect(codeOf(() => manifestInCalldata(calldata, digest, 'v'))).toBe('manifest.digest-differs')
  expect(
    manifestInCalldata(
      concat(
        Array<Hex>(15)
          .fill(selector)
          .concat(create(toHex(text))),
      ),
      digest,
      'v',
    ).text,
  ).toBe(text)
})

test('any bytes are the manifest or a ChainError', () => {
  const good = create(toHex(text))
  const mutated = fc
    .tuple(
      fc.nat(good.length - 3),
      fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 1, maxLength: 64 }),
    )
    .map(
      ([at, change]): Hex =>
        `0x${(good.slice(2, 2 + at) + change + good.slice(2 + at + change.length)).slice(0, good.length - 2)}`,
    )
  const random = fc
    .uint8Array({ maxLength: 600 })
    .map((bytes) => concat([good.slice(0, 10) as Hex, bytesToHex(bytes)]))
  fc.assert(
    fc.property(fc.oneof(mutated, random), (calldata) => {
      const whole: Hex = calldata.length % 2 === 0 ? calldata : `${calldata}0`
      try {
        expect(manifestInCalldata(whole, digest, 'v').text).toBe(text)
      } catch (error) {
        expect(error).toBeInstanceOf(ChainError)
      }
    }),
    { numRuns: 3_000, seed: 1 },
  )
})

const governor = parseAbi([
  'function execute(address[] targets, uint256[] values, bytes[] calldatas, bytes32 descriptionHash)',
])
const executed = (...calldatas: Hex[]) =>
  encodeFunctionData({
    abi: governor,
    functionName: 'execute',
    args: [calldatas.map(() => zeroAddress), calldatas.map(() => 0n), calldatas, zeroHash],
  })

test('the manifest is found in what a DAO executes, at whatever place of the proposal', () => {
  const calldata = executed('0x12345678', update(toHex('{}')), update(toHex(text)))
  expect(manifestInCalldata(calldata, digest, 'v')).toEqual({ text, digest })
  expect(codeOf(() => manifestInCalldata(executed(update(toHex('{}'))), digest, 'v'))).toBe(
    'manifest.digest-differs',
  )
})

/** A chain whose block 3 created version 1 of application 7 in a transaction with this input. */
function chainWith(
  input: Hex | undefined,
  options: { createdAt?: bigint; manifestVersion?: number } = {},
) {
  const memory = new MemoryChain()
  const { cloud } = testProfile.contracts
  const log = {
    address: cloud,
    topics: encodeEventTopics({
      abi: cloudAbi,
      eventName: 'VersionCreated',
      args: { appId: 7n, version: 1, workerId: 3n },
    }) as Hex[],
    data: concat([zeroHash, digest, zeroHash, zeroHash]),
  }
  memory.mine()
  memory.mine()
  memory.mine([log])
  memory.mine()
  memory.mine()
  memory.intercept = (method, params) => {
    if (method === 'eth_getTransactionByHash') return input === undefined ? undefined : { input }
    if (method !== 'eth_call') return undefined
    const { createdAt = 1n, manifestVersion = 1 } = options
    const { data } = params[0] as { data: Hex }
    const { args } = decodeFunctionData({ abi: cloudAbi, data })
    const result = {
      workerId: 3n,
      createdAt,
      createdBlock: args?.[1] === 1 ? 3n : 4n,
      endedAt: 0n,
      manifestVersion,
      security: false,
      manifestDigest: digest,
      termsDigest: zeroHash,
      weiPerSecond: 1n,
      terms,
    }
    return encodeFunctionResult({ abi: cloudAbi, functionName: 'version', result })
  }
  return memory
}

test('a manifest is read by the event of its version and the transaction of the event', async () => {
  const chain = chainWith(create(toHex(text))).open()
  expect(await readManifest(chain, 7n, 1)).toEqual({ text, digest })
})

test('a version that a migration made has the manifest of the version that it moved', async () => {
  const chain = chainWith(create(toHex(text)), { manifestVersion: 1 }).open()
  expect(await readManifest(chain, 7n, 2)).toEqual({ text, digest })
})

test('a version that does not exist has no manifest', async () => {
  const chain = chainWith(create(toHex(text)), { createdAt: 0n }).open()
  await expect(readManifest(chain, 7n, 1)).rejects.toMatchObject({ code: 'manifest.not-found' })
})

test('an RPC that lies about the transaction is found out', async () => {
  const chain = chainWith(create(toHex('{"name":"evil"}'))).open()
  await expect(readManifest(chain, 7n, 1)).rejects.toMatchObject({
    code: 'manifest.digest-differs',
  })
})

test('an RPC without the event says what is missing', async () => {
  const memory = chainWith(create(toHex(text)))
  memory.reorganise(3, 'pruned')
  await expect(readManifest(memory.open(), 7n, 1)).rejects.toMatchObject({
    code: 'manifest.not-found',
    message: expect.stringContaining('history') as string,
  })
})

test('a chain that does not answer is unreachable', async () => {
  const memory = chainWith(create(toHex(text)))
  const chain = memory.open()
  memory.intercept = undefined
  memory.isDown = true
  await expect(readManifest(chain, 7n, 1)).rejects.toMatchObject({
    code: 'chain.unreachable',
    retryable: true,
  })
})
