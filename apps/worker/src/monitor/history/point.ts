// Lowest, mean and highest value of every series over some time, and their bytes in the database. Pure.
import { SERIES, type Sample } from './series.ts'

/** Three values of a series; all the same for a single sample. */
export type Spread = { readonly min: number; readonly mean: number; readonly max: number }

/** Series that were measured, and from how many samples. */
export type Point = {
  readonly samples: number
  readonly values: { readonly [Name in keyof Sample]?: Spread }
}

type Values = { -readonly [Name in keyof Sample]?: Spread }

/** A single sample; what is no finite number counts as not measured. */
export function pointOf(sample: Sample): Point {
  const values: Values = {}
  for (const name of SERIES) {
    const value = sample[name]
    if (value !== undefined && Number.isFinite(value))
      values[name] = { min: value, mean: value, max: value }
  }
  return { samples: 1, values }
}

/** One point of several; means weigh by samples. */
export function mergePoints(points: readonly Point[]): Point {
  const values: Values = {}
  for (const name of SERIES) {
    const found = points.filter((point) => point.values[name] !== undefined)
    const weight = samplesOf(found)
    if (weight === 0) continue
    let [min, mean, max] = [Infinity, 0, -Infinity]
    for (const { samples, values: all } of found) {
      const spread = all[name] ?? { min, mean, max }
      min = Math.min(min, spread.min)
      mean += (spread.mean * samples) / weight
      max = Math.max(max, spread.max)
    }
    values[name] = { min, mean, max }
  }
  return { samples: samplesOf(points), values }
}

function samplesOf(points: readonly Point[]): number {
  return points.reduce((sum, { samples }) => sum + samples, 0)
}

/**
 * Little-endian: number of samples (2 bytes, at most 65,535), then for each series one 32-bit float (`single`) or three: lowest,
 * mean, highest. NaN: not measured. Seven digits are kept.
 */
export function encodePoint({ samples, values }: Point, single: boolean): Uint8Array {
  const width = single ? 1 : 3
  const view = new DataView(new ArrayBuffer(2 + 4 * width * SERIES.length))
  view.setUint16(0, Math.min(samples, 0xffff), true)
  let at = 2
  const put = (value = NaN) => {
    view.setFloat32(at, value, true)
    at += 4
  }
  for (const name of SERIES) {
    const spread = values[name]
    if (!single) put(spread?.min)
    put(spread?.mean)
    if (!single) put(spread?.max)
  }
  return new Uint8Array(view.buffer)
}

/** What `encodePoint` gave, also by a version that knew fewer series; `undefined` for other bytes. */
export function decodePoint(bytes: Uint8Array, single: boolean): Point | undefined {
  const width = single ? 1 : 3
  const known = (bytes.length - 2) / (4 * width)
  if (!Number.isInteger(known) || known < 0 || known > SERIES.length) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values: Values = {}
  for (const [index, name] of SERIES.slice(0, known).entries()) {
    const from = 2 + 4 * index * width
    const min = view.getFloat32(from, true)
    const mean = single ? min : view.getFloat32(from + 4, true)
    const max = single ? min : view.getFloat32(from + 8, true)
    if (Number.isFinite(min) && Number.isFinite(mean) && Number.isFinite(max))
      values[name] = { min, mean, max }
  }
  return { samples: view.getUint16(0, true), values }
}
