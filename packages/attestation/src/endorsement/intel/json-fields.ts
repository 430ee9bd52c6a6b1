// Typed fields of signed collateral JSON; unknown fields are left alone, the vendor adds some.
// Pure.
import { parseBareHex } from '../../bytes.ts'
import { calendarMs } from '../../calendar.ts'
import { AttestationError, type AttestationErrorCode } from '../../error.ts'

const INSTANT = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/

/**
 * A JSON object that is being read; every reader throws AttestationError with the code it was made
 * with.
 */
export class JsonFields {
  readonly #value: Record<string, unknown>
  readonly #code: AttestationErrorCode
  readonly #where: string

  constructor(value: unknown, code: AttestationErrorCode, where: string) {
    this.#code = code
    this.#where = where
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw this.fault('expected an object')
    this.#value = value as Record<string, unknown>
  }

  fault(message: string): AttestationError {
    return new AttestationError(this.#code, `${this.#where}: ${message}`)
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#value, name)
  }

  #own(name: string): unknown {
    return this.has(name) ? this.#value[name] : undefined
  }

  text(name: string): string {
    const value = this.#own(name)
    if (typeof value !== 'string' || value.length > 256) throw this.fault(`${name}: expected text`)
    return value
  }

  /** Hex of `size` bytes. */
  hex(name: string, size: number): Uint8Array {
    const text = this.text(name)
    const bytes = text.length === 2 * size ? parseBareHex(text) : undefined
    if (bytes === undefined) throw this.fault(`${name}: expected ${2 * size} hex digits`)
    return bytes
  }

  /** An integer from 0 to `max`. */
  integer(name: string, max: number): number {
    const value = this.#own(name)
    if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > max)
      throw this.fault(`${name}: expected an integer from 0 to ${max}`)
    return value as number
  }

  /** An instant in UTC, as written. */
  instant(name: string): string {
    this.instantMs(name)
    return this.text(name)
  }

  /** An instant in UTC, milliseconds. */
  instantMs(name: string): number {
    const [, ...parts] = INSTANT.exec(this.text(name)) ?? []
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number)
    const ms = calendarMs(year, month, day, hour, minute, second)
    if (ms === undefined) throw this.fault(`${name}: expected an instant in UTC`)
    return ms
  }

  /** One of the given texts. */
  oneOf<T extends string>(name: string, allowed: readonly T[]): T {
    const found = allowed.find((text) => text === this.#own(name))
    if (found === undefined) throw this.fault(`${name}: expected one of ${allowed.join(', ')}`)
    return found
  }

  object(name: string): JsonFields {
    return new JsonFields(this.#own(name), this.#code, `${this.#where}.${name}`)
  }

  /** A list of objects. */
  objects(name: string, max: number): JsonFields[] {
    return this.list(name, max).map(
      (entry, i) => new JsonFields(entry, this.#code, `${this.#where}.${name}[${i}]`),
    )
  }

  /** A list of texts; none when the field is missing. */
  texts(name: string, max: number): string[] {
    if (!this.has(name)) return []
    return this.list(name, max).map((entry) => {
      if (typeof entry !== 'string' || entry.length > 64)
        throw this.fault(`${name}: expected texts`)
      return entry
    })
  }

  private list(name: string, max: number): unknown[] {
    const value = this.#own(name)
    if (!Array.isArray(value) || value.length > max)
      throw this.fault(`${name}: expected a list of at most ${max}`)
    return value
  }
}
