// For tests: a seeded run of calls of contracts through faults, and what must hold at its end. No I/O.
import { createHash } from 'node:crypto'
import { BridgeWorld } from './bridge-world.ts'

type Random = (below: number) => number

/** How a run ended; `problems` is empty when every property held. */
export type BridgeSimulation = {
  readonly problems: readonly string[]
  /** What happened, one line each. */
  readonly log: readonly string[]
  /** SHA-256 of the log: the same seed gives the same. */
  readonly trace: string
  /** From the end of the faults until nothing was open, milliseconds of its own time. */
  readonly convergedAfterMs: number
}

const CALLS = 100
const appId = 7n
const MAX_AT_ONCE = 12
const HEALED_BLOCKS = 120
const REST_BLOCKS = 12
const BLOCK_MS = 1_000

/** A hundred calls while worker and agent are killed, the chain is cut off and reorganized, and agents refuse. */
export async function simulate(random: Random): Promise<BridgeSimulation> {
  const world = new BridgeWorld()
  const log: string[] = []
  const ids: bigint[] = []
  let height = 0
  const say = (what: string) => void log.push(`${height}: ${what}`)
  const pass = async (blocks: number) => {
    await world.blocks(blocks)
    height += blocks
  }
  world.start()
  while (ids.length < CALLS) {
    for (let left = random(MAX_AT_ONCE); left > 0 && ids.length < CALLS; left--)
      ids.push(world.open(appId))
    happen(world, random, say)
    await pass(1 + random(3))
  }
  world.isCutOff = false
  if (!world.isRunning) world.start()
  say('healed')
  const problems: string[] = []
  const healedAt = height
  while (ids.some((callId) => !world.isClosed(callId)) && height < healedAt + HEALED_BLOCKS)
    await pass(1)
  const convergedAfterMs = (height - healedAt) * BLOCK_MS
  await pass(REST_BLOCKS)
  world.stop()
  const lost = ids.filter((callId) => !world.isClosed(callId))
  if (lost.length > 0) problems.push(`not answered: ${lost.join()}`)
  const twice = world.answeredTwice()
  if (twice.length > 0) problems.push(`answered twice: ${twice.join()}`)
  const instances = world.instances(appId)
  const again = ids.filter((callId) => world.executions(callId) > instances)
  if (again.length > 0) problems.push(`asked more often than there were instances: ${again.join()}`)
  for (const callId of ids) say(`call ${callId} was carried out ${world.executions(callId)} times`)
  const sorted = world.latencies.toSorted((a, b) => a - b)
  say(`median latency ${sorted[Math.floor(sorted.length / 2)]} blocks`)
  const trace = createHash('sha256').update(log.join('\n')).digest('hex')
  return { problems, log, trace, convergedAfterMs }
}

/** One fault, or none. */
function happen(world: BridgeWorld, random: Random, say: (what: string) => void): void {
  switch (random(10)) {
    case 0:
      if (!world.isRunning) break
      world.kill()
      say('worker is killed')
      if (random(2) === 0) world.start()
      break
    case 1:
      world.replaceAgent(appId)
      say('agent is killed')
      break
    case 2:
      world.isCutOff = true
      say('chain is cut off')
      break
    case 3:
      world.reorganize()
      say('chain is reorganized')
      break
    case 4:
      world.refuse(appId, random(5))
      say('agent refuses')
      break
    default:
      world.isCutOff = false
      if (!world.isRunning) world.start()
  }
}
