// Whether a value has the fields of claims that a policy judges, each of its type. Pure.
import { PLATFORMS } from './policy-fields.ts'

const PRODUCTS: ReadonlySet<unknown> = new Set(['Milan', 'Genoa', 'Turin'])

type Fields = Readonly<Record<string, unknown>>

/** What keeps a value from being claims, in words; undefined where nothing does. */
export function claimsProblem(value: unknown): string | undefined {
  if (!isFields(value)) return 'claims: expected an object'
  const { platform, flags, simulated, trustRoot } = value
  if (!PLATFORMS.has(platform)) return 'claims.platform: unknown'
  if (typeof simulated !== 'boolean') return 'claims.simulated: expected true or false'
  if (typeof trustRoot !== 'string') return 'claims.trustRoot: expected a text'
  if (!Array.isArray(flags) || !flags.every((flag) => typeof flag === 'string'))
    return 'claims.flags: expected a list of names'
  switch (platform) {
    case 'tdx':
    case 'sgx':
      return intelProblem(value)
    case 'sev-snp':
      return sevSnpProblem(value)
    default:
      return undefined
  }
}

function intelProblem(claims: Fields): string | undefined {
  for (const name of ['tcbStatus', 'tcbDate', 'oldestTcbDate'])
    if (typeof claims[name] !== 'string') return `claims.${name}: expected a text`
  // A date that has no instant to show would break the words of a refusal.
  if (!Number.isFinite(Date.parse(claims['oldestTcbDate'] as string)))
    return 'claims.oldestTcbDate: expected an ISO 8601 time'
  if (!isId(claims['ppid'], 16)) return 'claims.ppid: expected 0x and 32 lower-case hex digits'
  for (const name of ['evaluationNumber', 'collateralIssuedAtMs'])
    if (!Number.isSafeInteger(claims[name])) return `claims.${name}: expected a whole number`
  return undefined
}

function sevSnpProblem(claims: Fields): string | undefined {
  if (!PRODUCTS.has(claims['product'])) return 'claims.product: unknown'
  if (typeof claims['signedBy'] !== 'string') return 'claims.signedBy: expected a text'
  const { chipId, collateralIssuedAtMs, cpuid } = claims
  if (cpuid !== undefined && !isFields(cpuid)) return 'claims.cpuid: expected an object'
  if (chipId !== undefined && !isId(chipId, 64))
    return 'claims.chipId: expected 0x and 128 lower-case hex digits'
  if (collateralIssuedAtMs !== undefined && !Number.isSafeInteger(collateralIssuedAtMs))
    return 'claims.collateralIssuedAtMs: expected a whole number'
  for (const name of ['reportedTcb', 'committedTcb', 'launchTcb']) {
    const tcb = claims[name]
    if (!isFields(tcb)) return `claims.${name}: expected an object`
    for (const [component, number] of Object.entries(tcb))
      if (number !== undefined && !Number.isInteger(number))
        return `claims.${name}.${component}: expected a whole number`
  }
  return undefined
}

/** An id as lists of denied machines have it: written in another way it would not be found there. */
function isId(value: unknown, size: number): boolean {
  return typeof value === 'string' && value.length === 2 + 2 * size && /^0x[0-9a-f]*$/.test(value)
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}
