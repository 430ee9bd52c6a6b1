// The simulated AMD's keys, certificates and list. Everything follows from its seed. Node only.
import { createHash } from 'node:crypto'
import type { SnpProduct } from '../../appraisal/claims.ts'
import { bareHex } from '../../bytes.ts'
import type { AmdEndorsements } from '../../endorsement/amd/endorsements.ts'
import type { VekKind } from '../../endorsement/amd/vek-extensions.ts'
import type { P384Key } from '../ecdsa-key.ts'
import {
  issueArkList,
  issueCa,
  issueVek,
  NO_CA_USAGE,
  type AmdCertificate,
  type AmdIssuer,
} from './certificates.ts'
import { RsaKey } from './rsa-key.ts'
import { vekExtensions, type VekSubject } from './vek.ts'

/** Things wrong with endorsements, each the only thing wrong. */
export const SNP_ENDORSEMENT_FAULTS = [
  'vek-expired',
  'vek-not-yet-valid',
  'vek-signature',
  'vek-name',
  'vek-issuer',
  'vek-is-a-ca',
  'vek-of-another-product',
  'vek-of-another-tcb',
  'vek-of-another-chip',
  'vek-struct-version',
  'vek-without-spl',
  'vek-unknown-spl',
  'vek-without-id',
  'vek-id-encoded',
  'ask-signature',
  'ask-of-the-other-kind',
  'ask-expired',
  'ask-not-a-ca',
  'ask-may-not-sign',
  'crl-expired',
  'crl-not-yet-valid',
  'crl-signature',
  'crl-of-the-ask',
  'crl-cut',
] as const

/** One of those. */
export type SnpEndorsementFault = (typeof SNP_ENDORSEMENT_FAULTS)[number]

/** How endorsements are to be. */
export type SnpEndorsementOptions = {
  readonly faults?: readonly SnpEndorsementFault[]
  /** Default: true. */
  readonly crl?: boolean
}

/** A certificate that is asked for. */
export type VekRequest = VekSubject & { readonly kind: VekKind; readonly key: P384Key }

/** What the vendor has taken back. */
export type AmdRevocations = {
  /** Hex of chip ids, without a prefix. */
  readonly chips: ReadonlySet<string>
  readonly asks: ReadonlySet<VekKind>
}

