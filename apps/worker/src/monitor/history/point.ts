// Lowest, mean and highest value of every series over some time, and their bytes in the database. Pure.
import { SERIES, type Sample } from './series.ts'

/** Three values of a series; all the same for a single sample. */
export type Spread = { readonly min: number; readonly mean: number; readonly max: number }

/** Series that were measured, and from how many samples. */
export type Point = {
  readonly samples: number
  readonly values: { readonly [Name in keyof Sample]?: Spread }
}

/** A single sample; what is no finite number counts as not measured. */
export function pointOf(sample: Sample): Point {
  const values = SERIES.flatMap((name) => {
    const value = sample[name]
    return value !== undefined && Number.isFinite(value)
      ? [[name, { min: value, mean: value, max: value }] as const]
      : []
  })
  return { samples: 1, values: Object.fromEntries(values) }
}

/** One point of several; means weigh by samples. */
export function mergePoints(points: readonly Point[]): Point {
  const values = SERIES.flatMap((name) => {
    const found = points.flatMap(({ samples, values: all }) => {
      const spread = all[name]
      return spread === undefined ? [] : [{ samples, ...spread }]
    })
    const weight = found.reduce((sum, { samples }) => sum + samples, 0)
    if (weight === 0) return []
    const merged: Spread = {
      min: found.reduce((least, { min }) => Math.min(least, min), Infinity),
      mean: found.reduce((sum, { mean, samples }) => sum + (mean * samples) / weight, 0),
      max: found.reduce((most, { max }) => Math.max(most, max), -Infinity),
    }
    return [[name, merged] as const]
  })
  const samples = points.reduce((sum, point) => sum + point.samples, 0)
  return { samples, values: Object.fromEntries(values) }
}

/**
 * Little-endian: number of samples (2 bytes, at most 65,535), then for each series one 32-bit float (`single`) or three: lowest,
 * mean, highest. NaN: not measured. Seven digits are kept.
 */
export function encodePoint({ samples, values }: Point, single: boolean): Uint8Array {
  const width = single ? 1 : 3
  const view = new DataView(new ArrayBuffer(2 + 4 * width * SERIES.length))
  view.setUint16(0, Math.min(samples, 0xffff), true)
  for (const [index, name] of SERIES.entries()) {
    const spread = values[name]
    const parts = single ? [spread?.mean] : [spread?.min, spread?.mean, spread?.max]
    for (const [part, value] of parts.entries())
      view.setFloat32(2 + 4 * (index * width + part), value ?? NaN, true)
  }
  return new Uint8Array(view.buffer)
}

/** What `encodePoint` gave, also by a version that knew fewer series; `undefined` for other bytes. */
export function decodePoint(bytes: Uint8Array, single: boolean): Point | undefined {
  const width = single ? 1 : 3
  const known = (bytes.length - 2) / (4 * width)
  if (!Number.isInteger(known) || known < 0 || known > SERIES.length) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values = SERIES.slice(0, known).flatMap((name, index) => {
    const at = (part: number) => view.getFloat32(2 + 4 * (index * width + part), true)
    const [min, mean, max] = single ? [at(0), at(0), at(0)] : [at(0), at(1), at(2)]
    return [min, mean, max].every(Number.isFinite) ? [[name, { min, mean, max }] as const] : []
  })
  return { samples: view.getUint16(0, true), values: Object.fromEntries(values) }
}
