// Calls of contracts through a real network on this machine: how long an answer takes, how many a second. Starts processes.
import { fork } from 'node:child_process'
import { randomInt } from 'node:crypto'
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

/** Latency at 20 calls a second and the pace at 70, left alone. */
export async function benchBridge(): Promise<Measured[]> {
  const { latency, pace } = await loadsOf<'latency' | 'pace'>()
  const within = (blocks: number) => ({
    name: `finality and ${blocks} blocks`,
    value: FINALITY_BLOCKS + blocks,
  })
  const came = { name: `${LEAST_PER_SECOND} a second by what came`, value: 1 }
  const slower = LEAST_PER_SECOND / (pace.answered / pace.seconds)
  return [
    compare('bridge.p50', latency.p50Blocks, 'blocks', within(2), 1),
    compare('bridge.p95', latency.p95Blocks, 'blocks', within(3), 1),
    compare('bridge.pace', slower, '', came, 1),
    ...wrongIn('bridge', [latency, pace]),
  ]
}

/** Of 10,000 calls what is lost or answered twice under faults of worker, agent and chain, one every 15 s, by a seed that is printed. */
export async function benchBridgeFaults(): Promise<Measured[]> {
  const { faults } = await loadsOf<'faults'>('faults', '10000', String(randomInt(2 ** 31)))
  return wrongIn('bridge-faults', [faults])
}

function wrongIn(name: string, loads: readonly Load[]): Measured[] {
  const one = { name: 'one call', value: 1 }
  const sum = (of: (load: Load) => number) => loads.reduce((all, load) => all + of(load), 0)
  const lost = sum(({ calls, answered }) => calls - answered)
  const twice = sum(({ answeredTwice }) => answeredTwice)
  return [
    compare(`${name}.lost`, lost, 'calls', one, 0),
    compare(`${name}.twice`, twice, 'calls', one, 0),
  ]
}

async function loadsOf<K extends string>(...args: readonly string[]): Promise<Record<K, Load>> {
  const child = fork(join(root, 'tests/end-to-end/testing/bridge-load-process.ts'), args)
  const [loads] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the calls ended with ${code}`)
    }),
  ])) as [Record<K, Load>]
  for (const [name, load] of Object.entries(loads))
    console.error(`${name}: ${JSON.stringify(load)}`)
  return loads
}
