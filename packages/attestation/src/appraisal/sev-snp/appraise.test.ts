// SEV-SNP evidence of simulated processors: what is sound is read, and everything that can be wrong
// with a report, a certificate or a list has a code.
import { describe, expect, test } from 'vitest'
import {
  AppraisalCache,
  appraise,
  AttestationError,
  vendorTrustStore,
  type AmdEndorsements,
  type Hex,
  type SevSnpClaims,
  type SnpProduct,
  type TrustStore,
} from '../../index.ts'
import {
  createSimulatedAmdVendor,
  SNP_ENDORSEMENT_FAULTS,
  SNP_REPORT_FAULTS,
  type SimulatedSnpChip,
  type SnpEndorsementFault,
  type SnpEndorsementOptions,
  type SnpReportFault,
  type SnpSwitches,
} from '../../simulated/index.ts'
import { issueCa } from '../../simulated/amd/certificates.ts'
import { RsaKey } from '../../simulated/amd/rsa-key.ts'
import { P384Key } from '../../simulated/ecdsa-key.ts'
import { tcbText } from '../../evidence/sev-snp/tcb-version.ts'

const atMs = Date.UTC(2026, 5, 1)
const DAY_MS = 86_400_000
const seed = (byte: number) => new Uint8Array(32).fill(byte)
const measurement: Hex = `0x${'a1'.repeat(48)}`
const hostData: Hex = `0x${'c0'.repeat(32)}`
const reportData: Hex = `0x${'5d'.repeat(64)}`

const products: readonly SnpProduct[] = ['Milan', 'Genoa', 'Turin']
const vendors = {
  Milan: createSimulatedAmdVendor({ seed: seed(1), atMs, product: 'Milan' }),
  Genoa: createSimulatedAmdVendor({ seed: seed(2), atMs, product: 'Genoa' }),
  Turin: createSimulatedAmdVendor({ seed: seed(3), atMs, product: 'Turin' }),
}
const store: TrustStore = {
  roots: products.map((product) => ({
    name: `simulated-${product}`,
    der: vendors[product].rootDer,
    simulated: true,
  })),
}

const chipOf = (product: SnpProduct, switches: Partial<SnpSwitches> = {}) => {
  const chip = vendors[product].createChip({ seed: seed(9) })
  chip.set(switches)
  return chip
}
const reportOf = (chip: SimulatedSnpChip, options: { vmpl?: number } = {}) =>
  chip.launch({ measurement, hostData }).report(reportData, options)
/** A chip's report with a change that its own key has signed. */
const signedAnew = (chip: SimulatedSnpChip, change: (report: Uint8Array) => void) => {
  const report = reportOf(chip)
  change(report)
  const key = new P384Key(seed(9), `VCEK ${tcbText(chip.reportedTcb)}`)
  const signature = key.sign(report.subarray(0, 0x2a0))
  report.set(signature.subarray(0, 48).toReversed(), 0x2a0)
  report.set(signature.subarray(48).toReversed(), 0x2a0 + 72)
  return report
}
const judge = (
  quote: Uint8Array,
  endorsements: AmdEndorsements,
  {
    at = atMs,
    trustStore = store,
    cache,
  }: {
    at?: number
    trustStore?: TrustStore
    cache?: AppraisalCache
  } = {},
) => appraise({ platform: 'sev-snp', quote }, endorsements, trustStore, at, cache ? { cache } : {})
const codeOf = (claims: Promise<unknown>) =>
  claims.then(
    () => 'accepted',
    (error: unknown) => {
      if (!(error instanceof AttestationError)) throw error
      return error.code
    },
  )
/** A chip's own report and endorsements, with something wrong. */
const caseOf = (
  product: SnpProduct,
  switches: Partial<SnpSwitches> = {},
  options: SnpEndorsementOptions = {},
) => {
  const chip = chipOf(product, switches)
  return [reportOf(chip), vendors[product].endorsements(chip, atMs, options)] as const
}

