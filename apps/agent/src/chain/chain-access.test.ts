// What an application may do on chain, what is signed for it, and what is refused.
import { forwardTypedData, hashStatement, type ForwardRequest } from '@wetee/chain'
import { TeeError } from '@wetee/tee-device'
import { encodeAbiParameters, recoverAddress, type Hex } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { beforeEach, expect, test } from 'vitest'
import type { ForwardReport } from '../worker/worker-client.ts'
import { ChainAccess, type ChainAccessParts } from './chain-access.ts'
import { transactionId } from './transaction-id.ts'

const listed: Hex = `0x${'0d'.repeat(20)}`
const forwarder: Hex = `0x${'0f'.repeat(20)}`
const hash: Hex = `0x${'01'.repeat(32)}`
const account = privateKeyToAccount(generatePrivateKey())

let nowMs: number
let allowed: ChainAccessParts['allowed']
let lease: string | undefined
let closed: 'lease.pending' | 'lease.lapsed' | undefined
let signed: { request: ForwardRequest; signature: Hex }[]
let reads: object[]
/** What the worker answers; throws its refusals. */
let worker: () => ForwardReport
let answer: Hex
let access: ChainAccess

beforeEach(() => {
  nowMs = 0
  allowed = { contracts: [listed] }
  lease = '2000'
  closed = undefined
  signed = []
  reads = []
  answer = '0x'
  worker = () => ({ state: 'queued' })
  access = open()
})

function open(): ChainAccess {
  return new ChainAccess({
    launch: { chainId: 31_337n, appId: 7n },
    ...{ allowed, account, nowSeconds: () => 1_000, monotonicMs: () => nowMs },
    state: {
      refusal: () => closed,
      answer: () => ({
        state: 'attested',
        ...(lease === undefined ? {} : { leaseNotAfter: lease }),
      }),
    },
    worker: {
      forwarder: () => Promise.resolve(forwarder),
      forward: async (one) => {
        signed.push(one)
        return Promise.resolve(worker())
      },
      forwarded: async () => Promise.resolve(worker()),
      readContract: (call) => {
        reads.push(call)
        return Promise.resolve({ data: answer, number: 5n, hash, timestamp: 999n })
      },
    },
    signal: new AbortController().signal,
  })
}

const post = (path: string, body: unknown) => access.answer({ method: 'POST', path, body })
const read = (body: object) => post('/v1/chain/read', { to: listed, ...body })
const transact = (body: object = {}) =>
  post('/v1/chain/transact', { to: listed, data: '0xAB', gas: 100_000, key: 'order 1', ...body })
const get = (id: string) =>
  access.answer({ method: 'GET', path: `/v1/chain/transactions/${id}`, body: undefined })
const refusedWith = (status: number, code: string) =>
  expect.objectContaining({ status, code }) as unknown

test('a transaction is signed by the instance key in the Forwarder’s domain, under a number of its key', async () => {
  const id = transactionId('order 1')
  expect(await transact()).toEqual({ id, state: 'queued', proof: 'none' })
  const [{ request, signature } = signed[0]!] = signed
  expect(request).toEqual({
    ...{ appId: 7n, to: listed, valueWei: 0n, gas: 100_000, nonce: BigInt(id) },
    ...{ deadline: 1_600n, data: '0xab' },
  })
  const network = { chainId: 31_337, contracts: { forwarder } }
  const digest = hashStatement(forwardTypedData(network, request))
  expect(await recoverAddress({ hash: digest, signature })).toBe(account.address)
})

test('the number of a key is that of the reference page', () => {
  expect(transactionId('order 1')).toBe(
    '0xe739aeda2e271908a259a43c1d7aa680afab351380b4c2858bb98d78a6385357',
  )
  expect(transactionId('order 2')).not.toBe(transactionId('order 1'))
})

test('ATTACK a worker that lies about the time keeps a request no longer than the lease lasts', async () => {
  lease = '1100'
  await transact({ validSeconds: 3_600 })
  expect(signed[0]?.request.deadline).toBe(1_100n)
})

test('a function and its arguments make the same calldata as anybody else’s encoder', async () => {
  await transact({ data: undefined, function: 'set(uint256)', args: ['5'] })
  expect(signed[0]?.request.data).toBe(`0x60fe47b1${'00'.repeat(31)}05`)
})

