// Mode `instance`: an application's agent from its first check to its last connection. Does I/O.
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readyTypedData } from '@wetee/chain'
import type { ManifestDocument, PublishedPort } from '@wetee/manifest'
import { openNativeGroup } from '@wetee/threshold/native'
import { aborted, type AgentContext } from './agent-context.ts'
import { AgentError } from './agent-error.ts'
import { startApplicationApi } from './application/application-api.ts'
import { DerivedKeys } from './application/derived-keys.ts'
import { olderKeyOf } from './application/older-key.ts'
import { volumeKey } from './application/volume-keys.ts'
import { openBridge } from './bridge/open-bridge.ts'
import { namesOf, openCertificates } from './certificates/open-certificates.ts'
import { CommitteeBook } from './committee/committee-book.ts'
import { openCommittee } from './committee/open-committee.ts'
import { EvidenceMaker } from './evidence/evidence-maker.ts'
import { ImageMeasurer, serviceImages } from './evidence/image-measurer.ts'
import { Renewal } from './evidence/renewal.ts'
import { startPort } from './ingress/port-server.ts'
import type { Ingress } from './ingress/tls-listener.ts'
import { ChainAccess } from './chain/chain-access.ts'
import { makeInstanceKeys, type InstanceKeys } from './keys/instance-keys.ts'
import { checkInstanceLaunch, checkDebug } from './launch/configuration.ts'
import { hasNetworkKey, type InstanceLaunch } from './launch/launch-config.ts'
import { NodeList } from './nodes/node-list.ts'
import { readPipes } from './output/read-pipes.ts'
import { ServiceOutput } from './output/service-output.ts'
import { startOwnerServer } from './owner/owner-server.ts'
import { planSecrets } from './secrets/plan.ts'
import { releaseSecrets } from './secrets/release-loop.ts'
import { SecretSource } from './secrets/secret-source.ts'
import { prepareService } from './services/service-folders.ts'

/** Proves the launch, measures, makes keys, serves until the signal. Throws AgentError before there are keys. */
export async function runInstance(context: AgentContext, launch: InstanceLaunch): Promise<void> {
  const { device, log, signal, state } = context
  const verified = await verifyLaunch(context, launch)
  const { manifest, plan, measurer } = verified
  const retry = {
    ...{ log, signal, random: context.random },
    sleep: (ms: number) => sleep(ms, undefined, { signal }),
    waiting: (code: string) => state.waiting(code),
  }
  const made = await makeParts(context, { ...verified, launch, retry })
  const { keys, certifier, maker, renewal, source, committee, derived, olderKey } = made
  const traffic: Traffic = { ingresses: [], isDraining: false, onDrain: () => undefined }
  context.actions(actionsOf(context, { ...made, launch, manifest, traffic }))
  mkdirSync(dirname(context.paths.applicationSocket), { recursive: true })
  const chain = new ChainAccess({
    ...{ ...context, launch, allowed: manifest.chain, account: keys.account },
    nowSeconds: () => context.clock.nowSeconds(),
  })
  const application = await startApplicationApi(context.paths.applicationSocket, {
    ...{ launch, keys, state, maker, derived, olderKey, chain, device, log },
  })
  let isBehind = () => false
  const output = openOutput(context, manifest, () => isBehind())
  const owner = await startOwnerServer({
    ...{ launch, manifest, keys, state, log, signal, output: output.kept },
    ...{ worker: context.worker, simulated: device.simulated, paths: context.paths },
    socketPath: join(context.paths.ingressFolder, 'owner.sock'),
    committee,
    evidence: async () => (await maker.shown())?.text,
    monotonicMs: context.monotonicMs,
  })
  context.actions({ failure: (notice) => owner.failures.note(notice) })
  isBehind = () => owner.isBehind()
  traffic.onDrain = () => owner.events.add('traffic.draining')
  owner.events.add('launch.verified', `${measurer.events.length} images`)
  try {
    for (const port of portsOf(launch, manifest))
      traffic.ingresses.push(await openPort(context, made, port))
    await releaseSecrets({
      ...{ ...retry, plan, source },
      delivery: {
        folder: context.paths.secretsFolder,
        servicesFolder: context.paths.servicesFolder,
        simulated: device.simulated,
        log,
      },
    })
    if (plan.secrets.length > 0) owner.events.add('secrets.released')
    state.verified(keys.account.address)
    await Promise.all([renewal.run(), committee.learn(), certifier?.run(), aborted(signal)])
  } finally {
    await owner.close()
    output.close()
    await application.close()
    await Promise.all(traffic.ingresses.map((ingress) => ingress.close()))
  }
}

