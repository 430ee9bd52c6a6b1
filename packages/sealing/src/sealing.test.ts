// Sealing: what RFC 9180 says it is, and only the reader it was meant for opens it.
import { describe, expect, test } from 'vitest'
import { makeReaderKeys, openWith, readReaderKeys, sealTo, SealingError } from './index.ts'
import { readHpkeVectors } from './testing/vectors-file.ts'

const text = (value: string) => new TextEncoder().encode(value)
const none = new Uint8Array(0)
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))
const unauthentic: unknown = expect.objectContaining({ code: 'sealed.unauthentic' })

describe('RFC 9180', () => {
  const vectors = readHpkeVectors()
  if (typeof vectors === 'string') {
    test('the vectors are there', ({ skip }) => {
      if (process.env['CI'] === 'true') throw new Error(`vectors are not at ${vectors}`)
      console.log(`skipped: vectors are not at ${vectors}: set WETEE_VECTORS`)
      skip()
    })
  } else {
    // Appendix A.2: base mode with ChaCha20-Poly1305.
    const ours = vectors.filter(
      ({ mode, kem_id, kdf_id, aead_id }) =>
        mode === 0 && kem_id === 0x20 && kdf_id === 1 && aead_id === 3,
    )
    test('there is a vector of this suite', () => expect(ours).not.toHaveLength(0))
    test.each(ours)('opens the first message of the vector with info $info', async (vector) => {
      const [first, second] = vector.encryptions
      const stored = { privateKey: bytes(vector.skRm), publicKey: bytes(vector.pkRm) }
      const keys = await readReaderKeys(stored)
      const [enc, info] = [bytes(vector.enc), bytes(vector.info)]
      const open = (message: typeof first) =>
        openWith(keys, enc, info, bytes(message?.aad ?? ''), bytes(message?.ciphertext ?? ''))
      expect(Buffer.from(await open(first)).toString('hex')).toBe(first?.plaintext)
      // Sealed with the second nonce: this package has one message of each encapsulation.
      await expect(open(second)).rejects.toThrow(unauthentic)
    })
  }
})

test('what is sealed opens with the same context, and has 16 bytes more', async () => {
  const keys = await makeReaderKeys()
  for (const size of [0, 1, 1_000, 300_000]) {
    const plain = new Uint8Array(size).fill(7)
    const { enc, sealed } = await sealTo(keys.bytes, text('info'), text('aad'), plain)
    expect(enc).toHaveLength(32)
    expect(sealed).toHaveLength(size + 16)
    const opened = await openWith(keys, enc, text('info'), text('aad'), sealed)
    expect(Buffer.from(opened).equals(plain)).toBe(true)
  }
})

test('another key, info, aad, encapsulation or a changed byte does not open it', async () => {
  const keys = await makeReaderKeys()
  const { enc, sealed } = await sealTo(keys.bytes, text('info'), text('aad'), text('secret'))
  const changed = (whole: Uint8Array, at: number) =>
    whole.map((byte, index) => (index === at ? byte ^ 1 : byte))
  const other = await makeReaderKeys()
  const attempts: Parameters<typeof openWith>[] = [
    [other, enc, text('info'), text('aad'), sealed],
    [keys, enc, text('infp'), text('aad'), sealed],
    [keys, enc, text('info'), none, sealed],
    [keys, other.bytes, text('info'), text('aad'), sealed],
    [keys, enc.subarray(1), text('info'), text('aad'), sealed],
    [keys, new Uint8Array(32), text('info'), text('aad'), sealed],
    [keys, enc, text('info'), text('aad'), none],
    [keys, enc, text('info'), text('aad'), new Uint8Array([...sealed, 0])],
    ...Array.from(sealed, (_, at): Parameters<typeof openWith> => [
      keys,
      enc,
      text('info'),
      text('aad'),
      changed(sealed, at),
    ]),
  ]
  for (const attempt of attempts) await expect(openWith(...attempt)).rejects.toThrow(unauthentic)
})

test('nobody seals to a key that gives everybody the same secret, nor to bytes that are no key', async () => {
  // Points of low order (RFC 7748 section 6.1): zero, one, and order eight.
  const order8 = bytes('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800')
  for (const key of [
    new Uint8Array(32),
    Uint8Array.of(1, ...new Uint8Array(31)),
    order8,
    none,
    new Uint8Array(33),
  ])
    await expect(sealTo(key, none, none, text('secret'))).rejects.toThrow(
      expect.objectContaining({ code: 'key.invalid', name: SealingError.name }),
    )
})

test('ATTACK bytes behind a key, or behind an encapsulation, make it none', async () => {
  const keys = await makeReaderKeys()
  const long = Uint8Array.of(...keys.bytes, 7)
  await expect(sealTo(long, none, none, text('secret'))).rejects.toMatchObject({
    code: 'key.invalid',
  })
  const { enc, sealed } = await sealTo(keys.bytes, none, none, text('secret'))
  await expect(openWith(keys, Uint8Array.of(...enc, 7), none, none, sealed)).rejects.toMatchObject({
    code: 'sealed.unauthentic',
  })
})

test('the same bytes are sealed differently each time', async () => {
  const keys = await makeReaderKeys()
  const [one, two] = await Promise.all([1, 2].map(() => sealTo(keys.bytes, none, none, text('x'))))
  expect(one?.enc).not.toEqual(two?.enc)
  expect(one?.sealed).not.toEqual(two?.sealed)
})