test('ATTACK nothing is signed for a contract that the manifest does not list', async () => {
  await expect(transact({ to: forwarder })).rejects.toEqual(
    refusedWith(403, 'chain.contract-not-listed'),
  )
  allowed = { contracts: [] }
  access = open()
  await expect(transact()).rejects.toEqual(refusedWith(403, 'chain.contract-not-listed'))
  allowed = undefined
  access = open()
  for (const call of [transact(), read({ data: '0x' }), get(hash)])
    await expect(call).rejects.toEqual(refusedWith(403, 'chain.not-allowed'))
  expect(signed).toEqual([])
  expect(reads).toEqual([])
})

test('nothing is signed while the instance is not attested', async () => {
  closed = 'lease.lapsed'
  await expect(transact()).rejects.toEqual(refusedWith(503, 'lease.lapsed'))
  expect(signed).toEqual([])
})

test('what is read has the block that it is of, and says that nobody has proven it', async () => {
  answer = encodeAbiParameters([{ type: 'uint256' }], [41n])
  const block = { number: '5', hash, timestamp: '999' }
  expect(await read({ function: 'count() returns (uint256)' })).toEqual({
    ...{ values: ['41'], block, proof: 'none' },
  })
  expect(await read({ data: '0x1234', block: 'latest' })).toEqual({
    ...{ data: answer, block, proof: 'none' },
  })
  expect(reads).toEqual([
    { to: listed, data: '0x06661abd', at: 'finalized' },
    { to: listed, data: '0x1234', at: 'latest' },
  ])
  answer = '0x01'
  await expect(read({ function: 'count() returns (uint256)' })).rejects.toEqual(
    refusedWith(502, 'contract.answer-invalid'),
  )
})

test.each([
  [{ gas: 0 }],
  [{ gas: 2 ** 32 }],
  [{ key: '' }],
  [{ key: 'k'.repeat(257) }],
  [{ key: '\ud800' }],
  [{ to: '0x01' }],
  [{ data: `0x${'00'.repeat(16_385)}` }],
  [{ data: undefined }],
  [{ function: 'f()' }],
  [{ args: [] }],
  [{ valueWei: '1' }],
  [{ validSeconds: 3_601 }],
])('a transaction with %j is refused', async (wrong) => {
  await expect(transact(wrong)).rejects.toEqual(refusedWith(400, 'request.invalid'))
  expect(signed).toEqual([])
})

test('how far it has come is the worker’s word, and says so', async () => {
  worker = () => ({ state: 'failed', reason: 'reverted', transactionHash: hash, blockNumber: '9' })
  expect(await get(hash)).toEqual({
    ...{ id: hash, state: 'failed', reason: 'reverted', transactionHash: hash, blockNumber: '9' },
    proof: 'none',
  })
  await expect(get('0x12')).rejects.toEqual(refusedWith(400, 'request.invalid'))
})

test.each([
  [403, 'forward.key-used', 409, 'transaction.key-used'],
  [503, 'forward.full', 429, 'transaction.full'],
  [404, 'forward.unknown', 404, 'transaction.unknown'],
  [403, 'forward.none', 409, 'chain.no-forwarder'],
  [422, 'contract.Reverted', 422, 'contract.reverted'],
  [502, 'chain.unreachable', 503, 'chain.unreachable'],
  [0, 'tee.unreachable', 503, 'tee.unreachable'],
])('the worker’s %d %s is %d %s here', async (status, code, shown, name) => {
  worker = () => {
    throw new TeeError(code, 'why', { status })
  }
  await expect(transact()).rejects.toEqual(refusedWith(shown, name))
})

test('an application asks no more of the chain than its share', async () => {
  for (let at = 0; at < 64; at++) await transact({ key: `${at}` })
  await expect(transact()).rejects.toEqual(refusedWith(429, 'chain.busy'))
  nowMs += 1_000
  await transact()
  for (let at = 0; at < 100; at++) await read({ data: '0x' })
  await expect(read({ data: '0x' })).rejects.toEqual(refusedWith(429, 'chain.busy'))
})

test('other calls are none of its business', async () => {
  expect(await post('/v1/chain', {})).toBeUndefined()
  expect(await post('/v1/chain/transactions/0x', {})).toBeUndefined()
})
