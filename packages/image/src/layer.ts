// What a layer holds, before it is written: entries with fixed owners and times. Reads folders when
// a layer is written.
import { lstat, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { ImageError } from './error.ts'

/**
 * One thing in a layer; paths are absolute inside the image. Owner 0:0 unless one is given.
 */
export type LayerEntry = {
  readonly path: string
  readonly mode: number
  readonly owner?: { readonly uid: number; readonly gid: number }
} & (
  | { readonly kind: 'directory' }
  | { readonly kind: 'symlink'; readonly target: string }
  /** Another name of a file of this layer, whose path comes before in byte order. */
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'file'; readonly content: Uint8Array }
  | { readonly kind: 'file'; readonly source: string }
)

/** A layer to write. Entries need no order and no parent folders; `timeSeconds` since 1970 is the time of them all, default 0. */
export type LayerSource = {
  readonly entries: () => Promise<readonly LayerEntry[]>
  readonly timeSeconds?: number
}

/** A file of `filesLayer`: bytes, text, or the path of a file to copy. */
export type FileContent =
  | string
  | Uint8Array
  | { readonly content: string | Uint8Array; readonly mode?: number }
  | { readonly source: string; readonly mode?: number }

/** A layer of a folder's content (at the root), or of files by their path in the image. */
export function filesLayer(from: string | Readonly<Record<string, FileContent>>): LayerSource {
  if (typeof from === 'string') return { entries: () => folderEntries(from, '') }
  const entries = Object.entries(from).map(([path, content]) => fileEntry(path, content))
  return { entries: () => Promise.resolve(entries) }
}

function fileEntry(path: string, given: FileContent): LayerEntry {
  const plain = typeof given === 'string' || given instanceof Uint8Array
  const { mode = 0o644 } = plain ? {} : given
  if (!plain && 'source' in given) return { kind: 'file', path, mode, source: given.source }
  const content = plain ? given : given.content
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  return { kind: 'file', path, mode, content: bytes }
}

const maxEntries = 100_000

/**
 * Modes are reduced to readable and executable, so that the umask of whoever checked the files out
 * does not matter.
 */
async function folderEntries(root: string, path: string): Promise<LayerEntry[]> {
  const entries: LayerEntry[] = []
  const folders = [path]
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop())
    for (const name of await readdir(join(root, folder))) {
      const inside = `${folder}/${name}`
      const source = join(root, inside)
      const found = await lstat(source)
      if (entries.length >= maxEntries)
        throw new ImageError('layer.entry', `${root} holds more than ${maxEntries} entries`)
      if (found.isDirectory()) {
        entries.push({ kind: 'directory', path: inside, mode: 0o755 })
        folders.push(inside)
      } else if (found.isSymbolicLink())
        entries.push({ kind: 'symlink', path: inside, mode: 0o777, target: await readlink(source) })
      else if (found.isFile()) {
        const mode = (found.mode & 0o100) === 0 ? 0o644 : 0o755
        entries.push({ kind: 'file', path: inside, mode, source })
      } else throw new ImageError('layer.entry', `${source} is no file, folder or symbolic link`)
    }
  return entries
}