/** The launch is what the TEE reports, and the images are those of the manifest. */
async function verifyLaunch(context: AgentContext, launch: InstanceLaunch) {
  const { device, log, signal } = context
  const report = await device.report({ signal })
  const manifest = checkInstanceLaunch(launch, report)
  checkDebug(report, log)
  const plan = planSecrets(manifest, launch.appId)
  if (plan.secrets.length > 0 && !hasNetworkKey(launch))
    throw new AgentError('launch.no-network-key', 'no network key to release the secrets under')
  const measurer = new ImageMeasurer(device, serviceImages(manifest, context.paths.imagesFolder), {
    // Of a simulated TEE alone, see `runAgent`.
    believed: launch.cluster !== undefined,
  })
  await measurer.measure(signal)
  return { manifest, plan, measurer }
}

/** Keys, and whatever speaks for them: to nodes, to the worker, to the chain. */
type Parts = Awaited<ReturnType<typeof makeParts>>

async function makeParts(
  context: AgentContext,
  {
    launch,
    manifest,
    measurer,
    retry,
  }: {
    readonly launch: InstanceLaunch
    readonly manifest: ManifestDocument
    readonly measurer: ImageMeasurer
    readonly retry: Parameters<typeof openCertificates>[1]['retry']
  },
) {
  const nodes = new NodeList(context, launch)
  const holders = holdersOf(context, launch)
  const book = new CommitteeBook(() => context.clock.nowSeconds())
  const group = openNativeGroup
  const first = await makeInstanceKeys(`app-${launch.appId}.wetee`, namesOf(launch, manifest))
  const { keys, certificates, certifier } = await openCertificates(context, {
    ...{ launch, manifest, keys: first, retry },
    source: (maker) =>
      new SecretSource({ ...context, launch, nodes: holders, keys: first, maker, book, group }),
    maker: () => evidenceOf(context, launch, first, measurer),
  })
  context.log.info(
    {
      appId: String(launch.appId),
      instanceKey: keys.account.address,
      images: measurer.events.length,
    },
    'launch verified, keys made',
  )
  const maker = evidenceOf(context, launch, keys, measurer)
  const renewal = new Renewal({ ...context, launch, nodes, keys, maker })
  const source = new SecretSource({ ...context, launch, nodes: holders, keys, maker, book, group })
  const own = hasNetworkKey(launch) ? holders(launch.networkKey.S) : nodes
  const committee = openCommittee(context, { launch, nodes: own, source, book })
  return {
    ...{ keys, certificates, certifier, maker, renewal, source, committee },
    derived: new DerivedKeys(source),
    olderKey: olderKeyOf(launch, committee.facts),
    calls: openBridge(context, { road: committee.road, keys }),
  }
}

/** Ports that are open, and whether they take new connections. */
type Traffic = { readonly ingresses: Ingress[]; isDraining: boolean; onDrain: () => void }

/** What the worker may ask of this instance. */
function actionsOf(
  { device, log, state }: AgentContext,
  {
    launch,
    manifest,
    keys,
    renewal,
    calls,
    derived,
    olderKey,
    traffic,
  }: Parts & {
    readonly launch: InstanceLaunch
    readonly manifest: ManifestDocument
    readonly traffic: Traffic
  },
): Parameters<AgentContext['actions']>[0] {
  const { ingresses } = traffic
  return {
    // Only while its gate is open: nobody makes a version current whose images have changed or whose lease is gone.
    ready: () => (state.refusal() === undefined ? signReady(launch, keys) : undefined),
    renew: () => renewal.renew(),
    call: (asked) => calls.answer(asked),
    clients: () => ({
      connections: ingresses.reduce((sum, ingress) => sum + ingress.connections(), 0),
      draining: traffic.isDraining,
    }),
    ...(device.simulated
      ? {
          volumeKey: (name, older) =>
            volumeKey({ launch, manifest, derived, olderKey }, name, older),
        }
      : {}),
    drain: () => {
      log.info({}, 'draining')
      traffic.isDraining = true
      traffic.onDrain()
      for (const ingress of ingresses) ingress.drain()
    },
  }
}

