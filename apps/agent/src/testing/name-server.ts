// A name server for tests: every name has the address 127.0.0.1, and nothing else. Serves UDP.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'

/** Starts on a free port of 127.0.0.1. */
export async function startNameServer(): Promise<{ readonly port: number; close(): void }> {
  const server = createSocket('udp4', (query, { port, address }) => {
    // RFC 1035, 4.1: the question back, and one A record or none.
    const end = query.indexOf(0, 12) + 5
    const isA = query.readUInt16BE(end - 4) === 1
    const head = Buffer.from(query.subarray(0, 12))
    head.writeUInt16BE(0x8580, 2)
    head.writeUInt16BE(isA ? 1 : 0, 6)
    head.writeUInt32BE(0, 8)
    const record = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 127, 0, 0, 1]
    const answer = Buffer.from(isA ? record : [])
    server.send(Buffer.concat([head, query.subarray(12, end), answer]), port, address)
  })
  server.bind(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: server.address().port, close: () => void server.close() }
}
