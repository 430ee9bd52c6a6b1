// Which roots this node judges by: those whose digest the Subnet names, simulated ones only when asked for in words. Pure.
import { X509Certificate } from 'node:crypto'
import {
  AppraisalCache,
  developmentPolicy,
  genuineTrustStores,
  strictPolicy,
  trustStoreDigest,
  type Policy,
  type TrustStore,
} from '@wetee/attestation'
import { NodeError } from '../node-error.ts'

/** What all evidence is judged by, and what of it has been verified before. */
export type Trust = {
  readonly store: TrustStore
  readonly policy: Policy
  readonly cache?: AppraisalCache
}

/**
 * The trust of a network. A genuine one gets those roots pinned in this program that its Subnet names, whatever its profile lists; a simulated one
 * gets the profile's. Throws NodeError `trust.simulated-not-allowed`, `trust.digest-differs`, `trust.root-invalid`.
 */
export function trustOf(options: {
  readonly profile: {
    readonly simulated: boolean
    readonly trustRoots: readonly { readonly name: string; readonly pem: string }[]
  }
  /** `Subnet.trustStoreDigest`. */
  readonly digestOnChain: string
  readonly allowSimulated: boolean
}): Trust {
  const { profile, digestOnChain, allowSimulated } = options
  if (profile.simulated && !allowSimulated)
    throw fatal(
      'trust.simulated-not-allowed',
      'this network trusts simulated TEEs, which protect nothing: set platform.allowSimulated only on a development network',
    )
  const stores = profile.simulated
    ? [{ roots: profile.trustRoots.map(simulatedRoot) }]
    : genuineTrustStores
  const digests: string[] = stores.map(({ roots }) =>
    roots.length === 0 ? 'none' : trustStoreDigest(roots.map(({ der }) => der)),
  )
  const store = stores[digests.indexOf(digestOnChain)]
  if (store === undefined)
    throw fatal(
      'trust.digest-differs',
      `the trust roots have the digest ${digests.join(' or ')}, the Subnet names ${digestOnChain}: take the profile of this network`,
    )
  const policy = profile.simulated ? developmentPolicy() : strictPolicy()
  return { store, policy, cache: new AppraisalCache() }
}

function simulatedRoot({ name, pem }: { readonly name: string; readonly pem: string }) {
  let der: Uint8Array
  try {
    der = new Uint8Array(new X509Certificate(pem).raw)
  } catch (cause) {
    throw fatal('trust.root-invalid', `trust root "${name}" is not a certificate in PEM`, cause)
  }
  const pinned = genuineTrustStores.flatMap(({ roots }) => roots)
  if (pinned.some((root) => Buffer.compare(root.der, der) === 0))
    throw fatal('trust.root-invalid', `trust root "${name}" is a vendor's, not a simulated one`)
  return { name, der, simulated: true }
}

function fatal(code: string, message: string, cause?: unknown): NodeError {
  return new NodeError(code, message, { status: 500, cause })
}
