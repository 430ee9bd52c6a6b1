// Routes of the worker's API about what an application uses: its history and its chain of usage, for its owner. Pure routes.
import type { UsagePage } from '@wetee/chain'
import type { Hono } from 'hono'
import type { Hex } from '../chain/records.ts'
import type { HistoryPoint, Resolution } from '../monitor/history/history-store.ts'
import { mergePoints, type Spread } from '../monitor/history/point.ts'
import { SERIES, type SeriesName } from '../monitor/history/series.ts'
import { WorkerError } from '../worker-error.ts'

/** What the routes show. */
export type MonitorSources = {
  /** Also of an application that has ended; `undefined`: there is none. */
  readonly ownerOf: (appId: bigint) => Promise<Hex | undefined>
  readonly history: (
    appId: bigint,
    resolution: Resolution,
    fromMs: number,
    toMs: number,
  ) => readonly HistoryPoint[]
  readonly usage: (appId: bigint, after: number) => UsagePage
  /** Whose chain of usage it is. */
  readonly scope: { readonly chainId: number; readonly subnet: Hex; readonly workerId: bigint }
  readonly now: () => number
}

/** `[time in seconds, lowest, mean, highest]` */
type Row = readonly [number, number, number, number]

const DEFAULT_RANGE_S = 3_600
const DEFAULT_STEP_S = 60
const MAX_ROWS = 4_000
const MAX_TIME_S = 1e11

/** Adds the routes; `authorize` throws unless the request is signed by the owner. */
export function addMonitorRoutes(
  app: Hono,
  { ownerOf, history, usage, scope, now }: MonitorSources,
  authorize: (header: string | undefined, owner: Hex) => Promise<void>,
): void {
  const check = async (text: string, header: string | undefined): Promise<bigint> => {
    const appId = appIdOf(text)
    const owner = await ownerOf(appId)
    if (owner === undefined)
      throw new WorkerError('instance.unknown', `application ${appId} is not on this worker`)
    await authorize(header, owner)
    return appId
  }
  app.get('/v1/apps/:appId/metrics', async (c) => {
    const appId = await check(c.req.param('appId'), c.req.header('authorization'))
    const to = numberOf('to', c.req.query('to'), Math.ceil(now() / 1_000))
    const from = numberOf('from', c.req.query('from'), Math.max(0, to - DEFAULT_RANGE_S))
    const step = numberOf('step', c.req.query('step'), DEFAULT_STEP_S)
    if (from >= to || step < 1 || (to - from) / step > MAX_ROWS)
      throw new WorkerError(
        'request.invalid',
        `from, to, step: expected seconds, from before to, and at most ${MAX_ROWS} steps between them`,
      )
    const resolution = step < 60 ? 'sample' : step < 3_600 ? 'minute' : 'hour'
    const points = history(appId, resolution, 1_000 * from, 1_000 * to)
    c.header('cache-control', 'no-store')
    return c.json({ appId: String(appId), from, to, step, series: rowsOf(points, step) })
  })
  app.get('/v1/apps/:appId/usage', async (c) => {
    const appId = await check(c.req.param('appId'), c.req.header('authorization'))
    const page = usage(appId, numberOf('after', c.req.query('after'), 0))
    c.header('cache-control', 'no-store')
    const { chainId, subnet, workerId } = scope
    return c.json({ chainId, subnet, workerId: String(workerId), appId: String(appId), ...page })
  })
}

/** By series, oldest first: points that fall into the same step are one. */
function rowsOf(points: readonly HistoryPoint[], step: number): Partial<Record<SeriesName, Row[]>> {
  const groups = new Map<number, HistoryPoint[]>()
  for (const point of points) {
    const at = Math.floor(point.atMs / 1_000 / step) * step
    groups.set(at, [...(groups.get(at) ?? []), point])
  }
  const merged = [...groups].map(([at, group]) => ({ at, values: mergePoints(group).values }))
  const row = (at: number, { min, mean, max }: Spread): Row => [at, min, mean, max]
  return Object.fromEntries(
    SERIES.map((name) => [
      name,
      merged.flatMap(({ at, values }) => {
        const spread = values[name]
        return spread === undefined ? [] : [row(at, spread)]
      }),
    ]),
  )
}

function appIdOf(text: string): bigint {
  if (/^[1-9][0-9]{0,19}$/.test(text)) return BigInt(text)
  throw new WorkerError('request.invalid', `"${text.slice(0, 40)}" is no application id`)
}

function numberOf(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  const value = /^[0-9]{1,15}$/.test(text) ? Number(text) : Infinity
  if (value <= MAX_TIME_S) return value
  throw new WorkerError('request.invalid', `${name}: expected a whole number`)
}
