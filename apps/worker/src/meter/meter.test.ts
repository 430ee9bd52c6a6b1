// When rent is settled.
import { beforeEach, expect, test } from 'vitest'
import { appScope, ConditionBoard } from '../condition/condition.ts'
import { MemoryChain } from '../testing/memory-chain.ts'
import { keepLog } from '../testing/silent-log.ts'
import { Meter } from './meter.ts'

const digest = `0x${'d1'.repeat(32)}` as const
let chain: MemoryChain
let board: ConditionBoard
let nowMs: number
let meter: Meter
beforeEach(() => {
  chain = new MemoryChain()
  board = new ConditionBoard()
  nowMs = 0
  meter = new Meter(partsOf())
  chain.unsettled.set(7n, 100n)
})
const partsOf = () => ({
  workerId: 1n,
  uploadWork: false,
  prove: () => Promise.resolve({ digest, uri: 'http://x/usage' }),
  onFunds: () => undefined,
  chain,
  settleMs: 1_000,
  board,
  log: keepLog(),
  monotonicMs: () => nowMs,
  signal: new AbortController().signal,
})
const settled = () => chain.sent.filter(({ name }) => name === 'settle').length

test('an active application is settled once a period, and only when there is something to settle', async () => {
  meter.note(7n, 'active')
  await meter.settleDue()
  expect(settled()).toBe(0)
  nowMs = 1_000
  await meter.settleDue()
  expect(settled()).toBe(1)
  nowMs = 2_000
  await meter.settleDue()
  expect(settled()).toBe(1)
  chain.unsettled.set(7n, 1n)
  meter.note(7n, 'active')
  nowMs = 3_000
  await meter.settleDue()
  expect(settled()).toBe(2)
})

test.each(['paused', 'ended'] as const)('one that is %s is settled at once', async (state) => {
  meter.note(7n, 'active')
  meter.note(7n, state)
  await meter.settleDue()
  expect(settled()).toBe(1)
})

test('one that had ended before this worker started is left alone', async () => {
  meter.note(7n, 'ended')
  nowMs = 10_000
  await meter.settleDue()
  expect(settled()).toBe(0)
})

test('a chain that is down is said, and settled later', async () => {
  meter.note(7n, 'active')
  nowMs = 1_000
  chain.down = true
  await meter.settleDue()
  expect(board.list(appScope(7n)).map(({ code }) => code)).toEqual(['meter.not-settled'])
  chain.down = false
  nowMs = 2_000
  await meter.settleDue()
  expect(settled()).toBe(1)
  expect(board.list(appScope(7n))).toEqual([])
})

test('one whose escrow is about used up is settled after its renewal, and only then', async () => {
  meter = new Meter({ ...partsOf(), settleMs: 3_600_000 })
  meter.note(7n, 'active')
  chain.escrow.set(7n, 159n)
  nowMs = 100_000
  await meter.settleDue()
  expect(settled()).toBe(0)
  meter.renewed(7n)
  nowMs += 15_000
  await meter.settleDue()
  expect(settled()).toBe(1)
  await meter.settleDue()
  expect(settled()).toBe(1)
})

test('one with more than a lease of rent left is not settled at every renewal', async () => {
  meter = new Meter({ ...partsOf(), settleMs: 3_600_000 })
  meter.note(7n, 'active')
  chain.escrow.set(7n, 160n)
  meter.renewed(7n)
  nowMs = 15_000
  await meter.settleDue()
  expect(settled()).toBe(0)
})

test('a settlement is followed by its proof of work only where that is asked for', async () => {
  const names = () => chain.sent.map(({ name }) => name)
  meter.note(7n, 'active')
  nowMs = 1_000
  await meter.settleDue()
  expect(names()).toEqual(['settle'])
  meter = new Meter({ ...partsOf(), uploadWork: true })
  chain.unsettled.set(7n, 1n)
  meter.note(7n, 'active')
  nowMs = 2_000
  await meter.settleDue()
  expect(names()).toEqual(['settle', 'settle', 'uploadWork'])
  expect(chain.sent[2]?.args.slice(0, 3)).toEqual([1n, 7n, { digest, uri: 'http://x/usage' }])
})

test('a proof of work of an application of which nothing was counted has the digest 0', async () => {
  meter = new Meter({ ...partsOf(), uploadWork: true, prove: () => Promise.resolve(undefined) })
  meter.note(7n, 'active')
  nowMs = 1_000
  await meter.settleDue()
  expect(chain.sent[1]?.args[2]).toEqual({ digest: `0x${'00'.repeat(32)}`, uri: '' })
})

test('a proof of work that is not taken changes nothing about the rent', async () => {
  meter = new Meter({ ...partsOf(), uploadWork: true })
  chain.uploadWork = () =>
    Promise.reject(Object.assign(new Error('no'), { code: 'contract.WorkProofWrong' }))
  meter.note(7n, 'active')
  nowMs = 1_000
  await meter.settleDue()
  expect(settled()).toBe(1)
  expect(board.list(appScope(7n))).toEqual([])
})
