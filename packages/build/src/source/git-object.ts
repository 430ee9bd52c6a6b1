// Names of files and trees as Git gives them (gitformat-pack, "object names"), by SHA-1 and by SHA-256. Pure.
import { createHash, type Hash } from 'node:crypto'

/** The two object formats of Git: SHA-1 is what nearly every repository has, SHA-256 has no known collisions. */
export type ObjectFormat = 'sha1' | 'sha256'

/** Both names of one object, hex. */
export type ObjectNames = Readonly<Record<ObjectFormat, string>>

/** Modes that a file can have in a tree: plain, executable, symbolic link. */
export type FileMode = '100644' | '100755' | '120000'

/** A file of a tree by its path from the root. */
export type TreeFile = {
  readonly path: string
  readonly mode: FileMode
  readonly names: ObjectNames
}

/** Hashes a blob of a known size in both formats. */
export class BlobHasher {
  readonly #hashes: readonly [Hash, Hash]

  constructor(size: number) {
    this.#hashes = [createHash('sha1'), createHash('sha256')]
    this.update(Buffer.from(`blob ${size}\0`))
  }

  /** Takes more of the content. */
  update(chunk: Uint8Array): void {
    for (const hash of this.#hashes) hash.update(chunk)
  }

  /** The names, once all content was given. */
  names(): ObjectNames {
    const [sha1, sha256] = this.#hashes
    return { sha1: sha1.digest('hex'), sha256: sha256.digest('hex') }
  }
}

type Folder = Map<string, TreeFile | Folder>

/** Names of the tree that holds exactly these files: what `git rev-parse COMMIT^{tree}` prints. Paths are there once each. */
export function treeNames(files: readonly TreeFile[]): ObjectNames {
  const root: Folder = new Map()
  for (const file of files) {
    const parts = file.path.split('/')
    const name = parts.pop() ?? ''
    let folder = root
    for (const part of parts) {
      const found = folder.get(part)
      const next: Folder = found instanceof Map ? found : new Map<string, TreeFile | Folder>()
      folder.set(part, next)
      folder = next
    }
    folder.set(name, file)
  }
  return { sha1: hashFolder(root, 'sha1'), sha256: hashFolder(root, 'sha256') }
}

function hashFolder(folder: Folder, format: ObjectFormat): string {
  // Git sorts by bytes, folders as if their names ended in a slash.
  const entries = [...folder].map(([name, entry]) => {
    const isFolder = entry instanceof Map
    return {
      order: Buffer.from(isFolder ? `${name}/` : name),
      head: Buffer.from(`${isFolder ? '40000' : entry.mode} ${name}\0`),
      id: Buffer.from(isFolder ? hashFolder(entry, format) : entry.names[format], 'hex'),
    }
  })
  entries.sort((a, b) => Buffer.compare(a.order, b.order))
  const body = Buffer.concat(entries.flatMap(({ head, id }) => [head, id]))
  return createHash(format).update(`tree ${body.length}\0`).update(body).digest('hex')
}