describe.each(products)('%s', (product) => {
  test.each([2, 3, 5] as const)('a report of version %i is read', async (version) => {
    const chip = chipOf(product, { version })
    const quote = reportOf(chip)
    const claims = judge(quote, vendors[product].endorsements(chip, atMs))
    // No revision of the ABI says where the TCB of Turin is in reports of version 2.
    if (version === 2 && product === 'Turin') {
      expect(await codeOf(claims)).toBe('snp-report.unsupported')
      return
    }
    expect(await claims).toMatchObject({
      platform: 'sev-snp',
      product,
      signedBy: 'VCEK',
      flags: [],
      vmpl: 0,
      measurement,
      hostData,
      reportData,
      guestPolicy: '0x0000000000030000',
      chipId: chip.chipId,
      collateralIssuedAtMs: atMs - 3_600_000,
      trustRoot: `simulated-${product}`,
      simulated: true,
    } satisfies Partial<SevSnpClaims>)
  })

  test('a report under a VLEK names no chip', async () => {
    const claims = await judge(...caseOf(product, { signingKey: 'VLEK' }))
    expect(claims).toMatchObject({ signedBy: 'VLEK', chipId: undefined })
  })

  test('every TCB version is read where this product has it', async () => {
    const tcb = (add: number) => ({
      ...(product === 'Turin' ? { fmc: add } : {}),
      bootloader: add + 1,
      tee: add + 2,
      snp: add + 3,
      microcode: add + 4,
    })
    const versions = {
      reportedTcb: tcb(10),
      committedTcb: tcb(20),
      currentTcb: tcb(30),
      launchTcb: tcb(40),
    }
    expect(await judge(...caseOf(product, versions))).toMatchObject(versions)
  })

  test('no simulated case holds under the roots of vendors', async () => {
    for (const signingKey of ['VCEK', 'VLEK'] as const) {
      const given = caseOf(product, { signingKey })
      expect(await codeOf(judge(...given))).toBe('accepted')
      expect(await codeOf(judge(...given, { trustStore: vendorTrustStore }))).toBe('root.untrusted')
    }
  })

  test('the certificate of another chip, or for another TCB, is refused', async () => {
    const chip = chipOf(product)
    const other = vendors[product].createChip({ seed: seed(8) })
    const before = vendors[product].endorsements(chip, atMs)
    expect(await codeOf(judge(reportOf(other), before))).toBe('vek.chip-mismatch')
    for (const change of [
      { snp: 1 },
      { snp: 255 },
      { bootloader: 0 },
      { tee: 9 },
      { microcode: 1 },
    ]) {
      chip.setTcb(change)
      expect(await codeOf(judge(reportOf(chip), before))).toBe('vek.tcb-mismatch')
      expect(await codeOf(judge(reportOf(chip), vendors[product].endorsements(chip, atMs)))).toBe(
        'accepted',
      )
    }
  })
})

test('Turin’s FMC is part of the TCB that the certificate is for', async () => {
  const chip = chipOf('Turin')
  const before = vendors.Turin.endorsements(chip, atMs)
  chip.setTcb({ fmc: 0 })
  expect(await codeOf(judge(reportOf(chip), before))).toBe('vek.tcb-mismatch')
})

