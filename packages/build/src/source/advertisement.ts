// The references that a Git server advertises, read as they arrive. Pure.
import { BuildError } from '../error.ts'

/** Of one line with its length before it (gitprotocol-common, "pkt-line Format"). */
const maxLineBytes = 65_520
const lengthDigits = 4

/**
 * Looks for one reference in an advertisement of git-upload-pack (gitprotocol-pack, "Reference Discovery"), given in pieces. Throws
 * BuildError `build.git-failed` for what is none.
 */
export class AdvertisementReader {
  /** What the reference names, 40 or 64 hex digits; undefined as long as it was not seen. */
  commit: string | undefined
  readonly #ref: string
  #rest: Buffer = Buffer.alloc(0)
  /** The name of the service, the first reference, the others, and nothing after their end. */
  #part: 'service' | 'service-end' | 'first' | 'others' | 'end' = 'service'

  constructor(ref: string) {
    this.#ref = ref
  }

  push(bytes: Uint8Array): void {
    this.#rest = Buffer.concat([this.#rest, bytes])
    let at = 0
    while (this.#rest.length - at >= lengthDigits) {
      const length = lengthOf(this.#rest.toString('latin1', at, at + lengthDigits))
      const size = Math.max(length, lengthDigits)
      if (this.#rest.length - at < size) break
      if (length === 0) this.#flush()
      else this.#line(this.#rest.toString('latin1', at + lengthDigits, at + size))
      at += size
    }
    this.#rest = this.#rest.subarray(at)
  }

  /** No more comes. */
  end(): void {
    if (this.#part !== 'end' || this.#rest.length > 0) throw wrong('it ends too early')
  }

  #flush(): void {
    if (this.#part === 'service-end') this.#part = 'first'
    // Older servers list nothing at all where there is no reference.
    else if (this.#part === 'first' || this.#part === 'others') this.#part = 'end'
    else throw wrong('an end where none may be')
  }

  #line(text: string): void {
    const line = text.replace(/\n$/, '')
    switch (this.#part) {
      case 'service':
        if (line !== '# service=git-upload-pack') throw wrong('another service')
        this.#part = 'service-end'
        return
      case 'first':
        // Behind its name come what the server can do; without a reference the name is `capabilities^{}`.
        this.#part = 'others'
        return this.#reference(line.slice(0, Math.max(line.indexOf('\0'), 0)))
      case 'others':
        return this.#reference(line)
      default:
        throw wrong('a line where none may be')
    }
  }

  #reference(line: string): void {
    if (/^shallow [0-9a-f]+$/.test(line)) return
    const match = /^([0-9a-f]{40}|[0-9a-f]{64}) ([^\0 ]+)$/.exec(line)
    if (match === null) throw wrong(`no reference: ${JSON.stringify(line.slice(0, 80))}`)
    const [, commit, name] = match
    if (name !== this.#ref) return
    if (this.commit !== undefined) throw wrong('one reference twice')
    this.commit = commit
  }
}

/** 0 is an end; 1 to 4 are of other protocols or empty. */
function lengthOf(digits: string): number {
  const length = /^[0-9a-f]{4}$/i.test(digits) ? Number.parseInt(digits, 16) : Number.NaN
  if (length === 0 || (length > lengthDigits && length <= maxLineBytes)) return length
  throw wrong(`a length of ${JSON.stringify(digits)}`)
}

function wrong(what: string): BuildError {
  return new BuildError('build.git-failed', `not the references of a Git server: ${what}`)
}
