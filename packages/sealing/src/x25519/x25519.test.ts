// Both ways to multiply on Curve25519 do what RFC 9180 says, and each opens what the other sealed.
import type { KEM } from 'hpke'
import { describe, expect, test } from 'vitest'
import { readHpkeVectors } from '../testing/vectors-file.ts'
import { x25519 as openNode } from './node.ts'
import { x25519 as openWeb } from './web.ts'

const kems = { node: openNode() as KEM, web: openWeb() as KEM }
const others = { node: kems.web, web: kems.node }
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))
const hex = (given: Uint8Array) => Buffer.from(given).toString('hex')

describe.each(['node', 'web'] as const)('X25519 of %s', (name) => {
  const kem = kems[name]
  const vectors = readHpkeVectors()
  if (typeof vectors !== 'string')
    test.each(vectors.filter(({ mode, kem_id }) => mode === 0 && kem_id === 0x20))(
      'derives the keys and opens the secret of the vector with ciphers $kdf_id and $aead_id',
      async ({ ikmR, skRm, pkRm, enc, shared_secret: expected }) => {
        const derived = await kem.DeriveKeyPair(bytes(ikmR), true)
        expect(hex(await kem.SerializePrivateKey(derived.privateKey))).toBe(skRm)
        expect(hex(await kem.SerializePublicKey(derived.publicKey))).toBe(pkRm)
        const read = await kem.DeserializePrivateKey(bytes(skRm), false)
        for (const key of [derived.privateKey, read])
          expect(hex(await kem.Decap(bytes(enc), key, derived.publicKey))).toBe(expected)
        // WebCrypto has no way from there to the public key, but for some engines' experiments.
        if (name === 'node')
          expect(hex(await kem.Decap(bytes(enc), read, undefined))).toBe(expected)
      },
    )

  test('encapsulates what the other one decapsulates, with new keys each time', async () => {
    const other = others[name]
    const reader = await other.GenerateKeyPair(false)
    const raw = await other.SerializePublicKey(reader.publicKey)
    const made = await Promise.all(
      [1, 2].map(async () => kem.Encap(await kem.DeserializePublicKey(raw))),
    )
    for (const { enc, shared_secret: secret } of made) {
      expect(secret).toHaveLength(32)
      expect(await other.Decap(enc, reader.privateKey, reader.publicKey)).toEqual(secret)
    }
    expect(made[0]?.enc).not.toEqual(made[1]?.enc)
  })

  test('has no secret with a key of low order, on either side', async () => {
    const zero = new Uint8Array(32)
    const attempt = async () => kem.Encap(await kem.DeserializePublicKey(zero))
    await expect(attempt()).rejects.toThrow()
    const own = await kem.GenerateKeyPair(false)
    await expect(kem.Decap(zero, own.privateKey, own.publicKey)).rejects.toThrow()
  })

  test('takes no key of the other one', async () => {
    const { publicKey } = await others[name].GenerateKeyPair(false)
    await expect(kem.Encap(publicKey)).rejects.toThrow()
  })

  test('shows nothing of a private key but what it is', async () => {
    const { privateKey } = await kem.GenerateKeyPair(false)
    expect(privateKey).toMatchObject({ type: 'private', extractable: false })
    expect(JSON.stringify(privateKey)).not.toMatch(/[0-9A-Za-z_-]{43}/)
  })
})
