// Calls of contracts through a real network on this machine: how long an answer takes, how many a second. Starts processes.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { root } from '../run.ts'
import { compare, type Measured } from './measure.ts'

/** Blocks from the newest to the newest final one, of a devnet. */
const FINALITY_BLOCKS = 2
const LEAST_PER_SECOND = 50

type Load = {
  readonly calls: number
  readonly answered: number
  readonly answeredTwice: number
  readonly transactions: number
  readonly p50Blocks: number
  readonly p95Blocks: number
  readonly seconds: number
}

/** Latency and pace left alone; what was lost or answered twice while the worker is killed and the chain paused. */
export async function benchBridge(): Promise<Measured[]> {
  const child = fork(join(root, 'tests/end-to-end/testing/bridge-load-process.ts'))
  const [{ calm, faults }] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the calls ended with ${code}`)
    }),
  ])) as [{ calm: Load; faults: Load }]
  for (const [name, load] of Object.entries({ calm, faults }))
    console.error(`${name}: ${JSON.stringify(load)}`)
  const within = (blocks: number) => ({
    name: `finality and ${blocks} blocks`,
    value: FINALITY_BLOCKS + blocks,
  })
  const wrong = calm.calls + faults.calls - calm.answered - faults.answered
  const one = { name: 'one call', value: 1 }
  const pace = { name: `${LEAST_PER_SECOND} a second by what came`, value: 1 }
  const slower = LEAST_PER_SECOND / (calm.answered / calm.seconds)
  return [
    compare('bridge.p50', calm.p50Blocks, 'blocks', within(2), 1),
    compare('bridge.p95', calm.p95Blocks, 'blocks', within(3), 1),
    compare('bridge.pace', slower, '', pace, 1),
    compare('bridge.lost', wrong, 'calls', one, 0),
    compare('bridge.twice', calm.answeredTwice + faults.answeredTwice, 'calls', one, 0),
  ]
}
