// Whether a value is a policy that says something: known fields only, none empty, zero or absent.
// Pure.
import type { Platform, TcbStatus } from '../appraisal/claims.ts'
import { FLAG_TEXTS } from './flag-texts.ts'
import { MAX_DENIED_PLATFORMS, MAX_GRACE_TCB_AGE_MS } from './policy.ts'
import { SNP_MINIMUM_TCB } from './snp-minimum-tcb.ts'

/** Names that a type allows, each once: the compiler sees to it that none is left out. */
const names = <T extends string>(all: Readonly<Record<T, unknown>>): ReadonlySet<unknown> =>
  new Set(Object.keys(all))

/** Names of platforms. */
export const PLATFORMS = names<Platform>({ tdx: true, sgx: true, 'sev-snp': true, nitro: true })
const STATUSES = names<TcbStatus>({
  UpToDate: true,
  SWHardeningNeeded: true,
  ConfigurationNeeded: true,
  ConfigurationAndSWHardeningNeeded: true,
  OutOfDate: true,
  OutOfDateConfigurationNeeded: true,
  TDRelaunchAdvised: true,
  TDRelaunchAdvisedConfigurationNeeded: true,
})
const FLAGS = names(FLAG_TEXTS)
const LINES = names(SNP_MINIMUM_TCB)
const SIGNERS: ReadonlySet<unknown> = new Set(['VCEK', 'VLEK'])
const HARDWARE_ID = /^0x(?:[0-9a-f]{32}|[0-9a-f]{128})$/

/** What is wrong with a value, in words, with the field's name; undefined for a policy. */
type Problem = string | undefined
type Fields = Readonly<Record<string, unknown>>

/** What keeps a value from being a policy, in words; undefined where nothing does. */
export function policyProblem(value: unknown): Problem {
  const wrongFields = fieldProblem(
    value,
    'policy',
    ['trust', 'platforms', 'toleratedFlags', 'deniedPlatforms', 'hardwareId'],
    ['intel', 'sevSnp'],
  )
  if (wrongFields !== undefined) return wrongFields
  const policy = value as Fields
  return (
    oneOf(policy['trust'], 'trust', ['genuine', 'genuine-or-simulated']) ??
    listProblem(policy['platforms'], 'platforms', PLATFORMS, 1) ??
    listProblem(policy['toleratedFlags'], 'toleratedFlags', FLAGS, 0) ??
    deniedProblem(policy['deniedPlatforms']) ??
    oneOf(policy['hardwareId'], 'hardwareId', ['required', 'not-required']) ??
    sectionProblem(policy, ['tdx', 'sgx'], 'intel', intelProblem) ??
    sectionProblem(policy, ['sev-snp'], 'sevSnp', sevSnpProblem)
  )
}

/** A section has to be there for the platforms it is about, and to be right where it is there. */
function sectionProblem(
  policy: Fields,
  platforms: readonly string[],
  name: string,
  problemOf: (section: unknown) => Problem,
): Problem {
  const section = policy[name]
  if (section !== undefined) return problemOf(section)
  const named = platforms.filter((platform) =>
    (policy['platforms'] as readonly unknown[]).includes(platform),
  )
  return named.length === 0 ? undefined : `${name}: missing, and ${named.join(', ')} is accepted`
}

function intelProblem(value: unknown): Problem {
  const required = ['tcbStatuses', 'minEvaluationNumber', 'maxCollateralAgeMs']
  const wrongFields = fieldProblem(value, 'intel', required, ['grace'])
  if (wrongFields !== undefined) return wrongFields
  const intel = value as Fields
  const { maxCollateralAgeMs } = intel as { maxCollateralAgeMs: unknown }
  return (
    listProblem(intel['tcbStatuses'], 'intel.tcbStatuses', STATUSES, 1) ??
    positive(intel['minEvaluationNumber'], 'intel.minEvaluationNumber') ??
    (maxCollateralAgeMs === 'not-judged'
      ? undefined
      : positive(maxCollateralAgeMs, 'intel.maxCollateralAgeMs')) ??
    graceProblem(intel['grace'], intel['tcbStatuses'] as readonly unknown[])
  )
}

