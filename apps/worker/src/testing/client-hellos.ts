// ClientHellos for tests: as real clients send them, and built field by field. Opens sockets of this process.
import { once } from 'node:events'
import { Duplex } from 'node:stream'
import { connect, type ConnectionOptions } from 'node:tls'

/** What a hello is built from; every field may be wrong. */
export type HelloParts = {
  readonly version?: number
  readonly session?: Buffer
  readonly suites?: Buffer
  readonly compression?: Buffer
  readonly extensions?: readonly (readonly [type: number, data: Buffer])[]
}

/** A vector with its length in front. */
export function vector(size: 1 | 2, data: Buffer): Buffer {
  const length = Buffer.alloc(size)
  length.writeUIntBE(data.length, 0, size)
  return Buffer.concat([length, data])
}

/** Data of `server_name` for one name. */
export const serverName = (name: string | Buffer, type = 0): Buffer =>
  vector(2, Buffer.concat([Buffer.from([type]), vector(2, Buffer.from(name))]))

/** Data of `application_layer_protocol_negotiation`. */
export const protocols = (...names: string[]): Buffer =>
  vector(2, Buffer.concat(names.map((name) => vector(1, Buffer.from(name, 'latin1')))))

/** A ClientHello message without records. */
export function helloMessage(parts: HelloParts = {}): Buffer {
  const version = Buffer.alloc(2)
  version.writeUInt16BE(parts.version ?? 0x0303)
  const extensions = parts.extensions?.map(([type, data]) => {
    const head = Buffer.alloc(2)
    head.writeUInt16BE(type)
    return Buffer.concat([head, vector(2, data)])
  })
  const body = Buffer.concat([
    version,
    Buffer.alloc(32, 7),
    vector(1, parts.session ?? Buffer.alloc(32, 9)),
    vector(2, parts.suites ?? Buffer.from([0x13, 0x01])),
    vector(1, parts.compression ?? Buffer.from([0])),
    ...(extensions === undefined ? [] : [vector(2, Buffer.concat(extensions))]),
  ])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.length)
  length[0] = 1
  return Buffer.concat([length, body])
}

/** A message in records of at most `size` bytes. */
export function records(message: Buffer, size = 16_384): Buffer {
  const list: Buffer[] = []
  for (let at = 0; at < message.length; at += size)
    list.push(Buffer.from([22, 3, 1]), vector(2, message.subarray(at, at + size)))
  return Buffer.concat(list)
}

/** The first flight of a client of `node:tls`. */
export async function nodeHello(options: ConnectionOptions): Promise<Buffer> {
  const wire = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      wire.emit('sent', chunk)
      done()
    },
  })
  const sent = once(wire, 'sent') as Promise<[Buffer]>
  const client = connect({ ...options, socket: wire })
  client.on('error', () => undefined)
  const [bytes] = await sent
  client.destroy()
  return bytes
}
