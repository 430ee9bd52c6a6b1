// Fuzz targets of SEV-SNP reports and AMD's certificates, and valid inputs to mutate. Only
// AttestationError may escape a target. No I/O.
import { platformCrypto } from '#crypto'
import { AppraisalCache, appraiseWith } from '../appraisal/cache.ts'
import { appraiseSevSnp } from '../appraisal/sev-snp/appraise.ts'
import { equalBytes, parseBareHex } from '../bytes.ts'
import { readVekExtensions, type VekKind } from '../endorsement/amd/vek-extensions.ts'
import { AttestationError } from '../error.ts'
import { parseSnpReport } from '../evidence/sev-snp/report.ts'
import { readTcbVersion } from '../evidence/sev-snp/tcb-version.ts'
import { createSimulatedAmdVendor, type SnpSwitches } from '../simulated/index.ts'
import { parseCertificate } from '../x509/certificate.ts'

const AT_MS = Date.UTC(2026, 0, 1)
/** What a report's signature is over. */
const SIGNED_BYTES = 0x2a0

const vendor = createSimulatedAmdVendor({ seed: new Uint8Array(32).fill(1), atMs: AT_MS })
const turin = createSimulatedAmdVendor({
  seed: new Uint8Array(32).fill(2),
  atMs: AT_MS,
  product: 'Turin',
})

const seedsOf = (maker: typeof vendor, switches: Partial<SnpSwitches>) => {
  const chip = maker.createChip({ seed: new Uint8Array(32).fill(3) })
  chip.set(switches)
  const report = chip
    .launch({ measurement: `0x${'11'.repeat(48)}`, hostData: `0x${'22'.repeat(32)}` })
    .report(`0x${'33'.repeat(64)}`)
  const endorsements = maker.endorsements(chip, AT_MS)
  return { report, endorsements, leaf: parseBareHex(endorsements.leaf) ?? new Uint8Array() }
}
const own = seedsOf(vendor, {})
const given = [
  own,
  seedsOf(vendor, { version: 2, debug: true }),
  seedsOf(vendor, { version: 3, signingKey: 'VLEK', vmpl: 3 }),
  seedsOf(turin, {}),
]

const how = { atMs: AT_MS, crypto: platformCrypto, cache: new AppraisalCache() }
const trustStore = {
  roots: [
    {
      name: 'simulated',
      der: vendor.rootDer,
      simulated: true,
      certificate: parseCertificate(vendor.rootDer),
    },
  ],
}

/** Targets by name. */
export const sevSnpTargets: Readonly<Record<string, (input: Uint8Array) => void | Promise<void>>> =
  {
    'snp-report'(input) {
      const report = parseSnpReport(input)
      const sizes = [report.signed.length, report.signature.length, report.chipId.length]
      if (sizes.join() !== '672,96,64') throw new Error(`parts of the sizes ${sizes.join()}`)
      for (const product of ['Milan', 'Turin'] as const)
        for (const tcb of [report.reportedTcb, report.currentTcb, report.committedTcb])
          attempt(() => readTcbVersion(tcb, product))
    },
    vek(input) {
      const certificate = parseCertificate(input)
      const kinds: readonly VekKind[] = ['VCEK', 'VLEK']
      const read = kinds.map((kind) => attempt(() => readVekExtensions(certificate, kind)))
      const [vcek, vlek] = read
      if (vcek && vlek) throw new Error('one certificate for a chip and for a provider')
      if (!vcek && !vlek) readVekExtensions(certificate, 'VCEK')
    },
    /** The whole verifier; claims for anything but a report that was signed are a finding. */
    async 'snp-appraise'(input) {
      await appraiseWith(how, (context) =>
        appraiseSevSnp(input, own.endorsements, trustStore, context),
      )
      if (!equalBytes(input.subarray(0, SIGNED_BYTES), own.report.subarray(0, SIGNED_BYTES)))
        throw new Error('a changed report was accepted')
    },
  }

/** Valid inputs by target, for mutation. */
export const sevSnpSeeds: Readonly<Record<string, readonly Uint8Array[]>> = {
  'snp-report': given.map(({ report }) => report),
  vek: given.map(({ leaf }) => leaf),
  'snp-appraise': [own.report],
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof AttestationError)) throw error
    return undefined
  }
}
