// A root file system being put together from layers. Every path is walked inside it, links
// included. Does file I/O.
import {
  chmod,
  lchown,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  rm,
  symlink,
} from 'node:fs/promises'
import type { Stats } from 'node:fs'
import { join } from 'node:path'
import type { Header } from 'tar-stream'
import { ImageError } from './error.ts'

const maxPathBytes = 4096
const maxNameBytes = 255
const maxDepth = 128
const maxLinks = 40
const maxId = 2 ** 31 - 1
const whiteout = '.wh.'
const opaque = '.wh..wh..opq'

/** Applies archive entries below `path`. Only this object may write there while it is used. */
export class RootFolder {
  readonly #path: string
  #keepOwners: boolean
  /** What this layer has made, by path from the root: an opaque folder hides only older layers. */
  #made = new Set<string>()

  constructor(path: string, keepOwners: boolean) {
    this.#path = path
    this.#keepOwners = keepOwners
  }

  /** Begins a layer: what it makes is not removed by its own whiteouts. */
  beginLayer(): void {
    this.#made = new Set()
  }

  /** Applies one entry; `content` is read for files. Throws ImageError `unpack.*`. */
  async apply(header: Header, content: AsyncIterable<Uint8Array>): Promise<void> {
    const parts = partsOf(header.name)
    const name = parts.pop()
    if (name === undefined) {
      if (header.type !== 'directory') throw refused('unpack.path', header, 'the root is a folder')
      return
    }
    if (name.startsWith(whiteout)) return this.#whiteOut(parts, name, header)
    const folder = await this.#walk(parts, true, header)
    const place = [...folder, name]
    switch (header.type) {
      case 'directory':
        await this.#directory(place, header)
        break
      case 'file':
      case 'contiguous-file':
        await this.#clear(place)
        await this.#file(place, header, content)
        break
      case 'symlink':
        await this.#clear(place)
        await this.#symlink(place, header)
        break
      case 'link':
        await this.#hardLink(place, header)
        break
      case 'character-device':
      case 'block-device':
      case 'fifo':
        throw refused('unpack.device', header, 'devices and pipes are not unpacked')
      default:
        throw refused('unpack.entry', header, 'this kind of entry is not known')
    }
    this.#made.add(place.join('/'))
  }

  async #directory(place: readonly string[], header: Header): Promise<void> {
    const path = this.#at(place)
    const found = await this.#stat(place)
    if (found?.isDirectory() !== true) {
      if (found !== undefined) await rm(path)
      await mkdir(path)
    }
    // The caller must be able to go on below a folder, and to remove it, without being root.
    const mode = (header.mode ?? 0o755) & 0o1777
    await this.#own(path, header)
    await chmod(path, this.#keepOwners ? mode : mode | 0o700)
  }

