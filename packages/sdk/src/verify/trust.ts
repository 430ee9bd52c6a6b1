// Which roots a network may trust: pinned vendor roots, and simulated ones only where the chain says simulated. Pure.
import { genuineTrustStores, trustStoreDigest, type TrustStore } from '@wetee/attestation'
import type { NetworkProfile } from '@wetee/chain'
import type { SubnetFacts } from '../reader.ts'
import { compared, failed, held, type Outcome } from './report.ts'

/** Finding of the step `network` about roots, and the store to appraise with when it held. */
export type TrustFinding = { readonly outcome: Outcome; readonly trustStore?: TrustStore }

const maxPemBytes = 16_384
const maxRoots = 8

/**
 * The trust store of a network. A genuine network gets the roots pinned in this program and nothing else,
 * whatever its profile says; a simulated one gets the profile's, when their digest is the one on chain.
 */
export function trustStoreOf(
  profile: Pick<NetworkProfile, 'simulated' | 'trustRoots' | 'kind'>,
  facts: SubnetFacts,
): TrustFinding {
  if (profile.simulated !== facts.simulated || profile.kind !== facts.kind)
    return {
      outcome: failed(
        `the profile says ${describe(profile)}, the chain says ${describe(facts)}: this profile is not of this network`,
        compared(describe(facts), describe(profile)),
      ),
    }
  const roots = rootsOf(profile)
  if (roots === undefined)
    return { outcome: failed('a trust root of the profile is not a PEM certificate') }
  if (roots.length === 0) return { outcome: failed('the profile names no trust root') }
  const digest = trustStoreDigest(roots.map((root) => root.der))
  const proof = compared(facts.trustStoreDigest, digest)
  if (digest !== facts.trustStoreDigest)
    return {
      outcome: failed('the trust roots of the profile are not those written on chain', proof),
    }
  const genuine = genuineTrustStores.find(
    (store) => trustStoreDigest(store.roots.map(({ der }) => der)) === digest,
  )
  const trustStore = facts.simulated ? { roots } : genuine
  if (trustStore === undefined)
    return {
      outcome: failed(
        'a genuine network trusts only the pinned vendor roots, this one names others',
        proof,
      ),
    }
  return {
    outcome: held(describe(facts), { trustStoreDigest: digest }),
    trustStore,
  }
}

function describe(network: { kind: string; simulated: boolean }): string {
  return `${network.kind} network, ${network.simulated ? 'SIMULATED' : 'genuine'} TEEs`
}

function rootsOf(profile: Pick<NetworkProfile, 'trustRoots'>): TrustStore['roots'] | undefined {
  const pinned = new Set(
    genuineTrustStores.flatMap(({ roots }) => roots).map(({ der }) => hex(der)),
  )
  const roots = profile.trustRoots.slice(0, maxRoots).map(({ name, pem }) => {
    const der = decodePem(pem)
    return der === undefined ? undefined : { name, der, simulated: !pinned.has(hex(der)) }
  })
  const readable = roots.filter((root) => root !== undefined)
  return readable.length === profile.trustRoots.length ? readable : undefined
}

function decodePem(pem: string): Uint8Array | undefined {
  if (pem.length > maxPemBytes) return undefined
  const body = /^-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*$/.exec(
    pem.trim(),
  )?.[1]
  if (body === undefined) return undefined
  try {
    return Uint8Array.from(atob(body.replace(/\s+/g, '')), (c) => c.charCodeAt(0))
  } catch {
    return undefined
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
