// For tests: a loopback port that nobody listens on. Opens and closes a socket.
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'

/** It may be taken by somebody else the moment after. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
