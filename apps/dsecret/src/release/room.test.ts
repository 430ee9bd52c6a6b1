// How much work may be before a release that is let in.
import { expect, test } from 'vitest'
import { Room } from './room.ts'

const busy: unknown = expect.objectContaining({ code: 'release.busy', status: 503 })

/** A room in which each takes so much work when it is told to end. */
function open(maxRunning = 128) {
  const worked = { ms: 0 }
  const room = new Room({ maxRunning, budgetMs: 300, workedMs: () => worked.ms })
  const ends: (() => void)[] = []
  const enter = () => room.run(() => new Promise<void>((resolve) => ends.push(resolve)))
  /** One after another, each worked on for so long. */
  const serve = async (count: number, eachMs: number) => {
    for (let n = 0; n < count; n++) {
      const one = enter()
      worked.ms += eachMs
      ends.pop()?.()
      await one
    }
  }
  /** How many are let in before one is refused. */
  const fill = async () => {
    const inside: Promise<void>[] = []
    for (;;) {
      try {
        room.require()
      } catch (error) {
        expect(error).toEqual(busy)
        await expect(enter()).rejects.toThrow(busy)
        return { count: inside.length, end: () => endAll(inside) }
      }
      inside.push(enter())
    }
  }
  const endAll = async (inside: Promise<void>[]) => {
    for (const end of ends.splice(0)) end()
    await Promise.all(inside)
  }
  return { worked, serve, fill }
}

test('as many are let in as are done within the time, whatever the number of places', async () => {
  const { serve, fill } = open()
  await serve(100, 10)
  expect((await fill()).count).toBe(31)
})

test('releases that take next to nothing have all places, and no more', async () => {
  const { serve, fill } = open(16)
  expect((await open(16).fill()).count).toBe(16)
  await serve(100, 0.1)
  expect((await fill()).count).toBe(16)
})

test('one is always let in when nobody is inside, however long the last ones took', async () => {
  const { serve, fill } = open()
  await serve(10, 5_000)
  expect((await fill()).count).toBe(1)
})

test('when work gets lighter there is more room again', async () => {
  const { serve, fill } = open()
  await serve(100, 100)
  const slow = await fill()
  expect(slow.count).toBe(4)
  await slow.end()
  await serve(40, 5)
  expect((await fill()).count).toBeGreaterThan(50)
})

test('whoever waits for a block takes a place and counts as no work', async () => {
  const { worked, serve, fill } = open(16)
  await serve(20, 2)
  const waiting = await fill()
  expect(waiting.count).toBe(16)
  worked.ms += 2
  await waiting.end()
  expect((await fill()).count).toBe(16)
})

test('a place is given back when the work fails', async () => {
  const room = new Room({ maxRunning: 1 })
  for (let n = 0; n < 3; n++)
    await expect(room.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
})
