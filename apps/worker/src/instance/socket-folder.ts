// A folder whose sockets can be named in the 107 bytes that Linux allows, and reached without following links. Opens descriptors.
import { closeSync, constants, fstatSync, openSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'

const MAX_PATH_BYTES = 107
/** Longest name used inside: `ingress/65535.sock`. */
const LONGEST_NAME_BYTES = 20
/** Linux: a descriptor that names a file without opening it. */
const O_PATH = 0o10000000

/** Sockets of one guest and for it, by the names of docs/reference/interfaces.md. */
export type GuestSockets = {
  /** Where the worker's own are. */
  readonly folder: string
  /** Path to listen on; good until `close`. */
  path(name: string): string
  /** Calls `use` with a path to connect to one of the guest's. */
  reach<T>(name: string, use: (path: string) => Promise<T>): Promise<T>
  /** Connects to one of the guest's; throws at once when it cannot be there. */
  dial(name: string): Socket
  close(): void | Promise<void>
}

/** Sockets in `folder`; a folder that is too deep is reached through its own descriptor in /proc. */
export class SocketFolder implements GuestSockets {
  readonly folder: string
  #descriptor: number | undefined

  /** Throws the error of `open` when the folder does not exist. */
  constructor(folder: string) {
    this.folder = folder
    if (Buffer.byteLength(folder) + LONGEST_NAME_BYTES > MAX_PATH_BYTES)
      this.#descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  }

  /** Path to listen on; good until `close`. */
  path(name: string): string {
    if (this.#descriptor === undefined) return join(this.folder, name)
    return `/proc/self/fd/${this.#descriptor}/${name}`
  }

  /**
   * Calls `use` with a path to connect to a socket that a guest has made. The guest may have put a link there to a
   * socket of the host: what is reached is the very file that was looked at, and only if it is a socket.
   */
  async reach<T>(name: string, use: (path: string) => Promise<T>): Promise<T> {
    const descriptor = this.#lookAt(name)
    try {
      return await use(`/proc/self/fd/${descriptor}`)
    } finally {
      closeSync(descriptor)
    }
  }

  /** Connects as `reach` does; throws at once when there is no socket. */
  dial(name: string): Socket {
    const descriptor = this.#lookAt(name)
    const socket = connect({ path: `/proc/self/fd/${descriptor}`, allowHalfOpen: true })
    let open = true
    const release = () => {
      if (open) closeSync(descriptor)
      open = false
    }
    socket.once('connect', release)
    socket.once('close', release)
    return socket
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }

  #lookAt(name: string): number {
    const descriptor = openSync(this.path(name), O_PATH | constants.O_NOFOLLOW)
    if (fstatSync(descriptor).isSocket()) return descriptor
    closeSync(descriptor)
    throw new Error(`${name} is not a socket`)
  }
}
