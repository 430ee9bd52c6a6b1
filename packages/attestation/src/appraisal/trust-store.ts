// The roots that a verifier trusts, and which of them are simulated. Pure.
import { equalBytes, latin1 } from '../bytes.ts'
import { AttestationError, within } from '../error.ts'
import { parseCertificate, type Certificate } from '../x509/certificate.ts'
import type { AppraisalContext } from './cache.ts'

/** A pinned root certificate. */
export type TrustRoot = {
  /** Shown in claims, e.g. `intel-sgx-root-ca`. */
  readonly name: string
  readonly der: Uint8Array
  /** True when no hardware vendor stands behind it; claims under it say so. */
  readonly simulated: boolean
}

/**
 * The only thing that decides which evidence can be authentic: the verifier has no other branch.
 */
export type TrustStore = { readonly roots: readonly TrustRoot[] }

/** A trust store whose roots have been read. */
export type CheckedTrustStore = {
  readonly roots: readonly (TrustRoot & { readonly certificate: Certificate })[]
}

const MAX_ROOTS = 16

/**
 * Checks that a trust store can be used and returns a copy, which nobody else can change. Throws
 * AttestationError `trust-store.invalid` for no roots or too many, a root that is no certificate or
 * is there twice, and a simulated root listed as genuine.
 */
export function checkTrustStore(
  trustStore: TrustStore,
  context: Pick<AppraisalContext, 'cache'>,
): CheckedTrustStore {
  const given = trustStore.roots.map(({ name, der, simulated }) => ({
    name,
    der: new Uint8Array(der),
    simulated,
  }))
  if (given.length === 0 || given.length > MAX_ROOTS)
    throw new AttestationError('trust-store.invalid', `expected 1 to ${MAX_ROOTS} roots`)
  const isAgain = ({ der }: TrustRoot, index: number) =>
    given.slice(0, index).some((earlier) => equalBytes(earlier.der, der))
  if (given.some(isAgain))
    throw new AttestationError('trust-store.invalid', 'a root is listed twice')
  const roots = []
  for (const root of given) {
    const read = () => within('trust-store.invalid', root.name, () => parseCertificate(root.der))
    const certificate = context.cache === undefined ? read() : context.cache.rootOf(root.der, read)
    // A simulated vendor names itself; to call its root genuine is a mistake or an attack.
    if (!root.simulated && latin1(certificate.subject).includes('Simulated'))
      throw new AttestationError(
        'trust-store.invalid',
        `${root.name}: simulated, but listed as genuine`,
      )
    roots.push({ ...root, certificate })
  }
  return { roots }
}

/**
 * The root of the trust store that ends the path (leaf first), equal to the last byte. Throws
 * AttestationError `root.untrusted`.
 */
export function pinnedRoot(path: readonly Certificate[], { roots }: TrustStore): TrustRoot {
  const last = path.at(-1)
  const root = roots.find(({ der }) => last !== undefined && equalBytes(der, last.der))
  if (root === undefined)
    throw new AttestationError(
      'root.untrusted',
      `the chain ends in ${JSON.stringify(last?.commonName)}, which is not a trusted root`,
    )
  return root
}
