// For tests: a seeded run of the worker's reconciliation through faults, and what must hold at its end. Files in a temporary folder.
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { appScope } from '../condition/condition.ts'
import { ownerTarget } from '../ingress/port-choice.ts'
import { AGENT_CONTAINER } from '../instance/identity.ts'
import { appIds, happen } from './reconcile-schedule.ts'
import { ReconcileWorld, type Random } from './reconcile-world.ts'
import { JOB, simulatedManifests } from './simulated-manifests.ts'

/** How a run ended; `problems` is empty when every property held. */
export type SimulationResult = {
  readonly problems: readonly string[]
  /** What happened, one line each. */
  readonly log: readonly string[]
  /** What the last process of the worker logged. */
  readonly workerLog: readonly string[]
  /** From the end of the faults until the desired world, milliseconds of its own time. */
  readonly convergedAfterMs: number
  /** SHA-256 of the log: the same seed gives the same. */
  readonly trace: string
}

const MIN_EVENTS = 8
const MORE_EVENTS = 40
/** The longest pause (a minute) may come several times in a row: image, launch, agent, service. */
const CONVERGE_MS = 900_000
/** Containers that were chosen to crash have done so by then. */
const CALM_MS = 6_000
const REST_MS = 300_000

const manifests = await simulatedManifests()

/** Runs one seed; the same random numbers give the same run. */
export async function simulate(random: Random): Promise<SimulationResult> {
  const stateDir = mkdtempSync(join(tmpdir(), 'wetee-sim-'))
  const world = new ReconcileWorld(stateDir, random)
  try {
    for (const appId of appIds) {
      const manifest = manifests[random(manifests.length)]
      if (manifest !== undefined) world.deploy(appId, manifest, 0)
    }
    for (let left = MIN_EVENTS + random(MORE_EVENTS); left > 0; left--) {
      await happen(world, manifests)
      await world.advance(random(random(4) === 0 ? 30_000 : 3_000))
    }
    const awaited = heal(world)
    const healedAtMs = world.clock.nowMs()
    await world.advance(CALM_MS)
    const problems = await converge(world, awaited)
    const convergedAfterMs = world.clock.nowMs() - healedAtMs
    if (problems.length === 0) problems.push(...(await rest(world, awaited)))
    return {
      problems: [...problems, ...world.violations],
      log: world.log,
      workerLog: world.worker?.log.lines ?? [],
      convergedAfterMs,
      trace: createHash('sha256').update(world.log.join('\n')).digest('hex'),
    }
  } finally {
    world.kill()
    await world.platform.restart()
    rmSync(stateDir, { recursive: true, force: true })
  }
}

/** From now on nothing fails any more; returns the pending versions that have all the time they need to become current. */
function heal(world: ReconcileWorld): Map<bigint, number> {
  world.say('nothing fails any more')
  world.stormy = false
  world.teeDown = false
  world.runtime.down = false
  world.chain.down = false
  world.makeKey()
  world.sick.clear()
  for (const agent of world.agents.all()) {
    agent.answersAtMs = Math.min(agent.answersAtMs, world.clock.nowMs())
    if (agent.trouble === 'lapsed') agent.trouble = undefined
    world.grant(agent.podId)
  }
  const awaited = new Map<bigint, number>()
  for (const [appId, app] of world.chain.apps)
    if (app.pendingVersion !== 0 && world.random(4) !== 0) {
      const pendingDeadline = app.pendingDeadline + BigInt(CONVERGE_MS)
      world.chain.apps.set(appId, { ...app, pendingDeadline })
      awaited.set(appId, app.pendingVersion)
    }
  return awaited
}

/** Waits for the desired world; what is still wrong with it when it never comes. */
async function converge(
  world: ReconcileWorld,
  awaited: ReadonlyMap<bigint, number>,
): Promise<string[]> {
  for (let waitedMs = 0; ; waitedMs += 1_000) {
    const problems = differences(world, awaited)
    if (problems.length === 0 || waitedMs >= CONVERGE_MS) return problems
    await world.advance(1_000)
  }
}

/** In the desired world the worker changes nothing, however often it looks. */
async function rest(
  world: ReconcileWorld,
  awaited: ReadonlyMap<bigint, number>,
): Promise<string[]> {
  world.say('the desired world is reached')
  const before = world.writes
  await world.advance(REST_MS)
  const writes = world.writes - before
  const problems = differences(world, awaited)
  return writes === 0 ? problems : [`${writes} orders in the desired world`, ...problems]
}

