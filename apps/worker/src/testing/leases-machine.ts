// The machine under a worker with many leases, for the benchmark: its TEE and the agents, forked with a folder and the address that
// every agent says it signs with. Serves Unix sockets.
import { createServer } from 'node:net'
import { join } from 'node:path'
import { refusal, serveSocket } from '@wetee/tee-device'
import { z } from 'zod'
import { startTestAgent } from './test-agents.ts'

const [folder, instanceKey] = process.argv.slice(2)
if (folder === undefined || instanceKey === undefined) throw new Error('folder, address')
const orderSchema = z.strictObject({ runFolder: z.string(), target: z.int() })

let launches = 0
await serveSocket({
  socketPath: join(folder, 'tee.sock'),
  fileMode: 0o600,
  handle: async ({ method, path }) => {
    if (method === 'DELETE') return undefined
    if (path !== '/v1/launch') throw refusal(404, 'request.unknown', path)
    const launchId = `guest${++launches}`
    const socket = join(folder, `${launchId}.sock`)
    const server = createServer((connection) => connection.destroy())
    await new Promise<void>((resolve) => server.listen(socket, resolve))
    return { launchId, socket }
  },
})
await serveSocket({
  socketPath: join(folder, 'engine.sock'),
  fileMode: 0o600,
  handle: async ({ body }) => {
    const { runFolder, target } = orderSchema.parse(body)
    const instance = { appId: 1n, version: 1, replica: 0 }
    await startTestAgent(runFolder, instance, [target], instanceKey)
    return {}
  },
})
process.send?.('ready')
