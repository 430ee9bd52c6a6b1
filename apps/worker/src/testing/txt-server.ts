// A name server for tests that knows TXT records and nothing else. Serves UDP.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'

/** Starts on a free port of 127.0.0.1; `records` is looked at anew for every question, and a text goes out as two strings. */
export async function startTxtServer(
  records: ReadonlyMap<string, string>,
): Promise<{ readonly address: string; close(): void }> {
  const server = createSocket('udp4', (query, { port, address }) => {
    // RFC 1035, 4.1: the question back, and one record or NXDOMAIN.
    const text = records.get(nameIn(query))
    const head = Buffer.from(query.subarray(0, 12))
    head.writeUInt16BE(text === undefined ? 0x8583 : 0x8580, 2)
    head.writeUInt16BE(text === undefined ? 0 : 1, 6)
    head.writeUInt32BE(0, 8)
    const question = query.subarray(12, query.indexOf(0, 12) + 5)
    const data = [text?.slice(0, 5) ?? '', text?.slice(5) ?? ''].map((part) =>
      Buffer.concat([Buffer.of(part.length), Buffer.from(part)]),
    )
    const fixed = Buffer.from([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 1, 0, 0])
    fixed.writeUInt16BE(Buffer.concat(data).length, 10)
    const answer = text === undefined ? [] : [fixed, ...data]
    server.send(Buffer.concat([head, question, ...answer]), port, address)
  })
  server.bind(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `127.0.0.1:${server.address().port}`,
    close: () => void server.close(),
  }
}

function nameIn(query: Buffer): string {
  const labels: string[] = []
  for (let at = 12; query[at] !== 0 && query[at] !== undefined; at += 1 + (query[at] ?? 0))
    labels.push(query.subarray(at + 1, at + 1 + (query[at] ?? 0)).toString('latin1'))
  return labels.join('.').toLowerCase()
}
