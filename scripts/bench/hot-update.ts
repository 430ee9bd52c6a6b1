// An update of a real application under load: failed requests, and the 99th percentile beside that before it. Starts processes.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { root } from '../run.ts'
import { compare, type Measured } from './measure.ts'

const P99_TARGET = 2
/** Requests a second that it has to bear. */
const LEAST_PER_SECOND = 200

type Load = {
  readonly answered: number
  readonly failures: readonly string[]
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly keys: number
  readonly retried: number
}
type Result = { readonly before: Load; readonly during: Load; readonly seconds: number }
type Protocol = 'http/1.1' | 'http/2'

/** Three rows for each protocol: failures, the pace that was held, the 99th percentile. */
export async function benchHotUpdate(): Promise<Measured[]> {
  const child = fork(join(root, 'tests/end-to-end/testing/hot-update-process.ts'))
  const [results] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the update under load ended with ${code}`)
    }),
  ])) as [Record<Protocol, Result>]
  return [
    ...rowsOf('hot-update', 'HTTP/1.1', results['http/1.1']),
    ...rowsOf('hot-update-http2', 'HTTP/2', results['http/2']),
  ]
}

function rowsOf(area: string, protocol: string, { before, during, seconds }: Result): Measured[] {
  console.error(textOf(`${protocol}, before`, before))
  const took = `the update took ${seconds.toFixed(1)} s`
  console.error(`${textOf(`${protocol}, during`, during)}; ${took}`)
  for (const failure of during.failures.slice(0, 5)) console.error(`failed: ${failure}`)
  const one = (name: string) => ({ name, value: 1 })
  const failed = during.failures.length
  const pace = LEAST_PER_SECOND / during.perSecond
  const earlier = { name: 'before the update', value: before.p99Ms }
  return [
    compare(`${area}.failures`, failed, 'requests', one('failed request'), 0),
    compare(`${area}.pace`, pace, '', one(`${LEAST_PER_SECOND} a second by what came`), 1),
    compare(`${area}.p99`, during.p99Ms, 'ms', earlier, P99_TARGET),
  ]
}

function textOf(name: string, load: Load): string {
  const { answered, failures, perSecond, p50Ms, p99Ms, keys, retried } = load
  const times = `p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`
  return `${name}: ${answered} answered by ${keys} keys, ${retried} asked again, ${failures.length} failed, ${perSecond.toFixed(0)}/s, ${times}`
}
