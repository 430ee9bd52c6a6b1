// For tests: everything around the worker's processes in a simulation: chain, engine, TEE, agents, applications. Files and sockets in a folder.
import { linkSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { launchKeyOf } from '@wetee/attestation'
import type { Manifest } from '@wetee/manifest'
import { privateKeyToAccount } from 'viem/accounts'
import type { AppRecord, AttestationLease, Hex } from '../chain/records.ts'
import {
  AGENT_CONTAINER,
  keyOfLabels,
  keyOfPodId,
  podIdOf,
  type InstanceKey,
} from '../instance/identity.ts'
import { InstanceFolders } from '../instance/instance-folder.ts'
import { instanceConfiguration } from '../instance/launch-config.ts'
import type { ExecResult } from '../runtime/exec.ts'
import type { ContainerState } from '../runtime/runtime.ts'
import type { CallFate } from './faulty.ts'
import { MemoryAgents } from './memory-agents.ts'
import { testPlatformId } from './memory-chain.ts'
import { MemoryImages } from './memory-images.ts'
import { MemoryPlatform } from './memory-platform.ts'
import { MemoryRuntime } from './memory-runtime.ts'
import { SimulatedChain } from './simulated-chain.ts'
import { JOB } from './simulated-manifests.ts'
import { SimulatedWorker, writeCalls, type Surroundings } from './simulated-worker.ts'
import { VirtualClock } from './virtual-clock.ts'

/** A whole number from 0 to below `below`, the next of a seed. */
export type Random = (below: number) => number

/** Exit code of an agent whose launch does not hold. */
const REFUSES = 78
const START_MS = 1_700_000_000_000
/** Agents prove themselves anew after this long. */
const RENEW_MS = 20_000
const LEASE_SECONDS = 1_000_000n
/** Of the simulated worker. */
export const testTag = 'w1-00000000'
const account = privateKeyToAccount(`0x${'07'.repeat(32)}`)

/** The world; while `stormy`, calls fail, processes die and containers crash. */
export class ReconcileWorld {
  readonly random: Random
  readonly clock = new VirtualClock(START_MS)
  readonly chain: SimulatedChain
  readonly runtime = new MemoryRuntime()
  readonly platform: MemoryPlatform
  readonly images = new MemoryImages()
  readonly agents: MemoryAgents
  readonly stateDir: string
  /** What has happened, one line each; the same for the same seed. */
  readonly log: string[] = []
  /** Orders that must not have been given. */
  readonly violations: string[] = []
  /** Calls by which workers have changed something, or tried to. */
  writes = 0
  stormy = true
  teeDown = false
  /** Containers, as pod/name, whose healthchecks fail; another start helps. */
  readonly sick = new Set<string>()
  /** `undefined`: dead, and not started again yet. */
  worker: SimulatedWorker | undefined
  readonly manifests = new Map<string, Manifest>()
  readonly #surroundings: Surroundings
  readonly #folders: InstanceFolders
  readonly #lostImages = new Set<string>()
  /** A name of a socket, which stays when its server has closed and taken another name away. */
  readonly #socketFile: string
  /** Pods whose agent has refused its launch. */
  readonly #refusing = new WeakSet<object>()

  constructor(stateDir: string, random: Random) {
    this.stateDir = stateDir
    this.random = random
    const now = () => this.clock.nowMs()
    this.chain = new SimulatedChain(now, account.address.toLowerCase() as Hex)
    this.platform = new MemoryPlatform(stateDir)
    this.#folders = new InstanceFolders(stateDir)
    this.#socketFile = join(stateDir, 'any.sock')
    const server = createServer().listen(`${this.#socketFile}.first`)
    linkSync(`${this.#socketFile}.first`, this.#socketFile)
    server.close()
    this.runtime.now = now
    this.agents = new MemoryAgents(now, (podId) => this.#listens(podId))
    this.runtime.onStart = (podId, { name, image }) => {
      this.#judgeStart(podId, name, image.digest)
      return Promise.resolve(this.#started(podId, name))
    }
    this.runtime.onStop = (podId, name) => {
      if (name === AGENT_CONTAINER) this.agents.stop(podId)
      return Promise.resolve()
    }
    this.runtime.onExec = (podId, name) => Promise.resolve(this.#checked(podId, name))
    this.images.onPull = (digest) => this.#pull(digest)
    const { clock, chain, runtime, platform, images, agents } = this
    this.#surroundings = {
      stateDir,
      tag: testTag,
      account,
      clock,
      chain,
      runtime,
      platform,
      images,
      agents,
      random: () => random(1_000) / 1_000,
      fateOf: (name, args) => this.#fateOf(name, args),
    }
    this.worker = new SimulatedWorker(this.#surroundings)
    this.#renew()
  }

  say(text: string): void {
    this.log.push(`${((this.clock.nowMs() - START_MS) / 1_000).toFixed(3)} s: ${text}`)
  }

  /** Lets time pass, starting the worker again some time after it has died. */
  async advance(ms: number): Promise<void> {
    await this.#settle()
    await this.clock.advance(ms, () => this.#settle())
  }

  /** kill -9. */
  kill(): void {
    if (this.worker !== undefined) this.worker.dead = true
  }

  /** The chain tells the worker that something of the application has changed. */
  change(appId: bigint, over: Partial<AppRecord>): void {
    const app = this.chain.apps.get(appId)
    if (app === undefined) return
    this.chain.apps.set(appId, { ...app, ...over })
    if (over.pendingVersion !== undefined) this.chain.dropLeases(appId, 1)
    if (over.state !== undefined)
      for (const slot of [0, 1] as const) this.chain.dropLeases(appId, slot)
    this.worker?.enqueue(appId)
  }

  /** Writes a version and makes it pending, or current where the application is new. */
  deploy(appId: bigint, manifest: Manifest, pendingSeconds: number): number {
    const { chain } = this
    const app = chain.apps.get(appId)
    const version = this.#nextVersion(appId)
    const nowSeconds = BigInt(Math.floor(this.clock.nowMs() / 1_000))
    chain.versions.set(`${appId}/${version}`, {
      workerId: 1n,
      security: this.random(4) === 0,
      manifestVersion: version,
      createdAt: nowSeconds,
      createdBlock: 1n,
      manifestDigest: manifest.digest,
      termsDigest: manifest.termsDigest,
      terms: manifest.terms,
    })
    chain.manifests.set(`${appId}/${version}`, manifest.text)
    this.manifests.set(`${appId}/${version}`, manifest)
    if (app === undefined)
      chain.apps.set(appId, {
        owner: account.address,
        state: 'active',
        replicas: manifest.terms.replicas,
        pausedByOwner: false,
        noticeUntil: 0n,
        currentVersion: version,
        pendingVersion: 0,
        pendingDeadline: 0n,
      })
    this.change(
      appId,
      app === undefined
        ? {}
        : { pendingVersion: version, pendingDeadline: nowSeconds + BigInt(pendingSeconds) },
    )
    return version
  }

  /** Instances that the chain asks for now, by pod id. */
  desired(): Map<string, InstanceKey> {
    const found = new Map<string, InstanceKey>()
    for (const appId of this.chain.apps.keys()) this.chain.takeOver(appId)
    for (const [appId, { state, replicas, currentVersion, pendingVersion }] of this.chain.apps) {
      if (state !== 'active') continue
      const pending = this.chain.versions.get(`${appId}/${pendingVersion}`)
      for (const [version, count] of [
        [currentVersion, replicas],
        [pendingVersion, pending?.terms.replicas ?? 0],
      ] as const)
        for (let replica = 0; replica < count && this.isHere(appId, version); replica++) {
          const key = { appId, version, replica }
          found.set(podIdOf(testTag, key), key)
        }
    }
    return found
  }

  /** Whether a version is there and belongs on the worker of the simulation. */
  isHere(appId: bigint, version: number): boolean {
    return this.chain.versions.get(`${appId}/${version}`)?.workerId === 1n
  }

  /** Its owner has moved the application to another worker, where it runs already. */
  moveAway(appId: bigint): void {
    const { chain } = this
    const app = chain.apps.get(appId)
    const current = chain.versions.get(`${appId}/${app?.currentVersion}`)
    const manifest = this.manifests.get(`${appId}/${app?.currentVersion}`)
    if (app === undefined || current === undefined || manifest === undefined) return
    const version = this.#nextVersion(appId)
    chain.versions.set(`${appId}/${version}`, { ...current, workerId: 2n, security: false })
    this.manifests.set(`${appId}/${version}`, manifest)
    for (const slot of [0, 1] as const) chain.dropLeases(appId, slot)
    this.change(appId, { currentVersion: version, pendingVersion: 0 })
  }

  #nextVersion(appId: bigint): number {
    let version = 1
    while (this.chain.versions.has(`${appId}/${version}`)) version++
    return version
  }

  /** Folders of instances, and of applications with volumes. */
  folders(): { readonly instances: string[]; readonly volumes: string[] } {
    const list = (name: string) => readdirSync(join(this.stateDir, name)).sort()
    return { instances: list('instances'), volumes: list('volumes') }
  }

  /** Whether the TEE that an instance was launched in is there. */
  isInTee(podId: string): boolean {
    return this.platform.guests.has(this.#folders.tee(podId)?.launchId ?? '')
  }

  /** The network makes its key; false when it has one. */
  makeKey(): boolean {
    if (this.chain.keys.length > 0) return false
    const points = { Y: `0x02${'11'.repeat(32)}`, S: `0x03${'22'.repeat(32)}` } as const
    this.chain.keys = [{ ...points, number: 1, madeBlock: 1n, lastEpoch: 0n, endsAt: 0n }]
    return true
  }

  /** Whether an instance was launched with the configuration that nodes compute now. */
  isLaunchedWithKey(podId: string): boolean {
    const guest = this.platform.guests.get(this.#folders.tee(podId)?.launchId ?? '')
    const key = keyOfPodId(testTag, podId)
    const version = this.chain.versions.get(`${key?.appId}/${key?.version}`)
    if (guest === undefined || key === undefined || version === undefined) return false
    const { network, keys } = this.chain
    const networkKey = launchKeyOf(keys, version.createdBlock)
    return guest.configuration === instanceConfiguration({ network, networkKey, key, version })
  }

  /** The agent of a pod gets its lease on chain, when it is one that the contract takes. */
  grant(podId: string): void {
    const agent = this.agents.get(podId)
    if (agent === undefined || this.agents.stateOf(podId) !== 'attested') return
    const { appId, version, replica } = agent.key
    this.chain.takeOver(appId)
    const app = this.chain.apps.get(appId)
    const slot = app?.pendingVersion === version ? 1 : 0
    if (app?.state !== 'active' || (slot === 0 && app.currentVersion !== version)) return
    if (slot === 0 && replica >= app.replicas) return
    const nowSeconds = BigInt(Math.floor(this.clock.nowMs() / 1_000))
    this.chain.leases.set(`${appId}/${replica}/${slot}`, {
      appId,
      version,
      replica,
      workerId: 1n,
      platformId: testPlatformId,
      instanceKey: agent.account.address.toLowerCase() as Hex,
      hpkeKey: `0x${'02'.repeat(32)}`,
      tlsKeyHash: `0x${'03'.repeat(32)}`,
      measurementId: `0x${'06'.repeat(32)}`,
      evidenceBlock: nowSeconds,
      notBefore: nowSeconds,
      notAfter: nowSeconds + LEASE_SECONDS,
      evidenceDigest: `0x${'04'.repeat(32)}`,
    } satisfies AttestationLease)
    this.worker?.enqueue(appId)
  }

  /** A container ends by itself. */
  exit(podId: string, name: string, exitCode: number): void {
    const pod = this.runtime.pods.get(podId)
    this.runtime.exit(podId, name, exitCode)
    if (name !== AGENT_CONTAINER) return
    this.agents.stop(podId)
    if (pod !== undefined && exitCode === REFUSES) this.#refusing.add(pod)
  }

  /** The disk loses an image; false when there is none. */
  loseImage(digest: string | undefined): boolean {
    if (digest === undefined) return false
    this.#lostImages.add(digest)
    return this.images.whole.delete(digest)
  }

  /** The engine loses a pod. */
  lose(podId: string): void {
    this.runtime.pods.delete(podId)
    this.agents.stop(podId)
  }

  #renew(): void {
    for (const { podId } of this.agents.all()) this.grant(podId)
    this.clock.setTimer(RENEW_MS, () => this.#renew())
  }

  async #settle(): Promise<void> {
    await this.worker?.settle()
    if (this.worker?.dead !== true) return
    this.say('the worker is dead')
    this.worker = undefined
    this.clock.setTimer(this.stormy ? this.random(20_000) : 0, () => {
      this.say('the worker starts')
      this.worker = new SimulatedWorker(this.#surroundings)
    })
  }

  #fateOf(name: string, args: readonly unknown[]): CallFate {
    const write = writeCalls.has(name)
    const what = `${name} ${args.filter((arg) => typeof arg === 'string').join(' ')}`
    if (write) this.writes++
    if (name === 'removePod') this.#judgeRemoval(String(args[0]))
    const fate = this.#choose(name, write)
    if (write || fate !== 'ok') this.say(`worker: ${what}${fate === 'ok' ? '' : `: ${fate}`}`)
    return fate
  }

  #choose(name: string, write: boolean): CallFate {
    if (this.teeDown && (name === 'launch' || name === 'remove')) return 'failed'
    if (!this.stormy) return 'ok'
    const chance = this.random(1_000)
    if (chance < (write ? 60 : 8)) return 'failed'
    // A guest whose launch was not answered has no name by which the worker could find it: its host has no list of guests.
    if (name === 'launch') return chance < 75 ? 'dead-before' : 'ok'
    if (chance < (write ? 90 : 8)) return 'lost'
    if (chance < (write ? 110 : 9)) return 'dead-before'
    return chance < (write ? 130 : 10) ? 'dead-after' : 'ok'
  }

  /** An instance that the chain asks for and that is well is never removed. */
  #judgeRemoval(podId: string): void {
    const pod = this.runtime.pods.get(podId)
    if (pod === undefined || !this.desired().has(podId)) return
    const well = [...pod.containers.values()].every(isWell) && pod.containers.size > 1
    const attested = this.agents.stateOf(podId) === 'attested'
    const draining = this.agents.get(podId)?.draining === true
    if (well && attested && !draining && this.isLaunchedWithKey(podId))
      this.violations.push(`removed ${podId}, which is wanted and well`)
  }

  /** Nothing is started from an image that was not pulled, or that was cleaned away. */
  #judgeStart(podId: string, name: string, digest: string): void {
    if (name === AGENT_CONTAINER || this.images.whole.has(digest)) return
    if (!this.#lostImages.has(digest))
      this.violations.push(`started ${podId}/${name}, whose image is not there`)
  }

  #started(podId: string, name: string): void {
    const { random, stormy } = this
    const pod = this.runtime.pods.get(podId)
    const key = pod && keyOfLabels(testTag, pod.spec.labels)
    if (key === undefined) return
    const state = pod?.containers.get(name)
    this.sick.delete(`${podId}/${name}`)
    const end = (ms: number, exitCode: number) =>
      this.clock.setTimer(ms, () => {
        if (this.runtime.pods.get(podId)?.containers.get(name) !== state) return
        this.say(`${podId}/${name} ends with ${exitCode}`)
        this.exit(podId, name, exitCode)
      })
    if (name === AGENT_CONTAINER) this.#startAgent(podId, key, end)
    else if (name === JOB) end(random(4_000), stormy && random(3) === 0 ? 1 : 0)
    else if (stormy && random(15) === 0) end(random(5_000), random(4) === 0 ? 0 : 137)
  }

  #startAgent(podId: string, key: InstanceKey, end: (ms: number, exitCode: number) => void): void {
    const { random, stormy } = this
    const answers = random(800)
    const verified = answers + random(3_000)
    const attested = verified + random(5_000)
    const agent = this.agents.start(podId, key, { answers, verified, attested })
    this.#makeAppSocket(podId)
    this.clock.setTimer(attested, () => {
      if (this.agents.get(podId) === agent) this.grant(podId)
    })
    // What an agent has refused once it refuses again, as long as the pod is the same.
    const pod = this.runtime.pods.get(podId)
    if (pod !== undefined && this.#refusing.has(pod)) end(500, REFUSES)
    else if (stormy && random(8) === 0) end(random(2_000), random(2) === 0 ? REFUSES : 1)
  }

  /** A file that is a socket, for services to mount; nobody listens there. */
  #makeAppSocket(podId: string): void {
    const path = this.#folders.appSocket(podId)
    rmSync(path, { force: true })
    linkSync(this.#socketFile, path)
  }

  /** What a healthcheck says: well once it has run for a while, unless it is sick. */
  #checked(podId: string, name: string): ExecResult {
    const state = this.runtime.pods.get(podId)?.containers.get(name)
    const isUp = state?.state === 'running' && this.clock.nowMs() >= state.startedAtMs + 1_200
    const exitCode = isUp && !this.sick.has(`${podId}/${name}`) ? 0 : 1
    return { exitCode, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0), truncated: false }
  }

  #listens(podId: string): boolean {
    const web = this.runtime.pods.get(podId)?.containers.get('web')
    return web?.state === 'running' && this.clock.nowMs() >= web.startedAtMs + 700
  }

  async #pull(digest: string): Promise<void> {
    const { random } = this
    const fails = this.stormy && random(5) === 0
    await new Promise<void>((resolve) => void this.clock.setTimer(random(5_000), resolve))
    if (fails)
      throw Object.assign(new Error(`${digest} is not there`), { code: 'image.unavailable' })
  }
}

function isWell(state: ContainerState): boolean {
  return state.state === 'running' || state.exitCode === 0
}
