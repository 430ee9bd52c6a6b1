// A simulated AWS Nitro: a root of its own, its chain of short-lived CAs, and attestation documents
// byte for byte as hardware writes them. Node only.
import { encode } from 'cborg'
import { EXTENSION } from '../x509/extensions.ts'
import { bits, integer, octets, oid, sequence, yes } from './der-writer.ts'
import { P384Key } from './ecdsa-key.ts'
import {
  authorityKeyId,
  ecdsaValue,
  extension,
  keyId,
  name,
  ORGANIZATION,
  pointOf,
  writeCertificate,
} from './x509-writer.ts'

/** What an enclave asks to have signed, and what the hypervisor adds. */
export type SimulatedNitroDocument = {
  /** Registers by number, 48 bytes each; those from 0 to 15 that are left out are zero. */
  readonly pcrs: Readonly<Record<number, Uint8Array>>
  readonly userData?: Uint8Array
  readonly nonce?: Uint8Array
  readonly publicKey?: Uint8Array
  readonly moduleId?: string
  /** When the document is made, milliseconds; the leaf is issued three seconds before. */
  readonly timestampMs: number
  /** As an enclave in debug mode: all registers are zero. */
  readonly debug?: boolean
  /** The leaf is four hours older than the document, and lives three. */
  readonly expired?: boolean
  /** Signed by another key than the leaf's. */
  readonly wrongSigner?: boolean
  /** What tests bend; nothing in a sound document. */
  readonly bend?: NitroBend
}

/** Changes to parts of a document, for tests of refusals. */
export type NitroBend = {
  /** Of the certificate at this place in the path, 0 = leaf. */
  readonly certificates?: Readonly<Record<number, Partial<NitroCertificate>>>
  readonly cabundle?: (ders: readonly Uint8Array[]) => readonly Uint8Array[]
  readonly entries?: (
    entries: readonly (readonly [string, unknown])[],
  ) => readonly (readonly [string, unknown])[]
  /** Of the encoded payload. */
  readonly payload?: (bytes: Uint8Array) => Uint8Array
  readonly protectedHeader?: Uint8Array
  readonly unprotected?: Uint8Array
  readonly signature?: (bytes: Uint8Array) => Uint8Array
}

/** What a certificate of the chain says. */
export type NitroCertificate = {
  readonly commonName: string
  readonly issuerName: string
  readonly notBeforeMs: number
  readonly notAfterMs: number
  /** A CA may have this many CAs below it; undefined for a leaf, Infinity for no limit. */
  readonly pathLength: number | undefined
  /** Bits of the key usage, as a DER bit string has them. */
  readonly keyUsage: Uint8Array
  readonly key: P384Key
  readonly issuerKey: P384Key
}

/** A simulated hypervisor vendor. */
export type SimulatedNitro = {
  /** The root certificate, to pin as simulated. */
  readonly rootDer: Uint8Array
  /** A document, untagged as hardware has it. */
  document(content: SimulatedNitroDocument): Uint8Array
}

const SECOND_MS = 1_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const PCRS = 16
const ES384 = Uint8Array.of(0xa1, 0x01, 0x38, 0x22)
const ECDSA_SHA384 = sequence(oid('1.2.840.10045.4.3.3'))
const P384 = sequence(oid('1.2.840.10045.2.1'), oid('1.3.132.0.34'))
const CA_USAGE = bits(Uint8Array.of(0x86), 1)
const ISSUE_ONLY_USAGE = bits(Uint8Array.of(0x04), 2)
const LEAF_USAGE = bits(Uint8Array.of(0xc0), 6)
/** Names of the path, the leaf first, and lifetimes as AWS has them. */
const PATH = [
  { label: 'leaf', name: 'i-0-enc0.simulated', lifetimeMs: 3 * HOUR_MS, pathLength: undefined },
  { label: 'instance', name: 'i-0.simulated', lifetimeMs: DAY_MS, pathLength: 0 },
  { label: 'zone', name: 'zonal.simulated', lifetimeMs: 6 * DAY_MS, pathLength: 1 },
  { label: 'region', name: 'region.simulated', lifetimeMs: 20 * DAY_MS, pathLength: 2 },
  { label: 'root', name: 'simulated', lifetimeMs: 7_300 * DAY_MS, pathLength: Infinity },
] as const

