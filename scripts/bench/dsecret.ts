// What a dsecret node takes to answer a release, and nodes as processes to make a key. Starts processes, writes to temporary folders.
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { AppraisalCache } from '@wetee/attestation'
import { root } from '../run.ts'
import { cpuMs } from './cpu.ts'
import { benchOverload } from './dsecret-overload.ts'
import { compare, median, type Measured } from './measure.ts'

/** Median milliseconds of a release whose instance's machine the node has seen before, and has not. */
const KNOWN_MS = 15
const NEW_MS = 40
/** Releases in a second that one core does nothing beside. */
const PER_SECOND = 1_000
const RELEASES = 300
const WARM_UP = 60
/** A rate is one that goes on: until so many are answered V8 is still compiling what they run, which is a third of them. */
const SUSTAINED_AFTER = 1_000
/** Of the batches whose median counts. */
const BATCHES = 10
const NEW_PLATFORMS = 40
/** From the session to its key among 7 processes on a chain with a block each second. */
const DKG_SECONDS = 15
const MEMBERS = [1, 2, 3, 4, 5, 6, 7]
const THRESHOLD = 4
const START_TIMEOUT_MS = 240_000

type Item = { readonly name: string }
type Node = {
  readonly service: {
    readonly releaser: { release(text: string, signal: AbortSignal): Promise<string> }
  }
}
type Chip = { readonly ppid: Uint8Array }

/** What is used of the node's own test network. */
type ReleaseNetwork = {
  readonly nodes: readonly Node[]
  readonly context: { readonly trust: object }
  readonly workerChip: Chip
  readonly world: { readonly platforms: Map<string, unknown> }
  setSecret(appId: bigint, name: string, value: string): unknown
  give(made: unknown): Promise<Item>
  call(items: object, choices?: { evidence?: { chip: Chip } }): Promise<string>
  strangeChip(name: string): Chip
  platformIdOf(chip: Chip): string
  close(): void
}
type ReleaseModule = {
  readonly SecretNetwork: {
    open(limits: { rate: { perSecond: number; burst: number } }): Promise<ReleaseNetwork>
  }
}

/** What is used of the end-to-end test's network. */
type Processes = {
  send(contract: 'quorum', functionName: string, args: readonly unknown[]): Promise<void>
  read(contract: 'quorum' | 'keys', functionName: string): Promise<unknown>
  prove(n: number, signers: readonly number[], epoch: bigint): Promise<void>
  mine(): Promise<void>
  run(n: number): void
  logs(): string
  close(): Promise<void>
}
type ProcessesModule = { readonly EpochNetwork: { start(size: number): Promise<Processes> } }

const load = <T>(path: string) => import(join(root, path)) as Promise<T>

/** Releases in this process, too many to one, then a key by processes. Throws when one of them does not come about. */
export async function benchDsecret(): Promise<Measured[]> {
  return [...(await benchReleases()), ...(await benchOverload()), await benchKeyOfProcesses()]
}

/** Whole releases of one secret: JSON in, JSON out, evidence, signatures and receipt included; chain and peers in memory. */
async function benchReleases(): Promise<Measured[]> {
  const { SecretNetwork } = await load<ReleaseModule>('apps/dsecret/src/testing/secret-network.ts')
  const network = await SecretNetwork.open({ rate: { perSecond: 1e9, burst: 1e9 } })
  try {
    Object.assign(network.context.trust, { cache: new AppraisalCache() })
    const item = await network.give(network.setSecret(7n, 'token', 'a value of some bytes'))
    const items = { secrets: [item], keys: [] }
    const known = await calls(network, items, RELEASES + WARM_UP)
    const fresh: string[] = []
    const proven = network.world.platforms.get(network.platformIdOf(network.workerChip))
    for (let i = 0; i < NEW_PLATFORMS; i++) {
      const chip = network.strangeChip(`chip ${i}`)
      network.world.platforms.set(network.platformIdOf(chip), proven)
      fresh.push(await network.call(items, { evidence: { chip } }))
    }
    await release(network, known.slice(0, WARM_UP))
    const old = await release(network, known.slice(WARM_UP))
    const unseen = await release(network, fresh)
    const batchMs: number[] = []
    for (let made = known.length; made < SUSTAINED_AFTER; made += RELEASES)
      await release(network, await calls(network, items, RELEASES))
    for (let batch = 0; batch < BATCHES; batch++)
      batchMs.push((await release(network, await calls(network, items, RELEASES / BATCHES))).cpuMs)
    const row = (name: string, value: number, budget: number, of: string) =>
      compare(`dsecret.release.${name}`, value, 'ms', { name: of, value: budget }, 1)
    return [
      row('platform-known.p50', old.medianMs, KNOWN_MS, 'budget'),
      row('platform-new.p50', unseen.medianMs, NEW_MS, 'budget'),
      row(
        'platform-known.cpu',
        median(batchMs),
        1_000 / PER_SECOND,
        `${PER_SECOND} a second of a core`,
      ),
    ]
  } finally {
    network.close()
  }
}

async function calls(network: ReleaseNetwork, items: object, count: number): Promise<string[]> {
  const texts: string[] = []
  while (texts.length < count) texts.push(await network.call(items))
  return texts
}

async function release(network: ReleaseNetwork, texts: readonly string[]) {
  const { releaser } = network.nodes[0]!.service
  const { signal } = new AbortController()
  const times: number[] = []
  const startedMs = cpuMs()
  for (const text of texts) {
    const atMs = performance.now()
    await releaser.release(text, signal)
    times.push(performance.now() - atMs)
  }
  return { medianMs: median(times), cpuMs: (cpuMs() - startedMs) / texts.length }
}

/** From the block in which the session is final to the one in which the key is in use. */
async function benchKeyOfProcesses(): Promise<Measured> {
  const { EpochNetwork } = await load<ProcessesModule>('tests/end-to-end/testing/epoch-network.ts')
  const network = await EpochNetwork.start(MEMBERS.length)
  try {
    await network.send('quorum', 'nameCommittee', [MEMBERS.map(BigInt), THRESHOLD])
    for (const n of MEMBERS) await network.prove(n, MEMBERS.slice(0, THRESHOLD), 1n)
    await network.mine()
    for (const n of MEMBERS) network.run(n)
    await until(
      network,
      'a session',
      async () => (await network.read('keys', 'sessionCount')) === 1n,
    )
    const startedMs = performance.now()
    await until(network, 'a key', async () => (await network.read('quorum', 'activeEpoch')) === 1n)
    const seconds = (performance.now() - startedMs) / 1_000
    const budget = { name: 'budget of 1 s blocks', value: DKG_SECONDS }
    return compare(`dsecret.dkg.n${MEMBERS.length}`, seconds, 's', budget, 1)
  } finally {
    await network.close()
  }
}

async function until(network: Processes, what: string, holds: () => Promise<boolean>) {
  const endMs = performance.now() + START_TIMEOUT_MS
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`${what} did not come:\n${network.logs()}`)
    await delay(100)
  }
}
