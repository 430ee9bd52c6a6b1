// The newest few texts of a daemon in a folder, each by its digest: what a chain names by digest stays there to be read. File I/O.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

/** Texts by digest, 64 lower-case hex digits without `0x`. */
export type KeptTexts = {
  /** Keeps a text; the oldest beyond the limit goes. Throws on any other name than a digest, and what the disk says. */
  put(digest: string, text: string): void
  /** `undefined` for what is not here, and for names that are no digests. */
  get(digest: string): string | undefined
}

const DIGEST = /^[0-9a-f]{64}$/

/** Opens the folder, made when missing; at most `limit` texts stay. */
export function openKeptTexts(folder: string, limit: number): KeptTexts {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const fileOf = (digest: string) => join(folder, digest)
  return {
    put(digest, text) {
      if (!DIGEST.test(digest)) throw new Error('expected 64 lower-case hex digits')
      const partial = `${fileOf(digest)}.partial`
      writeFileSync(partial, text, { mode: 0o600 })
      renameSync(partial, fileOf(digest))
      const others = readdirSync(folder)
        .filter((name) => name !== digest)
        .map((name) => ({ name, atMs: statSync(join(folder, name)).mtimeMs }))
        .sort((a, b) => b.atMs - a.atMs)
      for (const { name } of others.slice(limit - 1)) rmSync(join(folder, name), { force: true })
    },
    get(digest) {
      if (!DIGEST.test(digest) || !existsSync(fileOf(digest))) return undefined
      return readFileSync(fileOf(digest), 'utf8')
    },
  }
}
