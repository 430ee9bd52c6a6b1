// The chain from a VCEK or VLEK to a pinned ARK. Pure but for the crypto back end.
import { equalBytes, parseBareHex } from '../../bytes.ts'
import type { AmdEndorsements } from '../../endorsement/amd/endorsements.ts'
import {
  readVekExtensions,
  type VekExtensions,
  type VekKind,
} from '../../endorsement/amd/vek-extensions.ts'
import { AttestationError, within } from '../../error.ts'
import { parseCertificate, type Certificate } from '../../x509/certificate.ts'
import { checkPath, requireValidPath, verifySignatures, type PathRules } from '../../x509/chain.ts'
import { remember, type AppraisalContext } from '../cache.ts'
import type { SnpProduct } from '../claims.ts'
import { pinnedRoot, type CheckedTrustStore, type TrustRoot } from '../trust-store.ts'

/** A chain whose signatures hold and whose dates count. */
export type VekChain = VekExtensions & {
  readonly kind: VekKind
  readonly leaf: Certificate
  /** ASK or ASVK. */
  readonly ask: Certificate
  readonly ark: Certificate
  readonly root: TrustRoot
}

type VerifiedChain = Omit<VekChain, 'root'>

const RULES = { code: 'vek.chain', what: 'VCEK or VLEK chain' } as const
/** Exact names of a leaf, and how that of its issuer begins; the product follows. */
const KINDS: readonly (readonly [kind: VekKind, leaf: string, ask: string])[] = [
  ['VCEK', 'SEV-VCEK', 'SEV-'],
  ['VLEK', 'SEV-VLEK', 'SEV-VLEK-'],
]
const PRODUCTS: readonly SnpProduct[] = ['Milan', 'Genoa', 'Turin']

/**
 * Verifies leaf, its issuer and the root of the trust store that issued it: names, key kinds,
 * roles, signatures, dates, the leaf's extensions. Throws AttestationError `vek.chain`,
 * `vek.extension` or `root.untrusted`.
 */
export async function verifyVekChain(
  { leaf, ask }: AmdEndorsements,
  trustStore: CheckedTrustStore,
  context: AppraisalContext,
): Promise<VekChain> {
  const given = [readDer(leaf, 'leaf'), readDer(ask, 'ask')] as const
  // Which root issued the chain follows from all that are trusted.
  const parts = [...given, ...trustStore.roots.map(({ der }) => der)]
  const verified = await remember(context, 'vek-chain', parts, () =>
    verify(given, trustStore, context),
  )
  requireValidPath([verified.leaf, verified.ask, verified.ark], RULES, context.atMs)
  return { ...verified, root: pinnedRoot([verified.ark], trustStore) }
}

async function verify(
  given: readonly [leaf: Uint8Array, ask: Uint8Array],
  trustStore: CheckedTrustStore,
  context: AppraisalContext,
): Promise<VerifiedChain> {
  const [leaf, ask] = within(RULES.code, RULES.what, () => [
    parseCertificate(given[0]),
    parseCertificate(given[1]),
  ])
  const { kind, product } = readNames(leaf, ask)
  const ark = await issuerOf(ask, trustStore, context)
  checkPath([leaf, ask, ark], pathRules(product))
  verifySignatures([leaf, ask], RULES, context.checks)
  const extensions = readVekExtensions(leaf, kind)
  if (extensions.product !== product)
    throw new AttestationError('vek.extension', `${kind} for ${extensions.product} of ${product}`)
  return { ...extensions, kind, leaf, ask, ark }
}

function pathRules(product: SnpProduct): PathRules {
  return {
    ...RULES,
    phrases: ['any', 'any', [`ARK-${product}`]],
    keys: ['p384', 'rsa', 'rsa'],
    bareLeaf: true,
  }
}

/** The root that signed it; several vendors' may have one name. */
async function issuerOf(
  ask: Certificate,
  { roots }: CheckedTrustStore,
  context: AppraisalContext,
): Promise<Certificate> {
  const untrusted = () =>
    new AttestationError('root.untrusted', `no trusted root issued ${ask.commonName}`)
  const named = roots.filter(({ certificate }) => equalBytes(certificate.subject, ask.issuer))
  const last = named.pop()?.certificate
  if (last === undefined) throw untrusted()
  const start = (ark: Certificate) => context.checks.start(ark.publicKey, ask.signed, ask.signature)
  // What is read next depends on which one it was, but for the last: without it there is none.
  for (const { certificate: ark } of named) if (await start(ark).holds()) return ark
  // Many chips share their ASK.
  await remember(context, 'ask', [ask.der, last.der], () => {
    context.checks.demand(start(last), untrusted)
    return true
  })
  return last
}

function readNames(leaf: Certificate, ask: Certificate) {
  for (const [kind, leafName, askName] of KINDS)
    for (const product of PRODUCTS)
      if (leaf.commonName === leafName && ask.commonName === `${askName}${product}`)
        return { kind, product }
  const names = JSON.stringify([leaf.commonName, ask.commonName])
  throw refused(
    `expected SEV-VCEK under SEV-<product> or SEV-VLEK under SEV-VLEK-<product>: ${names}`,
  )
}

/** DER of a field of the endorsements. */
function readDer(hex: string, field: string): Uint8Array {
  const der = parseBareHex(hex)
  if (der === undefined) throw refused(`${field}: expected hex of a certificate`)
  return der
}

function refused(problem: string): AttestationError {
  return new AttestationError(RULES.code, `${RULES.what}: ${problem}`)
}
