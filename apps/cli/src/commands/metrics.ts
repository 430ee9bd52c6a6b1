// `wetee metrics APP`: what an application has used over time, a line of text for each series.
import { Command } from 'commander'
import type { AppMetrics } from '@wetee/sdk'
import type { Context } from '../context.ts'
import { CliError } from '../error.ts'
import { openFor, withExample, withShared, type SharedOptions } from '../options.ts'
import { clean, printJson, printLine, table } from '../output/print.ts'
import { sparkline } from '../output/sparkline.ts'

type Options = SharedOptions & { readonly last: string; readonly step?: string }

const WIDTH = 48
const MOST_STEPS = 4_000
const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 }

export function metricsCommand(context: Context): Command {
  const command = new Command('metrics')
    .description('Show what an application has used over time, as its worker saw it')
    .argument('<app>', 'id or name')
    .option('--last <time>', 'how far back: 30m, 6h, 30d', '1h')
    .option('--step <time>', 'what one value stands for: 10s, 1m, 1h; default: 60 values')
    .action((app: string, options: Options) => run(context, app, options))
  return withExample(withShared(command), 'wetee metrics hello --last 6h')
}

async function run(context: Context, app: string, options: Options): Promise<void> {
  const last = secondsOf('--last', options.last)
  const step = options.step === undefined ? defaultStep(last) : secondsOf('--step', options.step)
  if (last / step > MOST_STEPS)
    throw new CliError('usage', `that is more than ${MOST_STEPS} values: give a longer --step`)
  const network = await openFor(context, options, true)
  const appId = await context.sdk.resolveApp(network, app)
  const to = Math.ceil(Date.now() / 1_000)
  const metrics = await context.sdk.appMetrics(network, appId, {
    ...{ from: to - last, to, step, signal: context.signal },
  })
  if (options.json === true) printJson(context, metrics)
  else for (const line of linesOf(metrics)) printLine(context, clean(line))
}

function linesOf({ from, to, step, series }: AppMetrics): string[] {
  const rows = Object.entries(series).flatMap(([name, values]) => {
    const newest = values.at(-1)
    if (newest === undefined) return []
    const byTime = new Map(values.map(([at, , mean]) => [at, mean]))
    const first = Math.floor(from / step) * step
    const times = Array.from({ length: Math.ceil((to - first) / step) }, (_, i) => first + i * step)
    const line = sparkline(
      times.map((at) => byTime.get(at)),
      WIDTH,
    )
    const low = values.reduce((least, [, min]) => Math.min(least, min), Infinity)
    const high = values.reduce((most, [, , , max]) => Math.max(most, max), -Infinity)
    return [[name, line, short(name, newest[2]), short(name, low), short(name, high)]]
  })
  if (rows.length === 0) return ['nothing was measured in this time']
  return table(['series', 'over time', 'now', 'lowest', 'highest'], rows)
}

/** A value with the unit that its name ends in. */
function short(name: string, value: number): string {
  if (name.endsWith('BytesPerSecond')) return `${bytes(value)}/s`
  if (name.endsWith('Bytes')) return bytes(value)
  if (name.endsWith('Milli')) return `${(value / 1_000).toFixed(2)} CPU`
  if (name.endsWith('Ms')) return `${value.toFixed(0)} ms`
  if (name.endsWith('Seconds')) return `${(value / 3_600).toFixed(1)} h`
  if (name.endsWith('Share')) return `${(100 * value).toFixed(0)} %`
  return String(Math.round(100 * value) / 100)
}

function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, value)) / 10))
  return `${(value / 1_024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`
}

/** About 60 values, in steps that the worker keeps. */
function defaultStep(last: number): number {
  const wanted = last / 60
  const base = wanted < 60 ? 10 : wanted < 3_600 ? 60 : 3_600
  return Math.ceil(wanted / base) * base
}

function secondsOf(name: string, text: string): number {
  const [, count = '', unit = ''] = /^([1-9][0-9]{0,5})([smhd])$/.exec(text) ?? []
  const each = SECONDS[unit as keyof typeof SECONDS] as number | undefined
  if (each !== undefined) return Number(count) * each
  throw new CliError('usage', `${name} is "${text}", expected a time such as 30m, 6h or 30d`)
}
