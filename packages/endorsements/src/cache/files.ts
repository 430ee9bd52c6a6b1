// Small private files, written whole or not at all. Reads and writes files.
import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Creates a directory for the owner alone, and those above it. */
export async function makePrivateDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 })
}

/** Writes a file with mode 0600: under another name first, then renamed over the old one. */
export async function writeWhole(directory: string, name: string, text: string): Promise<void> {
  const temporary = join(directory, `.${randomBytes(8).toString('hex')}.tmp`)
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, join(directory, name))
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** The text of a file of at most `maxBytes`; undefined when it cannot be read or is larger. */
export async function readBounded(path: string, maxBytes: number): Promise<string | undefined> {
  try {
    const file = await open(path, 'r')
    try {
      const buffer = Buffer.alloc(maxBytes + 1)
      let size = 0
      while (size < buffer.length) {
        const { bytesRead } = await file.read(buffer, size, buffer.length - size, size)
        if (bytesRead === 0) break
        size += bytesRead
      }
      return size > maxBytes ? undefined : buffer.toString('utf8', 0, size)
    } finally {
      await file.close()
    }
  } catch {
    return undefined
  }
}

/** Names in a directory, at most `max`. */
export async function listNames(directory: string, max: number): Promise<string[]> {
  return (await readdir(directory)).slice(0, max)
}

/** Removes a file if it is there. */
export async function removeFile(directory: string, name: string): Promise<void> {
  await rm(join(directory, name), { force: true })
}

/** When a file was last written, milliseconds; undefined when it is not there. */
export async function writtenAtMs(directory: string, name: string): Promise<number | undefined> {
  try {
    return (await stat(join(directory, name))).mtimeMs
  } catch {
    return undefined
  }
}
