// Carries out one order of a plan; every order may be repeated. Does I/O through the worker's parts.
import { concat, recoverTypedDataAddress } from 'viem'
import { initdataDocument, kataPolicy } from '@wetee/attestation'
import { readyTypedData } from '@wetee/chain'
import { podPermissions, type ManifestDocument, type Service } from '@wetee/manifest'
import type { PlatformHost } from '@wetee/tee-device'
import type { PrivateKeyAccount } from 'viem/accounts'
import type { Head, Hex } from '../chain/records.ts'
import type { WorkerChain } from '../chain/worker-chain.ts'
import type { Images } from '../images/image-store.ts'
import { relayChain, type GuestChain } from '../forward/open-forwards.ts'
import { clusterPod, type ClusterParts } from '../instance/cluster-pod.ts'
import {
  agentContainer,
  ownLauncher,
  digestOf,
  memoryVolumes,
  numericUser,
  serviceContainer,
} from '../instance/container-spec.ts'
import type { CertificateStore } from '../ingress/certificate-store.ts'
import { listens, type InstanceFolders } from '../instance/instance-folder.ts'
import type { Guests } from '../instance/guests.ts'
import {
  AGENT_CONTAINER,
  keyOfPodId,
  labelsOf,
  podIdOf,
  type InstanceKey,
} from '../instance/identity.ts'
import {
  instanceLaunch,
  publishedPorts,
  type AskedNodes,
  type LaunchNames,
  type LaunchPlan,
} from '../instance/launch-config.ts'
import { checkOwnLease, signOperatorStatement } from '../instance/statements.ts'
import type { LeaseCollector } from '../lease/lease-collector.ts'
import type { Log } from '../log.ts'
import type { SealedStore } from '../sealed/sealed-store.ts'
import type { RelayActions } from '../relay/relay-server.ts'
import type { Limits, PodSpec, Runtime } from '../runtime/runtime.ts'
import { WorkerError } from '../worker-error.ts'
import type { Volumes, VolumeSecrets } from '../volumes/volumes.ts'
import type { AppFacts, Unfit, VersionFacts } from './facts.ts'
import type { Action } from './model.ts'

/** What orders are carried out with. */
export type ApplyParts = {
  readonly workerId: bigint
  /** See workerTag. */
  readonly tag: string
  readonly account: PrivateKeyAccount
  readonly chain: WorkerChain
  readonly runtime: Runtime
  readonly platform: PlatformHost
  readonly images: Images
  readonly folders: InstanceFolders
  readonly guests: Guests
  readonly volumes: Volumes
  readonly collector: Pick<LeaseCollector, 'offer' | 'forget' | 'holds'>
  readonly sealed: Pick<SealedStore, 'put'>
  readonly agentImage: { readonly layout: string; readonly digest: string }
  readonly agentLimits: Limits
  readonly stopGraceMs: number
  /** What every guest's relay offers. */
  readonly relay: {
    readonly head: () => Promise<Head>
    readonly collateral: () => Promise<unknown>
    readonly committee: () => Promise<AskedNodes>
    readonly holders: (verificationKey: Hex) => Promise<AskedNodes>
    readonly isListed: (authority: string) => boolean
    readonly platform: () => Promise<{ readonly notAfter: bigint; readonly platformId: Hex }>
    readonly misconduct: (text: string) => void
  }
  readonly guestChain: GuestChain
  readonly names: InstanceNames
  /** Where pods are made as a whole, in a cluster. */
  readonly cluster?: ClusterParts & { readonly unfit: Unfit }
  /** Wall clock, milliseconds. */
  readonly now: () => number
  readonly log: Log
  readonly signal: AbortSignal
}

/** What instances are told about host names and custom domains, and what is kept of their certificates. */
export type InstanceNames = {
  readonly launch: LaunchNames
  /** `host:port` of the CA, which agents of applications with domains reach; `undefined`: there is none. */
  readonly ca: string | undefined
  readonly records: (appId: bigint, domain: string) => readonly string[]
  readonly certificates: Pick<CertificateStore, 'get' | 'put'>
}

/** uid and gid of containers whose image names no user, or root. */
const NOBODY = { uid: 65_534, gid: 65_534 }

