// For tests: what may happen to a world between two looks, chosen by its seed. Acts on the world only.
import type { Manifest } from '@wetee/manifest'
import { AGENT_CONTAINER, labelsOf } from '../instance/identity.ts'
import { testTag, type ReconcileWorld } from './reconcile-world.ts'

/** Something that happens; false when there is nothing it could happen to. */
type Event = (world: ReconcileWorld) => boolean | Promise<boolean>

/** Applications of a simulation. */
export const appIds = [7n, 8n] as const
/** Longer than the ten minutes that an RPC may be away. */
const LONGEST_OUTAGE_MS = 660_000

/** Lets one event happen and says which. */
export async function happen(world: ReconcileWorld, manifests: readonly Manifest[]): Promise<void> {
  const all = events(manifests)
  const at = world.log.length
  for (let tries = 0; tries < 20; tries++) {
    const [name, event] = pick(world, all)
    world.say(`event: ${name}`)
    if (await event(world)) return
    world.log.length = at
  }
}

/** By name; what happens often is listed more than once. */
function events(
  manifests: readonly Manifest[],
): readonly [readonly [string, Event], ...(readonly [string, Event])[]] {
  const deploy: Event = (world) => {
    const appId = pick(world, appIds)
    const app = world.chain.apps.get(appId)
    if (app !== undefined && (app.state !== 'active' || app.pendingVersion !== 0)) return false
    const manifest = pick(world, manifests)
    if (manifest === undefined) return false
    const version = world.deploy(appId, manifest, 30 + world.random(300))
    world.say(`  app ${appId}, version ${version}`)
    return true
  }
  const exit: Event = (world) => {
    const [podId, pod] = pick(world, [...world.runtime.pods]) ?? []
    const running = [...(pod?.containers ?? [])].filter(([, { state }]) => state === 'running')
    const [name] = pick(world, running) ?? []
    if (podId === undefined || name === undefined) return false
    const exitCode = pick(world, name === AGENT_CONTAINER ? [1, 78, 137] : [0, 1, 137])
    world.say(`  ${podId}/${name} ends with ${exitCode}`)
    world.exit(podId, name, exitCode)
    return true
  }
  return [
    ['deploy', deploy],
    ['deploy', deploy],
    ['deploy', deploy],
    ['exit', exit],
    ['exit', exit],
    ['nothing', () => true],
    ['pending dropped by its owner', (world) => dropPending(world)],
    ['scale', (world) => scale(world)],
    ['scale', (world) => scale(world)],
    ['moved to another worker', (world) => moveAway(world)],
    ['pause', (world) => changeState(world, 'active', 'paused')],
    ['resume', (world) => changeState(world, 'paused', 'active')],
    ['end', (world) => world.random(3) === 0 && changeState(world, 'active', 'ended')],
    ['end of a paused one', (world) => changeState(world, 'paused', 'ended')],
    ['kill -9', (world) => world.worker !== undefined && (world.kill(), true)],
    ['pod lost', (world) => losePod(world)],
    ['stranger', (world) => addStranger(world)],
    ['machine restarts its TEE', (world) => world.platform.restart().then(() => true)],
    ['guest lost', (world) => loseGuest(world)],
    ['image lost', (world) => world.loseImage(pick(world, [...world.images.whole]))],
    ['agent lapses', (world) => trouble(world, 'lapsed')],
    ['agent recovers', (world) => trouble(world, undefined)],
    ['agent fails', (world) => trouble(world, 'failed')],
    ['agent silent', (world) => silence(world)],
    ['healthchecks fail', (world) => fallSick(world)],
    ['healthchecks fail', (world) => fallSick(world)],
    ['healthchecks succeed again', (world) => world.sick.size > 0 && (world.sick.clear(), true)],
    ['engine down', (world) => outage(world, (down) => (world.runtime.down = down))],
    ['chain down', (world) => outage(world, (down) => (world.chain.down = down))],
    ['the network has its key', (world) => world.makeKey()],
    ['TEE down', (world) => outage(world, (down) => (world.teeDown = down))],
  ]
}