const REPORT_CODES: Readonly<Record<SnpReportFault, string>> = {
  'report-cut': 'snp-report.malformed',
  'report-longer': 'snp-report.malformed',
  'report-measurement-changed': 'snp-report.signature',
  'report-data-changed': 'snp-report.signature',
  'report-signature': 'snp-report.signature',
  'report-signature-padding': 'snp-report.malformed',
  'report-another-key': 'snp-report.signature',
  'report-unsigned': 'snp-report.signature',
  'report-version-signed': 'snp-report.unsupported',
  'report-algorithm-signed': 'snp-report.unsupported',
  'report-reserved-signed': 'snp-report.malformed',
  'report-policy-signed': 'snp-report.malformed',
  'report-policy-bits-signed': 'snp-report.unsupported',
  'report-by-host-signed': 'snp-report.unsupported',
  'report-no-key-signed': 'snp-report.signing-key',
  'report-unknown-key-signed': 'snp-report.signing-key',
  'report-other-key-kind-signed': 'snp-report.signing-key',
  'report-tcb-reserved-signed': 'snp-report.malformed',
  'report-other-chip-signed': 'vek.chip-mismatch',
}
const ENDORSEMENT_CODES: Readonly<Record<SnpEndorsementFault, string>> = {
  'vek-expired': 'vek.chain',
  'vek-not-yet-valid': 'vek.chain',
  'vek-signature': 'vek.chain',
  'vek-name': 'vek.chain',
  'vek-issuer': 'vek.chain',
  'vek-is-a-ca': 'vek.chain',
  'vek-of-another-product': 'vek.extension',
  'vek-of-another-tcb': 'vek.tcb-mismatch',
  'vek-of-another-chip': 'vek.chip-mismatch',
  'vek-struct-version': 'vek.extension',
  'vek-without-spl': 'vek.extension',
  'vek-unknown-spl': 'vek.extension',
  'vek-without-id': 'vek.extension',
  'vek-id-encoded': 'vek.extension',
  'ask-signature': 'root.untrusted',
  'ask-of-the-other-kind': 'vek.chain',
  'ask-expired': 'vek.chain',
  'ask-not-a-ca': 'vek.chain',
  'ask-may-not-sign': 'vek.chain',
  'crl-expired': 'ark-crl.expired',
  'crl-not-yet-valid': 'ark-crl.not-yet-valid',
  'crl-signature': 'ark-crl.invalid',
  'crl-of-the-ask': 'ark-crl.invalid',
  'crl-cut': 'ark-crl.invalid',
}

test.each(SNP_REPORT_FAULTS)('%s is refused', async (fault) => {
  for (const product of ['Milan', 'Turin'] as const)
    expect(await codeOf(judge(...caseOf(product, { faults: [fault] })))).toBe(REPORT_CODES[fault])
})

test.each(SNP_ENDORSEMENT_FAULTS)('%s is refused', async (fault) => {
  for (const product of ['Milan', 'Turin'] as const)
    expect(await codeOf(judge(...caseOf(product, {}, { faults: [fault] })))).toBe(
      ENDORSEMENT_CODES[fault],
    )
})

test('flags are facts of the policy and of who asked', async () => {
  const flags = async (switches: Partial<SnpSwitches>) =>
    (await judge(...caseOf('Milan', switches))).flags
  expect(await flags({ debug: true })).toEqual(['DEBUG'])
  expect(await flags({ migrateMa: true })).toEqual(['MIGRATE_MA'])
  expect(await flags({ vmpl: 2 })).toEqual(['VMPL2'])
  expect(await flags({ debug: true, migrateMa: true, vmpl: 3 })).toEqual([
    'DEBUG',
    'MIGRATE_MA',
    'VMPL3',
  ])
  const chip = chipOf('Milan')
  const claims = await judge(reportOf(chip, { vmpl: 1 }), vendors.Milan.endorsements(chip, atMs))
  expect(claims).toMatchObject({ flags: ['VMPL1'], vmpl: 1 })
})

test('memory that may have two addresses is a flag, from the version on that can say so', async () => {
  const flags = async (version: 2 | 3 | 5, platformInfo: number) => {
    const chip = chipOf('Milan', { version })
    const quote = signedAnew(chip, (report) => void (report[0x40] = platformInfo))
    return (await judge(quote, vendors.Milan.endorsements(chip, atMs))).flags
  }
  for (const version of [3, 5] as const) {
    expect(await flags(version, 0xdf)).toEqual(['NO_ALIAS_CHECK'])
    expect(await flags(version, 0x20)).toEqual([])
  }
  expect(await flags(2, 0x00)).toEqual([])
})