/** Serves one published port. */
function openPort(
  { paths, state }: AgentContext,
  { keys, certificates, maker }: Parts,
  { target, protocol }: PublishedPort,
): Promise<Ingress> {
  return startPort({
    ...(protocol === undefined ? {} : { protocol }),
    socketPath: join(paths.ingressFolder, `${target}.sock`),
    target: { host: '127.0.0.1', port: target },
    identity: keys.tls,
    certificates,
    gate: state,
    evidence: async () => (await maker.shown())?.text,
  })
}

/** Whom to ask for what is released under a key of the network, by its S: a list for each. */
function holdersOf(
  context: AgentContext,
  launch: InstanceLaunch,
): (verificationKey: `0x${string}`) => NodeList {
  const lists = new Map<string, NodeList>()
  return (verificationKey) => {
    const known = lists.get(verificationKey)
    if (known !== undefined) return known
    const worker = {
      committee: (signal: AbortSignal) => context.worker.holders(verificationKey, signal),
    }
    const list = new NodeList({ ...context, worker }, launch)
    lists.set(verificationKey, list)
    return list
  }
}

/** What the launch publishes, as the manifest describes it. */
function portsOf({ ports }: InstanceLaunch, { services }: ManifestDocument): PublishedPort[] {
  const published = new Set(ports.map(({ target }) => target))
  return services.flatMap((service) => service.ports.filter(({ target }) => published.has(target)))
}

/** Makes what services are started through, and reads what they write. Throws SecretError `service.*`. */
function openOutput(context: AgentContext, { services }: ManifestDocument, isHeld: () => boolean) {
  const { servicesFolder: folder, launcher } = context.paths
  for (const { name, secretEnvironment } of services)
    prepareService(
      { name, hasVariables: secretEnvironment !== undefined },
      { folder, launcher, simulated: context.device.simulated, log: context.log },
    )
  const kept = new ServiceOutput(
    services.map(({ name }) => name),
    Date.now,
  )
  return { kept, ...readPipes(folder, kept, context.monotonicMs, isHeld) }
}

function evidenceOf(
  context: AgentContext,
  launch: InstanceLaunch,
  keys: InstanceKeys,
  measurer: ImageMeasurer,
): EvidenceMaker {
  const { chainId, cloud, workerId, appId, version, replica } = launch
  return new EvidenceMaker(
    {
      ...context,
      manifest: launch.manifest,
      events: async (signal) => {
        const changed = await measurer.recheck(signal)
        if (changed.length > 0) {
          context.state.fail('image.changed')
          context.log.error(
            { code: 'image.changed', services: changed.join(',') },
            'an image is no longer what was measured',
          )
          // No register says so in the evidence: then there is no more evidence.
          if (context.device.platform !== 'tdx')
            throw new AgentError('image.changed', 'an image is no longer what was measured')
        }
        return measurer.events
      },
      subject: (head) => ({
        kind: 'instance',
        chainId,
        cloud,
        workerId,
        appId,
        version,
        replica,
        blockNumber: head.number,
        blockHash: head.hash,
        signingKey: keys.signingKey,
        hpkeKey: keys.hpkeKey,
        tlsKeyHash: keys.tls.tlsKeyHash,
      }),
    },
    context.monotonicMs,
  )
}

function signReady(launch: InstanceLaunch, keys: InstanceKeys): Promise<`0x${string}`> {
  const { chainId, cloud, appId, version, replica } = launch
  return keys.account.signTypedData(
    readyTypedData({ chainId: Number(chainId), contracts: { cloud } }, { appId, version, replica }),
  )
}
