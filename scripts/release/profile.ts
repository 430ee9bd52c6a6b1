// The network profile of a deployment: what the console of a public network is told. Pure.
import { genuineTrustStores, trustStoreDigest } from '@wetee/attestation'
import { parseNetworkProfile, type NetworkProfile } from '@wetee/chain'
import { bookOf, type Deployment } from '@wetee/contracts/deploy/journal'
import { networks } from '@wetee/contracts/deploy/networks'
import { parseParameters } from '@wetee/contracts/deploy/parameters'
import type { PublicNetwork } from './arguments.ts'
import { ReleaseError } from './release-error.ts'

/** A certificate that a network trusts, as profiles have it. */
export type TrustRoot = NetworkProfile['trustRoots'][number]

/**
 * The profile of a finished deployment. Throws `release.incomplete`, `release.wrong-chain`, `release.trust-roots` where no roots have the digest
 * that the network was created with, and ChainError `network.profile-invalid`.
 */
export function profileOf(options: {
  readonly network: PublicNetwork
  readonly deployment: Deployment
  /** Instead of the network's own. */
  readonly rpcUrls: readonly string[]
  /** Roots of simulated TEEs; for networks that were created with those. */
  readonly simulatedRoots: readonly TrustRoot[]
}): NetworkProfile {
  const { network, deployment, rpcUrls, simulatedRoots } = options
  const { chainId, finalityBlocks, kinds, rpcUrls: usual } = networks[network]
  if (deployment.chainId !== chainId)
    throw new ReleaseError(
      'release.wrong-chain',
      `the addresses are of chain ${deployment.chainId}, ${network} is ${chainId}`,
    )
  if (!deployment.complete)
    throw new ReleaseError(
      'release.incomplete',
      `the deployment on ${network} is not finished: run npm run contracts:deploy -- --network ${network}`,
    )
  const parameters = parseParameters(JSON.stringify(deployment.parameters), kinds[0])
  const { kind, simulated } = parameters
  const trustRoots = simulated ? simulatedRoots : genuineRoots(parameters.trustStoreDigest)
  // Parts have no address that others use.
  const {
    registry: _,
    applications: __,
    moves: ___,
    deliveries: ____,
    ...contracts
  } = bookOf(deployment)
  const file = {
    ...{ name: network, kind, simulated, chainId },
    rpcUrls: rpcUrls.length === 0 ? usual : rpcUrls,
    contracts,
    deployBlock: deployment.deployBlock,
    trustRoots,
    finalityBlocks,
  }
  const profile = parseNetworkProfile(JSON.stringify(file))
  requireDigest(profile, parameters.trustStoreDigest)
  return profile
}

/** Those vendors' roots that have the digest; none where no known ones do. */
function genuineRoots(digest: string): readonly TrustRoot[] {
  const store = genuineTrustStores.find(
    ({ roots }) => trustStoreDigest(roots.map(({ der }) => der)) === digest,
  )
  return (store?.roots ?? []).map(({ name, der }) => ({ name, pem: pemOf(der) }))
}

function requireDigest({ trustRoots, simulated }: NetworkProfile, expected: string): void {
  const ders = trustRoots.map(({ pem }) => derOf(pem))
  const found = ders.length === 0 ? 'none' : trustStoreDigest(ders)
  if (found === expected) return
  const whose = simulated ? 'of simulated TEEs that were given' : 'of vendors in this program'
  throw new ReleaseError(
    'release.trust-roots',
    `the network was created with trust roots of the digest ${expected}; those ${whose} have ${found}`,
  )
}

function pemOf(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

function derOf(pem: string): Uint8Array {
  const body = /^-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*$/
  return new Uint8Array(Buffer.from(body.exec(pem.trim())?.[1] ?? '', 'base64'))
}
