// Processes that are killed anywhere, chains that reorganise: every call is mined exactly once, under its own nonce.
import fc from 'fast-check'
import { parseTransaction } from 'viem'
import { expect, test } from 'vitest'
import { MemoryChain } from '../testing/memory-chain.ts'
import { memoryOutbox } from '../testing/memory-stores.ts'
import { settle, settleData, startQueue } from '../testing/test-queue.ts'

const calls = [1, 2, 3]
const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise(setImmediate)
}

/** Sends every call over and over until all are final, in runs that are killed after the given steps. */
async function sendOverCrashes(
  crashes: readonly { steps: number; isLate: boolean; reorganise: number }[],
): Promise<MemoryChain> {
  const memory = new MemoryChain()
  memory.mine()
  const outbox = memoryOutbox()
  let fork = 0
  for (const crash of crashes) {
    let taken = 0
    memory.intercept = () => {
      taken += 1
      return undefined
    }
    const run = startQueue(memory, outbox, {}, crash)
    for (const id of calls) run.queue.send(settle(id)).catch(() => undefined)
    // A run that is dead takes no more steps: two turns of the event loop later nothing has come in.
    let [seen, still] = [-1, 0]
    await until(() => {
      if (memory.pool.length > 0 && still === 5) memory.mine()
      still = taken === seen ? still + 1 : 0
      seen = taken
      return still > 20
    })
    run.stop()
    if (memory.blocks.length > crash.reorganise + 2)
      memory.reorganise(crash.reorganise, `fork ${++fork}`)
  }
  memory.intercept = undefined
  memory.isInstant = true
  const last = startQueue(memory, outbox)
  const done = Promise.all(calls.map((id) => last.queue.send(settle(id))))
  let isDone = false
  void done.finally(() => (isDone = true)).catch(() => undefined)
  await until(() => {
    last.clock.ms += 5_000
    if (memory.pool.length > 0) memory.mine()
    return isDone
  })
  await done
  for (let i = 0; i <= memory.finalityBlocks; i++) memory.mine()
  await last.queue.idle()
  last.stop()
  expect([...outbox.entries.values()].map(({ state }) => state)).toEqual(calls.map(() => 'done'))
  return memory
}

const minedTimes = (memory: MemoryChain) => calls.map((id) => memory.mined(settleData(id)))

test.each([false, true])(
  'a process may be killed at every single step (effect without answer: %s)',
  async (isLate) => {
    for (let steps = 1; steps <= 40; steps++) {
      const memory = await sendOverCrashes([{ steps, isLate, reorganise: 0 }])
      expect([steps, ...minedTimes(memory)]).toEqual([steps, 1, 1, 1])
    }
  },
)

test('over any number of crashes and reorganisations every call is mined once', async () => {
  const crash = fc.record({
    steps: fc.integer({ min: 1, max: 60 }),
    isLate: fc.boolean(),
    reorganise: fc.integer({ min: 0, max: 2 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(crash, { maxLength: 5 }), async (crashes) => {
      const memory = await sendOverCrashes(crashes)
      expect(minedTimes(memory)).toEqual([1, 1, 1])
      const nonceOf = new Map<string, number>()
      for (const raw of memory.received) {
        const { nonce = 0, data = '0x' } = parseTransaction(raw)
        expect(nonceOf.get(data) ?? nonce).toBe(nonce)
        nonceOf.set(data, nonce)
      }
    }),
    { numRuns: 30, seed: 1 },
  )
})
