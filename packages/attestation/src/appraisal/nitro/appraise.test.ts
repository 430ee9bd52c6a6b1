// Nitro documents: what a sound one says, and each check by itself.
import { encode } from 'cborg'
import { describe, expect, test } from 'vitest'
import { concatBytes, toHex, utf8 } from '../../bytes.ts'
import { platformCrypto as nodeCrypto } from '../../crypto/node-crypto.ts'
import { platformCrypto as webCrypto } from '../../crypto/web-crypto.ts'
import { AttestationError } from '../../error.ts'
import { bits } from '../../simulated/der-writer.ts'
import {
  createSimulatedNitro,
  type NitroBend,
  type NitroCertificate,
  type SimulatedNitroDocument,
} from '../../simulated/nitro.ts'
import { P384Key } from '../../simulated/ecdsa-key.ts'
import { appraise as appraiseAny } from '../appraise.ts'
import { AppraisalCache, appraiseWith, type ContextOptions } from '../cache.ts'
import { nitroTrustStore } from '../roots/nitro.ts'
import type { TrustStore } from '../trust-store.ts'
import { appraiseNitro } from './appraise.ts'

const atMs = Date.UTC(2026, 0, 15, 12)
const HOUR_MS = 3_600_000
const seed = (byte: number) => new Uint8Array(32).fill(byte)
const nitro = createSimulatedNitro({ seed: seed(1), atMs: atMs - 24 * HOUR_MS })
const trustStore: TrustStore = {
  roots: [{ name: 'simulated-nitro', der: nitro.rootDer, simulated: true }],
}
const pcrs = Object.fromEntries([0, 1, 2, 8].map((i) => [i, new Uint8Array(48).fill(i + 1)]))
const content: SimulatedNitroDocument = { pcrs, timestampMs: atMs }
const make = (change: Partial<SimulatedNitroDocument> = {}) =>
  nitro.document({ ...content, ...change })
const bent = (bend: NitroBend) => make({ bend })

const appraise = (
  document: Uint8Array,
  at = atMs,
  store = trustStore,
  how: Partial<ContextOptions> = {},
) =>
  appraiseWith({ atMs: at, crypto: nodeCrypto, cache: undefined, ...how }, (context) =>
    appraiseNitro(document, store, context),
  )
const codeOf = (document: Uint8Array, at = atMs, store = trustStore) =>
  appraise(document, at, store).then(
    () => 'accepted',
    (error: unknown) => {
      if (error instanceof AttestationError) return error.code
      throw error
    },
  )

describe('a sound document', () => {
  const userData = utf8('what the enclave binds')
  const nonce = Uint8Array.of(1, 2, 3)
  const publicKey = Uint8Array.of(4)
  const full = make({ userData, nonce, publicKey, moduleId: 'i-1-enc2' })

  test('says what the enclave is', async () => {
    const claims = await appraise(full)
    expect(claims).toMatchObject({
      platform: 'nitro',
      moduleId: 'i-1-enc2',
      timestampMs: atMs,
      reportData: toHex(userData),
      nonce: toHex(nonce),
      publicKey: toHex(publicKey),
      flags: [],
      trustRoot: 'simulated-nitro',
      simulated: true,
    })
    expect(Object.keys(claims.pcrs)).toHaveLength(16)
    expect(claims.pcrs[0]).toBe(`0x${'01'.repeat(48)}`)
    expect(claims.pcrs[3]).toBe(`0x${'00'.repeat(48)}`)
  })

  test('goes through `appraise`, without endorsements', async () => {
    const evidence = { platform: 'nitro', quote: full } as const
    expect(await appraiseAny(evidence, {}, trustStore, atMs)).toEqual(await appraise(full))
    const more = { leaf: '00' } as unknown as Record<string, never>
    await expect(appraiseAny(evidence, more, trustStore, atMs)).rejects.toMatchObject({
      code: 'endorsement.malformed',
    })
    await expect(
      appraiseAny({ ...evidence, platform: 'sgx' }, {} as never, trustStore, atMs),
    ).rejects.toMatchObject({ code: 'endorsement.malformed' })
  })

  test('may leave optional fields out, or null', async () => {
    const none = { reportData: '0x', nonce: undefined, publicKey: undefined }
    expect(await appraise(make())).toMatchObject(none)
    const entries: NitroBend['entries'] = (all) => all.filter(([, value]) => value !== null)
    expect(await appraise(bent({ entries }))).toMatchObject(none)
  })

  test('may be tagged as COSE_Sign1, once', async () => {
    expect(await codeOf(concatBytes(Uint8Array.of(0xd2), full))).toBe('accepted')
    expect(await codeOf(concatBytes(Uint8Array.of(0xd2, 0xd2), full))).toBe('nitro.malformed')
    expect(await codeOf(concatBytes(Uint8Array.of(0xd1), full))).toBe('nitro.malformed')
  })

  test('is the same with WebCrypto, and with what was verified before', async () => {
    const cache = new AppraisalCache()
    const claims = await appraise(full)
    for (const crypto of [nodeCrypto, webCrypto])
      for (let round = 0; round < 2; round++)
        expect(await appraise(full, atMs, trustStore, { crypto, cache })).toEqual(claims)
    await expect(appraise(full, atMs, nitroTrustStore, { cache })).rejects.toMatchObject({
      code: 'root.untrusted',
    })
    const late = atMs + 4 * HOUR_MS
    await expect(appraise(full, late, trustStore, { cache })).rejects.toMatchObject({
      code: 'nitro.chain',
    })
  })

  test('of an enclave in debug mode has a flag, as has one with any zero measurement', async () => {
    expect((await appraise(make({ debug: true }))).flags).toEqual(['NITRO_DEBUG'])
    for (const index of [0, 1, 2]) {
      const zeroed = { ...pcrs, [index]: new Uint8Array(48) }
      expect((await appraise(make({ pcrs: zeroed }))).flags).toEqual(['NITRO_DEBUG'])
    }
  })

  test('fails under the genuine root', async () => {
    expect(await codeOf(full, atMs, nitroTrustStore)).toBe('root.untrusted')
  })

  test('fails with any byte changed', async () => {
    for (let at = 0; at < full.length; at += 13) {
      const changed = full.slice()
      changed[at] = (changed[at] ?? 0) ^ 0x01
      expect(await codeOf(changed), `byte ${at}`).not.toBe('accepted')
    }
  })

  test('fails when it is cut anywhere, or longer', async () => {
    for (let length = 0; length < full.length; length += 7)
      expect(await codeOf(full.subarray(0, length))).toBe('nitro.malformed')
    expect(await codeOf(full.subarray(0, -1))).toBe('nitro.malformed')
    expect(await codeOf(concatBytes(full, Uint8Array.of(0)))).toBe('nitro.malformed')
    await expect(appraise(new Uint8Array(16_385))).rejects.toThrow(/more than 16384 bytes/)
  })
})