/** A vendor that depends on its seed (32 bytes) and the instant its root is issued alone. */
export function createSimulatedNitro(options: {
  readonly seed: Uint8Array
  readonly atMs: number
}): SimulatedNitro {
  const keys = PATH.map(({ label }) => new P384Key(options.seed, `nitro ${label}`))
  const chain = (atMs: number, bend: NitroBend) =>
    PATH.map((_, index) => {
      const isRoot = index === PATH.length - 1
      const content = certificate(index, keys, isRoot ? options.atMs : atMs)
      return issue({ ...content, ...bend.certificates?.[index] })
    })
  const [rootDer] = chain(options.atMs, {}).slice(-1) as [Uint8Array]
  return {
    rootDer,
    document(content) {
      const { timestampMs, expired = false, wrongSigner = false, bend = {} } = content
      const issuedMs = timestampMs - (expired ? 4 * HOUR_MS : 3 * SECOND_MS)
      const [leaf, ...issuers] = chain(issuedMs, bend)
      const bundle = issuers.toReversed()
      const cabundle = bend.cabundle?.(bundle) ?? bundle
      const key = keys[wrongSigner ? 1 : 0] as P384Key
      return sign(encodePayload(content, leaf as Uint8Array, cabundle), key, bend)
    },
  }
}

function certificate(index: number, keys: readonly P384Key[], atMs: number): NitroCertificate {
  const place = PATH[index] as (typeof PATH)[number]
  const above = PATH[index + 1] ?? place
  const nameOf = ({ name, pathLength }: (typeof PATH)[number]) =>
    pathLength === undefined ? name : `${name}.nitro-enclaves`
  // Issuers are there before what they issue.
  const notBeforeMs = Math.floor((atMs - index * HOUR_MS) / SECOND_MS) * SECOND_MS
  return {
    commonName: nameOf(place),
    issuerName: nameOf(above),
    notBeforeMs,
    notAfterMs: notBeforeMs + place.lifetimeMs,
    pathLength: place.pathLength,
    keyUsage: [LEAF_USAGE, ISSUE_ONLY_USAGE][index] ?? CA_USAGE,
    key: keys[index] as P384Key,
    issuerKey: keys[Math.min(index + 1, keys.length - 1)] as P384Key,
  }
}

function issue(content: NitroCertificate): Uint8Array {
  const { pathLength, key, issuerKey } = content
  const isCa = pathLength !== undefined
  const limit = isCa && pathLength !== Infinity ? [integer(pathLength)] : []
  const point = pointOf(key.publicKey)
  const keyIds = isCa
    ? [
        authorityKeyId(keyId(pointOf(issuerKey.publicKey))),
        extension(EXTENSION.subjectKeyIdentifier, octets(keyId(point))),
      ]
    : []
  return writeCertificate(
    {
      serial: keyId(point).subarray(0, 16),
      issuer: nameOf(content.issuerName),
      notBeforeMs: content.notBeforeMs,
      notAfterMs: content.notAfterMs,
      subject: nameOf(content.commonName),
      publicKeyInfo: sequence(P384, bits(point)),
      extensions: [
        extension(EXTENSION.basicConstraints, sequence(...(isCa ? [yes()] : []), ...limit), true),
        ...keyIds,
        // Only CAs have it critical.
        extension(EXTENSION.keyUsage, content.keyUsage, isCa),
      ],
    },
    { algorithm: ECDSA_SHA384, sign: (body) => ecdsaValue(issuerKey.sign(body)) },
  )
}

/** The payload: a map of indefinite length, in the order of the hardware. */
function encodePayload(
  content: SimulatedNitroDocument,
  leaf: Uint8Array,
  cabundle: readonly Uint8Array[],
): Uint8Array {
  const pcrs = new Map<number, Uint8Array>()
  const { debug = false } = content
  for (let index = 0; index < PCRS; index++)
    pcrs.set(index, (debug ? undefined : content.pcrs[index]) ?? new Uint8Array(48))
  const entries: readonly (readonly [string, unknown])[] = [
    ['module_id', content.moduleId ?? 'i-0-enc0'],
    ['digest', 'SHA384'],
    ['timestamp', content.timestampMs],
    ['pcrs', pcrs],
    ['certificate', leaf],
    ['cabundle', cabundle],
    ['public_key', content.publicKey ?? null],
    ['user_data', content.userData ?? null],
    ['nonce', content.nonce ?? null],
  ]
  const bent = content.bend?.entries?.(entries) ?? entries
  const parts = bent.flatMap(([key, value]) => [encode(key), encode(value)])
  const payload = Buffer.concat([Uint8Array.of(0xbf), ...parts, Uint8Array.of(0xff)])
  return content.bend?.payload?.(new Uint8Array(payload)) ?? new Uint8Array(payload)
}

/** COSE_Sign1. */
function sign(payload: Uint8Array, key: P384Key, bend: NitroBend): Uint8Array {
  const header = bend.protectedHeader ?? ES384
  const structure = encode(['Signature1', header, new Uint8Array(), payload])
  const signature = key.sign(structure)
  const parts = [
    Uint8Array.of(0x84),
    encode(header),
    bend.unprotected ?? Uint8Array.of(0xa0),
    encode(payload),
    encode(bend.signature?.(signature) ?? signature),
  ]
  return new Uint8Array(Buffer.concat(parts))
}

function nameOf(commonName: string): Uint8Array {
  return name(ORGANIZATION, ['2.5.4.3', commonName])
}
