// The report of a run.
import { expect, test, vi } from 'vitest'
import { Steps, type Step } from './steps.ts'

const step = (name: string, run: Step['run']): Step => ({ name, title: name, run })

test('each step is reported with its proof; the first that fails ends the run with what it threw', async () => {
  const steps = new Steps(true)
  let reached = false
  const failure = Object.assign(new Error('no room'), { code: 'worker.unfit' })
  const run = steps.run([
    step('one', () => Promise.resolve({ txHash: '0x01' })),
    step('two', () => Promise.reject(failure)),
    step('three', () => {
      reached = true
      return Promise.resolve(undefined)
    }),
  ])
  await expect(run).rejects.toBe(failure)
  expect(reached).toBe(false)
  expect(steps.ok).toBe(false)
  expect(steps.results).toMatchObject([
    { name: 'one', ok: true, proof: { txHash: '0x01' } },
    { name: 'two', ok: false, error: { code: 'worker.unfit', message: 'no room' } },
  ])
  for (const { durationMs } of steps.results) expect(Number.isSafeInteger(durationMs)).toBe(true)
})

test('a line that says the same as the one before is not shown again', async () => {
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  try {
    const say = (show: (line: string) => void) => {
      for (const line of ['waiting', 'waiting', 'there', 'waiting']) show(line)
      return Promise.resolve(undefined)
    }
    await new Steps(true).run([step('one', say)])
    const lines = written.mock.calls.map(([text]) => String(text).trim())
    expect(lines).toEqual(['> one', 'one: waiting', 'one: there', 'one: waiting'])
  } finally {
    written.mockRestore()
  }
})

test('a run in which nothing failed is fine', async () => {
  const steps = new Steps(true)
  await steps.run([step('one', () => Promise.resolve(undefined))])
  expect(steps.ok).toBe(true)
  expect(steps.results[0]).not.toHaveProperty('proof')
})
