// Sockets of a guest in a cluster: they lie in a folder as those of a guest beside the worker do, and lead to the door of its pod. Does
// socket and file I/O.
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { openOuterDoor, type OuterDoor } from '@wetee/door'
import { createTlsIdentity, type TlsIdentity } from '@wetee/certificates'
import type { Log } from '../log.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { codeOf, messageOf } from '../worker-error.ts'
import type { InstanceFolders } from './instance-folder.ts'
import { SocketFolder, type GuestSockets } from './socket-folder.ts'

/** What doors are opened with. */
export type PodDoorParts = {
  readonly identity: TlsIdentity
  readonly runtime: Pick<Runtime, 'list'>
  readonly folders: Pick<InstanceFolders, 'tee' | 'agentKey'>
  readonly log: Log
  readonly signal: AbortSignal
}

/** Opens the way to a pod's agent. Throws the error of `listen`. */
export async function openPodSockets(
  { identity, runtime, folders, log, signal }: PodDoorParts,
  podId: string,
  runFolder: string,
): Promise<GuestSockets> {
  const folder = new SocketFolder(runFolder)
  // Of this process alone: whoever closes a Unix socket takes its name away, also one that a successor has made anew.
  const agentName = `agent-${randomBytes(4).toString('hex')}.sock`
  let said = ''
  const door = await openOuterDoor({
    identity,
    signal,
    address: async () => (await runtime.list()).find(({ id }) => id === podId)?.address,
    agentKey: folders.agentKey(podId),
    agentSocket: folder.path(agentName),
    workerSocket: () => folder.path('worker.sock'),
    teeSocket: () => folders.tee(podId)?.teeSocket,
    onFailure: (error) => {
      // A pod that is not up yet is tried often: each reason once.
      if (said === codeOf(error)) return
      said = codeOf(error)
      log.info({ podId, code: said, error: messageOf(error) }, 'no way to its agent yet')
    },
  })
  return new PodSockets(folder, agentName, door)
}

class PodSockets implements GuestSockets {
  readonly folder: string
  readonly #own: SocketFolder
  readonly #agentName: string
  readonly #door: OuterDoor

  constructor(own: SocketFolder, agentName: string, door: OuterDoor) {
    this.folder = own.folder
    this.#own = own
    this.#agentName = agentName
    this.#door = door
  }

  path(name: string): string {
    return this.#own.path(name)
  }

  /** `agent.sock` alone. */
  reach<T>(name: string, use: (path: string) => Promise<T>): Promise<T> {
    return use(this.path(name === 'agent.sock' ? this.#agentName : name))
  }

  /** `ingress/<name>.sock`. */
  dial(name: string): Socket {
    return this.#door.dial(name.replace(/^ingress\/|\.sock$/g, ''))
  }

  async close(): Promise<void> {
    await this.#door.close()
    this.#own.close()
  }
}

/** The worker's key at the doors of its agents: made once, kept in its state folder, never sent anywhere. */
export async function openDoorIdentity(stateDir: string): Promise<TlsIdentity> {
  const file = join(stateDir, 'doors.pem')
  const known = existsSync(file) ? { keyPem: readFileSync(file, 'utf8') } : {}
  const identity = await createTlsIdentity({ commonName: 'worker.wetee', ...known })
  if (!('keyPem' in known)) writeFileSync(file, identity.keyPem, { mode: 0o600 })
  return identity
}