describe('time', () => {
  test('is that of the certificates, to the second', async () => {
    expect(await codeOf(make(), atMs + 3 * HOUR_MS - 3_000)).toBe('accepted')
    expect(await codeOf(make(), atMs + 3 * HOUR_MS)).toBe('nitro.chain')
    expect(await codeOf(make(), atMs - 3_000)).toBe('accepted')
    expect(await codeOf(make(), atMs - 4_000)).toBe('nitro.chain')
    expect(await codeOf(make({ expired: true }))).toBe('nitro.chain')
  })

  test('of the document may be 5 minutes ahead and no more', async () => {
    const ahead = (ms: number) =>
      bent({ entries: (all) => all.map(([k, v]) => [k, k === 'timestamp' ? atMs + ms : v]) })
    expect(await codeOf(ahead(300_000))).toBe('accepted')
    expect(await codeOf(ahead(300_001))).toBe('nitro.time')
  })

  test('of the document lies within the life of its certificate', async () => {
    const leaf = { notBeforeMs: atMs - HOUR_MS, notAfterMs: atMs + HOUR_MS }
    const at = (timestampMs: number) =>
      bent({
        certificates: { 0: leaf },
        entries: (all) => all.map(([k, v]) => [k, k === 'timestamp' ? timestampMs : v]),
      })
    expect(await codeOf(at(leaf.notBeforeMs))).toBe('accepted')
    expect(await codeOf(at(leaf.notBeforeMs - 1))).toBe('nitro.time')
    expect(await codeOf(at(leaf.notAfterMs), leaf.notAfterMs)).toBe('accepted')
    expect(await codeOf(at(leaf.notAfterMs + 1), leaf.notAfterMs)).toBe('nitro.time')
  })
})

