// Fuzz targets of what people write: policies and lists of reference values. No I/O.
import { utf8 } from '../bytes.ts'
import { evaluate } from '../policy/evaluate.ts'
import { parsePolicy } from '../policy/parse-policy.ts'
import { offlinePolicy, strictPolicy } from '../policy/policy.ts'
import { matchReferenceValue, measurementIdOf } from '../reference/reference-value.ts'
import { parseReferenceValues } from '../reference/parse-reference-values.ts'
import type { NitroClaims } from '../appraisal/claims.ts'

const AT_MS = Date.UTC(2026, 0, 1)
const text = (input: Uint8Array) => new TextDecoder().decode(input)

/** A debug enclave under a simulated root. */
const claims: NitroClaims = {
  platform: 'nitro',
  flags: ['NITRO_DEBUG'],
  reportData: '0x',
  trustRoot: 'simulated',
  simulated: true,
  moduleId: 'i-1-enc1',
  timestampMs: AT_MS,
  pcrs: {},
  nonce: undefined,
  publicKey: undefined,
}

/** Targets by name. */
export const policyTargets: Record<string, (input: Uint8Array) => void> = {
  policy(input) {
    const policy = parsePolicy(text(input))
    if (JSON.stringify(parsePolicy(JSON.stringify(policy))) !== JSON.stringify(policy))
      throw new Error('a policy that was read differs once written and read again')
    const { accepted } = evaluate(claims, policy, AT_MS)
    const named =
      policy.trust === 'genuine-or-simulated' &&
      policy.platforms.includes('nitro') &&
      policy.toleratedFlags.includes('NITRO_DEBUG')
    if (accepted !== named) throw new Error('a policy accepts what it does not name')
  },
  'reference-values'(input) {
    const values = parseReferenceValues(text(input))
    for (const value of values) {
      const { platform, validFromMs: atMs } = value
      const found = matchReferenceValue(
        { platform, measurementId: measurementIdOf(value) },
        values,
        atMs,
      )
      if (!found.matched || found.value !== value) throw new Error('a value is not found by its id')
    }
  },
}

const registers = (names: readonly string[], size: number) =>
  Object.fromEntries(names.map((name) => [name, `0x${'a1'.repeat(size)}`]))
const common = {
  name: 'wetee-guest',
  version: '1.0.0',
  producedBy: { text: 'build.sh', sourceCommit: 'ab'.repeat(20) },
  validFrom: '2026-01-01T00:00:00Z',
  validUntil: '2027-01-01T00:00:00Z',
}
const values = [
  { ...common, platform: 'tdx', registers: registers(['mrtd', 'rtmr0', 'rtmr1', 'rtmr2'], 48) },
  {
    ...common,
    platform: 'sgx',
    registers: { ...registers(['mrEnclave', 'mrSigner'], 32), isvProdId: 1, isvSvn: 2 },
  },
  {
    ...common,
    platform: 'sev-snp',
    registers: registers(['measurement'], 48),
    validUntil: 'no-end',
  },
]

/** Valid inputs by target, for mutation. */
export const policySeeds: Record<string, readonly Uint8Array[]> = {
  policy: [
    { ...strictPolicy(), deniedPlatforms: [`0x${'99'.repeat(16)}`] },
    { ...offlinePolicy(), toleratedFlags: ['NITRO_DEBUG'] },
  ].map((policy) => utf8(JSON.stringify(policy))),
  'reference-values': [utf8(JSON.stringify({ format: 'wetee/reference-values/v1', values }))],
}
