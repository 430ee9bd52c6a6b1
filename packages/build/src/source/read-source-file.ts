// One file of a source, as text. Does file I/O.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Source } from './source.ts'

/** A file of the source itself; undefined where there is none, it is a link, or it has more than `maxBytes`. */
export async function readSourceFile(
  { files, folder }: Pick<Source, 'files' | 'folder'>,
  path: string,
  maxBytes: number,
): Promise<string | undefined> {
  const found = files.find((file) => file.path === path)
  if (found === undefined || found.mode === '120000') return undefined
  const bytes = await readFile(join(folder, path))
  return bytes.length > maxBytes ? undefined : bytes.toString('utf8')
}