test('every byte of a chip’s id counts, those that Turin does not use as well', async () => {
  for (const product of products)
    for (const at of [0, 7, 8, 63]) {
      const chip = chipOf(product)
      const quote = signedAnew(chip, (report) =>
        report.set([(report[0x1a0 + at] ?? 0) ^ 1], 0x1a0 + at),
      )
      expect(await codeOf(judge(quote, vendors[product].endorsements(chip, atMs)))).toBe(
        'vek.chip-mismatch',
      )
    }
})

test('an ARK issues no ASK of another product, and no chain before it is valid itself', async () => {
  // The same keys as those of Milan's vendor.
  const genoa = createSimulatedAmdVendor({ seed: seed(1), atMs, product: 'Genoa' })
  const chip = genoa.createChip({ seed: seed(9) })
  const validity = { notBeforeMs: atMs - DAY_MS, notAfterMs: atMs + DAY_MS }
  const ark = { commonName: 'ARK-Milan', key: new RsaKey(seed(1), 'ARK') }
  const content = { commonName: 'SEV-Genoa', serial: Uint8Array.of(2, 0, 1), ...validity }
  const ask = Buffer.from(issueCa(content, new RsaKey(seed(1), 'ASK'), ark)).toString('hex')
  const { leaf } = genoa.endorsements(chip, atMs)
  expect(await codeOf(judge(reportOf(chip), { leaf, ask }))).toBe('vek.chain')

  const later = createSimulatedAmdVendor({ seed: seed(1), atMs: atMs + 10 * DAY_MS })
  const trustStore = { roots: [{ name: 'later', der: later.rootDer, simulated: true }] }
  const [quote, endorsements] = caseOf('Milan')
  const code = (days: number) =>
    codeOf(judge(quote, endorsements, { trustStore, at: atMs + days * DAY_MS }))
  expect(await code(9)).toBe('accepted')
  expect(await code(8.9)).toBe('vek.chain')
})

test('what a launch asks for is in the claims', async () => {
  const chip = chipOf('Milan')
  const quote = chip
    .launch({
      measurement,
      hostData,
      guestSvn: 7,
      policy: 0x12_0137n,
      familyId: `0x${'fa'.repeat(16)}`,
      imageId: `0x${'1a'.repeat(16)}`,
      idKeyDigest: `0x${'1d'.repeat(48)}`,
      authorKeyDigest: `0x${'ab'.repeat(48)}`,
    })
    .report(reportData)
  expect(await judge(quote, vendors.Milan.endorsements(chip, atMs))).toMatchObject({
    guestSvn: 7,
    guestPolicy: '0x0000000000120137',
    familyId: `0x${'fa'.repeat(16)}`,
    imageId: `0x${'1a'.repeat(16)}`,
    idKeyDigest: `0x${'1d'.repeat(48)}`,
    authorKeyDigest: `0x${'ab'.repeat(48)}`,
    cpuid: { family: 0x19, model: 0x01, stepping: 1 },
  })
})

test('a host that masks the chip’s id hides it from no denylist: the VCEK has it', async () => {
  for (const product of products) {
    const chip = chipOf(product, { maskChipId: true })
    const claims = await judge(reportOf(chip), vendors[product].endorsements(chip, atMs))
    expect(claims.chipId).toBe(chip.chipId)
  }
})

test('a processor of another product than the certificate’s, or of an unknown one, is refused', async () => {
  const code = (family: number, model: number) =>
    codeOf(judge(...caseOf('Genoa', { cpuid: { family, model, stepping: 0 } })))
  // Bergamo and Siena are Genoa's.
  for (const [family, model] of [
    [0x19, 0x10],
    [0x19, 0x1f],
    [0x19, 0xa0],
    [0x19, 0xaf],
  ] as const)
    expect(await code(family, model)).toBe('accepted')
  for (const [family, model] of [
    [0x19, 0x00],
    [0x19, 0x0f],
    [0x1a, 0x00],
    [0x1a, 0x1f],
  ] as const)
    expect(await code(family, model)).toBe('vek.chip-mismatch')
  for (const [family, model] of [
    [0x17, 0x31],
    [0x19, 0x20],
    [0x19, 0x9f],
    [0x1a, 0x20],
    [0x1a, 0x50],
  ] as const)
    expect(await code(family, model)).toBe('snp-report.unsupported')
})

