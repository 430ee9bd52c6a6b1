// Hellos of node:tls, openssl and a browser, and hellos that are none.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  helloMessage,
  nodeHello,
  protocols,
  records,
  serverName,
  vector,
  type HelloParts,
} from '../testing/client-hellos.ts'
import { ClientHelloReader, MAX_HELLO_BYTES, type HelloState } from './client-hello.ts'

const read = (bytes: Buffer): HelloState => new ClientHelloReader().push(bytes)
const hello = (name: string | undefined, list: string[] = []): HelloState => ({
  kind: 'hello',
  hello: { serverName: name, protocols: list },
})
const refused = (problem: string) => ({ kind: 'refused', problem })
const withExtensions = (...extensions: NonNullable<HelloParts['extensions']>) =>
  read(records(helloMessage({ extensions })))

test('a hello of node:tls: name and protocols, in TLS 1.3 and 1.2', async () => {
  const options = { servername: 'Shop.Example', ALPNProtocols: ['h2', 'http/1.1'] }
  expect(read(await nodeHello(options))).toEqual(hello('shop.example', ['h2', 'http/1.1']))
  const old = { ...options, maxVersion: 'TLSv1.2' } as const
  expect(read(await nodeHello(old))).toEqual(hello('shop.example', ['h2', 'http/1.1']))
  expect(read(await nodeHello({ servername: '' }))).toEqual(hello(undefined))
})

/** What a program sends first to a port of ours. */
async function firstFlight(run: (port: number) => { kill(): unknown }): Promise<HelloState> {
  const reader = new ClientHelloReader()
  const sockets: Socket[] = []
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const found = new Promise<HelloState>((resolve) => {
    server.on('connection', (socket) => {
      sockets.push(socket)
      socket.on('error', () => undefined)
      socket.on('data', (chunk) => {
        const state = reader.push(chunk)
        if (state.kind !== 'incomplete') resolve(state)
      })
    })
  })
  const child = run((server.address() as AddressInfo).port)
  try {
    return await found
  } finally {
    child.kill()
    for (const socket of sockets) socket.destroy()
    server.close()
  }
}

test.skipIf(!existsSync('/usr/bin/openssl'))('a hello of openssl', async () => {
  const state = await firstFlight((port) =>
    execFile('/usr/bin/openssl', [
      ...['s_client', '-connect', `127.0.0.1:${port}`],
      ...['-servername', '8080-7.wetee.local', '-alpn', 'h2,acme-tls/1'],
    ]),
  )
  expect(state).toEqual(hello('8080-7.wetee.local', ['h2', 'acme-tls/1']))
})

const chromium = '/usr/bin/chromium'
test.skipIf(!existsSync(chromium))(
  'a hello of Chromium, with GREASE and an outer ECH',
  async () => {
    const profile = mkdtempSync(join(tmpdir(), 'wetee-hello-'))
    try {
      const state = await firstFlight((port) =>
        execFile(chromium, [
          ...['--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${profile}`],
          ...['--no-proxy-server', '--host-resolver-rules=MAP * 127.0.0.1'],
          `https://8080-7.wetee.local:${port}/`,
        ]),
      )
      expect(state).toEqual(hello('8080-7.wetee.local', ['h2', 'http/1.1']))
    } finally {
      rmSync(profile, { recursive: true, force: true, maxRetries: 10 })
    }
  },
)

test('however records and packets split it, the same is read and every byte is kept', async () => {
  const real = await nodeHello({ servername: 'a.example', ALPNProtocols: ['h2'] })
  const message = real.subarray(5)
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: message.length }),
      fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 30 }),
      fc.uint8Array({ maxLength: 64 }),
      (recordBytes, packets, after) => {
        const flight = records(message, recordBytes)
        const bytes = Buffer.concat([flight, Buffer.from(after)])
        const reader = new ClientHelloReader()
        let state: HelloState = { kind: 'incomplete' }
        let sent = 0
        for (let turn = 0; sent < bytes.length; turn++) {
          const end = sent + (packets[turn % packets.length] ?? 1)
          state = reader.push(bytes.subarray(sent, end))
          sent = Math.min(end, bytes.length)
          expect(state.kind).toBe(sent < flight.length ? 'incomplete' : 'hello')
        }
        expect(state).toEqual(hello('a.example', ['h2']))
        expect(reader.bytes().equals(bytes)).toBe(true)
      },
    ),
    { numRuns: 50 },
  )
})

test('any name and any protocols are read as they were written', () => {
  const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/)
  fc.assert(
    fc.property(
      fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.')),
      fc.array(fc.string({ minLength: 1, maxLength: 20, unit: 'binary-ascii' }), {
        minLength: 1,
        maxLength: 8,
      }),
      (name, list) => {
        const state = withExtensions(
          [0x0a0a, Buffer.alloc(0)],
          [0, serverName(name)],
          [16, protocols(...list)],
        )
        expect(state).toEqual(hello(name, list))
      },
    ),
  )
})

test('extensions that mean nothing here are skipped: GREASE, an outer ECH, unknown ones', () => {
  const state = withExtensions(
    [0x1a1a, Buffer.alloc(0)],
    [0xfe0d, Buffer.alloc(300, 1)],
    [0, serverName('a.example')],
    [0x7777, Buffer.from('whatever')],
    [0x2a2a, Buffer.from([0])],
  )
  expect(state).toEqual(hello('a.example'))
})

