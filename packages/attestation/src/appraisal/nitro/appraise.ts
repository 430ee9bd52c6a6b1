// Appraisal of AWS Nitro documents. Pure but for the crypto back end.
import { isZero, toHex, type Hex } from '../../bytes.ts'
import { AttestationError, within } from '../../error.ts'
import { parseNitroDocument, type NitroDocument } from '../../evidence/nitro/document.ts'
import { parseCertificate, type Certificate } from '../../x509/certificate.ts'
import { requireValidPath, verifyPath, type PathRules } from '../../x509/chain.ts'
import { remember, type AppraisalContext } from '../cache.ts'
import type { NitroClaims } from '../claims.ts'
import { pinnedRoot, type TrustRoot, type TrustStore } from '../trust-store.ts'

/** Part of the commonName of every root of the Nitro PKI: `<partition>.nitro-enclaves`. */
const ROOT_PHRASES = ['nitro-enclaves']
/** How far the clock of an enclave's host may be ahead, milliseconds. */
const MAX_AHEAD_MS = 5 * 60_000
const RULES = { code: 'nitro.chain', what: 'Nitro chain' } as const

/**
 * Appraises an attestation document: chain to a pinned root, dates, signature, time of the
 * document. AWS publishes no revocation lists to be used here: certificates live for hours. Throws
 * AttestationError with the code of the first check that fails: `nitro.malformed`,
 * `nitro.unsupported`, `nitro.chain`, `root.untrusted`, `nitro.signature`, `nitro.time`.
 */
export async function appraiseNitro(
  document: Uint8Array,
  trustStore: TrustStore,
  context: AppraisalContext,
): Promise<NitroClaims> {
  const parsed = parseNitroDocument(document)
  const { leaf, path, root } = await verifyChain(parsed, trustStore, context)
  requireValidPath(path, RULES, context.atMs)
  context.checks.verify(
    leaf.publicKey,
    parsed.signed,
    parsed.signature,
    () =>
      new AttestationError(
        'nitro.signature',
        'Nitro document: signature is not that of its certificate',
      ),
  )
  requireTime(parsed, leaf, context.atMs)
  return describe(parsed, root)
}

/** The certificates of a document, leaf first, whose signatures hold; not their dates. */
async function verifyChain(
  { certificate, cabundle }: NitroDocument,
  trustStore: TrustStore,
  context: AppraisalContext,
): Promise<{ leaf: Certificate; path: readonly Certificate[]; root: TrustRoot }> {
  // AWS puts the root first; a path goes from the leaf up.
  const ders = [certificate, ...cabundle.toReversed()]
  const { leaf, path } = await remember(context, 'nitro-chain', ders, () => {
    const read = within(RULES.code, RULES.what, () => ders.map(parseCertificate))
    pinnedRoot(read, trustStore)
    verifyPath(read, pathRules(read.length), context.checks)
    return { leaf: read[0] as Certificate, path: read }
  })
  // The root is looked up each time: the trust store is the caller's, the chain is not.
  return { leaf, path, root: pinnedRoot(path, trustStore) }
}

/** Rules for a path of this many certificates; only the root's name is fixed. */
function pathRules(length: number): PathRules {
  return {
    ...RULES,
    phrases: Array.from({ length }, (_, index) => (index === length - 1 ? ROOT_PHRASES : 'any')),
    keys: Array.from({ length }, () => 'p384'),
  }
}

function requireTime({ timestampMs }: NitroDocument, leaf: Certificate, atMs: number): void {
  const made = `Nitro document: made at ${timestampMs}`
  if (timestampMs > atMs + MAX_AHEAD_MS)
    throw new AttestationError('nitro.time', `${made}, which is after ${atMs}`)
  if (timestampMs < leaf.notBeforeMs || timestampMs > leaf.notAfterMs)
    throw new AttestationError('nitro.time', `${made}, when its certificate was not valid`)
}

function describe(document: NitroDocument, root: TrustRoot): NitroClaims {
  const { moduleId, timestampMs, pcrs, userData, nonce, publicKey } = document
  const registers: Record<number, Hex> = {}
  for (const [index, register] of pcrs) registers[index] = toHex(register)
  // A register that was ever extended is not zero; the hypervisor zeroes all in debug mode.
  const isDebug = [0, 1, 2].some((index) => isZero(pcrs.get(index) ?? new Uint8Array()))
  return {
    platform: 'nitro',
    moduleId,
    timestampMs,
    pcrs: registers,
    nonce: nonce && toHex(nonce),
    publicKey: publicKey && toHex(publicKey),
    reportData: toHex(userData ?? new Uint8Array()),
    flags: isDebug ? ['NITRO_DEBUG'] : [],
    trustRoot: root.name,
    simulated: root.simulated,
  }
}
