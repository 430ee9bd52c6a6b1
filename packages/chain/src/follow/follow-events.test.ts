// Every event of a finalized block is handled once and in order, over restarts, reorganisations, refusals and lagging RPCs.
import fc from 'fast-check'
import { encodeEventTopics, numberToHex, pad, type Hex } from 'viem'
import { expect, test } from 'vitest'
import { cloudAbi } from '../generated/cloud.ts'
import { MemoryChain, testProfile, type TestLog } from '../testing/memory-chain.ts'
import { memoryCursors } from '../testing/memory-stores.ts'
import type { ChainEvent } from './event-range.ts'
import { followEvents } from './follow-events.ts'

const { cloud, subnet } = testProfile.contracts
const event = (id: number, address: Hex = cloud): TestLog => ({
  address,
  topics: encodeEventTopics({
    abi: cloudAbi,
    eventName: 'AppPaused',
    args: { appId: BigInt(id) },
  }) as Hex[],
  data: pad(numberToHex(7)),
})
const idOf = ({ args }: ChainEvent) => Number(args['appId'])

/** Follows until every finalized block is handled, or until `onEvents` or the chain ends it. */
async function follow(
  memory: MemoryChain,
  cursor: ReturnType<typeof memoryCursors>,
  options: {
    fromBlock?: bigint
    onEvents?: (ids: number[]) => Promise<void> | void
    until?: () => boolean
  } = {},
): Promise<number[]> {
  const ended = new AbortController()
  const handled: number[] = []
  const chain = memory.open()
  const isDone = () => cursor.saved.get('test')?.blockNumber === memory.finalized.number
  await followEvents({
    chain,
    name: 'test',
    contracts: [{ address: cloud, abi: cloudAbi }],
    cursor: {
      readCursor: (name) => cursor.readCursor(name),
      saveCursor: async (name, saved) => {
        await cursor.saveCursor(name, saved)
        if ((options.until ?? isDone)()) ended.abort()
      },
    },
    fromBlock: options.fromBlock ?? 0n,
    pollMs: 1,
    signal: ended.signal,
    onEvents: async (events) => {
      await options.onEvents?.(events.map(idOf))
      handled.push(...events.map(idOf))
    },
  })
  return handled
}

test('events of finalized blocks come in order; those of newer blocks are not seen', async () => {
  const memory = new MemoryChain()
  memory.mine([event(1), event(2)])
  memory.mine([event(3), event(4, subnet)])
  memory.mine([event(5)])
  memory.mine([event(6)])
  expect(await follow(memory, memoryCursors())).toEqual([1, 2, 3])
})

test('an event carries its block, transaction and arguments by name', async () => {
  const memory = new MemoryChain()
  memory.mine([event(1)])
  const block = memory.head
  memory.mine()
  memory.mine()
  const ended = new AbortController()
  await followEvents({
    chain: memory.open(),
    name: 'test',
    contracts: [{ address: cloud, abi: cloudAbi }],
    cursor: memoryCursors(),
    fromBlock: 0n,
    pollMs: 1,
    signal: ended.signal,
    onEvents: (events) => {
      expect(events).toEqual([
        {
          address: cloud,
          eventName: 'AppPaused',
          args: { appId: 1n, reason: 7 },
          blockNumber: 1n,
          blockHash: block.hash,
          transactionHash: expect.stringMatching(/^0x[0-9a-f]{64}$/) as string,
          logIndex: 0,
        },
      ])
      ended.abort()
      return Promise.resolve()
    },
  })
})

test('without a cursor it begins with the block it is told, with one after that', async () => {
  const memory = new MemoryChain()
  for (let id = 1; id <= 9; id++) memory.mine([event(id)])
  const cursors = memoryCursors()
  expect(await follow(memory, cursors, { fromBlock: 5n })).toEqual([5, 6, 7])
  memory.mine([event(10)])
  expect(await follow(memory, cursors, { fromBlock: 0n })).toEqual([8])
})

test('a range whose handling failed is handled again, and nothing before it', async () => {
  const memory = new MemoryChain()
  memory.maxLogRange = 1n
  for (let id = 1; id <= 6; id++) memory.mine([event(id)])
  const cursors = memoryCursors()
  const seen: number[] = []
  const failing = (ids: number[]) => {
    seen.push(...ids)
    if (ids.includes(3)) throw new Error('the handler failed')
  }
  await expect(follow(memory, cursors, { onEvents: failing })).rejects.toThrow('the handler failed')
  expect(seen).toEqual([1, 2, 3])
  expect(await follow(memory, cursors)).toEqual([3, 4])
})

