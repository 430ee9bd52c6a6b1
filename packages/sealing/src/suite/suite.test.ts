// Both back ends do what RFC 9180 says, and each opens what the other sealed.
import { describe, expect, test } from 'vitest'
import { readHpkeVectors } from '../testing/vectors-file.ts'
import { suite as node } from './node.ts'
import type { Cipher, Suite } from './suite.ts'
import { suite as web } from './web.ts'

const suites: Record<'node' | 'web', Suite> = { node, web }
const others = { node: web, web: node }
const ciphers: readonly Cipher[] = ['ChaCha20-Poly1305', 'AES-256-GCM']
/** RFC 9180 section 7.3. */
const numbers: Readonly<Record<number, Cipher>> = { 2: 'AES-256-GCM', 3: 'ChaCha20-Poly1305' }
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))
const hex = (given: Uint8Array) => Buffer.from(given).toString('hex')
const text = (value: string) => new TextEncoder().encode(value)
const context = { info: text('info'), aad: text('aad') }

describe.each(['node', 'web'] as const)('%s', (name) => {
  const [suite, other] = [suites[name], others[name]]
  const vectors = readHpkeVectors()
  if (typeof vectors !== 'string')
    test.each(
      vectors.filter(
        ({ mode, kem_id, kdf_id, aead_id }) =>
          mode === 0 && kem_id === 0x20 && kdf_id === 1 && numbers[aead_id] !== undefined,
      ),
    )('opens the first message of the vector with cipher $aead_id', async (vector) => {
      const keys = await suite.readKeys({
        privateKey: bytes(vector.skRm),
        publicKey: bytes(vector.pkRm),
      })
      const [first] = vector.encryptions
      const given = { info: bytes(vector.info), aad: bytes(first?.aad ?? '') }
      const sealed = { enc: bytes(vector.enc), sealed: bytes(first?.ciphertext ?? '') }
      const plain = await suite.open(numbers[vector.aead_id]!, keys, given, sealed)
      expect(hex(plain)).toBe(first?.plaintext)
    })

  test.each(ciphers)(
    'seals with %s what the other one opens, with new keys each time',
    async (cipher) => {
      const reader = await other.makeKeys(false)
      const raw = await other.publicBytes(reader)
      const made = await Promise.all(
        [1, 2].map(() => suite.seal(cipher, raw, context, text('message'))),
      )
      for (const sealed of made) {
        expect(sealed.enc).toHaveLength(32)
        expect(sealed.sealed).toHaveLength(7 + 16)
        expect(await other.open(cipher, reader, context, sealed)).toEqual(text('message'))
        for (const wrong of [
          { ...context, info: text('else') },
          { ...context, aad: text('else') },
        ])
          await expect(other.open(cipher, reader, wrong, sealed)).rejects.toThrow()
        const different = ciphers.find((one) => one !== cipher)!
        await expect(other.open(different, reader, context, sealed)).rejects.toThrow()
      }
      expect(made[0]?.enc).not.toEqual(made[1]?.enc)
    },
  )

  test('has no secret with a key of low order, on either side', async () => {
    const zero = new Uint8Array(32)
    const [cipher] = ciphers
    await expect(suite.seal(cipher!, zero, context, text('x'))).rejects.toThrow()
    const own = await suite.makeKeys(false)
    const sealed = { enc: zero, sealed: new Uint8Array(17) }
    await expect(suite.open(cipher!, own, context, sealed)).rejects.toThrow()
  })

  test('takes no key of the other one', async () => {
    const keys = await other.makeKeys(true)
    await expect(suite.publicBytes(keys)).rejects.toThrow()
    await expect(suite.privateBytes(keys)).rejects.toThrow()
  })

  test('stored keys are read again, and those that are read cannot be exported', async () => {
    const keys = await suite.makeKeys(true)
    const stored = {
      publicKey: await suite.publicBytes(keys),
      privateKey: await suite.privateBytes(keys),
    }
    const read = await suite.readKeys(stored)
    const sealed = await other.seal('AES-256-GCM', stored.publicKey, context, text('kept'))
    expect(await suite.open('AES-256-GCM', read, context, sealed)).toEqual(text('kept'))
    await expect(suite.privateBytes(await suite.makeKeys(false))).rejects.toThrow()
    const cut = { ...stored, privateKey: stored.privateKey.subarray(1) }
    await expect(suite.readKeys(cut)).rejects.toThrow()
  })

  test('shows nothing of a private key but what it is', async () => {
    const { privateKey } = await suite.makeKeys(false)
    expect(privateKey).toMatchObject({ type: 'private', extractable: false })
    expect(JSON.stringify(privateKey)).not.toMatch(/[0-9A-Za-z_-]{43}/)
  })
})
