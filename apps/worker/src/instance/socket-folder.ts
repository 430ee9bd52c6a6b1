// A folder whose sockets can be named in the 107 bytes that Linux allows, however deep it lies. Opens a descriptor.
import { closeSync, constants, openSync } from 'node:fs'
import { join } from 'node:path'

const MAX_PATH_BYTES = 107
/** Longest name used inside: `ingress/65535.sock`. */
const LONGEST_NAME_BYTES = 20

/** Paths of sockets in `folder`; a folder that is too deep is reached through its own descriptor in /proc. */
export class SocketFolder {
  readonly folder: string
  #descriptor: number | undefined

  /** Throws the error of `open` when the folder does not exist. */
  constructor(folder: string) {
    this.folder = folder
    if (Buffer.byteLength(folder) + LONGEST_NAME_BYTES > MAX_PATH_BYTES)
      this.#descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  }

  /** Path to connect to or to listen on; good until `close`. */
  path(name: string): string {
    if (this.#descriptor === undefined) return join(this.folder, name)
    return `/proc/self/fd/${this.#descriptor}/${name}`
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }
}
