// What is said about the worker's standing in the network.
import { beforeEach, expect, test } from 'vitest'
import { ConditionBoard } from '../condition/condition.ts'
import { MemoryChain } from '../testing/memory-chain.ts'
import { keepLog } from '../testing/silent-log.ts'
import { readStanding } from './standing.ts'

let chain: MemoryChain
let board: ConditionBoard
let noticed: bigint[]
beforeEach(() => {
  chain = new MemoryChain()
  board = new ConditionBoard()
  noticed = []
})
const codes = async () => {
  await readStanding({ workerId: 1n, chain, noticed: () => noticed, board, log: keepLog() })
  return board.list('worker').map(({ code }) => code)
}

test('a worker with its stake, without complaints, has nothing to say', async () => {
  expect(await codes()).toEqual([])
})

test('a stake is low one wei below what is required', async () => {
  chain.held = { ...chain.held, bondedWei: chain.held.requiredWei - 1n }
  expect(await codes()).toEqual(['worker.stake-low'])
})

test('draining and shutdown are said', async () => {
  chain.held = { ...chain.held, status: 'draining' }
  expect(await codes()).toEqual(['worker.draining'])
  chain.held = { ...chain.held, status: 'shutdown' }
  expect(await codes()).toEqual(['worker.shutdown'])
})

test('every open complaint is said, with what it asks of the operator', async () => {
  const complaint = { complaintId: 3n, appId: 7n, lockedWei: 5n, answered: false, deadline: 99n }
  chain.held = {
    ...chain.held,
    complaints: [complaint, { ...complaint, complaintId: 4n, answered: true }],
  }
  expect(await codes()).toEqual(['worker.complaint', 'worker.complaint'])
  const [first, second] = board.list('worker')
  expect(first).toMatchObject({ remedy: 'answer it with your evidence' })
  expect(second?.remedy).toContain('wait for the decision')
})

test('applications with notice are named', async () => {
  noticed = [7n, 8n]
  expect(await codes()).toEqual(['worker.notice-given'])
  expect(board.list('worker')[0]?.text).toContain('7, 8')
})

test('what was known stays while the chain does not answer', async () => {
  chain.held = { ...chain.held, status: 'draining' }
  await codes()
  chain.down = true
  expect(await codes()).toEqual(['worker.draining'])
})
