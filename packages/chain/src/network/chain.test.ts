// Reads of an opened chain: finalized blocks, absent blocks, and whether it is the network of the profile.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import {
  decodeFunctionData,
  encodeErrorResult,
  encodeFunctionResult,
  parseAbi,
  RpcRequestError,
  type Abi,
  type Hex,
} from 'viem'
import { beforeEach, expect, test } from 'vitest'
import { cloudAbi } from '../generated/cloud.ts'
import { subnetAbi } from '../generated/subnet.ts'
import { openChain } from './chain.ts'
import { MemoryChain, testProfile } from '../testing/memory-chain.ts'

const { subnet, quorum, cloud } = testProfile.contracts
let memory: MemoryChain
/** What the contracts answer, by contract and function. */
let answers: Record<string, unknown>

beforeEach(() => {
  memory = new MemoryChain()
  for (let i = 0; i < 5; i++) memory.mine()
  answers = {
    'subnet kind': 0,
    'subnet simulated': true,
    'subnet quorum': quorum,
    'subnet cloud': cloud,
    'cloud subnet': subnet,
    'cloud quorum': quorum,
  }
  memory.intercept = (method, params) => {
    if (method === 'eth_getCode') return '0x00'
    if (method !== 'eth_call') return undefined
    const { to, data } = params[0] as { to: Hex; data: Hex }
    const [name, abi]: [string, Abi] = to === subnet ? ['subnet', subnetAbi] : ['cloud', cloudAbi]
    const { functionName } = decodeFunctionData({ abi, data })
    return encodeFunctionResult({ abi, functionName, result: answers[`${name} ${functionName}`] })
  }
})

test('the finalized block is not the newest', async () => {
  const { number, hash, timestamp } = await memory.open().finalized()
  expect([number, hash]).toEqual([memory.head.number - 2n, memory.finalized.hash])
  expect(timestamp).toBe(1_800_000_000n + number)
})

test('those who look again and again share their reads of it; who asks for the newest gets the newest', async () => {
  let nowMs = 0
  const options = { transport: memory.transport(), monotonicMs: () => nowMs }
  const chain = openChain(testProfile, options)
  const isRead = async (maxAgeMs?: number) => {
    const before = memory.requests.length
    await Promise.all([chain.finalized(maxAgeMs), chain.finalized(maxAgeMs)])
    return memory.requests.length - before
  }
  memory.isDown = true
  await expect(chain.finalized(100)).rejects.toThrow()
  memory.isDown = false
  expect(await isRead(100)).toBe(1)
  nowMs = 99
  expect(await isRead(100)).toBe(0)
  memory.mine()
  expect(await isRead()).toBe(2)
  expect((await chain.finalized(100)).hash).toBe(memory.finalized.hash)
  nowMs = 199
  expect(await isRead(100)).toBe(1)
})

test('reads that are made at once go in one request where that is asked for', async () => {
  const bodies: unknown[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const asked = JSON.parse(body) as { id: number } | { id: number }[]
      bodies.push(asked)
      const answer = ({ id }: { id: number }) => ({ jsonrpc: '2.0', id, result: '0x1' })
      const answers = Array.isArray(asked) ? asked.map(answer).reverse() : answer(asked)
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answers))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const profile = { ...testProfile, rpcUrls: [`http://127.0.0.1:${port}`] }
  try {
    const read = (batch: boolean) => {
      const { client } = openChain(profile, { batch })
      return Promise.all([client.getChainId(), client.getGasPrice(), client.getChainId()])
    }
    expect(await read(true)).toEqual([1, 1n, 1])
    expect(bodies).toHaveLength(1)
    expect(await read(false)).toEqual([1, 1n, 1])
    expect(bodies.slice(1).some((body) => Array.isArray(body))).toBe(false)
  } finally {
    server.close()
  }
})

test('a block is read by number; one that is not there is an error', async () => {
  const chain = memory.open()
  expect(await chain.block(1n)).toMatchObject({ number: 1n, hash: memory.blocks[1]?.hash })
  await expect(chain.block(99n)).rejects.toMatchObject({ code: 'chain.history-pruned' })
})

test('the genesis hash is that of the chain as it is now', async () => {
  const chain = memory.open()
  const before = await chain.genesisHash()
  memory.blocks = new MemoryChain('another genesis').blocks
  expect(await chain.genesisHash()).not.toBe(before)
})

test('the network of the profile is accepted', async () => {
  await memory.open().checkNetwork()
})

test.each([
  ['of another kind', 'subnet kind', 2],
  ['with genuine TEEs', 'subnet simulated', false],
  ['whose Subnet has another Quorum', 'subnet quorum', cloud],
  ['whose Subnet has another Cloud', 'subnet cloud', quorum],
  ['whose Cloud has another Subnet', 'cloud subnet', quorum],
  ['whose Cloud has another Quorum', 'cloud quorum', cloud],
])('a network %s is another one', async (_, what, answer) => {
  answers[what] = answer
  await expect(memory.open().checkNetwork()).rejects.toMatchObject({
    code: 'chain.wrong-network',
    retryable: false,
  })
})

test.each([
  ['eth_chainId', '0x1'],
  ['eth_getCode', '0x'],
  ['eth_call', '0x'],
])('%s that answers %s tells another network', async (asked, answer) => {
  const { intercept } = memory
  memory.intercept = (method, params) => (method === asked ? answer : intercept?.(method, params))
  await expect(memory.open().checkNetwork()).rejects.toMatchObject({ code: 'chain.wrong-network' })
})

test('a chain that does not answer is not another network', async () => {
  memory.intercept = undefined
  memory.isDown = true
  await expect(memory.open().checkNetwork()).rejects.toMatchObject({
    code: 'chain.unreachable',
    retryable: true,
  })
})

test('nothing is asked after the signal', async () => {
  const chain = memory.open(AbortSignal.abort())
  await expect(chain.finalized()).rejects.toMatchObject({ code: 'aborted' })
  expect(memory.requests).toEqual([])
})

test('a refusal that names an address to read from is not followed', async () => {
  // Signature of EIP-3668 `OffchainLookup`, which viem would answer by a request to that address.
  const lookup = encodeErrorResult({
    abi: parseAbi(['error OffchainLookup(address, string[], bytes, bytes4, bytes)']),
    errorName: 'OffchainLookup',
    args: [subnet, ['http://127.0.0.1:1/{data}'], '0x', '0x12345678', '0x'],
  })
  memory.intercept = () => {
    throw new RpcRequestError({
      body: {},
      url: 'http://127.0.0.1',
      error: { code: 3, message: 'execution reverted', data: lookup },
    })
  }
  const { client } = memory.open()
  const call = client.call({ to: subnet, data: '0x12345678' })
  await expect(call).rejects.toThrow('execution reverted')
})
