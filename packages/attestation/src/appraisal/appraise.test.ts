// Appraisal of simulated evidence: what is accepted, and attacks that are not.
import { beforeAll, describe, expect, test } from 'vitest'
import {
  appraise,
  AttestationError,
  developmentPolicy,
  evaluate,
  intelTrustStore,
} from '../index.ts'
import { extendRtmr, platformId, tdxMeasurementId } from '../index.ts'
import type { IntelEndorsements as Endorsements, Hex, TrustStore } from '../index.ts'
import { createSimulatedVendor, SIMULATED_RTMRS } from '../simulated/index.ts'
import type { SimulatedSwitches, SimulatedVendor } from '../simulated/index.ts'
import { issueCertificate, issueRevocationList, toPem } from '../simulated/certificates.ts'
import { P256Key } from '../simulated/ecdsa-key.ts'
import { sgxExtension } from '../simulated/intel/pck.ts'

const atMs = Date.UTC(2026, 5, 1)
const DAY_MS = 86_400_000
const mrtd: Hex = `0x${'a1'.repeat(48)}`
const mrConfigId: Hex = `0x${'c0'.repeat(32)}${'00'.repeat(16)}`
const reportData: Hex = `0x${'5d'.repeat(64)}`
const seed = (byte: number) => new Uint8Array(32).fill(byte)

let vendor: SimulatedVendor
let other: SimulatedVendor
beforeAll(() => {
  vendor = createSimulatedVendor({ seed: seed(1), atMs })
  other = createSimulatedVendor({ seed: seed(2), atMs })
})

const storeOf = (...vendors: SimulatedVendor[]): TrustStore => ({
  roots: vendors.map(({ name, rootDer }) => ({ name, der: rootDer, simulated: true })),
})
const quoteOf = (from: SimulatedVendor) =>
  from
    .createChip({ seed: seed(9) })
    .launch({ mrtd, mrConfigId })
    .quote(reportData)

type Change = {
  quote?: Uint8Array
  endorsements?: Partial<Endorsements>
  store?: TrustStore
  at?: number
}
function judge({ quote, endorsements, store, at }: Change = {}) {
  const given = { ...vendor.collateral(atMs), ...endorsements }
  const evidence = { platform: 'tdx', quote: quote ?? quoteOf(vendor) } as const
  return appraise(evidence, given, store ?? storeOf(vendor), at ?? atMs)
}
async function refuses(change: Change, code: string) {
  const error = await judge(change).then(
    () => undefined,
    (cause: unknown) => cause,
  )
  expect(error).toBeInstanceOf(AttestationError)
  expect((error as AttestationError).code).toBe(code)
}

