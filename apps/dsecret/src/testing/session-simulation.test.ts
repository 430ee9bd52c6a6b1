// A few seeds of the simulation; hundreds and thousands run by command.
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { simulate, simulateSizes } from './session-simulation.ts'

/** Whole numbers from a seed: SHA-256 of it and a counter. */
function randomOf(seed: string): (below: number) => number {
  let calls = 0
  return (below) => {
    const digest = createHash('sha256').update(`${seed} ${calls++}`).digest()
    return Math.floor((digest.readUInt32BE() / 2 ** 32) * below)
  }
}

test.each(['1', '2', '3', '4', '5', '6'])('key sessions of 4 nodes hold, seed %s', (seed) => {
  expect(simulate(randomOf(seed)).problems).toEqual([])
})

test.each(['1', '2'])('key sessions of more nodes hold, seed %s', (seed) => {
  expect(simulateSizes(randomOf(seed)).problems).toEqual([])
})

test('a seed plays the same again', () => {
  const [once, again] = [simulate(randomOf('again')), simulate(randomOf('again'))]
  expect(again).toEqual(once)
  expect(once.log.length).toBeGreaterThan(20)
  expect(simulate(randomOf('other')).trace).not.toBe(once.trace)
})