test('a chain ends in the root that issued it, whatever else is trusted or has its name', async () => {
  const twin = createSimulatedAmdVendor({ seed: seed(4), atMs, product: 'Milan' })
  const root = (der: Uint8Array, name: string) => ({ name, der, simulated: true })
  const ours = root(vendors.Milan.rootDer, 'ours')
  const theirs = root(twin.rootDer, 'twin')
  const given = caseOf('Milan')
  const under = (...roots: readonly (typeof ours)[]) => judge(...given, { trustStore: { roots } })
  expect((await under(theirs, ours)).trustRoot).toBe('ours')
  expect((await under(ours, theirs)).trustRoot).toBe('ours')
  expect(await codeOf(under(theirs))).toBe('root.untrusted')
  expect(await codeOf(under(root(vendors.Turin.rootDer, 'turin')))).toBe('root.untrusted')
  // The fault of a chain is its own even where a root of the same name comes after.
  const [quote, endorsements] = caseOf('Milan', {}, { faults: ['vek-signature'] })
  for (const roots of [
    [ours, theirs],
    [theirs, ours],
  ])
    expect(await codeOf(judge(quote, endorsements, { trustStore: { roots } }))).toBe('vek.chain')
})

test('a leaf or an ASK from another chain is refused', async () => {
  const [quote, endorsements] = caseOf('Milan')
  const [, others] = caseOf('Genoa')
  const [, vlek] = caseOf('Milan', { signingKey: 'VLEK' })
  const code = (changes: Partial<AmdEndorsements>) =>
    codeOf(judge(quote, { ...endorsements, ...changes }))
  expect(await code({ ask: others.ask })).toBe('vek.chain')
  expect(await code({ leaf: others.leaf })).toBe('vek.chain')
  expect(await code({ ask: vlek.ask })).toBe('vek.chain')
  expect(await code({ leaf: vlek.leaf, ask: vlek.ask })).toBe('snp-report.signing-key')
  // A CA where the leaf belongs.
  expect(await code({ leaf: endorsements.ask })).toBe('vek.chain')
  for (const bad of ['', 'zz', '00', `${endorsements.leaf}00`, endorsements.leaf.slice(0, -2)])
    for (const field of ['leaf', 'ask'] as const)
      expect(await code({ [field]: bad })).toBe('vek.chain')
  for (const bad of ['', 'zz', '00']) expect(await code({ crl: bad })).toBe('ark-crl.invalid')
})

test('a list is optional, and policies see that it is missing', async () => {
  const claims = await judge(...caseOf('Milan', {}, { crl: false }))
  expect(claims.collateralIssuedAtMs).toBeUndefined()
})

test('a list of the same name by another root is refused', async () => {
  const twin = createSimulatedAmdVendor({ seed: seed(5), atMs, product: 'Milan' })
  const [quote, endorsements] = caseOf('Milan')
  const { crl } = twin.endorsements(twin.createChip(), atMs)
  expect(await codeOf(judge(quote, { ...endorsements, ...(crl ? { crl } : {}) }))).toBe(
    'ark-crl.invalid',
  )
})

test('revocation: of the CA of all chips or providers, and of one chip only by another certificate', async () => {
  const vendor = createSimulatedAmdVendor({ seed: seed(6), atMs })
  const trustStore = { roots: [{ name: 's', der: vendor.rootDer, simulated: true }] }
  const chip = vendor.createChip()
  const before = vendor.endorsements(chip, atMs)
  const code = (endorsements: AmdEndorsements) =>
    codeOf(judge(reportOf(chip), endorsements, { trustStore }))
  chip.revoke()
  const after = vendor.endorsements(chip, atMs)
  expect(await code(after)).toBe('vek.revoked')
  // AMD's certificates have no serial number that a list could name.
  expect(await code({ ...after, leaf: before.leaf })).toBe('accepted')
  expect(await code(before)).toBe('accepted')
  vendor.revokeAsk('VLEK')
  expect(await code(vendor.endorsements(chip, atMs))).toBe('vek.revoked')
  vendor.revokeAsk()
  expect(await code(vendor.endorsements(chip, atMs))).toBe('ask.revoked')
  chip.set({ signingKey: 'VLEK' })
  expect(await code(vendor.endorsements(chip, atMs))).toBe('ask.revoked')
})

