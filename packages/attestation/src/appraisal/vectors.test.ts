// Every Intel case of the attestation vectors: real, tampered and synthetic evidence with known
// verdicts.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { appraise, AttestationError, evaluate, intelTrustStore, strictPolicy } from '../index.ts'
import type {
  TdxClaims as Claims,
  IntelEndorsements as Endorsements,
  TrustStore,
} from '../index.ts'

type Case = {
  id: string
  platform: string
  kind: 'real' | 'tampered' | 'synthetic'
  evidence: string
  collateral: string
  root: string
  verifyAtUnix: number
  expect: {
    evidence: 'valid' | 'invalid'
    reason?: string
    tcbStatus?: string
    tcbDate?: string
    advisoryIDs?: string[]
    flags?: string[]
    fmspc?: string
    strictPolicy: 'accept' | 'reject'
  }
  fields?: Record<string, string | number>
}

/** Our codes for the reasons of the vectors. */
const CODES: Record<string, string[]> = {
  PARSE: ['quote.malformed', 'quote.unsupported'],
  AKT: ['quote.key-type'],
  QE_VENDOR: ['quote.vendor'],
  QUOTE_SIG: ['quote.signature'],
  QE_REPORT_DATA: ['qe-report.data'],
  QE_REPORT_SIG: ['qe-report.signature'],
  QE_IDENTITY_SIG: ['qe-identity.signature'],
  QE_IDENTITY_MISMATCH: ['qe-identity.mismatch'],
  QE_IDENTITY_EXPIRED: ['qe-identity.expired'],
  TCB_INFO_SIG: ['tcb-info.signature'],
  TCB_INFO_MISMATCH: ['tcb-info.mismatch'],
  TCB_INFO_EXPIRED: ['tcb-info.expired'],
  TCB_INFO_FUTURE: ['tcb-info.not-yet-valid'],
  TCB_NOT_SUPPORTED: ['tcb.unsupported'],
  TCB_REVOKED: ['tcb.revoked'],
  TDX_MODULE_MISMATCH: ['tdx-module.mismatch'],
  PCK_CHAIN: ['pck.chain', 'root.untrusted'],
  PCK_ROOT: ['root.untrusted'],
  PCK_REVOKED: ['pck.revoked'],
  PCK_CA_REVOKED: ['pck.ca-revoked'],
  PCK_CRL: ['pck-crl.invalid', 'pck-crl.not-yet-valid'],
  PCK_CRL_EXPIRED: ['pck-crl.expired'],
  ROOT_CRL: ['root-crl.invalid'],
  TCB_SIGNER_REVOKED: ['tcb-signing.revoked'],
  TCB_SIGN_CHAIN: ['tcb-signing.chain'],
}
/** Cases that stop earlier here than in the order of the vectors. */
const EARLIER: Record<string, string> = {
  // A PCK chain beside the nine fields is not accepted at all: the quote carries its own.
  'tampered-pck-swapped': 'endorsement.malformed',
}

const folder = join(
  process.env['WETEE_VECTORS'] ?? join(import.meta.dirname, '../../../../../shared/vectors'),
  'attestation',
)
const present = existsSync(join(folder, 'manifest.json'))
const cases = present
  ? (JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { cases: Case[] }).cases
  : []
const read = (path: string) => new Uint8Array(readFileSync(join(folder, path)))

/** SGX quotes have version 3 in their first byte. */
const isSgx = ({ evidence }: Case) => read(evidence)[0] === 3
const intel = cases.filter(({ platform }) => platform === 'intel-dcap')
const covered = intel.filter((vector) => !isSgx(vector))
const sgx = intel.filter(isSgx)

async function appraiseCase(vector: Case, store?: TrustStore): Promise<Claims> {
  const simulated = vector.kind === 'synthetic'
  const trustStore = store ?? { roots: [{ name: 'vector', der: read(vector.root), simulated }] }
  const endorsements = JSON.parse(
    readFileSync(join(folder, vector.collateral), 'utf8'),
  ) as Endorsements
  const evidence = { platform: 'tdx', quote: read(vector.evidence) } as const
  return appraise(evidence, endorsements, trustStore, vector.verifyAtUnix * 1000)
}

const refusal = (vector: Case, store?: TrustStore) =>
  appraiseCase(vector, store).then(
    () => 'accepted',
    (error: unknown) => {
      if (!(error instanceof AttestationError)) throw error
      return error.code
    },
  )

