// What `wetee evidence appraise` was given, as arguments of the verifier. Reads files.
import { basename } from 'node:path'
import {
  amdTrustStore,
  AttestationError,
  detectPlatform,
  intelTrustStore,
  nitroTrustStore,
  parseEvidenceDocument,
  type EvidenceDocument,
  type Platform,
  type TrustRoot,
  type TrustStore,
} from '@wetee/attestation'
import type { Context } from '../../context.ts'
import { CliError } from '../../error.ts'
import {
  bareHex,
  decodeDer,
  decodeEvidence,
  maxFileBytes,
  readFileBytes,
  type Encoding,
} from './evidence-file.ts'

/** Options of the command as typed. */
export type AppraiseOptions = {
  readonly evidence?: string
  readonly collateral?: string
  readonly leaf?: string
  readonly ask?: string
  readonly crl?: string
  readonly root?: readonly string[]
  readonly at?: string
  readonly policy?: string
  readonly eventLog?: string
  readonly json?: boolean
}

/** Evidence with all that it is judged by. Endorsements are not checked yet. */
export type AppraiseInput = {
  readonly platform: Platform
  readonly quote: Uint8Array
  readonly encoding: Encoding | 'json'
  readonly endorsements: unknown
  readonly document?: EvidenceDocument
  /** JSON of dstack, or CCEL. */
  readonly eventLog?: Uint8Array
}

/** All roots pinned in this program. */
const vendorRoots: readonly TrustRoot[] = [
  ...intelTrustStore.roots,
  ...amdTrustStore.roots,
  ...nitroTrustStore.roots,
]

/**
 * Reads evidence and what came with it. Throws CliError `usage` for options that do not fit, and
 * AttestationError for files that no platform has.
 */
export function readAppraiseInput(context: Context, options: AppraiseOptions): AppraiseInput {
  if (options.evidence === undefined)
    throw new CliError('usage', 'give --evidence FILE: a quote, a report or an evidence document')
  const read = decodeEvidence(readFileBytes(context, options.evidence, 'the evidence'))
  const eventLog =
    options.eventLog === undefined
      ? undefined
      : readFileBytes(context, options.eventLog, 'the event log')
  if (read.kind === 'document')
    return readDocument(options, read.text, eventLog === undefined ? {} : { eventLog })
  const log = eventLog ?? (read.kind === 'dstack' ? utf8(read.eventLog) : undefined)
  if (read.bytes.length > maxFileBytes)
    throw new AttestationError('evidence.too-large', `more than ${maxFileBytes} bytes`)
  return {
    ...readEndorsements(context, options, read.bytes),
    quote: read.bytes,
    encoding: read.kind === 'bytes' ? read.encoding : 'json',
    ...(log === undefined ? {} : { eventLog: log }),
  }
}

function utf8(text: string | undefined): Uint8Array | undefined {
  return text === undefined ? undefined : new TextEncoder().encode(text)
}

function readDocument(
  options: AppraiseOptions,
  text: string,
  log: { readonly eventLog?: Uint8Array },
): AppraiseInput {
  for (const name of ['collateral', 'leaf', 'ask', 'crl'] as const)
    if (options[name] !== undefined)
      throw new CliError('usage', `--${name}: an evidence document brings its own`)
  const document = parseEvidenceDocument(text)
  const { platform, quote, endorsements } = document
  return { platform, quote, endorsements, document, encoding: 'json', ...log }
}

/** The platform follows from the endorsements that were given, its kind from the bytes. */
function readEndorsements(
  context: Context,
  options: AppraiseOptions,
  quote: Uint8Array,
): { readonly platform: Platform; readonly endorsements: unknown } {
  const { collateral, leaf, ask, crl } = options
  const amd = [leaf, ask, crl].some((file) => file !== undefined)
  if (amd && collateral !== undefined)
    throw new CliError('usage', '--collateral is for Intel; --leaf, --ask and --crl are for AMD')
  const detected = detectPlatform(quote)
  if (collateral !== undefined) {
    const text = readFileBytes(context, collateral, 'the collateral')
    if (detected === 'sev-snp')
      return { platform: 'sev-snp', endorsements: parseCollateral(text, quote) }
    return {
      platform: detected === 'sgx' ? 'sgx' : 'tdx',
      endorsements: parseCollateral(text, quote),
    }
  }
  if (amd) {
    if (leaf === undefined || ask === undefined)
      throw new CliError('usage', 'SEV-SNP needs both --leaf (VCEK or VLEK) and --ask')
    const der = (file: string, what: string) =>
      bareHex(decodeDer(readFileBytes(context, file, what)))
    const list = crl === undefined ? {} : { crl: der(crl, 'the revocation list') }
    const endorsements = { leaf: der(leaf, 'the VCEK'), ask: der(ask, 'the ASK'), ...list }
    return { platform: 'sev-snp', endorsements }
  }
  if (detected === 'nitro') return { platform: 'nitro', endorsements: {} }
  if (detected === undefined)
    throw new AttestationError('evidence.unsupported', 'not a quote, report or document known here')
  throw new CliError(
    'usage',
    detected === 'sev-snp'
      ? 'a SEV-SNP report needs --collateral FILE, or --leaf FILE and --ask FILE'
      : `a quote of ${detected.toUpperCase()} needs --collateral FILE`,
  )
}

/**
 * The nine fields. A PCK chain beside them may only repeat the one in the quote; any other stays,
 * for the verifier to refuse.
 */
function parseCollateral(bytes: Uint8Array, quote: Uint8Array): unknown {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new AttestationError('endorsement.malformed', 'collateral: not a JSON text', { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const { pck_certificate_chain: chain, ...fields } = value as Record<string, unknown>
  const repeated = typeof chain === 'string' && certificatesOf(chain).length > 0
  const own = certificatesOf(new TextDecoder('latin1').decode(quote)).join()
  return chain === null || (repeated && certificatesOf(chain).join() === own) ? fields : value
}

function certificatesOf(text: string): string[] {
  const blocks = text.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END/g)
  return Array.from(blocks, ([, body]) => (body ?? '').replace(/\s+/g, ''))
}

/** The roots to judge by: those given, or the pinned ones. A given one that no vendor has is simulated. */
export function readTrustStore(
  context: Context,
  files: readonly string[] | undefined,
  platform: Platform,
): TrustStore {
  if (files === undefined || files.length === 0)
    return {
      tdx: intelTrustStore,
      sgx: intelTrustStore,
      'sev-snp': amdTrustStore,
      nitro: nitroTrustStore,
    }[platform]
  const roots = files.map((file) => {
    const der = decodeDer(readFileBytes(context, file, 'the root certificate'))
    const pinned = vendorRoots.find((root) => Buffer.compare(root.der, der) === 0)
    return pinned ?? { name: basename(file), der, simulated: true }
  })
  return { roots }
}

/** `--at`: milliseconds. Throws CliError `usage`. */
export function parseInstant(text: string | undefined, nowMs: number): number {
  if (text === undefined) return nowMs
  const form = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/
  const atMs = form.test(text) ? Date.parse(text) : NaN
  if (Number.isFinite(atMs) && atMs > 0) return atMs
  throw new CliError(
    'usage',
    `--at is "${text}", expected a time such as 2026-06-01T12:00:00Z or a day such as 2026-06-01`,
  )
}
