// Arguments as people write them: ids, sizes, TEE classes, times. Pure; each throws CliError `usage`.
import { cpuMilliOf, memoryMiBOf, teeClassBits } from '@wetee/sdk'
import { CliError } from './error.ts'

/** The number of a worker, node, complaint: 1 and up. */
export function parseId(what: string, text: string): bigint {
  if (/^[1-9]\d{0,18}$/.test(text)) return BigInt(text)
  throw new CliError('usage', `the ${what} is "${text}", expected its number, 1 or more`)
}

/** The number of a proposal: up to 78 digits. */
export function parseProposal(text: string): bigint {
  if (/^\d{1,78}$/.test(text)) return BigInt(text)
  throw new CliError('usage', `the proposal is "${text}", expected its number`)
}

/** `16`, `0.5`: CPUs as thousandths. */
export function parseCpus(name: string, text: string): number {
  const value = cpuMilliOf(text)
  if (value !== undefined) return value
  throw new CliError('usage', `${name} is "${text}", expected CPUs such as 16 or 0.5`)
}

/** `64GiB`, `512MiB`, `2TiB`: in MiB. */
export function parseMiB(name: string, text: string): number {
  const value = memoryMiBOf(text)
  if (value !== undefined) return value
  throw new CliError('usage', `${name} is "${text}", expected a size such as 512MiB, 64GiB or 2TiB`)
}

/** `tdx,sev-snp`: the bits of Terms. */
export function parseTeeClasses(text: string): number {
  let mask = 0
  for (const name of text.toLowerCase().split(',')) {
    const bit = teeClassBits[name.trim() as keyof typeof teeClassBits] as number | undefined
    if (bit === undefined)
      throw new CliError(
        'usage',
        `--tee is "${text}", expected ${Object.keys(teeClassBits).join(', ')}, or several with commas`,
      )
    mask |= bit
  }
  return mask
}

/** `2027-01-31`, an ISO time, or `30d`, `12h` from now: seconds since 1970. */
export function parseTime(name: string, text: string, nowMs: number): bigint {
  const span = /^(\d{1,5})(d|h|min)$/.exec(text)
  const seconds = { d: 86_400, h: 3_600, min: 60 }
  if (span !== null) {
    const unit = seconds[span[2] as keyof typeof seconds]
    return BigInt(Math.floor(nowMs / 1000) + Number(span[1]) * unit)
  }
  const at = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : NaN
  if (Number.isFinite(at) && at > 0) return BigInt(Math.floor(at / 1000))
  throw new CliError(
    'usage',
    `${name} is "${text}", expected a day such as 2027-01-31, an ISO time, or a span such as 30d or 12h`,
  )
}

/** One of a few words; throws `usage`. */
export function oneOf<T extends string>(name: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === text)
  if (found !== undefined) return found
  throw new CliError('usage', `${name} is "${text}", expected ${allowed.join(', ')}`)
}
