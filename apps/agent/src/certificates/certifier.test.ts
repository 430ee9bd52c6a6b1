// Real orders at a CA of this repository and, where it is installed, at Let's Encrypt's test CA; challenges come over TCP as the worker would pass them on.
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { X509Certificate } from 'node:crypto'
import { createTlsIdentity } from '@wetee/certificates'
import { tlsKeyHashOf } from '@wetee/tls'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pebbleProgram, startPebble, type Ca } from '../testing/pebble.ts'
import { startTestCa } from '../testing/test-ca.ts'
import type { KnownDomain } from '../worker/worker-client.ts'
import { AcmeClient } from './acme-client.ts'
import { callCa } from './ca-call.ts'
import { Certificates } from './certificates.ts'
import { Certifier, type CertifierParts } from './certifier.ts'
import { p256KeyFrom } from './derived-identity.ts'

const accountKey = p256KeyFrom(Buffer.alloc(32, 1))
const tlsKey = p256KeyFrom(Buffer.alloc(32, 2))
const keyPem = tlsKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const identity = await createTlsIdentity({ commonName: 'app-7.wetee', keyPem })
const application = { appId: 7n, chainId: 31337n, cloud: `0x${'ab'.repeat(20)}` } as const
const record = `app=7,network=31337:${application.cloud}`
const name = 'shop.example.org'

const cas = [
  ...[{ at: 'a CA of our own', start: startTestCa }],
  ...(pebbleProgram === undefined ? [] : [{ at: 'pebble', start: startPebble }]),
]
describe.each(cas)('at $at', ({ start }) => {
  let folder: string
  let challengePath: string
  let ca: Ca
  const front = createServer((near) => {
    const far = connect(challengePath)
    near.on('error', () => far.destroy()).pipe(far)
    far.on('error', () => near.destroy()).pipe(near)
  })
  let known: KnownDomain[]
  let logged: string[]
  let nowSeconds = Date.now() / 1000
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wetee-ca-'))
    challengePath = join(folder, 'acme.sock')
    front.listen(0, '127.0.0.1')
    await once(front, 'listening')
    ca = await start(folder, (front.address() as AddressInfo).port)
  })
  afterAll(async () => {
    await ca.close()
    front.close()
    rmSync(folder, { recursive: true, force: true })
  })
  beforeEach(() => {
    known = [{ name, records: [record] }]
    logged = []
    nowSeconds = Date.now() / 1000
  })

  function make(over: Partial<CertifierParts> = {}) {
    const { signal } = new AbortController()
    const tunnel = async (host: string) => {
      const [address = '', port] = host.split(':')
      const socket = connect(Number(port), address)
      await once(socket, 'connect')
      return socket
    }
    const certificates = new Certificates(identity)
    const log = (fields: object) => logged.push(JSON.stringify(fields))
    const certifier = new Certifier({
      launch: { ...application, replica: 0 },
      ...{ domains: [name], identity, certificates, challengePath, signal },
      worker: {
        domains: () => Promise.resolve(known),
        keepCertificate: (domain, chain) => {
          known = [{ name: domain, records: [record], chain }]
          return Promise.resolve()
        },
      },
      client: new AcmeClient({
        ...{ directoryUrl: ca.directoryUrl, accountKey },
        call: (call) => callCa({ tunnel, roots: ca.roots, signal }, call),
        sleep: () => sleep(20),
      }),
      nowSeconds: () => nowSeconds,
      log: { info: log, warn: log, error: log },
      sleep: () => sleep(20),
      ...over,
    })
    return { certifier, certificates }
  }

  test('a certificate is issued for the attested key and the domain, and kept by the worker', async () => {
    const { certifier, certificates } = make()
    await certifier.look()
    expect(logged).toEqual([JSON.stringify({ domain: name })])
    expect(certificates.context('Shop.Example.org')).toBeDefined()
    expect(certificates.context('other.example.org')).toBeUndefined()
    const leaf = new X509Certificate(known[0]?.chain ?? '')
    expect(tlsKeyHashOf(leaf.raw)).toBe(identity.tlsKeyHash)
    expect(leaf.subjectAltName).toBe(`DNS:${name}`)
    expect(existsSync(challengePath)).toBe(false)
  })

  test('after a restart, and in another replica, the kept certificate serves and nothing is ordered', async () => {
    await make().certifier.look()
    const refuse = { order: () => Promise.reject(new Error('ordered')) }
    const restarted = make({ client: refuse })
    await restarted.certifier.look()
    expect(restarted.certificates.context(name)).toBeDefined()
    const replica = make({ client: refuse, launch: { ...application, replica: 1 } })
    known.push({ name: 'not-in-the-manifest.example', records: [record] })
    await replica.certifier.look()
    expect(replica.certificates.context(name)).toBeDefined()
    expect(logged).toHaveLength(1)
  })

  test('a certificate in its last third is ordered anew', async () => {
    await make().certifier.look()
    const before = known[0]?.chain ?? ''
    const { validFromDate, validToDate } = new X509Certificate(before)
    const life = (validToDate.getTime() - validFromDate.getTime()) / 1000
    nowSeconds = validFromDate.getTime() / 1000 + (life * 2) / 3 - 10
    let orders = 0
    const count = {
      order: () => {
        orders++
        return Promise.reject(new Error('later'))
      },
    }
    const later = make({ client: count })
    await later.certifier.look()
    expect(orders).toBe(0)
    nowSeconds += 20
    await later.certifier.look()
    expect(orders).toBe(1)
    // A failure waits for a quarter of an hour, then twice as long.
    nowSeconds += 899
    await later.certifier.look()
    expect(orders).toBe(1)
    nowSeconds += 1
    await later.certifier.look()
    expect(orders).toBe(2)
    nowSeconds += 1_799
    await later.certifier.look()
    expect(orders).toBe(2)
  })

  test('a domain whose DNS does not name the application is never ordered', async () => {
    known = [{ name, records: [record.replace('app=7', 'app=8')] }]
    const { certifier, certificates } = make()
    await certifier.look()
    expect(certificates.context(name)).toBeUndefined()
    expect(logged).toEqual([])
  })

  test('when challenges do not arrive the CA refuses, and the reason is logged', async () => {
    const { certifier, certificates } = make({ challengePath: join(folder, 'elsewhere.sock') })
    known = [{ name: 'lost.example.org', records: [record] }]
    const lost = make({
      challengePath: join(folder, 'elsewhere.sock'),
      domains: ['lost.example.org'],
    })
    await lost.certifier.look()
    expect(logged[0]).toContain('acme.challenge-failed')
    expect(certificates.context('lost.example.org')).toBeUndefined()
    expect(certifier).toBeDefined()
  })

  test('a CA that is not known by name is not talked to', async () => {
    const { signal } = new AbortController()
    const tunnel = async () => {
      const socket = connect(Number(new URL(ca.directoryUrl).port), '127.0.0.1')
      await once(socket, 'connect')
      return socket
    }
    const asking = callCa({ tunnel, signal }, { method: 'GET', url: ca.directoryUrl })
    await expect(asking).rejects.toMatchObject({ code: 'acme.unreachable' })
  })
})
