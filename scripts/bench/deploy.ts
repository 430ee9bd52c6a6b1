// From the block with a deployment to the first answer through the ingress, beside the same image started by the engine alone. Starts processes.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { root } from '../run.ts'
import { compare, median, type Measured } from './measure.ts'

/** Of starting the image alone. */
const START_FACTOR = 1.5
const BLOCKS = 2

type Times = {
  readonly deployMs: readonly number[]
  readonly finalityMs: readonly number[]
  readonly runMs: readonly number[]
  readonly blockMs: number
}

/** One row; its reference is one and a half times the start alone, the finality lag of the same blocks, and two blocks. */
export async function benchDeploy(): Promise<Measured[]> {
  const child = fork(join(root, 'tests/end-to-end/testing/deploy-process.ts'))
  const [{ deployMs, finalityMs, runMs, blockMs }] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the deployments ended with ${code}`)
    }),
  ])) as [Times]
  const list = (times: readonly number[]) => times.map((ms) => ms.toFixed(0)).join(', ')
  console.error(`deployed in ${list(deployMs)} ms; final after ${list(finalityMs)} ms`)
  console.error(`the sandbox alone in ${list(runMs)} ms`)
  const budget = START_FACTOR * median(runMs) + median(finalityMs) + BLOCKS * blockMs
  const name = '1.5 x the sandbox alone to its first 200, finality, 2 blocks'
  return [compare('deploy.first-answer', median(deployMs), 'ms', { name, value: budget }, 1)]
}