if (!present) {
  const missing = `attestation vectors are not at ${folder}: set WETEE_VECTORS`
  test('the attestation vectors are there', ({ skip }) => {
    if (process.env['CI'] === 'true') throw new Error(missing)
    console.log(`skipped: ${missing}`)
    skip()
  })
}

describe.runIf(present)('attestation vectors', () => {
  const valid = covered.filter((vector) => vector.expect.evidence === 'valid')
  const invalid = covered.filter((vector) => vector.expect.evidence === 'invalid')

  test.each(valid)('$id says what it should', async (vector) => {
    const { expect: expected, fields = {} } = vector
    const claims = await appraiseCase(vector)
    expect(claims).toMatchObject({
      tcbStatus: expected.tcbStatus,
      tcbDate: expected.tcbDate,
      advisoryIds: expected.advisoryIDs,
      flags: expected.flags,
      fmspc: `0x${expected.fmspc}`,
      mrtd: `0x${fields['mrtd']}`,
      rtmr: [0, 1, 2, 3].map((index) => `0x${fields[`rtmr${index}`]}`),
      mrConfigId: `0x${fields['mr_config_id']}`,
      reportData: `0x${fields['report_data']}`,
      simulated: vector.kind === 'synthetic',
    })
    // The vectors judge neither the age of collateral nor whether a root is simulated.
    const policy = { ...strictPolicy(), maxCollateralAgeMs: 60 * 86_400_000 } as const
    const verdict = evaluate({ ...claims, simulated: false }, policy, vector.verifyAtUnix * 1000)
    expect(verdict.accepted ? 'accept' : 'reject').toBe(expected.strictPolicy)
  })

  test.each(invalid)('$id is refused', async (vector) => {
    const code = await refusal(vector)
    const earlier = EARLIER[vector.id]
    expect(earlier === undefined ? (CODES[vector.expect.reason ?? ''] ?? []) : [earlier]).toContain(
      code,
    )
  })

  test.each(covered.filter(({ kind }) => kind === 'synthetic'))(
    '$id is refused under the genuine root',
    async (vector) => {
      const code = await refusal(vector, intelTrustStore)
      expect(code).not.toBe('accepted')
      if (vector.expect.evidence === 'valid') expect(code).toBe('root.untrusted')
    },
  )

  test.each(sgx)('$id is SGX and refused with a clear code', async (vector) => {
    expect(await refusal(vector)).toBe('quote.unsupported')
  })

  test('the PCK chain of another platform in the quote itself is refused', async () => {
    const vector = covered.find(({ id }) => id === 'tampered-pck-swapped')
    if (vector === undefined) throw new Error('no such case')
    const { pck_certificate_chain: other, ...endorsements } = JSON.parse(
      readFileSync(join(folder, vector.collateral), 'utf8'),
    ) as Endorsements & { pck_certificate_chain: string }
    const quote = withPckChain(read(vector.evidence), other)
    const store = { roots: [{ name: 'intel', der: read(vector.root), simulated: false }] }
    await expect(
      appraise({ platform: 'tdx', quote }, endorsements, store, vector.verifyAtUnix * 1000),
    ).rejects.toMatchObject({
      code: expect.stringMatching(/^(qe-report.signature|tcb-info.mismatch)$/) as string,
    })
  })

  test('the pinned root is the one of the vectors', () => {
    expect(intelTrustStore.roots.map(({ der }) => der)).toEqual([
      read('intel/intel-sgx-root-ca.der'),
    ])
  })

  afterAll(() => {
    const kinds = new Map<string, number>()
    for (const { platform } of cases)
      if (platform !== 'intel-dcap') kinds.set(platform, (kinds.get(platform) ?? 0) + 1)
    if (sgx.length > 0) kinds.set('intel sgx v3 (only refused)', sgx.length)
    const left = [...kinds].map(([kind, count]) => `${kind}: ${count}`).join(', ')
    console.log(`attestation vectors: ${covered.length} cases ran; not covered yet: ${left}`)
  })
})

/** The quote with another PEM chain, lengths adjusted (offsets of version 4). */
function withPckChain(quote: Uint8Array, pem: string): Uint8Array {
  const view = Buffer.from(quote)
  const end = 636 + view.readUInt32LE(632)
  const change = pem.length - view.readUInt32LE(1254)
  const changed = Buffer.concat([view.subarray(0, 1258), Buffer.from(pem)])
  changed.writeUInt32LE(end - 636 + change, 632)
  changed.writeUInt32LE(view.readUInt32LE(766) + change, 766)
  changed.writeUInt32LE(pem.length, 1254)
  return new Uint8Array(changed)
}
