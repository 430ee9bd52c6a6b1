// A real HTTP server that speaks JSON-RPC and lies on demand. For tests; serves loopback TCP.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What it answers; an error with `code` and `data` becomes one of JSON-RPC, another one HTTP status 500. */
export type RpcAnswers = (method: string, params: readonly unknown[]) => unknown

/** A running server; a test changes `answers` or takes over whole responses. */
export type RpcServer = {
  /** With a user, a password and a key in it, which must show up nowhere. */
  readonly url: string
  readonly calls: string[]
  answers: RpcAnswers
  takeOver: ((response: ServerResponse, method: string) => void) | undefined
  close(): Promise<void>
}

/** Texts of `url` that are secret. */
export const urlSecrets = ['pass-word', 'path-key', 'query-key']

/** Starts one on a free port. */
export async function startRpcServer(answers: RpcAnswers): Promise<RpcServer> {
  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const rpc: RpcServer = {
    url: `http://user:pass-word@127.0.0.1:${port}/path-key?key=query-key`,
    calls: [],
    answers,
    takeOver: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = ''
    for await (const chunk of request) text += String(chunk)
    const { id, method, params } = JSON.parse(text) as {
      id: number
      method: string
      params: unknown[]
    }
    rpc.calls.push(method)
    if (rpc.takeOver !== undefined) return rpc.takeOver(response, method)
    const reply = (body: object) => response.end(JSON.stringify({ jsonrpc: '2.0', id, ...body }))
    try {
      reply({ result: (await rpc.answers(method, params)) ?? null })
    } catch (error) {
      const { code, message, data } = error as { code?: number; message: string; data?: unknown }
      if (typeof code === 'number') return void reply({ error: { code, message, data } })
      response.statusCode = 500
      response.end('no')
    }
  }
  return rpc
}
