// Boards from the chain: whole and true, or none.
import { keysAbi } from '@wetee/chain'
import { bytesToHex, encodeFunctionData, keccak256, type Abi, type Hex } from 'viem'
import { beforeEach, expect, test } from 'vitest'
import type { ChainView, MessageKind, SessionEvent, SessionFacts } from '../chain/chain-view.ts'
import {
  blockOf,
  emptyWorld,
  genesisSeconds,
  memoryView,
  type World,
} from '../testing/memory-view.ts'
import { ChainBoards, nextDigest } from './chain-board.ts'

const abi: Abi = keysAbi
const none: Hex = `0x${'00'.repeat(32)}`
const code = (expected: string): unknown => expect.objectContaining({ code: expected })

let world: World
let view: ChainView
let reads: number
let boards: ChainBoards
let facts: SessionFacts
beforeEach(() => {
  world = emptyWorld()
  for (const id of [1n, 2n, 3n, 4n]) {
    world.nodes.set(id, {
      status: 'active',
      statementKey: `0x${String(id).repeat(40)}`,
      encryptionKey: `0x02${String(id).repeat(64)}`,
      tlsKeyHash: none,
      endpoint: '',
    })
    world.proofs.set(id, genesisSeconds + 10_000n)
  }
  const latest = { epoch: 2n, threshold: 2, members: [3n, 1n, 4n] }
  const active = { epoch: 1n, threshold: 2, members: [1n, 2n, 3n] }
  world.committees = { active, latest, genesisOpen: false }
  facts = {
    ...{ number: 5n, epoch: 2n, dealersEpoch: 1n, openedBlock: 90n, openedAt: 0n },
    ...{ phase: 'deal', phaseEnd: 0n, messagesDigest: none },
  }
  reads = 0
  const whole = memoryView(world)
  view = {
    ...whole,
    calldata: (hash) => {
      reads++
      return whole.calldata(hash)
    },
  }
  boards = new ChainBoards(view)
})

function say(
  kind: MessageKind,
  sender: number,
  subject: number,
  blockNumber: bigint,
): SessionEvent {
  const body = bytesToHex(new Uint8Array(97).fill(sender))
  const about = kind === 'complain' || kind === 'recover' ? [subject] : []
  const args = [5n, sender, ...about, body, '0x']
  const data = encodeFunctionData({ abi, functionName: kind, args })
  const transactionHash = keccak256(data)
  world.calldata.set(transactionHash, data)
  const event = { kind, sender, subject, bodyDigest: keccak256(body), blockNumber, transactionHash }
  const events = world.sessionEvents.get(5n) ?? []
  world.sessionEvents.set(5n, [...events, event])
  facts = { ...facts, messagesDigest: nextDigest(facts.messagesDigest, event) }
  return event
}

const read = () => boards.read(facts, blockOf(world, world.head))

test('members and dealers are those of their committees with the keys of the opening block', async () => {
  const board = await read()
  expect(board.members.map(({ index, nodeId }) => [index, nodeId])).toEqual([
    [1, 3n],
    [2, 1n],
    [3, 4n],
  ])
  expect(board.dealers.map(({ nodeId }) => nodeId)).toEqual([1n, 2n, 3n])
  expect(bytesToHex(board.members[0]!.account)).toBe(world.nodes.get(3n)?.statementKey)
  expect(bytesToHex(board.openedBlockHash)).toBe(blockOf(world, 90n).hash)
  expect(board).toMatchObject({ chainId: 31_337, session: 5n, epoch: 2n, threshold: 2 })
})

test('messages of every kind are there up to the head, and each body is read once', async () => {
  say('deal', 1, 0, 91n)
  say('deal', 2, 0, 92n)
  say('complain', 3, 2, 95n)
  say('reveal', 1, 0, 98n)
  say('recover', 1, 2, 99n)
  const board = await read()
  expect([...board.dealings.keys()]).toEqual([1, 2])
  expect(board.complaints).toMatchObject([{ member: 3, dealer: 2 }])
  expect([...board.reveals.keys()]).toEqual([1])
  expect(board.recoveries).toMatchObject([{ member: 1, dealer: 2 }])
  expect(reads).toBe(5)
  world.head = 101n
  say('recover', 3, 2, 101n)
  expect((await read()).recoveries).toHaveLength(2)
  expect(reads).toBe(6)
})

test('an RPC that hides an event, adds one or changes their order makes no board', async () => {
  say('deal', 1, 0, 91n)
  say('deal', 2, 0, 92n)
  const events = world.sessionEvents.get(5n)!
  for (const shown of [events.slice(1), [...events, events[0]!], [...events].reverse(), []]) {
    world.sessionEvents.set(5n, shown)
    await expect(read()).rejects.toThrow(code('board.unreadable'))
  }
  world.sessionEvents.set(5n, events)
  expect((await read()).dealings.size).toBe(2)
})

test('a transaction that the RPC does not give makes no board; it is asked for again', async () => {
  const { transactionHash } = say('deal', 1, 0, 91n)
  const data = world.calldata.get(transactionHash)!
  world.calldata.delete(transactionHash)
  await expect(read()).rejects.toThrow()
  world.calldata.set(transactionHash, data)
  expect((await read()).dealings.get(1)).not.toHaveLength(0)
})

test('ATTACK a member that hides its body from the calldata holds up nobody: it has said nothing', async () => {
  const { transactionHash } = say('deal', 1, 0, 91n)
  const others = say('deal', 2, 0, 92n)
  const data = world.calldata.get(transactionHash)!
  // As a contract does that is called with something else, and makes the body of it.
  world.calldata.set(transactionHash, data.replace('0101', '0102') as Hex)
  const { dealings } = await read()
  expect(dealings.get(1)).toEqual(new Uint8Array(0))
  expect(dealings.get(2)).not.toHaveLength(0)
  expect(others.kind).toBe('deal')
})

test('a member whose proof ended in the opening block makes the session one that nobody joins', async () => {
  world.proofs.set(4n, blockOf(world, 90n).timestamp)
  await expect(read()).rejects.toThrow(
    expect.objectContaining({ code: 'board.member-not-live', retryable: false }) as Error,
  )
})

test('a committee or a node that the chain does not name makes no board', async () => {
  world.nodes.delete(4n)
  await expect(read()).rejects.toThrow(code('board.unreadable'))
  facts = { ...facts, number: 6n, epoch: 9n }
  await expect(read()).rejects.toThrow(code('board.unreadable'))
})

test('the digest over messages is the one of the contract', () => {
  // keccak256(abi.encode(bytes32 0, uint8 2, uint16 2, uint16 0, bytes32 0xab..)).
  const words = [none.slice(2), '2', '2', '0', 'ab'.repeat(32)].map((word) =>
    word.padStart(64, '0'),
  )
  const event: SessionEvent = {
    ...{ kind: 'deal', sender: 2, subject: 0, bodyDigest: `0x${'ab'.repeat(32)}` },
    ...{ blockNumber: 1n, transactionHash: none },
  }
  expect(nextDigest(none, event)).toBe(keccak256(`0x${words.join('')}`))
})