/** What is not as the chain says. */
function differences(world: ReconcileWorld, awaited: ReadonlyMap<bigint, number>): string[] {
  const { chain, runtime, platform, worker } = world
  const problems: string[] = []
  if (worker === undefined) return ['the worker is dead']
  const wanted = [...world.desired().keys()].sort()
  const { instances, volumes } = world.folders()
  const compare = (what: string, found: readonly string[]) => {
    if (found.join(' ') === wanted.join(' ')) return
    problems.push(`${what}: expected [${wanted.join(', ')}], found [${found.join(', ')}]`)
  }
  compare('pods', [...runtime.pods.keys()].sort())
  compare('folders', instances)
  if (platform.guests.size !== wanted.length)
    problems.push(`${platform.guests.size} TEE guests for ${wanted.length} instances`)
  for (const [podId, { containers }] of runtime.pods)
    problems.push(...podProblems(podId, containers))
  for (const [appId, { state, replicas, currentVersion, pendingVersion }] of chain.apps) {
    if (pendingVersion !== 0) problems.push(`app ${appId}: version ${pendingVersion} still pending`)
    if (currentVersion !== (awaited.get(appId) ?? currentVersion))
      problems.push(`app ${appId}: version ${awaited.get(appId)} was not activated`)
    if (state === 'ended' && volumes.includes(String(appId)))
      problems.push(`app ${appId} has ended and has volumes`)
    // Said of every application with a volume, whatever happens; and until the next update of one whose time was over.
    const said = ['volume.host-sees-key', ...(awaited.has(appId) ? [] : ['update.dropped'])]
    const codes = worker.board
      .list(appScope(appId))
      .flatMap(({ code }) => (said.includes(code) ? [] : [code]))
    if (codes.join(' ') !== (state === 'paused' ? 'app.paused' : ''))
      problems.push(`app ${appId}, ${state}: conditions ${codes.join(', ') || 'none'}`)
    const served = state === 'active' && world.isHere(appId, currentVersion)
    problems.push(...routeProblems(world, appId, served ? currentVersion : 0, replicas))
  }
  return problems

  function podProblems(
    podId: string,
    containers: ReadonlyMap<string, { state: string; exitCode?: number }>,
  ): string[] {
    const found: string[] = []
    const key = world.desired().get(podId)
    if (key === undefined) return found
    const services = world.manifests.get(`${key.appId}/${key.version}`)?.document.services ?? []
    for (const name of [AGENT_CONTAINER, ...services.map((service) => service.name)]) {
      const container = containers.get(name)
      const done = name === JOB && container?.state === 'exited' && container.exitCode === 0
      if (container?.state !== 'running' && !done) found.push(`${podId}/${name} does not run`)
    }
    if (!world.isInTee(podId)) found.push(`${podId} has no TEE`)
    if (!world.isLaunchedWithKey(podId)) found.push(`${podId} was launched without the key`)
    if (world.agents.stateOf(podId) !== 'attested') found.push(`${podId} is not attested`)
    return found
  }
}

/** Every published port leads to all instances of the current version, and all are ready; each of them has a route for its owner. */
function routeProblems(
  world: ReconcileWorld,
  appId: bigint,
  version: number,
  replicas: number,
): string[] {
  const all = world.worker?.routes.get(appId) ?? []
  const routes = all.filter(({ target }) => target !== ownerTarget)
  const owned = all.length - routes.length
  const document = world.manifests.get(`${appId}/${version}`)?.document
  const ports = document?.services.flatMap((service) => service.ports) ?? []
  if (routes.length !== ports.length)
    return [`app ${appId}: ${routes.length} routes for ${ports.length} ports`]
  if (owned !== (version === 0 ? 0 : replicas))
    return [`app ${appId}: ${owned} routes of owners for ${replicas} instances`]
  return routes.flatMap(({ backends, target }) => {
    const ready = backends.filter((backend) => backend.ready && backend.version === version)
    if (ready.length === replicas && backends.length === replicas) return []
    return [`app ${appId}: port ${target} has ${ready.length} ready instances of ${replicas}`]
  })
}