  async #file(
    place: readonly string[],
    header: Header,
    content: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const path = this.#at(place)
    const file = await open(path, 'wx', 0o600)
    try {
      for await (const chunk of content) await file.writeFile(chunk)
      const time = header.mtime ?? new Date(0)
      await file.utimes(time, time)
    } finally {
      await file.close()
    }
    await this.#own(path, header)
    // Without the set-user-id and set-group-id bits: they have no effect in a container, but they
    // would on this machine.
    await chmod(path, (header.mode ?? 0o644) & 0o777)
  }

  async #symlink(place: readonly string[], header: Header): Promise<void> {
    const target = header.linkname ?? ''
    if (target === '' || target.includes('\0') || Buffer.byteLength(target) > maxPathBytes)
      throw refused('unpack.link', header, 'a link without a usable target')
    if (!target.startsWith('/') && climbs(place.slice(0, -1), target))
      throw refused('unpack.link', header, 'its target lies outside the root')
    await symlink(target, this.#at(place))
    await this.#own(this.#at(place), header)
  }

  async #hardLink(place: readonly string[], header: Header): Promise<void> {
    const parts = partsOf(header.linkname ?? '')
    const name = parts.pop()
    if (name === undefined) throw refused('unpack.link', header, 'a link to nothing')
    const target = [...(await this.#walk(parts, false, header)), name]
    if (target.join('/') === place.join('/')) return
    const found = await this.#stat(target)
    if (found?.isFile() !== true)
      throw refused('unpack.link', header, 'a hard link names a file that came before')
    await this.#clear(place)
    // Clearing may have removed the target's own folder.
    if ((await this.#stat(target))?.isFile() !== true)
      throw refused('unpack.link', header, 'a hard link replaces the folder of its target')
    await link(this.#at(target), this.#at(place))
  }

  async #whiteOut(parts: readonly string[], name: string, header: Header): Promise<void> {
    const folder = await this.#find(parts, header)
    if (name === opaque) {
      if (folder !== undefined) await this.#empty(folder)
      return
    }
    const hidden = name.slice(whiteout.length)
    if (hidden === '' || hidden === '.' || hidden === '..' || hidden.startsWith(whiteout))
      throw refused('unpack.path', header, 'a whiteout that hides no name')
    if (folder !== undefined) await this.#hide([...folder, hidden])
  }

  /** Removes everything in a folder that older layers have put there. */
  async #empty(folder: readonly string[]): Promise<void> {
    if ((await this.#stat(folder))?.isDirectory() !== true) return
    for (const name of await readdir(this.#at(folder))) await this.#hide([...folder, name])
  }

  async #hide(place: readonly string[]): Promise<void> {
    const path = place.join('/')
    const kept = [...this.#made].some((made) => made === path || made.startsWith(`${path}/`))
    if (!kept) await rm(this.#at(place), { recursive: true, force: true })
    else if ((await this.#stat(place))?.isDirectory() === true) await this.#empty(place)
  }

  /** Makes room for an entry that is no folder. */
  async #clear(place: readonly string[]): Promise<void> {
    if ((await this.#stat(place)) === undefined) return
    await rm(this.#at(place), { recursive: true, force: true })
  }

  async #own(path: string, { uid = 0, gid = 0 }: Header): Promise<void> {
    if (!this.#keepOwners) return
    if (uid < 0 || gid < 0 || uid > maxId || gid > maxId)
      throw new ImageError('unpack.entry', 'an owner is out of range')
    try {
      await lchown(path, uid, gid)
    } catch (error) {
      // Root of a user namespace that does not have this id.
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'EPERM' && code !== 'EINVAL') throw error
      this.#keepOwners = false
    }
  }

  async #find(parts: readonly string[], header: Header): Promise<string[] | undefined> {
    try {
      return await this.#walk(parts, false, header)
    } catch (error) {
      if (error instanceof ImageError && error.code === 'unpack.entry') return undefined
      throw error
    }
  }

  /**
   * The real folder for a path, from the root: links are followed as a process inside the root
   * would see them, so `..`
   * and absolute targets stay inside.
   */
  async #walk(parts: readonly string[], make: boolean, header: Header): Promise<string[]> {
    let place: string[] = []
    let links = 0
    const rest = [...parts]
    for (let part = rest.shift(); part !== undefined; part = rest.shift()) {
      if (part === '..') {
        place.pop()
        continue
      }
      const next = [...place, part]
      const found = await this.#stat(next)
      if (found?.isSymbolicLink() === true) {
        if (++links > maxLinks) throw refused('unpack.link', header, 'too many links on the way')
        const target = await readlink(this.#at(next))
        if (target.startsWith('/')) place = []
        rest.unshift(...target.split('/').filter((p) => p !== '' && p !== '.'))
        continue
      }
      if (found === undefined && make) await this.#makeParent(next)
      else if (found?.isDirectory() !== true)
        throw refused('unpack.entry', header, 'a part of its path is no folder')
      place = next
      if (place.length > maxDepth) throw refused('unpack.path', header, 'too many folders')
    }
    return place
  }

  async #makeParent(place: readonly string[]): Promise<void> {
    const path = this.#at(place)
    await mkdir(path)
    await chmod(path, 0o755)
    this.#made.add(place.join('/'))
  }

  #at(place: readonly string[]): string {
    return join(this.#path, ...place)
  }

  async #stat(place: readonly string[]): Promise<Stats | undefined> {
    try {
      return await lstat(this.#at(place))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOENT') return undefined
      throw error
    }
  }
}

/** Names of a path in a layer; `./` and an end slash mean nothing, a way up is refused. Throws ImageError `unpack.path`. */
export function partsOf(path: string): string[] {
  const wrong =
    path.includes('\0') || path.startsWith('/') || Buffer.byteLength(path) > maxPathBytes
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  const long = parts.length > maxDepth || parts.some((p) => Buffer.byteLength(p) > maxNameBytes)
  if (wrong || long || parts.includes('..'))
    throw new ImageError(
      'unpack.path',
      `refused path in a layer: ${JSON.stringify(path.slice(0, 200))}`,
    )
  return parts
}

/** Whether a relative target goes above the root on its way. */
function climbs(folder: readonly string[], target: string): boolean {
  let depth = folder.length
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue
    depth += part === '..' ? -1 : 1
    if (depth < 0) return true
  }
  return false
}

function refused(
  code: 'unpack.path' | 'unpack.link' | 'unpack.device' | 'unpack.entry',
  header: Header,
  why: string,
): ImageError {
  return new ImageError(code, `${JSON.stringify(header.name.slice(0, 200))}: ${why}`)
}