describe('a simulated quote', () => {
  test('is accepted under its own root and says everything that the guest is', async () => {
    const chip = vendor.createChip({ seed: seed(9) })
    const guest = chip.launch({ mrtd, mrConfigId })
    const digest: Hex = `0x${'e1'.repeat(48)}`
    guest.extend(3, digest)
    const claims = await judge({ quote: guest.quote(reportData) })
    const [rtmr0, rtmr1, rtmr2] = SIMULATED_RTMRS
    expect(claims).toMatchObject({
      platform: 'tdx',
      tcbStatus: 'UpToDate',
      flags: [],
      mrtd,
      mrConfigId,
      reportData,
      rtmr: [rtmr0, rtmr1, rtmr2, extendRtmr(`0x${'00'.repeat(48)}`, digest)],
      measurementId: tdxMeasurementId({ mrtd, rtmr0, rtmr1, rtmr2 }),
      ppid: chip.ppid,
      trustRoot: vendor.name,
      simulated: true,
    })
    expect(guest.report()).toEqual({
      mrtd,
      mrConfigId,
      rtmr: claims.rtmr,
      debug: false,
    })
    expect(claims.collateralIssuedAtMs).toBe(atMs - 3_600_000)
    const ids = [chip, vendor.createChip()].map(({ ppid }) =>
      platformId({ platform: 'tdx', chainId: 1n, subnet: `0x${'5b'.repeat(20)}`, ppid }),
    )
    expect(ids[0]).not.toBe(ids[1])
  })

  test('is refused under the genuine root and under another vendor’s', async () => {
    await refuses({ store: intelTrustStore }, 'root.untrusted')
    await refuses({ store: storeOf(other) }, 'root.untrusted')
  })

  test('cannot be listed as genuine, whatever its root is called in the trust store', async () => {
    const store = { roots: [{ name: 'intel', der: vendor.rootDer, simulated: false }] }
    await refuses({ store }, 'trust-store.invalid')
  })

  test('says the oldest date of its levels: an old quoting enclave or module is as old as it is', async () => {
    const datesWith = async (switches: Partial<SimulatedSwitches>) => {
      const chip = vendor.createChip({ seed: seed(9) })
      chip.set(switches)
      const quote = chip.launch({ mrtd, mrConfigId }).quote(reportData)
      const { tcbStatus, tcbDate, oldestTcbDate } = await judge({ quote })
      return { tcbStatus, isOlder: oldestTcbDate < tcbDate }
    }
    expect(await datesWith({})).toEqual({ tcbStatus: 'UpToDate', isOlder: false })
    expect(await datesWith({ qeSvn: 3 })).toEqual({ tcbStatus: 'OutOfDate', isOlder: true })
    expect(await datesWith({ teeSvns: { 0: 4 } })).toEqual({
      tcbStatus: 'OutOfDate',
      isOlder: true,
    })
    expect(await datesWith({ sgxSvns: { 0: 6 } })).toEqual({
      tcbStatus: 'OutOfDate',
      isOlder: false,
    })
  })

  test('is as old as the oldest part of its collateral, and judged by the lower evaluation number', async () => {
    const [fresh, old] = [vendor.collateral(atMs), vendor.collateral(atMs - DAY_MS)]
    const newer = vendor.collateral(atMs, { recoveries: 1 })
    const pick = (from: Endorsements, ...fields: (keyof Endorsements)[]) =>
      Object.fromEntries(fields.map((field) => [field, from[field]]))
    const number = (await judge({ endorsements: fresh })).evaluationNumber
    for (const part of ['tcb_info', 'qe_identity'] as const) {
      const aged = await judge({
        endorsements: { ...fresh, ...pick(old, part, `${part}_signature`) },
      })
      expect(aged.collateralIssuedAtMs).toBe(atMs - DAY_MS - 3_600_000)
      const mixed = { ...newer, ...pick(fresh, part, `${part}_signature`) }
      expect((await judge({ endorsements: mixed })).evaluationNumber).toBe(number)
    }
    const { collateralIssuedAtMs } = await judge({
      endorsements: { ...fresh, ...pick(old, 'pck_crl') },
    })
    expect(collateralIssuedAtMs).toBe(atMs - DAY_MS - 3_600_000)
    expect((await judge({ endorsements: newer })).evaluationNumber).toBeGreaterThan(number)
  })

  test('is judged by at most 16 roots', async () => {
    const roots = Array.from({ length: 17 }, (_, i) =>
      createSimulatedVendor({ seed: seed(40 + i), atMs }),
    )
    await refuses({ store: storeOf(...roots) }, 'trust-store.invalid')
    const fifteen = storeOf(vendor, ...roots.slice(0, 15))
    expect((await judge({ store: fifteen })).trustRoot).toBe(vendor.name)
  })

  test('is refused where its root is listed twice, once as what it is not', async () => {
    const [root] = storeOf(vendor).roots
    const twice = [false, true].flatMap((simulated) => (root ? [{ ...root, simulated }] : []))
    await refuses({ store: { roots: twice } }, 'trust-store.invalid')
    await refuses(
      { store: { roots: twice.map((r) => ({ ...r, simulated: true })) } },
      'trust-store.invalid',
    )
  })

  test.each(['constructor', 'toString', '__proto__', 'TDX', '', undefined, null])(
    'is refused as evidence of the platform %s',
    async (platform) => {
      const evidence = { platform: platform as 'tdx', quote: quoteOf(vendor) }
      await expect(
        appraise(evidence, vendor.collateral(atMs), storeOf(vendor), atMs),
      ).rejects.toMatchObject({ code: 'evidence.unsupported' })
    },
  )

  test('ignores what a kernel leaves behind the quote', async () => {
    const padded = new Uint8Array(8000)
    padded.set(quoteOf(vendor))
    expect((await judge({ quote: padded })).reportData).toBe(reportData)
  })

  test('no bit of header, report, signature, key or QE report may change', async () => {
    const quote = quoteOf(vendor)
    for (let offset = 0; offset < 1154; offset += 37) {
      const changed = new Uint8Array(quote)
      changed[offset] = (changed[offset] ?? 0) ^ 0x10
      await expect(judge({ quote: changed }), `offset ${offset}`).rejects.toBeInstanceOf(
        AttestationError,
      )
    }
  })

  test.each([0, 1, 47, 48, 631, 632, 636, 700, 764, 1153, 1260, 4000])(
    'cut after %i bytes is refused as malformed',
    (length) => refuses({ quote: quoteOf(vendor).subarray(0, length) }, 'quote.malformed'),
  )

  test('of more than 16 KiB is refused', () =>
    refuses({ quote: new Uint8Array(16_385) }, 'evidence.too-large'))
})

