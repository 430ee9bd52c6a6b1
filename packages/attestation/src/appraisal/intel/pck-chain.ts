// The chain from a platform's PCK certificate to the pinned root. Pure but for the crypto back end.
import { equalBytes } from '../../bytes.ts'
import { readPckPlatform, type PckPlatform } from '../../endorsement/intel/sgx-extension.ts'
import { within } from '../../error.ts'
import { parseCertificate, type Certificate } from '../../x509/certificate.ts'
import { checkPath, verifySignatures, type PathRules } from '../../x509/chain.ts'
import { parsePemChain } from '../../x509/pem.ts'
import { remember, type AppraisalContext } from '../cache.ts'
import { pinnedRoot, type CheckedTrustStore, type TrustRoot } from '../trust-store.ts'

/** A chain whose signatures hold; whether it counts at an instant is checked apart. */
export type PckChain = {
  readonly pck: Certificate
  readonly ca: Certificate
  readonly rootCertificate: Certificate
  readonly root: TrustRoot
  readonly platform: PckPlatform
}

/** Part of the commonName of Intel's root. */
export const ROOT_PHRASES = ['SGX Root CA']

/** What the chain inside a quote has to look like. */
export const PCK_RULES: PathRules = {
  code: 'pck.chain',
  what: 'PCK chain',
  phrases: [['SGX PCK Certificate'], ['SGX PCK Platform CA', 'SGX PCK Processor CA'], ROOT_PHRASES],
  keys: ['p256', 'p256', 'p256'],
}

/**
 * Verifies the PEM chain of a quote, not its dates. Throws AttestationError `pck.chain`,
 * `pck.extension` or `root.untrusted`.
 */
export async function verifyPckChain(
  pem: Uint8Array,
  trustStore: CheckedTrustStore,
  context: AppraisalContext,
): Promise<PckChain> {
  // The root is looked up anew each time: the trust store is the caller's, the chain is not.
  const verified = await remember(context, 'pck-chain', [pem], () =>
    verify(new TextDecoder().decode(pem), trustStore, context),
  )
  return { ...verified, root: pinnedRoot([verified.rootCertificate], trustStore) }
}

async function verify(pem: string, trustStore: CheckedTrustStore, context: AppraisalContext) {
  context.checks.readOn()
  const roots = trustStore.roots.map(({ certificate }) => certificate)
  const ders = within(PCK_RULES.code, PCK_RULES.what, () => parsePemChain(pem, 3))
  const [pckDer, caDer, rootDer] = ders as [Uint8Array, Uint8Array, Uint8Array]
  const rootCertificate = readCertificate(rootDer, PCK_RULES, roots)
  pinnedRoot([rootCertificate], trustStore)
  // Many platforms share their CA.
  const ca = await remember(context, 'pck-ca', [caDer, rootDer], () => {
    const certificate = readCertificate(caDer, PCK_RULES, [])
    verifySignatures([certificate, rootCertificate], PCK_RULES, context.checks)
    return certificate
  })
  const pck = readCertificate(pckDer, PCK_RULES, [])
  checkPath([pck, ca, rootCertificate], PCK_RULES)
  verifySignatures([pck, ca], PCK_RULES, context.checks)
  const platform = within('pck.extension', 'PCK certificate', () => readPckPlatform(pck))
  return { pck, ca, rootCertificate, platform }
}

/**
 * Certificates of a PEM chain of as many as the rules name; those that are known byte for byte are
 * not read again.
 */
export function readPath(
  pem: string,
  rules: Pick<PathRules, 'code' | 'what' | 'phrases'>,
  known: readonly Certificate[],
): Certificate[] {
  const ders = within(rules.code, rules.what, () => parsePemChain(pem, rules.phrases.length))
  return ders.map((der) => readCertificate(der, rules, known))
}

function readCertificate(
  der: Uint8Array,
  { code, what }: Pick<PathRules, 'code' | 'what'>,
  known: readonly Certificate[],
): Certificate {
  const same = known.find((certificate) => equalBytes(certificate.der, der))
  return same ?? within(code, what, () => parseCertificate(der))
}
