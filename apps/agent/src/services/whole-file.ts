// Files that are seen whole or not at all: written beside their place, then renamed. Writes files.
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  fchmodSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'

/** No file of a service begins like this. */
const UNFINISHED = '.wetee-new-'

/** Takes away what an agent that ended in between has left. */
export function removeUnfinished(folder: string): void {
  for (const name of readdirSync(folder))
    if (name.startsWith(UNFINISHED)) rmSync(join(folder, name), { force: true })
}

/** Puts what `write` makes at the path it is given in the place of `name`, with `mode` whatever the umask. */
export function replaceFile(
  folder: string,
  name: string,
  mode: number,
  write: (path: string) => void,
): void {
  const unfinished = join(folder, `${UNFINISHED}${randomBytes(8).toString('hex')}`)
  try {
    write(unfinished)
    chmodSync(unfinished, mode)
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error
  }
  renameSync(unfinished, join(folder, name))
}

/** `replaceFile` of bytes; nobody but this user reads them before they have their mode. */
export function writeWhole(folder: string, name: string, mode: number, bytes: Uint8Array): void {
  replaceFile(folder, name, mode, (path) => {
    const file = openSync(path, 'wx', 0o600)
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at)
      fchmodSync(file, mode)
    } finally {
      closeSync(file)
    }
  })
}
