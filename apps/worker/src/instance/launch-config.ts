// What an instance's or machine's TEE is launched with, from the chain alone. Pure.
import { configDigest, nodeConfigDigest } from '@wetee/attestation'
import type { ManifestDocument } from '@wetee/manifest'
import type { Committee, Hex, NetworkFacts, NetworkKey, VersionRecord } from '../chain/records.ts'
import { authorityOf } from '../lease/node-client.ts'
import { WorkerError } from '../worker-error.ts'
import type { InstanceKey } from './identity.ts'

/** A launch: the text of `launch.json` and the digest that the hardware binds to it. */
export type LaunchPlan = { readonly text: string; readonly configuration: Hex }

/**
 * What an agent is told about names; nothing of it is measured, as nothing of it is believed: certificates of the agent
 * itself prove no name, and those of a CA prove what the CA has seen.
 */
export type LaunchNames = {
  /** What host names of published ports end in. */
  readonly domain?: string
  readonly acme?: { readonly directoryUrl: string; readonly roots?: string }
}

/** From what an instance is launched. */
export type InstanceLaunchInput = {
  readonly network: NetworkFacts
  /** Absent before the network has made its key: 33 zero bytes for each point. */
  readonly networkKey: NetworkKey | undefined
  readonly workerId: bigint
  readonly key: InstanceKey
  readonly version: VersionRecord
  readonly manifestText: string
  readonly document: ManifestDocument
  readonly committee: Committee
  readonly leaseSeconds: number
  readonly names?: LaunchNames
  /** Where the worker comes in by a door. */
  readonly cluster?: { readonly workerKey: Hex }
}

const NO_POINT = `0x${'00'.repeat(33)}` as const

/** Whom an agent asks, and how many have to answer alike; `host` is `name:port`. */
export type AskedNodes = {
  readonly nodes: readonly {
    readonly nodeId: string
    readonly host: string
    readonly tlsKeyHash: Hex
  }[]
  readonly threshold: number
}

/** Members of a committee as agents ask them. Throws WorkerError `committee.none` (retryable) where too few can be reached. */
export function askedNodes({ members, threshold }: Committee): AskedNodes {
  const nodes = members.flatMap(({ nodeId, endpoint, tlsKeyHash }) => {
    const host = authorityOf(endpoint)
    return host === undefined ? [] : [{ nodeId: String(nodeId), host, tlsKeyHash }]
  })
  if (threshold < 1 || nodes.length < threshold)
    throw new WorkerError(
      'committee.none',
      `the network has ${nodes.length} reachable dsecret nodes, ${threshold} are needed`,
      { retryable: true },
    )
  return { nodes, threshold }
}

/** Launch of an instance. Throws WorkerError `committee.none` while there are not enough nodes to appraise it. */
export function instanceLaunch(input: InstanceLaunchInput): LaunchPlan {
  const { network, key } = input
  const config = {
    format: 'wetee/launch/v1',
    mode: 'instance',
    chainId: String(network.chainId),
    subnet: network.contracts.subnet,
    cloud: network.contracts.cloud,
    quorum: network.contracts.quorum,
    networkKey: { Y: input.networkKey?.Y ?? NO_POINT, S: input.networkKey?.S ?? NO_POINT },
    appId: String(key.appId),
    version: key.version,
    replica: key.replica,
    workerId: String(input.workerId),
    manifest: input.manifestText,
    terms: input.version.terms,
    ports: publishedPorts(input.document),
    ...askedNodes(input.committee),
    leaseSeconds: input.leaseSeconds,
    ...input.names,
    ...doorOf(input.cluster),
  }
  return { text: JSON.stringify(config), configuration: instanceConfiguration(input) }
}

/**
 * The digest that an instance is launched with, as the dsecret nodes compute it from their finalized head: one that was
 * launched with another can never be given a lease again.
 */
export function instanceConfiguration({
  network,
  networkKey,
  key,
  version,
}: Pick<InstanceLaunchInput, 'network' | 'networkKey' | 'key' | 'version'>): Hex {
  return configDigest({
    chainId: BigInt(network.chainId),
    cloud: network.contracts.cloud,
    ...(networkKey === undefined ? {} : { networkKey }),
    appId: key.appId,
    version: key.version,
    manifestDigest: version.manifestDigest,
    termsDigest: version.termsDigest,
  })
}

/** Launch of the worker's own machine, for its NodeProof. */
export function platformLaunch(input: {
  readonly network: NetworkFacts
  readonly workerId: bigint
  readonly operator: Hex
  readonly cluster?: { readonly workerKey: Hex } | undefined
}): LaunchPlan {
  const { network, workerId, operator } = input
  const { subnet } = network.contracts
  const config = {
    format: 'wetee/launch/v1',
    mode: 'platform',
    chainId: String(network.chainId),
    subnet,
    role: 1,
    nodeId: String(workerId),
    statementKey: operator,
    ...doorOf(input.cluster),
  }
  const chainId = BigInt(network.chainId)
  const digest = nodeConfigDigest({ chainId, subnet, role: 1, nodeId: workerId })
  return { text: JSON.stringify(config), configuration: digest }
}

function doorOf(cluster: { readonly workerKey: Hex } | undefined) {
  return cluster === undefined ? {} : { cluster: { workerKey: cluster.workerKey } }
}

/** Ports that the manifest publishes, by service. */
export function publishedPorts(
  document: Pick<ManifestDocument, 'services'>,
): { readonly service: string; readonly target: number }[] {
  return document.services.flatMap(({ name, ports }) =>
    ports.map(({ target }) => ({ service: name, target })),
  )
}
