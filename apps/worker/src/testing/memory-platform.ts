// For tests: the host's view of a TEE platform whose guests are sockets that accept connections. Serves Unix sockets.
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import type { Launch, LaunchSource, PlatformHost } from '@wetee/tee-device'

/** Guests by launch id. */
export class MemoryPlatform implements PlatformHost {
  readonly guests = new Map<string, { server: Server; configuration: string }>()
  readonly #folder: string
  #count = 0

  constructor(folder: string) {
    this.#folder = folder
  }

  async launch(guest: LaunchSource & { readonly configuration: `0x${string}` }): Promise<Launch> {
    const launchId = `guest${++this.#count}`
    const socket = join(this.#folder, `${launchId}.sock`)
    const server = createServer((connection) => connection.destroy())
    await new Promise<void>((resolve) => server.listen(socket, resolve))
    this.guests.set(launchId, { server, configuration: guest.configuration })
    return { launchId, socket }
  }
  async remove(launchId: string): Promise<void> {
    const guest = this.guests.get(launchId)
    this.guests.delete(launchId)
    if (guest !== undefined) await new Promise((resolve) => guest.server.close(resolve))
  }
  collateral() {
    return Promise.reject(new Error('not in this test'))
  }
  setState() {
    return Promise.resolve()
  }
  /** The machine restarts: all guests are gone. */
  async restart(): Promise<void> {
    for (const launchId of [...this.guests.keys()]) await this.remove(launchId)
  }
}
