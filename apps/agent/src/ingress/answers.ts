// What the agent itself answers to clients. Writes to responses and sockets.
import { STATUS_CODES, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { HeaderList } from './headers.ts'

/** Codes of the agent's own answers. */
export type IngressCode =
  | 'lease.pending'
  | 'lease.lapsed'
  | 'application.unreachable'
  | 'application.closed'
  | 'application.timeout'
  | 'request.invalid'
  | 'request.method'
  | 'request.misdirected'
  | 'request.not-http'
  | 'evidence.pending'

const MEANINGS: Readonly<Record<IngressCode, readonly [status: number, message: string]>> = {
  'lease.pending': [503, 'this instance has not been attested yet; try again soon'],
  'lease.lapsed': [503, 'the attestation of this instance has lapsed; try again later'],
  'application.unreachable': [502, 'the application does not listen on its port; see its logs'],
  'application.closed': [502, 'the application closed the connection before it answered'],
  'application.timeout': [504, 'the application did not answer in time'],
  'request.invalid': [400, 'the request cannot be forwarded'],
  'request.method': [405, 'only GET and HEAD are answered here'],
  'request.misdirected': [421, 'this connection is for another host; open one for this host'],
  'request.not-http': [400, 'this port carries another protocol over TLS, only evidence is here'],
  'evidence.pending': [503, 'there is no evidence yet; try again soon'],
}

/** Status, body and fields of an error. */
export function errorAnswer(code: IngressCode): {
  status: number
  body: Buffer
  headers: HeaderList
} {
  const [status, message] = MEANINGS[code]
  const body = Buffer.from(JSON.stringify({ error: { code, message } }))
  const headers: (readonly [string, string])[] = [
    ['Content-Type', 'application/json'],
    ['Content-Length', String(body.length)],
    ['Cache-Control', 'no-store'],
    ...(status === 503 ? ([['Retry-After', '2']] as const) : []),
  ]
  return { status, body, headers }
}

/** Answers with an error; when the head is already sent, cuts the connection so that the client notices. */
export function answerError(answer: ServerResponse, code: IngressCode): void {
  if (answer.headersSent) {
    answer.destroy()
    return
  }
  const { status, body, headers } = errorAnswer(code)
  for (const name of answer.getHeaderNames()) answer.removeHeader(name)
  answer.statusMessage = STATUS_CODES[status] ?? ''
  answer.writeHead(status, headers.flat())
  answer.end(body)
}

/** The same on a bare socket, for upgrades that did not happen. */
export function answerErrorOn(socket: Duplex, code: IngressCode): void {
  const { status, body, headers } = errorAnswer(code)
  socket.write(head(status, STATUS_CODES[status] ?? '', [...headers, ['Connection', 'close']]))
  socket.end(body)
}

/** Status line and header section of an HTTP/1.1 answer. */
export function head(status: number, reason: string, headers: HeaderList): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${reason}\r\n${lines.join('')}\r\n`
}