/** Carries out an order. Throws what its parts throw; the caller tries again later. */
export async function apply(parts: ApplyParts, facts: AppFacts, action: Action): Promise<void> {
  const { guests, chain } = parts
  const { appId } = facts.desired
  switch (action.type) {
    case 'pull': {
      const service = versionOf(facts, action.version).document.services.find(
        ({ name }) => name === action.service,
      )
      if (service !== undefined) await parts.images.pull(service.image, parts.signal)
      return
    }
    case 'create':
      return createInstance(parts, facts, action.key)
    case 'attach':
      return attachInstance(parts, versionOf(facts, action.key.version), action.key)
    case 'start':
      return startContainer(parts, facts, action.key, action.container)
    case 'restart':
      await parts.runtime.stopContainer(action.podId, action.container, parts.stopGraceMs)
      return startContainer(parts, facts, action.key, action.container)
    case 'stop':
      return parts.runtime.stopContainer(action.podId, action.container, parts.stopGraceMs)
    case 'renew':
      return guests.get(action.podId)?.agent.renew()
    case 'drain':
      return guests.drain(action.podId, parts.now())
    case 'remove':
      return removeInstance(parts, action.podId)
    case 'activate':
      return activate(parts, facts, action.version)
    case 'drop-pending':
      return chain.dropPending(appId, action.version, facts.head.number)
    case 'remove-volumes':
      return parts.volumes.remove(appId)
  }
}

function versionOf(facts: AppFacts, version: number): VersionFacts {
  const found = facts.versions.get(version)
  if (found === undefined) throw new Error(`version ${version} was not read`)
  return found
}

/** Launches the TEE, writes the folder, makes the pod; a launch of an earlier, interrupted try is used again. */
async function createInstance(parts: ApplyParts, facts: AppFacts, key: InstanceKey): Promise<void> {
  const { chain, workerId, folders, runtime, cluster } = parts
  const version = versionOf(facts, key.version)
  const podId = podIdOf(parts.tag, key)
  const at = facts.head.number
  const launch = instanceLaunch({
    network: chain.network,
    networkKey: version.networkKey,
    workerId,
    key,
    version: version.record,
    manifestText: version.text,
    document: version.document,
    committee: await chain.committee(at),
    leaseSeconds: await chain.maxLeaseSeconds(at),
    names: parts.names.launch,
    ...(cluster === undefined ? {} : { cluster }),
  })
  const tee = await launchTee(parts, podId, launch)
  folders.prepare(podId, launch, tee)
  await runtime.createPod({
    id: podId,
    labels: labelsOf(parts.tag, key),
    hostNames: version.document.services.map(({ name }) => name),
    ...(cluster === undefined
      ? { memory: memoryVolumes(version.document) }
      : clusterPodOf(parts, cluster, facts, version, key, launch)),
  })
  if (cluster !== undefined && version.document.volumes.length > 0) folders.noteVolumes(key.appId)
  parts.log.info({ podId, launchId: tee.launchId }, 'instance created')
}

function clusterPodOf(
  { images, agentLimits, agentImage }: ApplyParts,
  cluster: ClusterParts,
  { desired }: AppFacts,
  { document }: VersionFacts,
  { version, replica }: InstanceKey,
  launch: LaunchPlan,
): Pick<PodSpec, 'memory' | 'disks' | 'containers' | 'initdata'> {
  const planned = desired.versions.find((other) => other.version === version)?.services ?? []
  const policy = kataPolicy(podPermissions(agentImage.digest, document.services))
  const pod = clusterPod({
    ...{ cluster, document, replica, launch: launch.text, agentLimits },
    imageOf: (service) => {
      const digest = digestOf(service)
      return { ...images.programOf(digest), user: images.userOf(digest) }
    },
    restartOf: (name) => planned.find((service) => service.name === name)?.restart ?? 'always',
  })
  // Left out by the driver where pods are no such machines.
  return { ...pod, initdata: initdataDocument(launch.configuration, policy) }
}

