// The chain from a platform's PCK certificate to the pinned root. Pure but for the crypto back end.
import { equalBytes, utf8 } from '../../bytes.ts'
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
  const next = pem.indexOf('-----BEGIN', 1)
  const second = next < 0 ? pem.length : next
  const [pckDer] = readPem(pem.slice(0, second), PCK_RULES, 1) as [Uint8Array]
  const { ca, rootCertificate } = await verifyIssuers(pem.slice(second), trustStore, context)
  const pck = readCertificate(pckDer, PCK_RULES, [])
  checkPath([pck, ca, rootCertificate], PCK_RULES)
  verifySignatures([pck, ca], PCK_RULES, context.checks)
  const platform = within('pck.extension', 'PCK certificate', () => readPckPlatform(pck))
  return { pck, ca, rootCertificate, platform }
}

/** The CA and the root, which many platforms share. */
async function verifyIssuers(
  pem: string,
  trustStore: CheckedTrustStore,
  context: AppraisalContext,
): Promise<Pick<PckChain, 'ca' | 'rootCertificate'>> {
  const issuers = await remember(context, 'pck-issuers', [utf8(pem)], () => {
    const rules = { ...PCK_RULES, what: 'issuers of the PCK chain' }
    const [caDer, rootDer] = readPem(pem, rules, 2) as [Uint8Array, Uint8Array]
    const roots = trustStore.roots.map(({ certificate }) => certificate)
    const rootCertificate = readCertificate(rootDer, PCK_RULES, roots)
    pinnedRoot([rootCertificate], trustStore)
    const ca = readCertificate(caDer, PCK_RULES, [])
    verifySignatures([ca, rootCertificate], PCK_RULES, context.checks)
    return { ca, rootCertificate }
  })
  pinnedRoot([issuers.rootCertificate], trustStore)
  return issuers
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
  return readPem(pem, rules, rules.phrases.length).map((der) => readCertificate(der, rules, known))
}

function readPem(
  pem: string,
  { code, what }: Pick<PathRules, 'code' | 'what'>,
  count: number,
): Uint8Array[] {
  return within(code, what, () => parsePemChain(pem, count))
}

function readCertificate(
  der: Uint8Array,
  { code, what }: Pick<PathRules, 'code' | 'what'>,
  known: readonly Certificate[],
): Certificate {
  const same = known.find((certificate) => equalBytes(certificate.der, der))
  return same ?? within(code, what, () => parseCertificate(der))
}
