// For tests: an agent's source of secrets, and the nodes that it asks, before each test anew. Starts servers, writes to a temporary folder.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openNativeGroup } from '@wetee/threshold/native'
import { afterEach, beforeEach } from 'vitest'
import { NodeList } from '../nodes/node-list.ts'
import { CommitteeBook } from '../committee/committee-book.ts'
import type { EvidenceMaker } from '../evidence/evidence-maker.ts'
import { makeInstanceKeys, type InstanceKeys } from '../keys/instance-keys.ts'
import type { InstanceLaunch } from '../launch/launch-config.ts'
import { createLog } from '../log.ts'
import { dealShares, sealSecret, startSecretNetwork, testQuorum } from './secret-network.ts'
import type { Sharing, Stored } from './secret-network.ts'
import { startTestWorker, type TestWorker } from './worker-process.ts'
import { openWorkerClient } from '../worker/worker-client.ts'
import { SecretSource } from '../secrets/secret-source.ts'

export const native = openNativeGroup()
export const cloud = `0x${'0c'.repeat(20)}` as const
export const utf8 = (text: string) => new TextEncoder().encode(text)
export const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString()

let folder: string
export let worker: TestWorker
export let lines: string[]
let keys: InstanceKeys
export const cleanups: (() => unknown)[] = []
/** Before and after each test of the file that calls it. */
export function useSecretSource(): void {
  beforeEach(async () => {
    lines = []
    folder = mkdtempSync(join(tmpdir(), 'wetee-ss-'))
    worker = await startTestWorker(join(folder, 'w.sock'), () => Promise.resolve({}))
    keys = await makeInstanceKeys('app-1.wetee')
  })
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) cleanup()
    await worker.close()
    rmSync(folder, { recursive: true, force: true })
  })
}

/** Four nodes of which three are needed, and two secrets of application 1. */
export async function start(given: { threshold?: number; size?: number } = {}) {
  const { threshold = 3, size = 4 } = given
  const sharing = dealShares(native, { threshold, size })
  const chain = new Map<string, Stored>()
  const set = (name: string, value: string, version = 1, appId = '1') => {
    const plaintext = utf8(value)
    const stored = sealSecret(native, sharing.encryptionKey, cloud, {
      ...{ appId, name, plaintext, version },
    })
    chain.set(`${appId}/${name}`, stored)
    return stored
  }
  set('db', 'hunter2')
  set('token', 'tok-en')
  const network = await startSecretNetwork(native, cloud, sharing, chain)
  cleanups.push(() => network.close())
  for (const { node } of network.nodes) worker.allowed.add(node.host)
  return {
    sharing,
    chain,
    set,
    network,
    ...sourceOf(
      sharing,
      network.nodes.map((it) => it.node),
    ),
  }
}

export function sourceOf(
  sharing: Sharing,
  nodes: InstanceLaunch['nodes'],
  given: { appId?: bigint; threshold?: number; keys?: InstanceKeys; S?: `0x${string}` } = {},
) {
  const { appId = 1n, threshold = sharing.threshold } = given
  const own = given.keys ?? keys
  const launch = {
    ...{
      chainId: 31_337n,
      cloud,
      quorum: testQuorum,
      appId,
      version: 1,
      replica: 0,
      nodes,
      threshold,
    },
    networkKey: { ...sharing.networkKey, ...(given.S === undefined ? {} : { S: given.S }) },
  } as unknown as InstanceLaunch
  const subject = {
    ...{ appId: String(appId), version: 1, replica: 0 },
    ...{ hpkeKey: own.hpkeKey, signingKey: own.signingKey },
  }
  const maker = {
    make: () => Promise.resolve({ text: JSON.stringify({ subject }), head: worker.head }),
  } as unknown as EvidenceMaker
  const controller = new AbortController()
  cleanups.push(() => controller.abort())
  const book = new CommitteeBook(() => 0)
  const now = { ms: 0 }
  const shared = {
    worker: openWorkerClient(join(folder, 'w.sock')),
    log: createLog(
      (line) => lines.push(line),
      () => 0,
    ),
    signal: controller.signal,
  }
  const list = new NodeList({ ...shared, monotonicMs: () => now.ms }, launch)
  const source = new SecretSource({
    ...{ ...shared, launch, keys: own, maker, book, group: () => native },
    nodes: () => list,
  })
  return { source, controller, book, now }
}

export const db = { appId: '1', name: 'db' }
export const token = { appId: '1', name: 'token' }
export const both = { secrets: [db, token], keys: [] }
export const derive = (...paths: string[]) => ({ secrets: [], keys: paths })

/** Who was said to have lied, by index. */
export const liars = () =>
  lines
    .map((line) => JSON.parse(line) as { msg: string; nodeId: string; code: string })
    .filter(({ msg }) => msg === 'node released what is not valid')
    .map(({ nodeId, code }) => `${Number(nodeId) - 100} ${code}`)
    .sort()
export const logged = () => lines.join('')

/** Some time later, milliseconds. */
export const delay = () => new Promise((resolve) => setTimeout(resolve, 60))

/** Another point as the first image. */
export function swapped(release: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(release)
  bytes.set(native.encode(native.multiply(native.generator, 7n)), 14)
  return bytes
}
