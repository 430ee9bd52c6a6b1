// What is wrong with an application, from what was seen of it. Pure.
import type { Condition } from '@wetee/daemon'
import { AGENT_CONTAINER } from '../instance/identity.ts'
import { codeOf, messageOf } from '../worker-error.ts'
import type { AppFacts } from './facts.ts'
import { handover } from './handover.ts'
import { isDone, isReady } from './plan.ts'
import { secretsCondition } from './secret-conditions.ts'
import { attemptKey, type Action, type ObservedApp, type ObservedInstance } from './model.ts'

/** A first lease may take this long before it is worth a word, seconds. */
const FIRST_LEASE_SECONDS = 60

/** Lapsed and missing leases, crashing containers, refusing agents. */
export function appConditions(facts: AppFacts, observed: ObservedApp, nowMs: number): Condition[] {
  const conditions: Condition[] = [...facts.conditions]
  // Stopped on purpose, for a pending version.
  const { yielding, held } = handover(facts.desired, observed, isReady)
  const wanted = new Set(facts.desired.versions.map(({ version }) => version))
  if ([...facts.versions.values()].some(({ document }) => document.volumes.length > 0))
    conditions.push(HOST_SEES_KEY)
  for (const instance of observed.instances) {
    if (!wanted.has(instance.version)) continue
    if (yielding.has(instance.podId) || held.has(instance.podId)) continue
    const waits = secretsCondition(instance, nowMs)
    const lease = waits ?? leaseCondition(facts, instance, nowMs)
    if (lease !== undefined) conditions.push(lease)
    conditions.push(...containerConditions(facts, observed, instance))
  }
  return conditions
}

/** True of every way in which this worker keeps volumes. */
const HOST_SEES_KEY: Condition = {
  code: 'volume.host-sees-key',
  severity: 'info',
  text: 'HOST SEES KEY: its volumes are encrypted on the disk, and this machine mounts them with the key that its agent hands over',
  remedy: 'as long as TEEs are simulated; keep nothing there that this machine must not read',
}

function leaseCondition(
  { leases, head }: AppFacts,
  { version, replica, containers, agent }: ObservedInstance,
  nowMs: number,
): Condition | undefined {
  const lease = leases.get(`${version}/${replica}`)
  const where = `version ${version}, replica ${replica}`
  if (lease !== undefined && lease.notAfter > head.timestamp) return undefined
  const started = containers.get(AGENT_CONTAINER)
  if (lease !== undefined && agent !== 'measuring')
    return {
      code: 'lease.lapsed',
      severity: 'error',
      text: `${where}: the attestation lease ran out at ${lease.notAfter} (block time now ${head.timestamp}); the application is cut off and not paid for`,
      remedy:
        'it recovers by itself once a threshold of dsecret nodes appraises it again: see the conditions of the worker (quorum, platform, chain)',
    }
  const runsMs = started?.state === 'running' ? nowMs - started.startedAtMs : 0
  if (runsMs < FIRST_LEASE_SECONDS * 1_000) return undefined
  return {
    code: 'lease.pending',
    severity: 'warning',
    text: `${where}: no attestation lease yet, ${Math.floor(runsMs / 1_000)} s after its agent started`,
    remedy: 'see the conditions of the worker and the log of the agent',
  }
}

function containerConditions(
  { desired }: AppFacts,
  { attempts }: ObservedApp,
  { podId, version, replica, containers, agent, health }: ObservedInstance,
): Condition[] {
  const conditions: Condition[] = []
  const where = `version ${version}, replica ${replica}`
  for (const [name, { state, failures, reason }] of health) {
    if (state !== 'unhealthy') continue
    const restarts = attempts.get(`heal:${podId}/${name}`)?.count ?? 0
    conditions.push({
      code: 'container.unhealthy',
      severity: 'error',
      text: `${where}: the healthcheck of ${name} has failed ${failures} times in a row: ${reason ?? 'no reason'}; started anew ${restarts} times for it`,
      remedy:
        'read its log; it takes no new connections while another instance can, and is started anew with growing pauses',
    })
  }
  const services = desired.versions.find((other) => other.version === version)?.services
  for (const [name, state] of containers) {
    if (state.state !== 'exited') continue
    const service = services?.find((other) => other.name === name)
    if (service !== undefined && isDone(service, state.exitCode) && state.exitCode === 0) continue
    const count = attempts.get(`start:${podId}/${name}`)?.count ?? 0
    if (state.oomKilled)
      conditions.push({
        code: 'container.out-of-memory',
        severity: 'error',
        text: `${where}: ${name} used more memory than it may and was stopped`,
        remedy: 'raise its memory limit and deploy again',
      })
    else if (state.exitCode !== 0 || count > 1)
      conditions.push({
        code: name === AGENT_CONTAINER ? 'agent.exited' : 'container.crashing',
        severity: 'error',
        text: `${where}: ${name} ended with exit code ${state.exitCode}, started ${count} times so far`,
        remedy: 'read its log; it is started again with growing pauses of at most a minute',
      })
  }
  if (agent === 'failed')
    conditions.push({
      code: 'agent.failed',
      severity: 'error',
      text: `${where}: the agent has closed the gate for good; the instance is launched anew`,
      remedy: 'read the log of the agent',
    })
  return conditions
}

const remedies: Readonly<Record<string, string>> = {
  'image.digest-mismatch':
    'the registry serves other bytes than the manifest names: nothing is started. Push the image again or deploy a new digest',
  'image.unavailable': 'check that the registry is up and the image public; it is tried again',
  'registry.not-allowed': 'push the image to a registry that this worker may reach',
  'engine.unreachable': 'start the container engine; everything goes on by itself',
  'tee.unreachable': 'start the TEE platform; everything goes on by itself',
  'committee.none': 'wait until the network has an active dsecret committee',
  'volume.unavailable':
    'install what is missing and run the worker as root; it is tried again. Debian: apt-get install gocryptfs fuse3 e2fsprogs',
  'volume.failed': 'see the text; free disk of the worker and loop devices are what is needed most',
  'ingress.no-port': 'widen ingress.portRange of the worker',
}

/** Condition of an order that did not succeed. */
export function actionCondition(action: Action, error: unknown, attempts: number): Condition {
  const code = codeOf(error)
  return {
    code: code === 'internal' ? `instance.${action.type}-failed` : code,
    severity: 'error',
    text: `${attemptKey(action)} failed ${attempts} times: ${messageOf(error)}`,
    remedy: remedies[code] ?? 'it is tried again with growing pauses of at most a minute',
  }
}
