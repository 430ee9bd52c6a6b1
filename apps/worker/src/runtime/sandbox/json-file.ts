// JSON in files of our own: replaced as a whole, read within a bound. Does file I/O.
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'

const MAX_FILE_BYTES = 1 << 20

/** Replaces a file as a whole; only its owner may read it. */
export function writeJson(path: string, value: object): void {
  const partial = `${path}.partial`
  writeFileSync(partial, JSON.stringify(value), { mode: 0o600 })
  renameSync(partial, path)
}

/** What is in a file; `undefined` when it is missing, larger than 1 MiB or no JSON. */
export function readJson(path: string): unknown {
  try {
    if (statSync(path).size > MAX_FILE_BYTES) return undefined
    return JSON.parse(readFileSync(path, 'utf8')) as unknown
  } catch {
    return undefined
  }
}
