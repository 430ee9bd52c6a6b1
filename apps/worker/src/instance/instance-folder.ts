// The folder of one instance on the host: launch file, sockets, and which TEE it was launched in. Does file I/O.
import { connect } from 'node:net'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { KeptKey } from '@wetee/door'
import { z } from 'zod'
import type { LaunchPlan } from './launch-config.ts'

const recordSchema = z.strictObject({
  format: z.literal('wetee/instance/v1'),
  launchId: z.string().min(1).max(200),
  teeSocket: z.string().min(1).max(4_096),
  configuration: z.string().max(100),
})

/** Which guest of the TEE platform an instance is. */
export type TeeRecord = {
  readonly launchId: string
  readonly teeSocket: string
  readonly configuration: string
}

/** Folders of instances by pod id, and which applications have volumes; the parents keep everybody but the worker out. */
export class InstanceFolders {
  readonly #instances: string
  readonly #volumes: string
  /** Only this process makes and removes them. */
  readonly #podIds = new Set<string>()
  /** The same by what pod ids of one application begin with. */
  readonly #byPrefix = new Map<string, Set<string>>()

  constructor(stateDir: string) {
    this.#instances = join(stateDir, 'instances')
    this.#volumes = join(stateDir, 'volumes')
    for (const folder of [this.#instances, this.#volumes])
      mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (const podId of readdirSync(this.#instances)) this.#note(podId)
  }

  /** Pod ids that have a folder. */
  podIds(): ReadonlySet<string> {
    return this.#podIds
  }

  /** Those of one application, see `podIdPrefix`. */
  podIdsOf(prefix: string): ReadonlySet<string> {
    return this.#byPrefix.get(prefix) ?? new Set()
  }

  /** Applications that have volumes. */
  appsWithVolumes(): bigint[] {
    const ids = readdirSync(this.#volumes).filter((name) => /^[0-9]{1,20}$/.test(name))
    return ids.map(BigInt)
  }

  /** What becomes `/run/wetee`. */
  runFolder(podId: string): string {
    return join(this.#instances, podId, 'run')
  }

  /** Makes the folder anew for a launch: any user of the container may create sockets in it. */
  prepare(podId: string, plan: LaunchPlan, tee: Omit<TeeRecord, 'configuration'>): void {
    const run = this.runFolder(podId)
    this.#note(podId)
    mkdirSync(join(this.#instances, podId), { recursive: true, mode: 0o700 })
    for (const folder of [run, join(run, 'ingress'), join(run, 'app')]) {
      mkdirSync(folder, { recursive: true })
      // Not by `mode`: the umask would take the write bits away.
      // Sticky: a guest cannot take away what the worker has put there.
      chmodSync(folder, 0o1777)
    }
    writeFileSync(join(run, 'launch.json'), plan.text, { mode: 0o644 })
    chmodSync(join(run, 'launch.json'), 0o644)
    rmSync(join(this.#instances, podId, 'agent-key'), { force: true })
    const record = { format: 'wetee/instance/v1', ...tee, configuration: plan.configuration }
    const file = join(this.#instances, podId, 'instance.json')
    writeFileSync(`${file}.partial`, JSON.stringify(record), { mode: 0o600 })
    renameSync(`${file}.partial`, file)
  }

  /** The agent's socket for applications, there or not. */
  appSocket(podId: string): string {
    return join(this.runFolder(podId), 'app', 'wetee.sock')
  }

  /** Before an agent starts: what an earlier one has left is gone, and it may make its socket. */
  openAppFolder(podId: string): void {
    const folder = join(this.runFolder(podId), 'app')
    mkdirSync(folder, { recursive: true })
    rmSync(join(folder, 'wetee.sock'), { force: true })
    chmodSync(folder, 0o1777)
  }

  /**
   * Before a service starts: from now on nobody but this worker's user changes the folder, so that what is looked at here
   * is what an engine mounts. A guest may have put a link there to something of the host: false for whatever is no socket.
   */
  closeAppFolder(podId: string): boolean {
    const folder = join(this.runFolder(podId), 'app')
    if (!existsSync(folder)) return false
    chmodSync(folder, 0o755)
    return lstatSync(this.appSocket(podId), { throwIfNoEntry: false })?.isSocket() === true
  }

  /** The TEE of an instance; `undefined` when the folder is gone or damaged. */
  tee(podId: string): TeeRecord | undefined {
    try {
      const text = readFileSync(join(this.#instances, podId, 'instance.json'), 'utf8')
      return recordSchema.parse(JSON.parse(text))
    } catch {
      return undefined
    }
  }

  /** The key that the agent in a pod has shown first; a launch begins anew. */
  agentKey(podId: string): KeptKey {
    const file = join(this.#instances, podId, 'agent-key')
    return {
      get: () => {
        const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
        return /^0x[0-9a-f]{64}$/.test(text) ? (text as `0x${string}`) : undefined
      },
      set: (key) => {
        writeFileSync(`${file}.partial`, key, { mode: 0o600 })
        renameSync(`${file}.partial`, file)
      },
    }
  }

  /** Its volumes are elsewhere: remembered, so that they go with it. */
  noteVolumes(appId: bigint): void {
    mkdirSync(join(this.#volumes, String(appId)), { recursive: true, mode: 0o700 })
  }

  #note(podId: string): void {
    this.#podIds.add(podId)
    const prefix = prefixOf(podId)
    this.#byPrefix.set(prefix, (this.#byPrefix.get(prefix) ?? new Set()).add(podId))
  }

  hasVolumes(appId: bigint): boolean {
    return existsSync(join(this.#volumes, String(appId)))
  }

  remove(podId: string): void {
    rmSync(join(this.#instances, podId), { recursive: true, force: true })
    this.#podIds.delete(podId)
    const others = this.#byPrefix.get(prefixOf(podId))
    others?.delete(podId)
    if (others?.size === 0) this.#byPrefix.delete(prefixOf(podId))
  }
}

/** As `podIdPrefix` makes it. */
const prefixOf = (podId: string) => podId.replace(/[0-9]+-r[0-9]+$/, '')

/** Whether somebody listens on a Unix socket: a TEE guest that is gone leaves none. One that is only busy is still there. */
export function listens(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code !== 'ENOENT' && error.code !== 'ECONNREFUSED'),
    )
  })
}
