// For tests: a dsecret node's HTTPS side with a real identity. Serves loopback TCP.
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { createTlsIdentity } from '@wetee/certificates'
import type { Node } from '../nodes/node-call.ts'

/** What a node says to a call, given the body's text and the path (tests of appraisals have one path alone). */
export type Appraise = (
  body: string,
  path: string,
) => { status?: number; answer: unknown } | Promise<{ status?: number; answer: unknown }>

/** Starts a node; `appraise` may be replaced while it runs. */
export async function startTestNode(
  nodeId: bigint,
  appraise: Appraise,
): Promise<{
  node: Node
  appraise: Appraise
  readonly bodies: string[]
  readonly close: () => void
}> {
  const identity = await createTlsIdentity({ commonName: `node-${nodeId}` })
  const bodies: string[] = []
  const server = createServer(
    { key: identity.keyPem, cert: identity.certPem, minVersion: 'TLSv1.3' },
    (request, response) => {
      void text(request)
        .then((body) => {
          bodies.push(body)
          return running.appraise(body, request.url ?? '')
        })
        .then(({ status = 200, answer }) => {
          response.writeHead(status, { 'content-type': 'application/json' })
          response.end(typeof answer === 'string' ? answer : JSON.stringify(answer))
        })
        .catch(() => response.writeHead(500).end('{}'))
    },
  )
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const running = {
    node: { nodeId, host, tlsKeyHash: identity.tlsKeyHash },
    appraise,
    bodies,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
  return running
}
