// A container's root file system: a tree of its own made from an unpacked image. Every path is walked inside of it. Does file I/O.
import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
  type Stats,
} from 'node:fs'
import { join } from 'node:path'
import { RuntimeError } from '../runtime-error.ts'

const MAX_LINKS = 40
const MAX_DEPTH = 128
const MAX_USER_FILE_BYTES = 1 << 20
const MAX_ID = 2 ** 31 - 2

/** Only its owner may change the tree while this object is used: no container runs in it yet. */
export class RootTree {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  /**
   * The place that a path names inside, as a process in the container would find it: links are followed and end inside. What
   * is missing is made: folders, and at the end a folder or an empty file. Throws RuntimeError `container.invalid`.
   */
  make(path: string, kind: 'folder' | 'file'): string {
    const place = this.#walk(path, true)
    const found = this.#stat(place)
    if (found === undefined) {
      if (kind === 'folder') mkdirSync(this.at(place))
      else writeFileSync(this.at(place), '', { flag: 'wx' })
    } else if (found.isDirectory() !== (kind === 'folder'))
      throw invalid(`${path} is ${kind === 'folder' ? 'not ' : ''}a folder in the image`)
    return place
  }

  /** A folder at the top that is no link, whatever the image has there. */
  makeTop(name: string): string {
    const place = `/${name}`
    if (this.#stat(place)?.isDirectory() !== true) {
      rmSync(this.at(place), { force: true })
      mkdirSync(this.at(place))
    }
    return place
  }

  /** Puts a file in place of whatever the image has there; other trees may share its old content. */
  replace(path: string, content: string): void {
    const folder = this.make(path.slice(0, path.lastIndexOf('/')) || '/', 'folder')
    const file = join(this.at(folder), path.slice(path.lastIndexOf('/') + 1))
    rmSync(file, { recursive: true, force: true })
    writeFileSync(file, content, { flag: 'wx', mode: 0o644 })
  }

  /** Text of a file of the image, at most 1 MiB; empty when there is none. */
  read(path: string): string {
    try {
      const place = this.at(this.#walk(path, false))
      if (lstatSync(place).size > MAX_USER_FILE_BYTES) return ''
      const file = openSync(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
      try {
        return readFileSync(file, 'utf8')
      } finally {
        closeSync(file)
      }
    } catch {
      return ''
    }
  }

  /** On the host. */
  at(place: string): string {
    return place === '/' ? this.path : `${this.path}${place}`
  }

  /** The real place, links followed also at the end; its folders are made when `make`. */
  #walk(path: string, make: boolean): string {
    let place: string[] = []
    let links = 0
    const rest = path.split('/').filter((part) => part !== '' && part !== '.')
    for (let part = rest.shift(); part !== undefined; part = rest.shift()) {
      if (part === '..') {
        place.pop()
        continue
      }
      const next = [...place, part]
      const found = this.#stat(`/${next.join('/')}`)
      if (found?.isSymbolicLink() === true) {
        if (++links > MAX_LINKS) throw invalid(`${path}: too many links on the way`)
        const target = readlinkSync(this.at(`/${next.join('/')}`))
        if (target.startsWith('/')) place = []
        rest.unshift(...target.split('/').filter((p) => p !== '' && p !== '.'))
        continue
      }
      if (rest.length > 0) {
        if (found === undefined && make) mkdirSync(this.at(`/${next.join('/')}`))
        else if (found?.isDirectory() !== true)
          throw invalid(`${path}: /${next.join('/')} is not a folder in the image`)
      }
      place = next
      if (place.length + rest.length > MAX_DEPTH) throw invalid(`${path}: too many folders`)
    }
    return `/${place.join('/')}`
  }

  #stat(place: string): Stats | undefined {
    return lstatSync(this.at(place), { throwIfNoEntry: false })
  }
}

/** Numbers of `name[:group]`, looked up in the image; never 0. Throws RuntimeError `container.invalid`. */
export function resolveUser(user: string, tree: RootTree): { uid: number; gid: number } {
  const [name = '', group] = user.split(':')
  const entry = lineOf(tree.read('/etc/passwd'), name)
  const uid = numberOf(name) ?? numberOf(entry?.[2])
  const gid =
    group === undefined
      ? (numberOf(entry?.[3]) ?? uid)
      : (numberOf(group) ?? numberOf(lineOf(tree.read('/etc/group'), group)?.[2]))
  if (uid === undefined || gid === undefined)
    throw invalid(`the image has no user ${JSON.stringify(user.slice(0, 80))}`)
  return uid === 0 ? { uid: 65_534, gid: 65_534 } : { uid, gid }
}

function lineOf(file: string, name: string): string[] | undefined {
  return file
    .split('\n')
    .map((line) => line.split(':'))
    .find(([first]) => first === name)
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^[0-9]{1,10}$/.test(text)) return undefined
  const value = Number(text)
  return value <= MAX_ID ? value : undefined
}

function invalid(message: string): RuntimeError {
  return new RuntimeError('container.invalid', message)
}