test('a hello of TLS 1.2 without extensions names nothing', () => {
  expect(read(records(helloMessage()))).toEqual(hello(undefined))
  expect(withExtensions()).toEqual(hello(undefined))
})

test('what is not TLS is told from the first byte', () => {
  expect(read(Buffer.from('G'))).toEqual(refused('not-tls'))
  expect(read(Buffer.from([22, 2, 0, 0, 5, 1]))).toEqual(refused('not-tls'))
  // SSL 2.0 form.
  expect(read(Buffer.from([0x80, 0x2e, 1, 3, 1]))).toEqual(refused('not-tls'))
})

const twoNames = vector(
  2,
  Buffer.concat([serverName('a.example').subarray(2), serverName('b.example').subarray(2)]),
)
test.each<[string, HelloParts]>([
  ['an odd list of cipher suites', { suites: Buffer.from([1, 2, 3]) }],
  ['no cipher suite', { suites: Buffer.alloc(0) }],
  ['no compression method', { compression: Buffer.alloc(0) }],
  ['a session id of 33 bytes', { session: Buffer.alloc(33) }],
  ['another major version', { version: 0x0203 }],
  [
    'two extensions of one type',
    {
      extensions: [
        [0x7777, Buffer.alloc(0)],
        [0x7777, Buffer.alloc(0)],
      ],
    },
  ],
  ['two names', { extensions: [[0, twoNames]] }],
  [
    'two server_name extensions',
    {
      extensions: [
        [0, serverName('a.example')],
        [0, serverName('b.example')],
      ],
    },
  ],
  ['an empty name', { extensions: [[0, serverName('')]] }],
  ['a name of 254 bytes', { extensions: [[0, serverName(`${'a.'.repeat(126)}aa`)]] }],
  ['a name that ends in a dot', { extensions: [[0, serverName('a.example.')]] }],
  ['a name with a NUL byte', { extensions: [[0, serverName('a.example\0.b')]] }],
  ['a name with bytes above 127', { extensions: [[0, serverName(Buffer.from([0xe4]))]] }],
  ['a name of another type', { extensions: [[0, serverName('a.example', 1)]] }],
  ['an empty list of names', { extensions: [[0, Buffer.from([0, 0])]] }],
  [
    'a byte after the names',
    { extensions: [[0, Buffer.concat([serverName('a.b'), Buffer.of(0)])]] },
  ],
  ['an empty protocol', { extensions: [[16, Buffer.from([0, 1, 0])]] }],
  ['an empty list of protocols', { extensions: [[16, Buffer.from([0, 0])]] }],
])('refused: %s', (_, parts) => {
  expect(read(records(helloMessage(parts)))).toEqual(refused('malformed'))
})

test('lengths that do not meet are refused', () => {
  const message = helloMessage({ extensions: [[0, serverName('a.example')]] })
  const longer = Buffer.concat([message, Buffer.of(0)])
  expect(read(records(longer))).toEqual(refused('malformed'))
  const claims = Buffer.from(message)
  claims.writeUIntBE(message.length - 4 + 1, 1, 3)
  expect(read(records(Buffer.concat([claims, Buffer.of(0)])))).toEqual(refused('malformed'))
  expect(read(Buffer.from([22, 3, 1, 0, 0, 22]))).toEqual(refused('malformed'))
  expect(read(records(Buffer.concat([Buffer.of(2), message.subarray(1)])))).toEqual(
    refused('malformed'),
  )
})

test('ATTACK a name behind the end of the hello is not read as its own', () => {
  const behind = Buffer.from(helloMessage({ extensions: [[0, serverName('a.example')]] }))
  // The message says that it ends before its extensions; the record goes on.
  behind.writeUIntBE(helloMessage().length - 4, 1, 3)
  expect(read(records(behind))).toEqual(refused('malformed'))
})

test('between two records of a hello nothing else may come', () => {
  const flight = records(helloMessage({ extensions: [[0, serverName('a.example')]] }), 20)
  const alert = Buffer.from([21, 3, 3, 0, 2, 1, 0])
  const mixed = Buffer.concat([flight.subarray(0, 25), alert, flight.subarray(25)])
  expect(read(mixed)).toEqual(refused('malformed'))
})

test('a hello of 16,384 bytes is read, one byte more is refused before it has come', () => {
  const padded = (bytes: number) => {
    const empty = helloMessage({
      extensions: [
        [0, serverName('a.example')],
        [21, Buffer.alloc(0)],
      ],
    })
    const padding = Buffer.alloc(bytes - empty.length - 5)
    return records(
      helloMessage({
        extensions: [
          [0, serverName('a.example')],
          [21, padding],
        ],
      }),
    )
  }
  expect(padded(MAX_HELLO_BYTES)).toHaveLength(MAX_HELLO_BYTES)
  expect(read(padded(MAX_HELLO_BYTES))).toEqual(hello('a.example'))
  expect(read(padded(MAX_HELLO_BYTES + 1).subarray(0, 9))).toEqual(refused('too-large'))
  // Claimed in the message, in small records.
  const claims = Buffer.from([1, 0xff, 0xff, 0xff, 3, 3])
  expect(read(records(claims))).toEqual(refused('too-large'))
})

test('what was said first stays', () => {
  const reader = new ClientHelloReader()
  expect(reader.push(Buffer.from('x'))).toEqual(refused('not-tls'))
  expect(reader.push(records(helloMessage()))).toEqual(refused('not-tls'))
})