describe('switches of a chip', () => {
  test('an old TCB is authentic and says so', async () => {
    const chip = vendor.createChip()
    chip.setTcb('OutOfDate')
    const claims = await judge({ quote: chip.launch({ mrtd, mrConfigId }).quote(reportData) })
    expect(claims).toMatchObject({
      tcbStatus: 'OutOfDate',
      advisoryIds: ['SIMULATED-SA-00001'],
    })
    expect(evaluate(claims, developmentPolicy(), atMs)).toMatchObject({
      code: 'policy.tcb-status',
    })
  })

  test('a revoked TCB is refused', async () => {
    const chip = vendor.createChip()
    chip.setTcb('Revoked')
    const quote = chip.launch({ mrtd, mrConfigId }).quote(reportData)
    await refuses({ quote }, 'tcb.revoked')
  })

  test('debug mode is a flag, also for a guest that runs already', async () => {
    const chip = vendor.createChip()
    const guest = chip.launch({ mrtd, mrConfigId })
    chip.setDebug(true)
    expect(guest.report().debug).toBe(true)
    expect((await judge({ quote: guest.quote(reportData) })).flags).toEqual(['TD_DEBUG'])
  })

  test('a revoked chip is refused by collateral issued afterwards, in every TCB state', async () => {
    const maker = createSimulatedVendor({ seed: seed(3), atMs })
    const [chip, innocent] = [maker.createChip(), maker.createChip()]
    const store = storeOf(maker)
    const before = maker.collateral(atMs)
    chip.revoke()
    const after = maker.collateral(atMs)
    const quote = (from: typeof chip) => from.launch({ mrtd, mrConfigId }).quote(reportData)
    await judge({ quote: quote(chip), endorsements: before, store })
    await judge({ quote: quote(innocent), endorsements: after, store })
    await refuses({ quote: quote(chip), endorsements: after, store }, 'pck.revoked')
    chip.setTcb('OutOfDate')
    await refuses({ quote: quote(chip), endorsements: after, store }, 'pck.revoked')
  })
})