/** The guest of an earlier, interrupted try when it still runs and is launched with the same, else a new one. */
async function launchTee(
  { folders, platform, agentImage, signal }: ApplyParts,
  podId: string,
  { configuration }: LaunchPlan,
): Promise<{ readonly launchId: string; readonly teeSocket: string }> {
  const before = folders.tee(podId)
  if (before !== undefined) {
    const { launchId, teeSocket } = before
    if (before.configuration === configuration && (await listens(teeSocket)))
      return { launchId, teeSocket }
    // Its name is about to be written over: one that stays would never be found again.
    await platform.remove(launchId, { signal })
  }
  const guest = { image: agentImage, configuration }
  const { launchId, socket } = await platform.launch(guest, { signal })
  return { launchId, teeSocket: socket }
}

async function attachInstance(
  parts: ApplyParts,
  { document }: VersionFacts,
  key: InstanceKey,
): Promise<void> {
  const podId = podIdOf(parts.tag, key)
  const targets = publishedPorts(document).map(({ target }) => target)
  await parts.guests.attach(
    podId,
    parts.folders.runFolder(podId),
    relayFor(parts, key, document),
    targets,
  )
  await parts.guests.poll(podId)
}

/** What the relay of one instance does: it speaks for this instance and no other. */
function relayFor(
  parts: ApplyParts,
  key: InstanceKey,
  { domains = [], exec, services, chain: access }: ManifestDocument,
): RelayActions {
  const { relay, chain, workerId, account, collector, names, runtime } = parts
  const { appId } = key
  return {
    head: relay.head,
    collateral: relay.collateral,
    committee: relay.committee,
    holders: relay.holders,
    isListed: (authority) =>
      relay.isListed(authority) || (domains.length > 0 && authority === names.ca),
    authorize: (request) =>
      signOperatorStatement(
        {
          network: chain.network,
          workerId,
          account,
          head: relay.head,
          platform: relay.platform,
        },
        key,
        request,
      ),
    domains: () =>
      domains.map(({ name }) => {
        const chain = names.certificates.get(appId, name)
        return {
          name,
          records: names.records(appId, name),
          ...(chain === undefined ? {} : { chain }),
        }
      }),
    keepCertificate: (domain, chain) => {
      if (!domains.some(({ name }) => name === domain))
        throw new WorkerError('request.invalid', `${domain} is not in this manifest`)
      names.certificates.put(appId, domain, chain)
    },
    ...(exec === true
      ? {
          exec: async ({ service, id, timeoutMs }, signal) => {
            if (!services.some(({ name }) => name === service))
              throw new WorkerError('request.invalid', `${service} is not in this manifest`)
            const command = [ownLauncher(id), '--given']
            const bounds = { timeoutMs, maxBytes: 0, signal }
            const podId = podIdOf(parts.tag, key)
            return (await runtime.exec(podId, service, { command, ...bounds })).exitCode
          },
        }
      : {}),
    misconduct: relay.misconduct,
    ...(access === undefined ? {} : { chain: relayChain(parts.guestChain, appId) }),
    appraised: (lease, nodes) => {
      checkOwnLease(workerId, key, lease)
      collector.offer(lease, nodes)
    },
    sealed: (kind, bytes) => parts.sealed.put(key.appId, kind, bytes),
  }
}

async function startContainer(
  parts: ApplyParts,
  facts: AppFacts,
  key: InstanceKey,
  container: string,
): Promise<void> {
  const { folders, images, runtime, guests } = parts
  const { document } = versionOf(facts, key.version)
  const podId = podIdOf(parts.tag, key)
  if (container === AGENT_CONTAINER) {
    const tee = folders.tee(podId)
    if (tee === undefined) throw new WorkerError('instance.unknown', `${podId} has no folder`)
    folders.openAppFolder(podId)
    const spec = agentContainer({
      image: parts.agentImage,
      paths: { runFolder: folders.runFolder(podId), teeSocket: tee.teeSocket },
      services: document.services.map((service) => ({
        service,
        layout: images.layout(digestOf(service)),
      })),
      limits: parts.agentLimits,
    })
    await runtime.startContainer(podId, spec)
    await guests.poll(podId)
    return
  }
  const service = document.services.find(({ name }) => name === container)
  if (service === undefined) throw new Error(`no service ${container}`)
  const digest = digestOf(service)
  const user = numericUser(service.user ?? images.userOf(digest))
  const owner =
    user === undefined && images.userOf(digest) !== '' ? undefined : rootless(user ?? NOBODY)
  if (!folders.closeAppFolder(podId))
    throw new WorkerError('agent.no-socket', `${podId}: its agent has no socket for applications`, {
      retryable: true,
    })
  const volumes = await openVolumes(parts, document, key, service, owner)
  const image = { layout: images.layout(digest), digest, ...images.programOf(digest) }
  const spec = serviceContainer(service, image, {
    volumes,
    appSocket: folders.appSocket(podId),
  })
  await runtime.startContainer(podId, spec)
  guests.restarted(podId)
}

