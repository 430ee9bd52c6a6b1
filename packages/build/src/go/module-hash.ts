// The hashes of go.sum: "h1:", SHA-256 over a list of files by SHA-256 and name (golang.org/x/mod/sumdb/dirhash, Hash1). No I/O.
import { createHash } from 'node:crypto'
import type { ZipEntry } from '../archive/zip.ts'

/** Of a module's archive, in hex. */
export function hashModule(entries: readonly ZipEntry[]): string {
  return hashList(entries.map(({ name, read }) => [name, read()]))
}

/** Of go.mod alone, in hex. */
export function hashGoMod(content: Uint8Array): string {
  return hashList([['go.mod', content]])
}

function hashList(files: readonly (readonly [name: string, content: Uint8Array])[]): string {
  const hash = createHash('sha256')
  const lines = files.map(([name, content]) => {
    const digest = createHash('sha256').update(content).digest('hex')
    return { name: Buffer.from(name), line: `${digest}  ${name}\n` }
  })
  for (const { line } of lines.sort((a, b) => Buffer.compare(a.name, b.name))) hash.update(line)
  return hash.digest('hex')
}
