// A chain in memory behind the ChainView port, for tests: the world is plain data that a test changes. No I/O.
import { createHash } from 'node:crypto'
import type {
  Activation,
  AppFacts,
  Block,
  ChainView,
  CiphertextFacts,
  Committee,
  Committees,
  ConfirmationFacts,
  FloorSubject,
  Hex,
  LiveKey,
  NetworkKeyFacts,
  NodeFacts,
  PlatformFacts,
  ReferenceFacts,
  SecretFacts,
  SecretVersionFacts,
  SessionEvent,
  SessionFacts,
  VersionFacts,
} from '../chain/chain-view.ts'
import type { KeysView } from '../chain/keys-view.ts'
import type { SecretsView } from '../chain/secrets-view.ts'
import { unable } from '../node-error.ts'

/** Time of block 0, seconds; a block each second. */
export const genesisSeconds = 1_780_000_000n

/** What the chain says; a test changes any of it. */
export type World = {
  /** Number of the newest finalized block. */
  head: bigint
  /** Blocks of this world differ from those of another one with another name. */
  fork: string
  reachable: boolean
  apps: Map<bigint, AppFacts>
  versions: Map<string, VersionFacts>
  /** Lifetime of a lease by the first block from which it holds, ascending. */
  maxLeaseSeconds: { from: bigint; seconds: bigint }[]
  nodeProofSeconds: bigint
  operators: Map<bigint, Hex>
  nodes: Map<bigint, NodeFacts>
  platforms: Map<Hex, PlatformFacts>
  references: Map<string, ReferenceFacts>
  floors: Map<string, bigint>
  /** End of a dsecret node's own proof. */
  proofs: Map<bigint, bigint>
  committees: Committees
  /** Those that are neither active nor the latest. */
  formerCommittees: Committee[]
  activation: Activation
  /** `Quorum.renewCommittee` would succeed. */
  renewalDue: boolean
  /** The newest; its number is one more than that of `olderKey`. */
  networkKey: NetworkKeyFacts | undefined
  networkKeyMade: bigint
  /** The one before it; it lives until its end. */
  olderKey: LiveKey | undefined
  /** By their numbers; the newest of an epoch is the one with the highest. */
  sessions: Map<bigint, SessionFacts>
  sessionEvents: Map<bigint, SessionEvent[]>
  /** Calldata by transaction hash. */
  calldata: Map<Hex, Hex>
  confirmations: Map<bigint, ConfirmationFacts>
  /** By `secretKey`. */
  secrets: Map<string, SecretFacts>
  /** By `secretKey`: with the version for instances of the older key, where that is another one. */
  secretsUnderOlder: Map<string, SecretFacts>
  /** By `secretKey` with a version. */
  secretVersions: Map<string, SecretVersionFacts>
  ciphertexts: Map<Hex, CiphertextFacts>
  /** By `grantKey`. */
  grants: Set<string>
  receiptsPosted: Map<bigint, bigint>
  /** Of the Bridge, by number: what it keeps of open calls. */
  openDigests: Map<bigint, Hex>
  /** By `signatureKey`: what contracts say was signed for them. */
  signatures: Set<string>
}

/** A world with nothing in it at block 100. */
export function emptyWorld(): World {
  return {
    head: 100n,
    fork: '',
    reachable: true,
    apps: new Map(),
    versions: new Map(),
    maxLeaseSeconds: [{ from: 0n, seconds: 300n }],
    nodeProofSeconds: 3_600n,
    operators: new Map(),
    nodes: new Map(),
    platforms: new Map(),
    references: new Map(),
    floors: new Map(),
    proofs: new Map(),
    committees: { active: undefined, latest: undefined, genesisOpen: false },
    formerCommittees: [],
    activation: { activatedAt: 0n, previousEpoch: 0n },
    renewalDue: false,
    networkKey: undefined,
    networkKeyMade: 0n,
    olderKey: undefined,
    sessions: new Map(),
    sessionEvents: new Map(),
    calldata: new Map(),
    confirmations: new Map(),
    secrets: new Map(),
    secretsUnderOlder: new Map(),
    secretVersions: new Map(),
    ciphertexts: new Map(),
    grants: new Set(),
    receiptsPosted: new Map(),
    openDigests: new Map(),
    signatures: new Set(),
  }
}

/** A block of the world. */
export function blockOf(world: Pick<World, 'fork'>, number: bigint): Block {
  const hash = createHash('sha256').update(`${world.fork}/${number}`).digest('hex')
  return { number, hash: `0x${hash}`, timestamp: genesisSeconds + number }
}

/** Key of a revocation floor. */
export function floorKey(subject: FloorSubject, id: Hex | bigint): string {
  const digits = typeof id === 'bigint' ? id.toString(16) : id.slice(2)
  return `${subject}/0x${digits.padStart(64, '0')}`
}

/** Names a signature for a contract. */
export function signatureKey(owner: Hex, digest: Hex, signature: Hex): string {
  return `${owner}/${digest}/${signature}`
}

/** Names a secret, or one version of it. */
export function secretKey(appId: bigint, name: string, version?: number): string {
  return version === undefined ? `${appId}/${name}` : `${appId}/${name}/${version}`
}

/** Names a grant of a secret to an application with a manifest. */
export function grantKey(
  secret: { readonly appId: bigint; readonly name: string },
  reader: { readonly appId: bigint; readonly manifestDigest: Hex },
): string {
  return `${secretKey(secret.appId, secret.name)}/${reader.appId}/${reader.manifestDigest}`
}

