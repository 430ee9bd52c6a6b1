// Files that clients upload, by digest: hashed as they come, and again by the build that uses them. Does file I/O.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { BuilderError } from './builder-error.ts'

/** One file that is expected. */
export type Expected = { readonly digest: string; readonly sizeBytes: number }

/** Writes a file whose bytes have to be these. Throws BuilderError `builder.material-digest`. */
export async function takeMaterial(
  { digest, sizeBytes }: Expected,
  path: string,
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  const hash = createHash(digest.slice(0, digest.indexOf(':')))
  const temporary = `${path}.tmp`
  try {
    const file = await open(temporary, 'w', 0o600)
    try {
      let size = 0
      for await (const chunk of body) {
        size += chunk.length
        if (size > sizeBytes) throw wrong(digest, `more than the ${sizeBytes} bytes announced`)
        hash.update(chunk)
        await file.writeFile(chunk)
      }
    } finally {
      await file.close()
    }
    if (!digest.endsWith(`:${hash.digest('hex')}`)) throw wrong(digest, 'other bytes')
    await rename(temporary, path)
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Whether a file is there already with these bytes. */
export async function hasMaterial(digest: string, path: string): Promise<boolean> {
  const hash = createHash(digest.slice(0, digest.indexOf(':')))
  try {
    await pipeline(createReadStream(path), hash)
    return digest.endsWith(`:${hash.digest('hex')}`)
  } catch {
    return false
  }
}

/** Removes files but those of these names, the oldest first, until all have no more than this many bytes. */
export async function trimFolder(
  folder: string,
  kept: ReadonlySet<string>,
  maxBytes: number,
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const files = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const { size, mtimeMs } = await stat(join(folder, name))
      return { name, size, mtimeMs }
    }),
  )
  let bytes = files.reduce((sum, { size }) => sum + size, 0)
  for (const { name, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
    if (bytes <= maxBytes) return
    if (kept.has(name)) continue
    await rm(join(folder, name), { force: true })
    bytes -= size
  }
}

function wrong(digest: string, why: string): BuilderError {
  return new BuilderError('builder.material-digest', `${digest.slice(0, 24)}...: ${why}`)
}