function graceProblem(value: unknown, accepted: readonly unknown[]): Problem {
  if (value === undefined) return undefined
  const wrongFields = fieldProblem(value, 'intel.grace', ['statuses', 'maxTcbAgeMs'], [])
  if (wrongFields !== undefined) return wrongFields
  const grace = value as Fields
  const { maxTcbAgeMs } = grace as { maxTcbAgeMs: unknown }
  const problem =
    listProblem(grace['statuses'], 'intel.grace.statuses', STATUSES, 1) ??
    positive(maxTcbAgeMs, 'intel.grace.maxTcbAgeMs')
  if (problem !== undefined) return problem
  if ((maxTcbAgeMs as number) > MAX_GRACE_TCB_AGE_MS)
    return `intel.grace.maxTcbAgeMs: more than ${MAX_GRACE_TCB_AGE_MS}`
  return (grace['statuses'] as readonly unknown[]).some((status) => accepted.includes(status))
    ? 'intel.grace.statuses: names one that is accepted anyway'
    : undefined
}

function sevSnpProblem(value: unknown): Problem {
  const required = ['minimumTcb', 'signers', 'revocationList']
  const wrongFields = fieldProblem(value, 'sevSnp', required, [])
  if (wrongFields !== undefined) return wrongFields
  const sevSnp = value as Fields
  return (
    listProblem(sevSnp['signers'], 'sevSnp.signers', SIGNERS, 1) ??
    oneOf(sevSnp['revocationList'], 'sevSnp.revocationList', ['required', 'not-required']) ??
    minimumTcbProblem(sevSnp['minimumTcb'])
  )
}

function minimumTcbProblem(value: unknown): Problem {
  if (value === 'not-judged') return undefined
  const where = 'sevSnp.minimumTcb'
  if (!isRecord(value)) return `${where}: expected an object or "not-judged"`
  const lines = Object.keys(value)
  if (lines.length === 0) return `${where}: names no processor line`
  for (const line of lines) {
    if (!LINES.has(line)) return `${where}: unknown processor line ${quoted(line)}`
    const problem = tcbProblem(value[line], `${where}.${line}`, line.startsWith('Turin'))
    if (problem !== undefined) return problem
  }
  return undefined
}

function tcbProblem(value: unknown, where: string, hasFmc: boolean): Problem {
  const components = [...(hasFmc ? ['fmc'] : []), 'bootloader', 'tee', 'snp', 'microcode']
  const wrongFields = fieldProblem(value, where, components, [])
  if (wrongFields !== undefined) return wrongFields
  for (const component of components) {
    const number = (value as Fields)[component]
    // Vendor numbers of some components start at zero; of these two they do not.
    const least = component === 'snp' || component === 'microcode' ? 1 : 0
    if (!Number.isInteger(number) || (number as number) < least || (number as number) > 255)
      return `${where}.${component}: expected a whole number from ${least} to 255`
  }
  return undefined
}

function deniedProblem(value: unknown): Problem {
  if (!Array.isArray(value) || value.length > MAX_DENIED_PLATFORMS)
    return `deniedPlatforms: expected a list of at most ${MAX_DENIED_PLATFORMS} ids`
  for (const [index, id] of value.entries()) {
    const where = `deniedPlatforms[${index}]`
    if (typeof id !== 'string' || !HARDWARE_ID.test(id))
      return `${where}: expected 0x and 32 (PPID) or 128 (chip id) lower-case hex digits`
    if (/^0x0+$/.test(id)) return `${where}: zero names no machine`
  }
  return undefined
}

/** A list of at least `least` known names, none twice. */
function listProblem(
  value: unknown,
  where: string,
  known: ReadonlySet<unknown>,
  least: number,
): Problem {
  if (!Array.isArray(value)) return `${where}: expected a list`
  if (value.length < least) return `${where}: an empty list accepts nothing`
  for (const [index, entry] of value.entries()) {
    if (!known.has(entry)) return `${where}[${index}]: expected one of ${[...known].join(', ')}`
    if (value.indexOf(entry) !== index) return `${where}[${index}]: ${entry} is named twice`
  }
  return undefined
}

function fieldProblem(
  value: unknown,
  where: string,
  required: readonly string[],
  optional: readonly string[],
): Problem {
  if (!isRecord(value)) return `${where}: expected an object`
  for (const field of required)
    if (!Object.hasOwn(value, field)) return `${where}: field ${field} is missing`
  for (const field of optional)
    if (field in value && !Object.hasOwn(value, field))
      return `${where}: field ${field} is inherited`
  for (const field of Object.keys(value))
    if (!required.includes(field) && !optional.includes(field))
      return `${where}: unknown field ${quoted(field)}`
  return undefined
}

function oneOf(value: unknown, where: string, words: readonly string[]): Problem {
  return words.includes(value as string) ? undefined : `${where}: expected ${words.join(' or ')}`
}

function positive(value: unknown, where: string): Problem {
  return Number.isSafeInteger(value) && (value as number) > 0
    ? undefined
    : `${where}: expected a whole number above zero`
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 64))
}