function pick<T>(world: ReconcileWorld, list: readonly [T, ...T[]]): T
function pick<T>(world: ReconcileWorld, list: readonly T[]): T | undefined
function pick<T>({ random }: ReconcileWorld, list: readonly T[]): T | undefined {
  return list[random(Math.max(list.length, 1))]
}

function dropPending(world: ReconcileWorld): boolean {
  const appId = pick(world, appIds)
  if ((world.chain.apps.get(appId)?.pendingVersion ?? 0) === 0) return false
  world.change(appId, { pendingVersion: 0 })
  return true
}

/** The contract refuses it while a version is pending. */
function scale(world: ReconcileWorld): boolean {
  const appId = pick(world, appIds)
  const app = world.chain.apps.get(appId)
  if (app?.state !== 'active' || app.pendingVersion !== 0) return false
  const replicas = 1 + world.random(3)
  world.say(`  app ${appId}, ${replicas} replicas`)
  world.change(appId, { replicas })
  return true
}

function moveAway(world: ReconcileWorld): boolean {
  const appId = pick(world, appIds)
  const app = world.chain.apps.get(appId)
  if (app?.state !== 'active' || !world.isHere(appId, app.currentVersion)) return false
  world.say(`  app ${appId}`)
  world.moveAway(appId)
  return true
}

function fallSick(world: ReconcileWorld): boolean {
  const [podId] = pick(world, [...world.runtime.pods]) ?? []
  if (podId === undefined) return false
  world.say(`  ${podId}`)
  for (const name of ['web', 'db']) world.sick.add(`${podId}/${name}`)
  return true
}

/** A pause and an end drop what is pending, as the contract does. */
function changeState(
  world: ReconcileWorld,
  from: 'active' | 'paused',
  to: 'active' | 'paused' | 'ended',
): boolean {
  const appId = pick(world, appIds)
  if (world.chain.apps.get(appId)?.state !== from) return false
  world.say(`  app ${appId}`)
  world.change(appId, { state: to, pendingVersion: 0 })
  return true
}

function losePod(world: ReconcileWorld): boolean {
  const podId = pick(world, [...world.runtime.pods.keys()])
  if (podId === undefined) return false
  world.say(`  ${podId}`)
  world.lose(podId)
  return true
}

/** A pod under the worker's labels that it has not made, or not as what it is called. */
function addStranger(world: ReconcileWorld): boolean {
  const appId = pick(world, appIds)
  const version = 1 + world.random(9)
  const id = `stranger-${world.log.length}`
  world.runtime.pods.set(id, {
    spec: { id, labels: labelsOf(testTag, { appId, version, replica: 0 }), hostNames: [] },
    containers: new Map(),
  })
  return true
}

async function loseGuest(world: ReconcileWorld): Promise<boolean> {
  const launchId = pick(world, [...world.platform.guests.keys()])
  if (launchId === undefined) return false
  world.say(`  ${launchId}`)
  await world.platform.remove(launchId)
  return true
}

function trouble(world: ReconcileWorld, kind: 'lapsed' | 'failed' | undefined): boolean {
  const agent = pick(world, world.agents.all())
  if (agent === undefined || agent.trouble === 'failed') return false
  agent.trouble = kind
  return true
}

function silence(world: ReconcileWorld): boolean {
  const agent = pick(world, world.agents.all())
  if (agent === undefined) return false
  agent.answersAtMs = world.clock.nowMs() + world.random(LONGEST_OUTAGE_MS)
  return true
}

function outage(world: ReconcileWorld, set: (down: boolean) => void): boolean {
  set(true)
  world.clock.setTimer(1 + world.random(LONGEST_OUTAGE_MS), () => set(false))
  return true
}
