// Judges the attestation vectors: what the verifier says against what their manifest expects. Pure.
import { appraise, AttestationError, evaluate, offlinePolicy } from '../index.ts'
import type { AppraiseOptions, Claims, Endorsements, Evidence, TrustStore } from '../index.ts'
import { bareHex } from '../bytes.ts'
import { amdTrustStore } from '../appraisal/roots/amd.ts'
import { intelTrustStore } from '../appraisal/roots/intel.ts'
import { nitroTrustStore } from '../appraisal/roots/nitro.ts'
import { EARLIER_CODES, VECTOR_CODES, type VectorCase } from './vector-case.ts'
import { judgeEventLog } from './vector-event-log.ts'
import { expectedClaims } from './vector-claims.ts'

export { vectorPaths, type VectorCase, type VectorExpectation } from './vector-case.ts'

/** Bytes by path. */
export type VectorFiles = ReadonlyMap<string, Uint8Array>

/** What came of a case. */
export type VectorJudgement = {
  readonly id: string
  /** The row of the table that it counts in. */
  readonly group: string
  /** JSON of what the verifier said, the same on every platform. */
  readonly outcome: string
  /** Where that is not what the manifest expects; empty when the case is right. */
  readonly problems: readonly string[]
}

/** What the verifier said. */
type Outcome =
  | { readonly verdict: 'valid'; readonly claims: Claims; readonly strictPolicy: string }
  | { readonly verdict: 'invalid'; readonly code: string }

/** The roots of all hardware vendors. */
const GENUINE: TrustStore = {
  roots: [intelTrustStore, amdTrustStore, nitroTrustStore].flatMap(({ roots }) => roots),
}

/** Runs one case. Throws only where its evidence is not among the files. */
export async function judgeVector(
  vector: VectorCase,
  files: VectorFiles,
  options: AppraiseOptions = {},
): Promise<VectorJudgement> {
  const problems: string[] = []
  const group = groupOf(vector, files)
  try {
    const outcome =
      vector.platform === 'intel-eventlog'
        ? judgeEventLog(
            vector,
            fileOf(files, vector.evidence),
            fileOf(files, vector.quote),
            problems,
          )
        : await judgeEvidence(vector, files, options, problems)
    return { id: vector.id, group, outcome: stringify(outcome), problems }
  } catch (error) {
    // Not an answer of the verifier: a case that breaks is a wrong one, not the end of the run.
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return { id: vector.id, group, outcome: stringify({ broke: text }), problems: [text] }
  }
}

/** Lines of a table: group, cases, right ones. */
export function vectorTable(judgements: readonly VectorJudgement[]): string[] {
  const groups = [...new Set(judgements.map(({ group }) => group))].sort()
  const line = (name: string, list: readonly VectorJudgement[]) => {
    const right = list.filter(({ problems }) => problems.length === 0).length
    return `${name.padEnd(14)} ${String(list.length).padStart(5)} ${String(right).padStart(5)}`
  }
  return [
    `${'platform'.padEnd(14)} cases right`,
    ...groups.map((name) =>
      line(
        name,
        judgements.filter(({ group }) => group === name),
      ),
    ),
    line('all', judgements),
  ]
}

async function judgeEvidence(
  vector: VectorCase,
  files: VectorFiles,
  options: AppraiseOptions,
  problems: string[],
): Promise<Outcome> {
  const simulated = vector.kind === 'synthetic'
  const root = { name: 'vector', der: fileOf(files, vector.root), simulated }
  const outcome = await outcomeOf(vector, files, { roots: [root] }, options)
  problems.push(...compare(vector, outcome))
  if (simulated) problems.push(...(await judgeUnderGenuineRoots(vector, files, options)))
  return outcome
}

async function outcomeOf(
  vector: VectorCase,
  files: VectorFiles,
  trustStore: TrustStore,
  options: AppraiseOptions,
): Promise<Outcome> {
  const atMs = Date.parse(vector.verifyAt ?? '')
  const { evidence, endorsements } = materialOf(vector, files)
  try {
    const claims = await appraise(evidence, endorsements, trustStore, atMs, options)
    // The vectors judge neither age of collateral nor minimum TCB, lists and simulated roots.
    const { accepted } = evaluate(claims, offlinePolicy(), atMs)
    return { verdict: 'valid', claims, strictPolicy: accepted ? 'accept' : 'reject' }
  } catch (error) {
    if (!(error instanceof AttestationError)) throw error
    return { verdict: 'invalid', code: error.code }
  }
}