describe('the chain is refused', () => {
  const other = new P384Key(seed(9), 'other')
  const flip = (der: Uint8Array) => der.map((byte, i) => (i === der.length - 1 ? byte ^ 1 : byte))

  test.each<[string, NitroBend['cabundle']]>([
    ['without one of its links', (ders) => ders.toSpliced(2, 1)],
    ['without its last link', (ders) => ders.slice(0, -1)],
    ['in another order', (ders) => ders.with(1, ders[2]!).with(2, ders[1]!)],
    ['with a link twice', (ders) => ders.toSpliced(1, 0, ders[1]!)],
    ['with a link that another key has signed', (ders) => ders.with(3, flip(ders[3]!))],
    ['with bytes that are no certificate', (ders) => ders.with(1, Uint8Array.of(0x30, 0))],
  ])('%s', async (_what, cabundle) => {
    expect(await codeOf(bent(cabundle ? { cabundle } : {}))).toBe('nitro.chain')
  })

  test.each<[string, NonNullable<NitroBend['cabundle']>]>([
    ['from the leaf up', (ders) => ders.toReversed()],
    ['without its root', (ders) => ders.slice(1)],
    ['with another root', (ders) => ders.with(0, flip(ders[0]!))],
  ])('%s', async (_what, cabundle) => {
    expect(await codeOf(bent({ cabundle }))).toBe('root.untrusted')
  })

  test.each<[string, number, Partial<NitroCertificate>]>([
    ['with a leaf that is a CA', 0, { pathLength: 0 }],
    ['with a leaf that may issue', 0, { keyUsage: bits(Uint8Array.of(0x84), 2) }],
    ['with a leaf that may not sign', 0, { keyUsage: bits(Uint8Array.of(0x40), 6) }],
    ['with a leaf issued under another name', 0, { issuerName: 'x.nitro-enclaves' }],
    ['with a leaf that another key has signed', 0, { issuerKey: other }],
    ['with a CA that is none', 1, { pathLength: undefined }],
    ['with a CA that may not issue', 1, { keyUsage: bits(Uint8Array.of(0x80), 7) }],
    ['with a CA that allows no CA below', 2, { pathLength: 0 }],
    ['with a CA that allows fewer CAs below', 3, { pathLength: 1 }],
    ['with a CA that has expired', 2, { notAfterMs: atMs - 1_000 }],
    ['with a CA that is not valid yet', 3, { notBeforeMs: atMs + 1_000 }],
    ['with a CA of another name', 2, { commonName: 'x.nitro-enclaves' }],
    ['with a CA that another key has signed', 3, { issuerKey: other }],
    ['with a CA of another key', 1, { key: other }],
  ])('%s', async (_what, index, change) => {
    expect(await codeOf(bent({ certificates: { [index]: change } }))).toBe('nitro.chain')
  })

  test('under a root of another PKI, though it is pinned', async () => {
    const certificates = {
      3: { issuerName: 'Simulated SGX Root CA' },
      4: { commonName: 'Simulated SGX Root CA', issuerName: 'Simulated SGX Root CA' },
    }
    let der = new Uint8Array()
    const document = bent({
      certificates,
      cabundle: (ders) => {
        der = new Uint8Array(ders[0]!)
        return ders
      },
    })
    const store = { roots: [{ name: 'x', der, simulated: true }] }
    expect(await codeOf(document, atMs, store)).toBe('nitro.chain')
  })
})

describe('the signature is refused', () => {
  test('by another key of the chain', async () => {
    expect(await codeOf(make({ wrongSigner: true }))).toBe('nitro.signature')
  })

  test('flipped, zero, or of another size', async () => {
    const changed = (signature: NonNullable<NitroBend['signature']>) => codeOf(bent({ signature }))
    expect(await changed((bytes) => bytes.with(0, (bytes[0] ?? 0) ^ 1))).toBe('nitro.signature')
    expect(await changed((bytes) => bytes.with(95, (bytes[95] ?? 0) ^ 1))).toBe('nitro.signature')
    expect(await changed(() => new Uint8Array(96))).toBe('nitro.signature')
    expect(await changed((bytes) => bytes.subarray(1))).toBe('nitro.malformed')
    expect(await changed((bytes) => concatBytes(bytes, bytes))).toBe('nitro.malformed')
  })

  test('of another document', async () => {
    const other = make({ nonce: Uint8Array.of(1) })
    const moved = bent({ signature: () => other.slice(-96) })
    expect(await codeOf(moved)).toBe('nitro.signature')
  })

  test('over a document whose fields were changed after', async () => {
    const document = make({ nonce: utf8('first nonce') })
    const at = Buffer.from(document).indexOf('first nonce')
    document.set(utf8('other nonce'), at)
    expect(await codeOf(document)).toBe('nitro.signature')
  })
})

describe('headers are refused', () => {
  test.each<[string, unknown]>([
    ['ES256', new Map([[1, -7]])],
    ['ES512', new Map([[1, -36]])],
    ['no algorithm', new Map()],
    [
      'more than the algorithm',
      new Map([
        [1, -35],
        [4, 0],
      ]),
    ],
  ])('protected: %s', async (_what, header) => {
    expect(await codeOf(bent({ protectedHeader: encode(header) }))).toBe('nitro.unsupported')
  })

  test('protected: nothing, and the algorithm in a longer form', async () => {
    expect(await codeOf(bent({ protectedHeader: new Uint8Array() }))).toBe('nitro.unsupported')
    const longer = Uint8Array.of(0xa1, 0x18, 0x01, 0x38, 0x22)
    expect(await codeOf(bent({ protectedHeader: longer }))).toBe('nitro.unsupported')
  })

  test('unprotected: an algorithm', async () => {
    const unprotected = encode(new Map([[1, -35]]))
    expect(await codeOf(bent({ unprotected }))).toBe('nitro.malformed')
    expect(await codeOf(bent({ unprotected: encode(null) }))).toBe('nitro.malformed')
    expect(await codeOf(bent({ unprotected: encode([]) }))).toBe('nitro.malformed')
  })
})