test('the cursor is saved only after the events were handled', async () => {
  const memory = new MemoryChain()
  memory.mine([event(1)])
  memory.mine()
  memory.mine()
  const cursors = memoryCursors()
  await follow(memory, cursors, {
    onEvents: async () => {
      await Promise.resolve()
      expect(cursors.saved.size).toBe(0)
    },
  })
  expect(cursors.saved.get('test')).toEqual({
    genesisHash: memory.blocks[0]?.hash,
    blockNumber: memory.finalized.number,
    blockHash: memory.finalized.hash,
  })
})

test('blocks that were reorganised away before they were final leave no trace', async () => {
  const memory = new MemoryChain()
  memory.mine([event(1)])
  memory.mine([event(2)])
  memory.mine([event(3)])
  const cursors = memoryCursors()
  expect(await follow(memory, cursors)).toEqual([1])
  memory.reorganise(2, 'fork')
  memory.mine([event(4)])
  memory.mine()
  memory.mine()
  expect(await follow(memory, cursors)).toEqual([4])
})

test.each([1n, 7n, 400n, 1_000n])(
  'an RPC that gives at most %s blocks gives all events',
  async (limit) => {
    const memory = new MemoryChain()
    memory.maxLogRange = limit
    const ids = Array.from({ length: 1_500 }, (_, i) => i + 1)
    for (const id of ids) memory.mine([event(id)])
    expect(await follow(memory, memoryCursors())).toEqual(ids.slice(0, -2))
  },
)

test('never more than 1,000 blocks are asked for at once', async () => {
  const memory = new MemoryChain()
  for (let i = 0; i < 2_500; i++) memory.mine()
  const sizes: number[] = []
  memory.intercept = (method, params) => {
    if (method !== 'eth_getLogs') return undefined
    const { fromBlock, toBlock } = params[0] as { fromBlock: Hex; toBlock: Hex }
    sizes.push(Number(toBlock) - Number(fromBlock) + 1)
    return undefined
  }
  await follow(memory, memoryCursors())
  expect(sizes).toEqual([1_000, 1_000, 499])
})

test('an RPC that refuses even a single block ends it with what to do', async () => {
  const memory = new MemoryChain()
  for (let i = 0; i < 5; i++) memory.mine()
  memory.maxLogRange = 0n
  await expect(follow(memory, memoryCursors())).rejects.toMatchObject({ code: 'chain.refused' })
})

test('a chain that does not answer ends it as retryable, and the next call goes on', async () => {
  const memory = new MemoryChain()
  memory.maxLogRange = 2n
  for (let id = 1; id <= 8; id++) memory.mine([event(id)])
  const cursors = memoryCursors()
  const seen: number[] = []
  const first = follow(memory, cursors, {
    onEvents: (ids) => {
      seen.push(...ids)
      memory.isDown = seen.length >= 3
    },
  })
  await expect(first).rejects.toMatchObject({ code: 'chain.unreachable', retryable: true })
  memory.isDown = false
  seen.push(...(await follow(memory, cursors)))
  expect(seen).toEqual([1, 2, 3, 4, 5, 6])
})

test('an RPC that lags behind the finalized block hides no event', async () => {
  const memory = new MemoryChain()
  for (let id = 1; id <= 6; id++) memory.mine([event(id)])
  const cursors = memoryCursors()
  const all = memory.blocks
  // From the first question about logs on another backend answers: it knows two blocks, and no logs of later ones.
  memory.intercept = (method) => {
    if (method === 'eth_getLogs') memory.blocks = all.slice(0, 2)
    return undefined
  }
  await expect(follow(memory, cursors)).rejects.toMatchObject({
    code: 'chain.inconsistent',
    retryable: true,
  })
  expect(cursors.saved.size).toBe(0)
  memory.intercept = undefined
  memory.blocks = all
  expect(await follow(memory, cursors)).toEqual([1, 2, 3, 4])
})

test('logs of another fork than the block they are said to be in are refused', async () => {
  const memory = new MemoryChain()
  for (let id = 1; id <= 3; id++) memory.mine([event(id)])
  memory.intercept = (method) =>
    method === 'eth_getLogs'
      ? [
          {
            ...event(1),
            blockNumber: '0x1',
            blockHash: pad('0x0f'),
            transactionHash: pad('0x01'),
            transactionIndex: '0x0',
            logIndex: '0x0',
            removed: false,
          },
        ]
      : undefined
  await expect(follow(memory, memoryCursors())).rejects.toMatchObject({
    code: 'chain.inconsistent',
  })
})

test('a chain that was started anew is told from the one that was followed', async () => {
  const memory = new MemoryChain()
  for (let id = 1; id <= 4; id++) memory.mine([event(id)])
  const cursors = memoryCursors()
  await follow(memory, cursors)
  const other = new MemoryChain('another genesis')
  for (let id = 1; id <= 9; id++) other.mine([event(id)])
  await expect(follow(other, cursors)).rejects.toMatchObject({
    code: 'chain.reset',
    retryable: false,
  })
  const shorter = new MemoryChain('another genesis')
  await expect(follow(shorter, cursors)).rejects.toMatchObject({ code: 'chain.reset' })
})