/** Opens what the service mounts, with keys of its agent; by name. */
async function openVolumes(
  { volumes, guests, signal, tag }: ApplyParts,
  document: ManifestDocument,
  key: InstanceKey,
  service: Service,
  owner: { readonly uid: number; readonly gid: number } | undefined,
): Promise<ReadonlyMap<string, string>> {
  const { appId, replica } = key
  const opened = new Map<string, string>()
  for (const name of new Set(service.volumes.map((mount) => mount.name))) {
    const sizeMiB = document.volumes.find((volume) => volume.name === name)?.sizeMiB ?? 0
    const agent = () => {
      const guest = guests.get(podIdOf(tag, key))
      if (guest !== undefined) return guest.agent
      throw new WorkerError('instance.unknown', 'its agent is not served yet', { retryable: true })
    }
    const keys: VolumeSecrets = {
      own: async () => agent().volumeKey(name),
      older: async () => agent().olderVolumeKey(name),
    }
    const options = { keys, owner, signal }
    opened.set(name, await volumes.open({ appId, replica, name, sizeMiB }, options))
  }
  return opened
}

function rootless(user: { uid: number; gid: number }): { uid: number; gid: number } {
  return user.uid === 0 ? NOBODY : user
}

/** The pod first, then what belongs to it, so that an interrupted removal is seen and repeated. */
export async function removeInstance(parts: ApplyParts, podId: string): Promise<void> {
  const { runtime, guests, folders, platform, signal } = parts
  const tee = folders.tee(podId)
  await runtime.removePod(podId, parts.stopGraceMs)
  await closeVolumes(parts, podId)
  await guests.detach(podId)
  // The folder alone names the guest: it stays until that is gone.
  if (tee !== undefined) await platform.remove(tee.launchId, { signal })
  folders.remove(podId)
}

/** Once no other version of the replica is here, which would have them open, too. */
async function closeVolumes({ runtime, volumes, tag }: ApplyParts, podId: string): Promise<void> {
  const key = keyOfPodId(tag, podId)
  if (key === undefined) return
  const same = ({ id }: { readonly id: string }) => {
    const other = keyOfPodId(tag, id)
    return id !== podId && other?.appId === key.appId && other.replica === key.replica
  }
  const own = { 'wetee.worker': tag, 'wetee.app': String(key.appId) }
  if (!(await runtime.list(own)).some(same)) await volumes.close(key.appId, key.replica)
}

/** Collects the Ready signature of every replica of pending and sends them in order. */
async function activate(parts: ApplyParts, facts: AppFacts, version: number): Promise<void> {
  const { chain, guests } = parts
  const { appId, versions } = facts.desired
  const replicas = versions.find((desired) => desired.version === version)?.replicas ?? 0
  const signatures: Hex[] = []
  for (let replica = 0; replica < replicas; replica++) {
    const lease = facts.leases.get(`${version}/${replica}`)
    const guest = guests.get(podIdOf(parts.tag, { appId, version, replica }))
    if (lease === undefined || guest === undefined)
      throw new WorkerError('instance.unknown', `replica ${replica} is gone`, { retryable: true })
    const signature = await guest.agent.ready()
    const typedData = readyTypedData(chain.network, { appId, version, replica })
    const signer = await recoverTypedDataAddress({ ...typedData, signature })
    if (signer.toLowerCase() !== lease.instanceKey.toLowerCase())
      throw new WorkerError(
        'lease.foreign',
        `replica ${replica} has started anew since its lease: waiting for the next one`,
        { retryable: true },
      )
    signatures.push(signature)
  }
  await chain.activate(appId, version, concat(signatures), facts.head.number)
}