/** Who signs what. */
export type AmdPki = {
  readonly rootDer: Uint8Array
  endorsements(
    request: VekRequest,
    revoked: AmdRevocations,
    atMs: number,
    options?: SnpEndorsementOptions,
  ): AmdEndorsements
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const YEAR_MS = 365 * DAY_MS
const NO_SERIAL = Uint8Array.of(0)
/** First byte of the serial numbers of a product's CAs. */
const SERIES: Readonly<Record<SnpProduct, number>> = { Milan: 1, Genoa: 2, Turin: 3 }
/** Years that a leaf is valid. */
const LIFETIMES: Readonly<Record<VekKind, number>> = { VCEK: 7, VLEK: 1 }

type Authority = {
  readonly issuer: AmdIssuer
  readonly der: Uint8Array
  readonly serial: Uint8Array
  /** Its certificate, as the faults have it. */
  issue(has: Has, atMs: number): Uint8Array
}

/** Certificates from a day before `createdAtMs`. Takes some tenths of a second for RSA keys. */
export function makeAmdPki(seed: Uint8Array, product: SnpProduct, createdAtMs: number): AmdPki {
  const notBeforeMs = createdAtMs - DAY_MS
  const validity = { notBeforeMs, notAfterMs: createdAtMs + 25 * YEAR_MS }
  const ark: AmdIssuer = { commonName: `ARK-${product}`, key: new RsaKey(seed, 'ARK') }
  const series = SERIES[product]
  const arkContent = {
    commonName: ark.commonName,
    serial: Uint8Array.of(series, 0, 0),
    ...validity,
  }
  const rootDer = issueCa(arkContent, ark.key, ark)
  const authorities = new Map<VekKind, Authority>()
  const authority = (kind: VekKind): Authority => {
    const made = authorities.get(kind) ?? makeAuthority(seed, kind, { product, ark, validity })
    authorities.set(kind, made)
    return made
  }
  return {
    rootDer,
    endorsements(request, revoked, atMs, { faults = [], crl = true } = {}) {
      const has = (fault: SnpEndorsementFault) => faults.includes(fault)
      const { kind } = request
      const ask = authority(kind)
      const given = has('ask-of-the-other-kind')
        ? authority(kind === 'VCEK' ? 'VLEK' : 'VCEK').der
        : ask.issue(has, atMs)
      const leaf = issueLeaf(request, ask.issuer, revoked, { notBeforeMs, createdAtMs, atMs }, has)
      const asks = [...revoked.asks].map((one) => authority(one).serial)
      const serials = [...asks, ...[...revoked.chips].map(serialOf)]
      return {
        leaf: bareHex(has('vek-signature') ? changed(leaf) : leaf),
        ask: bareHex(has('ask-signature') ? changed(given) : given),
        ...(crl ? { crl: bareHex(issueList(serials, { ark, ask: ask.issuer }, atMs, has)) } : {}),
      }
    },
  }
}

type Has = (fault: SnpEndorsementFault) => boolean

function makeAuthority(
  seed: Uint8Array,
  kind: VekKind,
  {
    product,
    ark,
    validity,
  }: {
    readonly product: SnpProduct
    readonly ark: AmdIssuer
    readonly validity: Pick<AmdCertificate, 'notBeforeMs' | 'notAfterMs'>
  },
): Authority {
  const isVcek = kind === 'VCEK'
  const commonName = isVcek ? `SEV-${product}` : `SEV-VLEK-${product}`
  const serial = Uint8Array.of(SERIES[product], isVcek ? 0 : 1, 1)
  const key = new RsaKey(seed, isVcek ? 'ASK' : 'ASVK')
  const content = { commonName, serial, ...validity }
  const der = issueCa(content, key, ark)
  return {
    issuer: { commonName, key },
    der,
    serial,
    issue(has, atMs) {
      if (has('ask-expired')) return issueCa({ ...content, notAfterMs: atMs - HOUR_MS }, key, ark)
      if (has('ask-not-a-ca')) return issueCa(content, key, ark, { isCa: false })
      return has('ask-may-not-sign') ? issueCa(content, key, ark, { usage: NO_CA_USAGE }) : der
    },
  }
}

function issueLeaf(
  { kind, key, ...subject }: VekRequest,
  issuer: AmdIssuer,
  revoked: AmdRevocations,
  { notBeforeMs, createdAtMs, atMs }: Record<'notBeforeMs' | 'createdAtMs' | 'atMs', number>,
  has: Has,
): Uint8Array {
  const id = subject.chipId === undefined ? '' : bareHex(subject.chipId)
  const lifetimeMs = LIFETIMES[kind] * YEAR_MS
  const content = {
    commonName: has('vek-name') ? 'SEV-VXEK' : `SEV-${kind}`,
    // AMD's have none and cannot be listed: this one is issued anew to be.
    serial: revoked.chips.has(id) ? serialOf(id) : NO_SERIAL,
    notBeforeMs: has('vek-not-yet-valid') ? atMs + HOUR_MS : notBeforeMs,
    notAfterMs: has('vek-expired') ? atMs - HOUR_MS : createdAtMs + lifetimeMs,
  }
  const from = has('vek-issuer') ? { ...issuer, commonName: 'SEV-Rome' } : issuer
  return issueVek(content, key, vekExtensions(subject, has), from, { isCa: has('vek-is-a-ca') })
}

function issueList(
  serials: readonly Uint8Array[],
  { ark, ask }: { readonly ark: AmdIssuer; readonly ask: AmdIssuer },
  atMs: number,
  has: Has,
): Uint8Array {
  const dates = {
    thisUpdateMs: has('crl-not-yet-valid')
      ? atMs + HOUR_MS
      : atMs - (has('crl-expired') ? 2 : 1) * HOUR_MS,
    nextUpdateMs: has('crl-expired') ? atMs - HOUR_MS : atMs + 90 * DAY_MS,
  }
  const list = issueArkList({ ...dates, serials }, has('crl-of-the-ask') ? ask : ark)
  if (has('crl-cut')) return list.subarray(0, -1)
  return has('crl-signature') ? changed(list) : list
}

function serialOf(chipId: string): Uint8Array {
  const digest = createHash('sha256').update(chipId).digest().subarray(0, 16)
  digest[0] = ((digest[0] ?? 0) & 0x7f) | 0x40
  return digest
}

/** The same with its last byte, the signature's, changed. */
function changed(der: Uint8Array): Uint8Array {
  return der.map((byte, index) => (index === der.length - 1 ? byte ^ 1 : byte))
}
