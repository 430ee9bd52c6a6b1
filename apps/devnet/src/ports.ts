// Loopback ports for a devnet: free now, and claimed until its processes listen on them, so that devnets may start at the same time. Network I/O.
import { createServer, type ListenOptions, type Server } from 'node:net'

/** Candidates that are tried for one port. */
const maxTries = 200

/** True when nothing listens on that loopback port. */
export async function isPortFree(port: number): Promise<boolean> {
  const server = await listen({ port, host: '127.0.0.1', exclusive: true })
  if (server === undefined) return false
  await new Promise((resolve) => server.close(resolve))
  return true
}

/** Ports that one devnet has claimed: the kernel gives them free at the latest when this process ends. */
export class PortClaims {
  readonly #held = new Map<number, Server>()

  /** Claims a port for as long as this devnet runs; false when it, or another devnet, has claimed it. */
  async claim(port: number): Promise<boolean> {
    if (this.#held.has(port)) return false
    // A name in the kernel's own space of socket names: no file that a crash would leave behind.
    const server = await listen({ path: `\0wetee-devnet/port/${port}` })
    if (server === undefined) return false
    this.#held.set(port, server.unref())
    return true
  }

  /** The first port from `from` on, in steps of `step`, that is free and that nobody has claimed. Throws when there is none. */
  async find(from: number, step = 1): Promise<number> {
    for (let tries = 0; tries < maxTries; tries++) {
      const port = from + tries * step
      if (!(await this.claim(port))) continue
      if (await isPortFree(port)) return port
      this.#release(port)
    }
    throw new Error(`no free port on 127.0.0.1 from ${from} on, ${maxTries} tried`)
  }

  /** Gives every port free. */
  close(): void {
    for (const port of [...this.#held.keys()]) this.#release(port)
  }

  #release(port: number): void {
    this.#held.get(port)?.close()
    this.#held.delete(port)
  }
}

/** Undefined when it is taken. */
function listen(at: ListenOptions): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((connection) => connection.destroy())
    server.once('error', () => resolve(undefined))
    server.listen(at, () => resolve(server))
  })
}
