// For tests: agents that serve their control and ingress sockets in an instance's folder. Serves Unix sockets.
import { mkdirSync, rmSync } from 'node:fs'
import { createServer as createHttpsServer, type Server } from 'node:https'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { readyTypedData } from '@wetee/chain'
import { refusal, serveSocket } from '@wetee/tee-device'
import { createTlsIdentity } from '@wetee/certificates'
import { generatePrivateKey, privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts'
import type { AgentReport } from '../instance/agent-client.ts'
import { testNetwork } from './memory-chain.ts'

/** A running agent. */
export type TestAgent = {
  readonly account: PrivateKeyAccount
  state: AgentReport['state']
  code: string | undefined
  drained: boolean
  /** How often it was asked to prove itself anew. */
  renewals: number
  /** What the application answers through it; `undefined`: it does not listen. */
  application: string | undefined
  close(): Promise<void>
}

/** Starts an agent in `runFolder` with an ingress socket per port; it may say that it signs with another key than it does. */
export async function startTestAgent(
  runFolder: string,
  instance: { appId: bigint; version: number; replica: number },
  targets: readonly number[],
  instanceKey?: string,
): Promise<TestAgent> {
  const account = privateKeyToAccount(generatePrivateKey())
  const servers: Server[] = []
  const agent: TestAgent = {
    account,
    state: 'attested',
    code: undefined,
    drained: false,
    renewals: 0,
    application: 'hello',
    async close() {
      await control.close()
      app.close()
      for (const server of servers) {
        server.closeAllConnections()
        server.close()
      }
    },
  }
  const control = await serveSocket({
    socketPath: join(runFolder, 'agent.sock'),
    fileMode: 0o666,
    handle: async ({ method, path }) => {
      if (path === '/v1/state') {
        const { state, code } = agent
        const clients = { connections: 0, draining: agent.drained }
        return {
          state,
          ...clients,
          instanceKey: instanceKey ?? account.address,
          ...(code === undefined ? {} : { code }),
        }
      }
      if (path === '/v1/volume-key')
        return { key: `0x${'07'.repeat(32)}`, networkKey: `0x02${'11'.repeat(32)}` }
      if (path === '/v1/renew') {
        agent.renewals++
        return {}
      }
      if (path === '/v1/ready')
        return {
          signature: await account.signTypedData(readyTypedData(testNetwork, instance)),
        }
      if (path === '/v1/drain') {
        agent.drained = true
        return {}
      }
      throw refusal(404, 'request.unknown', `${method} ${path}`)
    },
  })
  // Where its services would ask for evidence and keys.
  mkdirSync(join(runFolder, 'app'), { recursive: true })
  const app = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve) => app.listen(join(runFolder, 'app', 'wetee.sock'), resolve))
  const identity = await createTlsIdentity({ commonName: 'agent.test' })
  for (const target of targets) {
    const path = join(runFolder, 'ingress', `${target}.sock`)
    rmSync(path, { force: true })
    const server = createHttpsServer(
      { key: identity.keyPem, cert: identity.certPem },
      (_request, response) => {
        if (agent.state !== 'attested')
          response.writeHead(503).end('{"error":{"code":"lease.pending"}}')
        else if (agent.application === undefined)
          response.writeHead(502).end('{"error":{"code":"application.unreachable"}}')
        else response.end(agent.application)
      },
    )
    server.on('tlsClientError', () => undefined)
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(path, resolve))
  }
  return agent
}
