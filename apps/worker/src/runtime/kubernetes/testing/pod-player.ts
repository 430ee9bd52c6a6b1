// For tests: in the place of a kubelet, the agent of each pod as a process at the pod's address. What else a pod has is only called running.
// Starts processes.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { ControlPlane } from './control-plane.ts'

const AGENT = join(import.meta.dirname, '../../../../../agent')
const EVERY_MS = 100
const listSchema = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({
        name: z.string(),
        uid: z.string(),
        annotations: z.record(z.string(), z.string()).default({}),
      }),
      status: z.looseObject({ podIP: z.string().optional() }),
    }),
  ),
})

type Played = { readonly root: string; readonly address: string; child: ChildProcess }

/** Plays all pods of the driver until `close`. */
export class PodPlayer {
  readonly #plane: ControlPlane
  readonly #folder = mkdtempSync(join(tmpdir(), 'wetee-pods-'))
  readonly #ending = new AbortController()
  readonly #played = new Map<string, Played>()
  readonly #running: Promise<void>

  constructor(plane: ControlPlane) {
    this.#plane = plane
    this.#running = this.#run()
  }

  /** Ends an agent as a crash does, and starts it again in the same pod. */
  async restart(uid: string): Promise<void> {
    const played = this.#played.get(uid)
    if (played === undefined) throw new Error(`no pod ${uid} is played`)
    await end(played.child, 'SIGKILL')
    played.child = this.#start(played)
  }

  /** Uids of pods that are played. */
  playing(): readonly string[] {
    return [...this.#played.keys()]
  }

  async close(): Promise<void> {
    this.#ending.abort()
    await this.#running
    for (const { child } of this.#played.values()) await end(child, 'SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending
    while (!signal.aborted) {
      await this.#look().catch(() => undefined)
      await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined)
    }
  }

  async #look(): Promise<void> {
    const answer = await this.#plane.admin.call('GET', '/api/v1/pods', {
      query: { labelSelector: 'app.kubernetes.io/managed-by=wetee-worker' },
    })
    const { items } = listSchema.parse(answer)
    for (const { metadata, status } of items) {
      const launch = metadata.annotations['wetee.dev/file-0']
      if (status.podIP === undefined || launch === undefined || this.#played.has(metadata.uid))
        continue
      const root = join(this.#folder, metadata.uid)
      for (const folder of ['run/wetee/app', 'run/tee', 'app'])
        mkdirSync(join(root, folder), { recursive: true })
      for (const service of servicesOf(metadata.annotations))
        mkdirSync(join(root, 'run/services', service), { recursive: true })
      copyFileSync(join(AGENT, 'launcher/launch'), join(root, 'app/launch'))
      writeFileSync(join(root, 'run/wetee/launch.json'), launch)
      const played = { root, address: status.podIP }
      this.#played.set(metadata.uid, { ...played, child: this.#start(played) })
    }
    for (const [uid, { child }] of this.#played)
      if (!items.some(({ metadata }) => metadata.uid === uid)) {
        this.#played.delete(uid)
        await end(child, 'SIGKILL')
      }
  }

  #start({ root, address }: Pick<Played, 'root' | 'address'>): ChildProcess {
    const main = join(AGENT, 'src/main.ts')
    const args = [main, '--root', root, '--door-host', address]
    return spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  }
}

function servicesOf(annotations: Readonly<Record<string, string>>): string[] {
  const names = z
    .record(z.string(), z.string())
    .parse(JSON.parse(annotations['wetee.dev/containers'] ?? '{}'))
  return Object.values(names)
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
}