describe('endorsements', () => {
  test.each([
    ['root_ca_crl', 'root-crl.invalid'],
    ['pck_crl', 'pck-crl.invalid'],
    ['tcb_info', 'tcb-info.signature'],
    ['tcb_info_signature', 'tcb-info.signature'],
    ['qe_identity', 'qe-identity.signature'],
    ['qe_identity_signature', 'qe-identity.signature'],
    ['pck_crl_issuer_chain', 'pck-crl.invalid'],
    ['tcb_info_issuer_chain', 'root.untrusted'],
    ['qe_identity_issuer_chain', 'root.untrusted'],
  ] as const)('%s of another vendor is refused', async (field, code) => {
    const foreign = { ...other.collateral(atMs), tcb_info: vendor.collateral(atMs).tcb_info + ' ' }
    const given = field === 'qe_identity' ? vendor.collateral(atMs).tcb_info : foreign[field]
    await refuses({ endorsements: { [field]: given } }, code)
  })

  test.each([
    ['root_ca_crl', 'root-crl.invalid'],
    ['pck_crl', 'pck-crl.invalid'],
    ['tcb_info', 'tcb-info.signature'],
    ['tcb_info_signature', 'tcb-info.signature'],
    ['tcb_info_issuer_chain', 'tcb-signing.chain'],
    ['qe_identity_issuer_chain', 'tcb-signing.chain'],
  ] as const)('an empty %s is refused', (field, code) =>
    refuses({ endorsements: { [field]: '' } }, code),
  )

  test('a list of revocations of another vendor does not count, even with the right issuer’s name', async () => {
    const maker = createSimulatedVendor({ seed: seed(4), atMs })
    const chip = maker.createChip()
    chip.revoke()
    const forged = issueRevocationList(
      { thisUpdateMs: atMs - 1000, nextUpdateMs: atMs + DAY_MS, serials: [] },
      { commonName: 'Simulated SGX PCK Platform CA', key: new P256Key(seed(5), 'forger') },
    )
    const endorsements = {
      ...maker.collateral(atMs),
      pck_crl: Buffer.from(forged).toString('hex'),
    }
    const quote = chip.launch({ mrtd, mrConfigId }).quote(reportData)
    await refuses({ quote, endorsements, store: storeOf(maker) }, 'pck-crl.invalid')
  })

  test('TCB info signed by a chip’s own certificate is refused', async () => {
    const pem = new TextDecoder().decode(quoteOf(vendor).subarray(1258))
    const [leaf = '', , root = ''] = pem.match(/-----BEGIN[^]*?END CERTIFICATE-----\n/g) ?? []
    await refuses({ endorsements: { tcb_info_issuer_chain: leaf + root } }, 'tcb-signing.chain')
  })

  test('an unknown or missing field is refused', async () => {
    const { pck_crl: _, ...missing } = vendor.collateral(atMs)
    for (const given of [{ ...vendor.collateral(atMs), pck_certificate_chain: '' }, missing])
      await expect(
        appraise(
          { platform: 'tdx', quote: quoteOf(vendor) },
          given as Endorsements,
          storeOf(vendor),
          atMs,
        ),
      ).rejects.toMatchObject({ code: 'endorsement.malformed' })
  })

  test('count from the second they are issued to the second they expire', async () => {
    const from = atMs - 3_600_000
    const to = atMs + 30 * DAY_MS
    for (const at of [from, to]) expect((await judge({ at })).simulated).toBe(true)
    await refuses({ at: from - 1 }, 'root-crl.not-yet-valid')
    await refuses({ at: to + 1 }, 'root-crl.expired')
    const error = await judge({ at: to + 1 }).catch((cause: unknown) => cause)
    expect((error as AttestationError).retryable).toBe(true)
  })

  test('of an earlier time do not replace one list only', async () => {
    const old = vendor.collateral(atMs - 60 * DAY_MS)
    await refuses({ endorsements: { pck_crl: old.pck_crl } }, 'pck-crl.expired')
    const { tcb_info, tcb_info_signature } = old
    await refuses({ endorsements: { tcb_info, tcb_info_signature } }, 'tcb-info.expired')
    const { qe_identity, qe_identity_signature } = old
    await refuses({ endorsements: { qe_identity, qe_identity_signature } }, 'qe-identity.expired')
  })
})

describe('arguments', () => {
  test('a quote that its owner changes while signatures are checked changes nothing', async () => {
    const quote = quoteOf(vendor)
    const claims = judge({ quote })
    quote.fill(0xff, 568, 632)
    expect((await claims).reportData).toBe(reportData)
  })

  test.each([Number.NaN, 0, -1, 1.5, Number.POSITIVE_INFINITY])('a time of %s is refused', (at) =>
    refuses({ at }, 'time.invalid'),
  )

  test('a trust store without roots, or with bytes that are no certificate, is refused', async () => {
    await refuses({ store: { roots: [] } }, 'trust-store.invalid')
    const root = { name: 'x', der: Uint8Array.of(1, 2, 3), simulated: true }
    await refuses({ store: { roots: [root] } }, 'trust-store.invalid')
  })

  test('with two roots the claims name the one that was used', async () => {
    const roots = [...intelTrustStore.roots, ...storeOf(vendor).roots]
    expect(await judge({ store: { roots } })).toMatchObject({
      trustRoot: vendor.name,
      simulated: true,
    })
  })
})

describe('two trusted roots', () => {
  const both = () => storeOf(vendor, other)

  test('do not mix: neither TCB info nor QE identity of one counts for a quote of the other', async () => {
    const foreign = other.collateral(atMs)
    const { tcb_info_issuer_chain, tcb_info, tcb_info_signature } = foreign
    await refuses(
      { store: both(), endorsements: { tcb_info_issuer_chain, tcb_info, tcb_info_signature } },
      'root.untrusted',
    )
    const { qe_identity_issuer_chain, qe_identity, qe_identity_signature } = foreign
    await refuses(
      {
        store: both(),
        endorsements: { qe_identity_issuer_chain, qe_identity, qe_identity_signature },
      },
      'root.untrusted',
    )
  })

  test('do not mix in lists of revocations either', async () => {
    const { root_ca_crl, pck_crl } = other.collateral(atMs)
    await refuses({ store: both(), endorsements: { root_ca_crl } }, 'root-crl.invalid')
    await refuses({ store: both(), endorsements: { pck_crl } }, 'pck-crl.invalid')
  })
})

