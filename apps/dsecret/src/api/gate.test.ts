// Bounds on requests at the same time.
import { expect, test } from 'vitest'
import { Gate } from './gate.ts'

const busy: unknown = expect.objectContaining({ code: 'node.busy', status: 503 })
const open = () => {
  let end: (() => void) | undefined
  const work = () => new Promise<void>((resolve) => (end = resolve))
  return { work, end: () => end?.() }
}

test('one peer cannot take the room of the others, and all together are bounded', async () => {
  const gate = new Gate({ perPeer: 2, total: 3, perSecond: 10 }, () => 0)
  const [a, b, c] = [open(), open(), open()]
  const running = [gate.run('a', a.work), gate.run('a', b.work)]
  await expect(gate.run('a', () => Promise.resolve())).rejects.toThrow(busy)
  running.push(gate.run('b', c.work))
  await expect(gate.run('c', () => Promise.resolve())).rejects.toThrow(busy)
  a.end()
  await running[0]
  expect(await gate.run('a', () => Promise.resolve('in'))).toBe('in')
  b.end()
  c.end()
  await Promise.all(running)
  expect(gate.running).toBe(0)
})

test('room is given back when the work fails', async () => {
  const gate = new Gate({ perPeer: 1, total: 1, perSecond: 10 }, () => 0)
  for (let i = 0; i < 3; i++)
    await expect(gate.run('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(gate.running).toBe(0)
})

test('a peer may send ten seconds of its rate at once, then its rate; others do not notice', async () => {
  let nowMs = 0
  const gate = new Gate({ perPeer: 9, total: 9, perSecond: 2 }, () => nowMs)
  const send = (peer: string) => gate.run(peer, () => Promise.resolve('in'))
  for (let i = 0; i < 20; i++) await send('a')
  await expect(send('a')).rejects.toThrow(busy)
  expect(await send('b')).toBe('in')
  nowMs = 499
  await expect(send('a')).rejects.toThrow(busy)
  nowMs = 500
  expect(await send('a')).toBe('in')
  await expect(send('a')).rejects.toThrow(busy)
  nowMs = 3_600_000
  for (let i = 0; i < 20; i++) await send('a')
  await expect(send('a')).rejects.toThrow(busy)
})

test('the memory for peers is bounded', async () => {
  const gate = new Gate({ perPeer: 9, total: 9, perSecond: 2 }, () => 0)
  for (let i = 0; i < 5_000; i++) await gate.run(String(i), () => Promise.resolve())
  expect(gate.peers).toBe(4_096)
})
