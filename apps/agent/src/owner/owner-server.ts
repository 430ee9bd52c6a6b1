// Serves the owner API with the instance's attested TLS key on a socket of its own. Does socket I/O.
import { serveHttp } from '@wetee/daemon'
import type { ManifestDocument } from '@wetee/manifest'
import type { AgentPaths } from '../agent-context.ts'
import type { CommitteeView } from '../committee/open-committee.ts'
import type { InstanceState, StateAnswer } from '../instance-state.ts'
import type { InstanceKeys } from '../keys/instance-keys.ts'
import type { InstanceLaunch } from '../launch/launch-config.ts'
import type { Log } from '../log.ts'
import { ServiceExceptions } from '../output/service-exceptions.ts'
import type { ServiceOutput } from '../output/service-output.ts'
import type { WorkerClient } from '../worker/worker-client.ts'
import { AgentMetricsReader } from './agent-metrics.ts'
import { EventLog } from './event-log.ts'
import { FailureReview } from './failure-review.ts'
import { ownerApi } from './owner-api.ts'
import { RecordSealer } from './record-sealer.ts'
import { ServiceExec } from './service-exec.ts'
import { Sessions } from './sessions.ts'
import { Viewers } from './viewers.ts'
import { VolumeSnapshots } from './volume-snapshots.ts'

/** What the API is made of. */
export type OwnerServerParts = {
  readonly socketPath: string
  readonly launch: InstanceLaunch
  readonly manifest: Pick<
    ManifestDocument,
    'services' | 'volumes' | 'logKey' | 'exec' | 'snapshots'
  >
  readonly simulated: boolean
  readonly worker: Pick<WorkerClient, 'sealed' | 'exec'>
  readonly paths: Pick<AgentPaths, 'servicesFolder' | 'launcher'>
  readonly keys: InstanceKeys
  readonly state: InstanceState
  readonly output: ServiceOutput
  /** Whose application it is, by a quorum of the network's nodes. */
  readonly committee: {
    readonly facts: Pick<CommitteeView['facts'], 'latest'>
    readonly owner: Pick<CommitteeView['owner'], 'verify'>
  }
  readonly evidence: () => Promise<string | undefined>
  readonly monotonicMs: () => number
  readonly log: Log
  readonly signal: AbortSignal
}

/** A server that listens. */
export type OwnerServer = {
  readonly events: EventLog
  /** Whether sealing cannot keep up now: pipes are not read meanwhile. */
  isBehind(): boolean
  readonly failures: FailureReview
  close(): Promise<void>
}

const MAX_BODY_BYTES = 32_768
const MAX_CONNECTIONS = 64

/** Listens until `close`. Throws DaemonError `http.cannot-listen`. */
export async function startOwnerServer(parts: OwnerServerParts): Promise<OwnerServer> {
  const { launch, keys, state, output, monotonicMs, log } = parts
  const events = new EventLog(Date.now)
  state.onChange(recorder(events))
  const exceptions = new ServiceExceptions(output, Date.now)
  const metrics = new AgentMetricsReader({ ...parts, exceptions, now: Date.now })
  const { chainId, cloud, appId } = launch
  const audience = { chainId, cloud, appId, tlsKeyHash: keys.tls.tlsKeyHash }
  const { facts, owner } = parts.committee
  const viewers = new Viewers(monotonicMs)
  const sessions = new Sessions({
    ...{ audience, viewers, monotonicMs, now: Date.now },
    owner: () => facts.latest(parts.signal),
    isOwnersSignature: async (digest, signature) =>
      (await owner.verify(digest, signature, parts.signal)) !== undefined,
  })
  const ended = new AbortController()
  const sealer = sealerOf(parts, AbortSignal.any([parts.signal, ended.signal]))
  const sealing = sealer?.run()
  const failures = new FailureReview({
    ...{ output, exceptions, events, state, monotonicMs, log, now: Date.now },
    place: { appId: String(appId), version: launch.version, replica: launch.replica },
    images: new Map(parts.manifest.services.map(({ name, image }) => [name, image])),
    simulated: parts.simulated,
    ...(sealer === undefined ? {} : { keep: (content) => sealer.offer(content) }),
  })
  const exec = new ServiceExec({
    ...{ ...parts.paths, events, monotonicMs, log },
    allowed: parts.manifest.exec === true,
    services: parts.manifest.services.map(({ name }) => name),
    start: (order, signal) => parts.worker.exec(order, signal),
  })
  const volumes = new VolumeSnapshots({
    ...{ manifest: parts.manifest, place: placeOf(parts), exec, now: Date.now, monotonicMs },
    sign: (hash) => keys.account.sign({ hash }),
  })
  const server = await serveHttp({
    port: { socketPath: parts.socketPath },
    tls: { key: keys.tls.keyPem, cert: keys.tls.certPem },
    app: ownerApi({
      ...parts,
      sessions,
      viewers,
      exceptions,
      events,
      metrics,
      failures,
      exec,
      volumes,
      log,
    }),
    signal: parts.signal,
    maxBodyBytes: MAX_BODY_BYTES,
    maxConnections: MAX_CONNECTIONS,
    closeTimeoutMs: 500,
  })
  return {
    events,
    isBehind: () => sealer?.isBehind === true,
    failures,
    close: async () => {
      metrics.close()
      ended.abort()
      // Last lines are sealed for a moment longer.
      await sealing
      await server.close()
    },
  }
}

/** What everything that this instance seals says about itself. */
function placeOf({ launch, keys }: Pick<OwnerServerParts, 'launch' | 'keys'>) {
  return {
    chainId: String(launch.chainId),
    cloud: launch.cloud,
    appId: String(launch.appId),
    version: launch.version,
    replica: launch.replica,
    instanceKey: keys.account.address.toLowerCase() as `0x${string}`,
  }
}

/** Seals to the key that the manifest names. */
function sealerOf(parts: OwnerServerParts, signal: AbortSignal): RecordSealer | undefined {
  const { keys, manifest, worker, output, log } = parts
  const { logKey } = manifest
  if (logKey === undefined) return undefined
  return new RecordSealer({
    place: placeOf(parts),
    logKey: Buffer.from(logKey.slice(2), 'hex'),
    sign: (hash) => keys.account.sign({ hash }),
    send: (kind, bytes, until) => worker.sealed(kind, bytes, until),
    ...{ output, log, signal, monotonicMs: parts.monotonicMs },
  })
}

/** Turns steps of the state into events; a lease that is renewed is one of its own. */
function recorder(events: EventLog): (answer: StateAnswer) => void {
  let before: StateAnswer['state'] = 'measuring'
  return ({ state, code, leaseNotAfter }) => {
    if (state === 'measuring') events.add('secrets.waiting', code)
    else if (state === 'attested')
      events.add(
        before === 'attested' ? 'instance.renewed' : 'instance.attested',
        `until ${leaseNotAfter ?? ''}`,
      )
    else events.add(`instance.${state}`, code)
    before = state
  }
}
