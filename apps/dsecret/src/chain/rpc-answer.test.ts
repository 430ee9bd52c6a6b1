// What RPCs answer is outside bytes: what counts, what is no answer, which requests are pinned.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answerOf, ruleOf } from './rpc-answer.ts'
import type { RpcReply, RpcRequest } from './rpc-source.ts'

const word = (byte: string) => `0x${byte.repeat(32)}`
const address = `0x${'ab'.repeat(20)}`
const block = { number: '0x10', hash: word('aa'), timestamp: '0x20', miner: address }
const log = {
  address,
  topics: [word('01')],
  data: '0x0102',
  blockNumber: '0x10',
  blockHash: word('aa'),
  transactionHash: word('bb'),
  logIndex: '0x0',
}
const asked = {
  block: { method: 'eth_getBlockByNumber', params: ['0x10', false] },
  call: { method: 'eth_call', params: [{ to: address, data: '0x' }, '0x10'] },
  logs: { method: 'eth_getLogs', params: [{ fromBlock: '0x1', toBlock: '0x10' }] },
  transaction: { method: 'eth_getTransactionByHash', params: [word('bb')] },
  nonce: { method: 'eth_getTransactionCount', params: [address, '0x10'] },
} as const satisfies Record<string, RpcRequest>
const keyOf = (request: RpcRequest, result: unknown) => answerOf(request, { result })?.key

describe('which rule', () => {
  test.each([
    [asked.block, 'agree'],
    [asked.call, 'agree'],
    [asked.logs, 'agree'],
    [asked.nonce, 'agree'],
    [{ method: 'eth_getCode', params: [address, '0x1'] }, 'agree'],
    [{ method: 'eth_getStorageAt', params: [address, '0x0', '0x1'] }, 'agree'],
    [{ method: 'eth_chainId', params: [] }, 'agree'],
    [{ method: 'eth_getBlockByNumber', params: ['finalized', false] }, 'head'],
    [{ method: 'eth_getBlockByNumber', params: ['latest', false] }, 'any'],
    [{ method: 'eth_call', params: [{}, 'latest'] }, 'any'],
    [{ method: 'eth_call', params: [{}] }, 'any'],
    [{ method: 'eth_getLogs', params: [{ fromBlock: '0x1' }] }, 'any'],
    [{ method: 'eth_gasPrice', params: [] }, 'any'],
    [asked.transaction, 'agree-or-only'],
    [{ method: 'eth_sendRawTransaction', params: ['0x'] }, 'all'],
  ] as [RpcRequest, string][])('%j is %s', (request, rule) => {
    expect(ruleOf(request)).toBe(rule)
  })
})

test('what RPCs add or write otherwise makes no difference', () => {
  const other = { ...block, hash: block.hash.toUpperCase().replace('X', 'x'), number: '0x010' }
  expect(keyOf(asked.block, { ...other, miner: undefined })).toBe(keyOf(asked.block, block))
  expect(keyOf(asked.call, '0xABCD')).toBe(keyOf(asked.call, '0xabcd'))
  const second = { ...log, logIndex: '0x1', transactionIndex: '0x7' }
  expect(keyOf(asked.logs, [second, log])).toBe(keyOf(asked.logs, [log, second]))
})

test.each(['number', 'hash', 'timestamp'] as const)(
  'another %s of a block is another answer',
  (field) => {
    const changed = { ...block, [field]: field === 'hash' ? word('ac') : '0x11' }
    expect(keyOf(asked.block, changed)).not.toBe(keyOf(asked.block, block))
  },
)

test.each(Object.keys(log) as (keyof typeof log)[])(
  'another %s of an event is another answer',
  (field) => {
    const values: Partial<Record<keyof typeof log, unknown>> = {
      address: `0x${'ac'.repeat(20)}`,
      topics: [word('02')],
      data: '0x0103',
      blockNumber: '0x11',
      logIndex: '0x2',
    }
    const changed = { ...log, [field]: values[field] ?? word('ee') }
    expect(keyOf(asked.logs, [changed])).toBeDefined()
    expect(keyOf(asked.logs, [changed])).not.toBe(keyOf(asked.logs, [log]))
  },
)

test('refusals of a contract are answers, compared by their data; other errors are none', () => {
  const error = (error: object) => answerOf(asked.call, { error } as RpcReply)
  const revert = { code: 3, message: 'execution reverted', data: '0x12345678' }
  expect(error(revert)).toMatchObject({ key: 'reverted 0x12345678', revert: { code: 3 } })
  expect(error({ ...revert, code: -32_000, message: 'x' })?.key).toBe('reverted 0x12345678')
  expect(error({ ...revert, data: { data: '0x12345678' } })?.key).toBe('reverted 0x12345678')
  expect(error({ ...revert, data: '0x12345679' })?.key).not.toBe('reverted 0x12345678')
  expect(error({ code: -32_000, message: 'VM execution reverted' })?.key).toBe('reverted 0x')
  expect(error({ code: -32_000, message: 'missing trie node' })).toBeUndefined()
  expect(error({ code: -32_005, message: 'limit exceeded' })).toBeUndefined()
})

test.each<[string, RpcRequest, unknown]>([
  ['a block that is not there', asked.block, null],
  ['a block of another number', asked.block, { ...block, number: '0x11' }],
  ['a block without a hash', asked.block, { ...block, hash: null }],
  ['a short hash', asked.block, { ...block, hash: '0xaa' }],
  ['a number as a number', asked.block, { ...block, number: 16 }],
  ['half a byte', asked.call, '0x1'],
  ['no hex', asked.call, '0xzz'],
  ['an object as bytes', asked.call, {}],
  ['no list of events', asked.logs, {}],
  ['an event that was removed', asked.logs, [{ ...log, removed: true }]],
  ['five topics', asked.logs, [{ ...log, topics: Array(5).fill(word('01')) }]],
  ['a pending event', asked.logs, [{ ...log, blockHash: null }]],
  ['more than 20,000 events', asked.logs, Array(20_001).fill(log)],
  ['another transaction', asked.transaction, { hash: word('bc'), input: '0x' }],
  ['a transaction without calldata', asked.transaction, { hash: word('bb') }],
  ['a nonce of 300 bits', asked.nonce, `0x${'f'.repeat(75)}`],
])('%s is no answer', (_, request, result) => {
  expect(answerOf(request, { result })).toBeUndefined()
})

test('any JSON is an answer or none, and never throws', () => {
  const reply = fc.oneof(
    fc.jsonValue().map((result) => ({ result })),
    fc.record({
      error: fc.record({ code: fc.integer(), message: fc.string(), data: fc.jsonValue() }),
    }),
    fc
      .dictionary(fc.constantFrom(...Object.keys(block), ...Object.keys(log)), fc.jsonValue())
      .map((changed) => ({ result: [{ ...log, ...changed }] })),
  )
  fc.assert(
    fc.property(fc.constantFrom(...Object.values(asked)), reply, (request, answered) => {
      const answer = answerOf(request, answered)
      if (answer !== undefined) expect(typeof answer.key).toBe('string')
    }),
    { seed: 3, numRuns: 1_000 },
  )
})