test('a chain that is replaced while it is followed is noticed', async () => {
  const memory = new MemoryChain()
  for (let id = 1; id <= 4; id++) memory.mine([event(id)])
  const reset = () => {
    const other = new MemoryChain('another genesis')
    for (let id = 1; id <= 9; id++) other.mine()
    memory.blocks = other.blocks
    return false
  }
  await expect(follow(memory, memoryCursors(), { until: reset })).rejects.toMatchObject({
    code: 'chain.reset',
  })
})

test('a finalized block that has changed is no chain to go on with', async () => {
  const memory = new MemoryChain()
  for (let id = 1; id <= 6; id++) memory.mine([event(id)])
  const cursors = memoryCursors()
  await follow(memory, cursors)
  memory.reorganise(5, 'deeper than finality')
  memory.mine([event(7)])
  await expect(follow(memory, cursors)).rejects.toMatchObject({ code: 'chain.reset' })
})

test('that the next block is of the same chain is known by its parent, without another read', async () => {
  const memory = new MemoryChain()
  for (let i = 0; i < 5; i++) memory.mine()
  const cursors = memoryCursors()
  await follow(memory, cursors)
  memory.mine()
  memory.requests.length = 0
  await follow(memory, cursors)
  // Block 0, the head, events and the block that they end with.
  expect(memory.requests.toSorted()).toEqual([
    ...['eth_getBlockByNumber', 'eth_getBlockByNumber', 'eth_getBlockByNumber', 'eth_getLogs'],
  ])
  const another = new MemoryChain('another')
  const { genesisHash = '0x' } = cursors.saved.get('test') ?? {}
  another.blocks[0] = { ...another.blocks[0]!, hash: genesisHash }
  for (let i = 0; i < 7; i++) another.mine()
  await expect(follow(another, cursors)).rejects.toMatchObject({ code: 'chain.reset' })
})

test('an RPC that is behind the cursor is waited for', async () => {
  const memory = new MemoryChain()
  for (let id = 1; id <= 6; id++) memory.mine([event(id)])
  const cursors = memoryCursors()
  await follow(memory, cursors)
  const all = memory.blocks
  memory.blocks = all.slice(0, 4)
  let rounds = 0
  memory.intercept = (method, params) => {
    if (method === 'eth_getBlockByNumber' && params[0] === 'finalized' && ++rounds === 3) {
      memory.blocks = all
      memory.mine()
    }
    return undefined
  }
  expect(await follow(memory, cursors)).toEqual([5])
})

test('over any reorganisations and crashes every final event is handled once, in order', async () => {
  const step = fc.oneof(
    fc.record({ mine: fc.integer({ min: 0, max: 3 }) }),
    fc.record({ reorganise: fc.integer({ min: 1, max: 2 }) }),
    fc.constant({ follow: true }),
    fc.constant({ crash: true }),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      fc.integer({ min: 1, max: 4 }),
      async (steps, limit) => {
        const memory = new MemoryChain()
        memory.maxLogRange = BigInt(limit)
        const cursors = memoryCursors()
        const handled: number[] = []
        let next = 1
        let fork = 0
        for (const one of steps) {
          if ('mine' in one) memory.mine(Array.from({ length: one.mine }, () => event(next++)))
          else if ('reorganise' in one) {
            if (memory.blocks.length > 3) memory.reorganise(one.reorganise, `fork ${++fork}`)
          } else if (cursors.saved.get('test')?.blockNumber === memory.finalized.number) continue
          else if ('follow' in one) handled.push(...(await follow(memory, cursors)))
          else {
            const crash = () => Promise.reject(new Error('crash'))
            await follow(memory, cursors, { onEvents: crash }).catch(() => undefined)
          }
        }
        for (let i = 0; i <= memory.finalityBlocks; i++) memory.mine()
        handled.push(...(await follow(memory, cursors)))
        const final = memory.blocks
          .filter(({ number }) => number <= memory.finalized.number)
          .flatMap(({ logs }) => logs.map(({ topics }) => Number(topics[1])))
        expect(handled).toEqual(final)
      },
    ),
    { numRuns: 100, seed: 1 },
  )
})

test('an event that the ABI does not know is left out', async () => {
  const memory = new MemoryChain()
  memory.mine([
    { address: cloud, topics: [pad(numberToHex(1))], data: '0x' },
    { address: cloud, topics: [], data: '0x1234' },
    { ...event(1), topics: event(1).topics.slice(0, 1) },
    event(2),
  ])
  memory.mine()
  memory.mine()
  expect(await follow(memory, memoryCursors())).toEqual([2])
})