describe('a PCK chain', () => {
  const rootKey = new P256Key(seed(6), 'root')
  const root = { commonName: 'Simulated SGX Root CA', key: rootKey }
  const caKey = new P256Key(seed(6), 'ca')
  const ca = { commonName: 'Simulated SGX PCK Platform CA', key: caKey }
  const leafKey = new P256Key(seed(6), 'leaf')
  const valid = { notBeforeMs: atMs - DAY_MS, notAfterMs: atMs + DAY_MS }
  const make = (
    issuer: typeof root,
    commonName: string,
    key: P256Key,
    extra: { pathLength?: number; notAfterMs?: number; notBeforeMs?: number } = {},
  ) =>
    issueCertificate(
      {
        commonName,
        publicKey: key.publicKey,
        serial: Uint8Array.of(7),
        ...(commonName.includes('PCK Certificate') ? { sgxExtension: platform } : {}),
        ...valid,
        ...extra,
      },
      issuer,
    )
  const platform = sgxExtension(seed(7).subarray(16), 'UpToDate')
  const rootDer = make(root, root.commonName, rootKey, { pathLength: 1 })
  const caDer = make(root, ca.commonName, caKey, { pathLength: 0 })
  const leafDer = make(ca, 'Simulated SGX PCK Certificate', leafKey)

  /** A quote with this chain; it gets past the chain only to fail at what follows. */
  function withChain(...chain: Uint8Array[]): Change {
    const quote = Buffer.from(quoteOf(vendor).subarray(0, 1258))
    const pem = Buffer.from(toPem(...chain))
    quote.writeUInt32LE(622 + pem.length, 632)
    quote.writeUInt32LE(488 + pem.length, 766)
    quote.writeUInt32LE(pem.length, 1254)
    const top = chain.at(-1) ?? rootDer
    return {
      quote: new Uint8Array(Buffer.concat([quote, pem])),
      store: { roots: [{ name: 'test', der: top, simulated: true }] },
    }
  }

  test('in order, with the right names, roles and dates passes', () =>
    // The endorsements are of another root, which is the next check.
    refuses(withChain(leafDer, caDer, rootDer), 'root.untrusted'))

  test.each([
    [
      'a CA that has expired',
      [leafDer, make(root, ca.commonName, caKey, { pathLength: 0, notAfterMs: atMs - 1 }), rootDer],
    ],
    [
      'a leaf that is not valid yet',
      [
        make(ca, 'Simulated SGX PCK Certificate', leafKey, { notBeforeMs: atMs + 1000 }),
        caDer,
        rootDer,
      ],
    ],
    [
      'a leaf with the right to sign certificates',
      [make(ca, 'Simulated SGX PCK Certificate', leafKey, { pathLength: 0 }), caDer, rootDer],
    ],
    ['a CA without the right to', [leafDer, make(root, ca.commonName, caKey), rootDer]],
    ['a leaf of another name', [make(ca, 'Simulated SGX TCB Signing', leafKey), caDer, rootDer]],
    [
      'a CA of another name',
      [leafDer, make(root, 'Simulated CA', caKey, { pathLength: 0 }), rootDer],
    ],
    [
      'a leaf under another issuer’s name',
      [make({ ...ca, commonName: 'X' }, 'Simulated SGX PCK Certificate', leafKey), caDer, rootDer],
    ],
    [
      'a leaf signed by another key',
      [make({ ...ca, key: leafKey }, 'Simulated SGX PCK Certificate', leafKey), caDer, rootDer],
    ],
    [
      'a root that allows no CA below it',
      [leafDer, caDer, make(root, root.commonName, rootKey, { pathLength: 0 })],
    ],
    ['the root missing', [leafDer, caDer]],
    ['one certificate too many', [leafDer, caDer, caDer, rootDer]],
    ['the order turned around', [caDer, leafDer, rootDer]],
  ])('with %s is refused', (_what, chain) => refuses(withChain(...chain), 'pck.chain'))

  test('without the SGX extension is refused', async () => {
    const bare = issueCertificate(
      {
        commonName: 'Simulated SGX PCK Certificate',
        publicKey: leafKey.publicKey,
        serial: Uint8Array.of(7),
        ...valid,
      },
      ca,
    )
    await refuses(withChain(bare, caDer, rootDer), 'pck.extension')
  })
})