/** Chain and contracts of every test. */
export const testNetwork = {
  chainId: 31_337,
  contracts: {
    subnet: `0x${'5b'.repeat(20)}`,
    quorum: `0x${'90'.repeat(20)}`,
    cloud: `0x${'c1'.repeat(20)}`,
    keys: `0x${'4e'.repeat(20)}`,
    secrets: `0x${'5e'.repeat(20)}`,
    bridge: `0x${'b1'.repeat(20)}`,
  },
} as const

/** The world as a view. */
export function memoryView(world: World): ChainView {
  const answer = <T>(read: () => T): Promise<T> =>
    world.reachable
      ? Promise.resolve(read())
      : Promise.reject(unable('chain.unreachable', 'the chain of this test does not answer'))
  const now = () => blockOf(world, world.head).timestamp
  const nobody: PlatformFacts = { role: 0, nodeId: 0n, notAfter: 0n, denied: false }
  return {
    network: testNetwork,
    head: () => answer(() => blockOf(world, world.head)),
    block: (number) => answer(() => blockOf(world, number)),
    app: (appId) => answer(() => world.apps.get(appId)),
    isSignatureOf: (...signed) =>
      answer(() => world.signatures.has(signatureKey(signed[0], signed[1], signed[2]))),
    version: (appId, version) => answer(() => world.versions.get(`${appId}/${version}`)),
    maxLeaseSeconds: (at) =>
      answer(() => world.maxLeaseSeconds.findLast(({ from }) => from <= at)?.seconds ?? 0n),
    nodeProofSeconds: () => answer(() => world.nodeProofSeconds),
    workerOperator: (workerId) => answer(() => world.operators.get(workerId)),
    node: (nodeId) => answer(() => world.nodes.get(nodeId)),
    platform: (id) => answer(() => world.platforms.get(id) ?? nobody),
    isPlatformLive: (role, nodeId, id) =>
      answer(() => {
        const found = world.platforms.get(id)
        const same = found?.role === role && found.nodeId === nodeId
        return same && !found.denied && found.notAfter > now()
      }),
    liveProofUntil: (_role, nodeId) => answer(() => world.proofs.get(nodeId) ?? 0n),
    reference: (role, id) =>
      answer(
        () =>
          world.references.get(`${role}/${id}`) ?? {
            status: 'none',
            teeClass: 0,
            validFrom: 0n,
            until: 0n,
          },
      ),
    revocationFloor: (subject, id) => answer(() => world.floors.get(floorKey(subject, id)) ?? 0n),
    committees: () => answer(() => world.committees),
    openDigests: (ids) =>
      answer(() => ids.map((id): Hex => world.openDigests.get(id) ?? `0x${'00'.repeat(31)}`)),
    ...keysOf(world, answer),
    ...secretsOf(world, answer),
  }
}

type Answer = <T>(read: () => T) => Promise<T>

function keysOf(world: World, answer: Answer): KeysView {
  const known = () => [world.committees.active, world.committees.latest, ...world.formerCommittees]
  return {
    committee: (epoch) => answer(() => known().find((named) => named?.epoch === epoch)),
    activation: () => answer(() => world.activation),
    liveKeys: () => answer(() => liveKeysOf(world)),
    sessionOf: (epoch) =>
      answer(() =>
        [...world.sessions.values()].reduce(
          (newest, { number, epoch: of }) => (of === epoch && number > newest ? number : newest),
          0n,
        ),
      ),
    session: (number) => answer(() => world.sessions.get(number)),
    sessionEvents: (number, from, to) =>
      answer(() =>
        (world.sessionEvents.get(number) ?? []).filter(
          ({ blockNumber }) => blockNumber >= from && blockNumber <= to,
        ),
      ),
    calldata: (hash) =>
      answer(() => {
        const found = world.calldata.get(hash)
        if (found === undefined) throw unable('chain.refused', `${hash}: no such transaction`)
        return found
      }),
    confirmation: (epoch) => answer(() => world.confirmations.get(epoch)),
    isRenewalDue: () => answer(() => world.renewalDue),
  }
}

/** `Keys.liveKeys`. */
export function liveKeysOf(world: World): readonly LiveKey[] {
  const { networkKey, networkKeyMade: madeBlock, olderKey } = world
  if (networkKey === undefined) return []
  const number = (olderKey?.number ?? 0) + 1
  const newest = { ...networkKey, number, madeBlock, lastEpoch: 0n, endsAt: 0n }
  const isOlderLive =
    olderKey !== undefined && blockOf(world, world.head).timestamp < olderKey.endsAt
  return isOlderLive ? [olderKey, newest] : [newest]
}

function secretsOf(world: World, answer: Answer): SecretsView {
  return {
    secret: (appId, name) => answer(() => world.secrets.get(secretKey(appId, name))),
    secretUnder: (appId, name, key) =>
      answer(() =>
        [world.secrets, world.secretsUnderOlder]
          .map((secrets) => secrets.get(secretKey(appId, name)))
          .find((secret) => secret?.version.key === key),
      ),
    secretVersion: (appId, name, version) =>
      answer(() => world.secretVersions.get(secretKey(appId, name, version))),
    secretOf: (digest) => answer(() => world.ciphertexts.get(digest)),
    isGranted: (secret, reader) => answer(() => world.grants.has(grantKey(secret, reader))),
    receiptsPosted: (nodeId) => answer(() => world.receiptsPosted.get(nodeId) ?? 0n),
  }
}
