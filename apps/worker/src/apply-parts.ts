// What orders of the reconciler are carried out with: engine, images, guests, volumes, and what guests may ask. Opens no connection.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openPlatformHost } from '@wetee/tee-device'
import type { TlsIdentity } from '@wetee/certificates'
import { freshValue } from './chain/fresh-value.ts'
import type { Committee, Hex, Member } from './chain/records.ts'
import type { WorkerChain } from './chain/worker-chain.ts'
import type { WorkerConfig } from './config.ts'
import type { GuestChain } from './forward/open-forwards.ts'
import { ImageStore } from './images/image-store.ts'
import { clusterUnfitReasons } from './instance/cluster-pod.ts'
import { folderDoors, Guests } from './instance/guests.ts'
import { workerTag } from './instance/identity.ts'
import { InstanceFolders } from './instance/instance-folder.ts'
import { askedNodes, type LaunchNames } from './instance/launch-config.ts'
import type { Opened } from './opened.ts'
import { openPodSockets } from './instance/pod-sockets.ts'
import type { LeaseCollector } from './lease/lease-collector.ts'
import { authorityOf } from './lease/node-client.ts'
import type { ApplyParts, InstanceNames } from './reconcile/apply.ts'
import { MisconductFolder } from './relay/misconduct-folder.ts'
import type { SealedStore } from './sealed/sealed-store.ts'
import { ClusterVolumes } from './volumes/cluster-volumes.ts'
import { EncryptedVolumes } from './volumes/encrypted-volumes.ts'

/** A head that is asked for again and again is read so often at most, milliseconds. */
export const HEAD_AGE_MS = 500
const COLLATERAL_AGE_MS = 30_000
const PLATFORM_AGE_MS = 2_000
const COMMITTEE_AGE_MS = 2_000
const MIB = 1_048_576

/** The chain, and the hosts that guests may reach: they follow every read of the committee. */
export function listCommittee(chain: WorkerChain): {
  readonly chain: WorkerChain
  readonly listed: ReadonlyMap<string, Member>
} {
  const listed = new Map<string, Member>()
  /** By the key that they hold, and the active ones. */
  const named = new Map<Hex | 'active', readonly Member[]>()
  const list = (key: Hex | 'active', { members }: Committee) => {
    if (members.length === 0) named.delete(key)
    else named.set(key, members)
    listed.clear()
    for (const member of [...named.values()].flat()) {
      const authority = authorityOf(member.endpoint)
      if (authority !== undefined) listed.set(authority, member)
    }
  }
  const committee = async (at: bigint): Promise<Committee> => {
    const found = await chain.committee(at)
    list('active', found)
    return found
  }
  const holders = async (verificationKey: Hex, at: bigint): Promise<Committee> => {
    const found = await chain.holders(verificationKey, at)
    list(verificationKey, found)
    return found
  }
  return { chain: { ...chain, committee, holders }, listed }
}

/** What orders of the reconciler are carried out with. */
export function applyParts(
  { config, signal, log, stateDir, network, identity, runtime, doorIdentity }: Opened,
  chain: WorkerChain,
  listed: ReadonlyMap<string, Member>,
  collector: LeaseCollector,
  sealed: SealedStore,
  guestChain: GuestChain,
  names: InstanceNames,
): ApplyParts {
  const { workerId } = identity
  const { cpuMilli, memoryMiB, pids } = config.agentLimits
  const tag = workerTag({
    chainId: chain.network.chainId,
    subnet: chain.network.contracts.subnet,
    workerId,
    stateDir,
  })
  const folders = new InstanceFolders(stateDir)
  const cluster = clusterParts(config, doorIdentity)
  const monotonicMs = () => performance.now()
  const platform = openPlatformHost(config.platform.simulatedSocket)
  const machine = async () => chain.platform(workerId, (await chain.head()).number)
  const asked = async () => askedNodes(await chain.committee((await chain.head()).number))
  const holders = async (verificationKey: Hex) =>
    askedNodes(await chain.holders(verificationKey, (await chain.head()).number))
  const misconduct = new MisconductFolder(join(stateDir, 'misconduct'), log)
  return {
    workerId,
    tag,
    account: network.account,
    chain,
    runtime,
    platform,
    images: new ImageStore({
      folder: join(stateDir, 'images'),
      loopbackRegistries: new Set(config.registries.map(({ host }) => host)),
      withoutLayers: cluster !== undefined,
    }),
    folders,
    guests: openGuests({ log, signal, runtime, folders, doorIdentity }),
    volumes:
      cluster === undefined
        ? new EncryptedVolumes({ folder: join(stateDir, 'volumes'), log })
        : new ClusterVolumes({ runtime, tag, folder: join(stateDir, 'volumes') }),
    ...(cluster === undefined ? {} : { cluster }),
    collector,
    sealed,
    guestChain,
    agentImage: config.agentImage,
    agentLimits: { cpuMilli, memoryBytes: memoryMiB * MIB, pids },
    stopGraceMs: config.intervals.stopGraceMs,
    relay: {
      head: () => chain.head(HEAD_AGE_MS),
      collateral: freshValue(() => platform.collateral(), COLLATERAL_AGE_MS, monotonicMs),
      committee: freshValue(asked, COMMITTEE_AGE_MS, monotonicMs),
      holders,
      isListed: (authority) => listed.has(authority),
      platform: freshValue(machine, PLATFORM_AGE_MS, monotonicMs),
      misconduct: (text) => misconduct.keep(text),
    },
    names,
    now: Date.now,
    log,
    signal,
  }
}

/** Guests beside this worker, or in the pods of a cluster. */
function openGuests({
  doorIdentity: identity,
  ...parts
}: Pick<Opened, 'log' | 'signal' | 'runtime' | 'doorIdentity'> & {
  readonly folders: InstanceFolders
}): Guests {
  const { log, signal } = parts
  if (identity === undefined) return new Guests(log, signal)
  return new Guests(log, signal, {
    ...folderDoors,
    sockets: (podId, runFolder) => openPodSockets({ ...parts, identity }, podId, runFolder),
  })
}

function clusterParts(
  { runtime: { kubernetes }, agentImage }: WorkerConfig,
  doorIdentity: TlsIdentity | undefined,
): ApplyParts['cluster'] {
  if (kubernetes === undefined || doorIdentity === undefined) return undefined
  const hasDisks = kubernetes.storageClassName !== undefined
  return {
    workerKey: doorIdentity.tlsKeyHash,
    agentImage: `${kubernetes.agentRepository}@${agentImage.digest}`,
    hasDisks,
    unfit: (document) => clusterUnfitReasons(document, hasDisks),
  }
}

/** What agents are told about names. Reads the CA's roots. */
export function launchNames({ domain, acme }: WorkerConfig['ingress']): LaunchNames {
  const { directoryUrl, rootsFile } = acme ?? {}
  const roots = rootsFile === undefined ? {} : { roots: readFileSync(rootsFile, 'utf8') }
  return {
    ...(domain === undefined ? {} : { domain }),
    ...(directoryUrl === undefined ? {} : { acme: { directoryUrl, ...roots } }),
  }
}
