// The labelled series of the Numenta Anomaly Benchmark as they lie on disk. Reads files.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../run.ts'

/** One labelled series; times in milliseconds since 1970, `windows` as first and last index of each labelled anomaly. */
export type LabelledSeries = {
  readonly name: string
  readonly timesMs: readonly number[]
  readonly values: readonly number[]
  readonly windows: readonly (readonly [number, number])[]
}

const BESIDE_THE_PROJECT = join(root, '../shared/vectors')

/** Where the corpus is looked for: `nab` below WETEE_VECTORS, else beside the project. */
export function corpusFolder(): string {
  return join(process.env['WETEE_VECTORS'] ?? BESIDE_THE_PROJECT, 'nab')
}

/** Every series, sorted by name. Throws where the folder is not the corpus. */
export function readCorpus(folder: string): LabelledSeries[] {
  const labels = JSON.parse(readFileSync(join(folder, 'windows.json'), 'utf8')) as Record<
    string,
    [string, string][]
  >
  const names = globSync('*/*.csv', { cwd: join(folder, 'data') }).sort()
  return names.map((name) => {
    const rows = readFileSync(join(folder, 'data', name), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
    const timesMs = rows.map((row) => timeOf(row.split(',')[0] ?? ''))
    const values = rows.map((row) => Number(row.split(',')[1]))
    const windows = (labels[name] ?? []).map(([from, to]) => {
      const first = timesMs.indexOf(timeOf(from))
      const last = timesMs.lastIndexOf(timeOf(to))
      if (first < 0 || last < first) throw new Error(`${name}: no such rows: ${from} to ${to}`)
      return [first, last] as const
    })
    return { name, timesMs, values, windows }
  })
}

function timeOf(text: string): number {
  return Date.parse(`${text.trim().replace(' ', 'T')}Z`)
}