test('certificates and lists count at the instant of the appraisal', async () => {
  const code = (switches: Partial<SnpSwitches>, days: number, at = atMs) => {
    const chip = chipOf('Milan', switches)
    const endorsements = vendors.Milan.endorsements(chip, at)
    return codeOf(judge(reportOf(chip), endorsements, { at: at + days * DAY_MS }))
  }
  expect(await code({}, 90)).toBe('accepted')
  expect(await code({}, 91)).toBe('ark-crl.expired')
  expect(await code({}, -1)).toBe('ark-crl.not-yet-valid')
  expect(await code({}, -2)).toBe('vek.chain')
  const year = 365 * DAY_MS
  expect(await code({ signingKey: 'VLEK' }, 0, atMs + year)).toBe('accepted')
  expect(await code({ signingKey: 'VLEK' }, 0, atMs + year + 1000)).toBe('vek.chain')
  expect(await code({}, 0, atMs + 7 * year)).toBe('accepted')
  expect(await code({}, 0, atMs + 7 * year + 1000)).toBe('vek.chain')
})

test('a cache changes no answer, and dates, roots and reports are looked at each time', async () => {
  const cache = new AppraisalCache()
  const given = caseOf('Milan')
  const first = await judge(...given, { cache })
  const { size } = cache
  expect(await judge(...given, { cache })).toEqual(first)
  expect(cache.size).toBe(size)
  expect(await codeOf(judge(...given, { cache, at: atMs + 91 * DAY_MS }))).toBe('ark-crl.expired')
  expect(await codeOf(judge(...given, { cache, at: atMs + 8 * 365 * DAY_MS }))).toBe('vek.chain')
  expect(await codeOf(judge(...given, { cache, trustStore: vendorTrustStore }))).toBe(
    'root.untrusted',
  )
  const [changed] = caseOf('Milan', { faults: ['report-data-changed'] })
  expect(await codeOf(judge(changed, given[1], { cache }))).toBe('snp-report.signature')
  for (const faults of [['crl-signature'], ['vek-signature'], ['ask-signature']] as const)
    expect(await codeOf(judge(...caseOf('Milan', {}, { faults }), { cache }))).toBe(
      ENDORSEMENT_CODES[faults[0]],
    )
})

test('a cache keeps roots and lists of one name apart', async () => {
  const cache = new AppraisalCache()
  const twin = createSimulatedAmdVendor({ seed: seed(5), atMs, product: 'Milan' })
  // The same key and name under another certificate.
  const renewed = createSimulatedAmdVendor({ seed: seed(1), atMs: atMs + 1_000, product: 'Milan' })
  const under = (der: Uint8Array) => ({ roots: [{ name: 's', der, simulated: true }] })
  const [quote, endorsements] = caseOf('Milan')
  for (const der of [vendors.Milan.rootDer, renewed.rootDer, vendors.Milan.rootDer])
    expect(await codeOf(judge(quote, endorsements, { cache, trustStore: under(der) }))).toBe(
      'accepted',
    )
  const chip = twin.createChip()
  const others = twin.endorsements(chip, atMs)
  const trustStore = { roots: [...store.roots, ...under(twin.rootDer).roots] }
  expect(await codeOf(judge(reportOf(chip), others, { cache, trustStore }))).toBe('accepted')
  const mixed = { ...endorsements, ...(others.crl ? { crl: others.crl } : {}) }
  expect(await codeOf(judge(quote, mixed, { cache, trustStore }))).toBe('ark-crl.invalid')
})