function materialOf(vector: VectorCase, files: VectorFiles) {
  const quote = fileOf(files, vector.evidence)
  const hexOf = (path: string | undefined) => bareHex(fileOf(files, path))
  switch (vector.platform) {
    case 'amd-snp': {
      const { leaf, ask, crl } = vector
      const list = crl === undefined ? {} : { crl: hexOf(crl) }
      return {
        evidence: { platform: 'sev-snp', quote } satisfies Evidence,
        endorsements: { leaf: hexOf(leaf), ask: hexOf(ask), ...list } satisfies Endorsements,
      }
    }
    case 'aws-nitro':
      return { evidence: { platform: 'nitro', quote } satisfies Evidence, endorsements: {} }
    case 'intel-dcap':
    case 'intel-eventlog': {
      const text = new TextDecoder().decode(fileOf(files, vector.collateral))
      const platform = quote[0] === 3 ? 'sgx' : 'tdx'
      return {
        evidence: { platform, quote } satisfies Evidence,
        endorsements: JSON.parse(text) as Endorsements,
      }
    }
  }
}

/** Where the answer is not the expected one. */
function compare(vector: VectorCase, outcome: Outcome): string[] {
  const { expect } = vector
  if (outcome.verdict !== expect.evidence)
    return [`expected ${expect.evidence}, got ${stringify(outcome)}`]
  if (outcome.verdict === 'invalid') {
    const earlier = EARLIER_CODES[vector.id]
    const codes = earlier === undefined ? VECTOR_CODES[expect.reason ?? ''] : [earlier]
    if (codes?.includes(outcome.code) === true) return []
    return [`${expect.reason}: expected ${codes?.join(' or ')}, got ${outcome.code}`]
  }
  const differences = Object.entries(expectedClaims(vector, outcome.claims)).flatMap(
    ([name, wanted]) => {
      const got = (outcome.claims as unknown as Record<string, unknown>)[name]
      const [expected, actual] = [stringify(sorted(wanted)), stringify(sorted(got))]
      return expected === actual ? [] : [`${name}: expected ${expected}, got ${actual}`]
    },
  )
  if (outcome.strictPolicy !== expect.strictPolicy)
    differences.push(`strict policy: expected ${expect.strictPolicy}, got ${outcome.strictPolicy}`)
  return differences
}

/** No synthetic case may hold under the roots of hardware vendors. */
async function judgeUnderGenuineRoots(
  vector: VectorCase,
  files: VectorFiles,
  options: AppraiseOptions,
): Promise<string[]> {
  const outcome = await outcomeOf(vector, files, GENUINE, options)
  if (outcome.verdict === 'valid') return ['accepted under genuine roots']
  if (vector.expect.evidence === 'valid' && outcome.code !== 'root.untrusted')
    return [`under genuine roots: expected root.untrusted, got ${outcome.code}`]
  return []
}

function groupOf({ platform, evidence }: VectorCase, files: VectorFiles): string {
  if (platform === 'intel-eventlog') return 'event log'
  if (platform === 'amd-snp') return 'SEV-SNP'
  if (platform === 'aws-nitro') return 'Nitro'
  // Tampered headers are changed quotes of version 4.
  const [version] = fileOf(files, evidence)
  return version === 3 ? 'SGX v3' : version === 5 ? 'TDX v5' : 'TDX v4'
}

function fileOf(files: VectorFiles, path: string | undefined): Uint8Array {
  const bytes = path === undefined ? undefined : files.get(path)
  if (bytes === undefined) throw new Error(`no such file of the vectors: ${path}`)
  return bytes
}

/** The same with its fields in the order of their names. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function stringify(value: unknown): string {
  return JSON.stringify(value, (_, field: unknown) =>
    typeof field === 'bigint' ? field.toString() : field,
  )
}
