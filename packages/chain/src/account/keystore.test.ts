// Keystores: opened with their password, refused otherwise, without a word about the key.
import * as Keystore from 'ox/Keystore'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { describe, expect, it } from 'vitest'
import { keystoreAddress, openKeystore } from './keystore.ts'

const privateKey = generatePrivateKey()
const { address } = privateKeyToAccount(privateKey)
const [key, derivation] = Keystore.scrypt({ password: 'correct horse', n: 1024 })
const stored = { ...Keystore.encrypt(privateKey, key, derivation), address }
const text = JSON.stringify(stored)
const change = (kdfparams: object) =>
  JSON.stringify({
    ...stored,
    crypto: { ...stored.crypto, kdfparams: { ...stored.crypto.kdfparams, ...kdfparams } },
  })

describe('a keystore', () => {
  it('opens with its password', () => {
    expect(openKeystore(text, 'correct horse').address).toBe(address)
    expect(keystoreAddress(text)).toBe(address)
  })

  it('stays shut with another one, and says nothing of the key', () => {
    const refusal = (() => {
      try {
        openKeystore(text, 'battery staple')
      } catch (error) {
        return error as Error
      }
      return undefined
    })()
    expect(refusal).toMatchObject({ code: 'account.password-wrong' })
    expect(refusal?.cause).toBeUndefined()
    expect(refusal?.message).not.toContain(privateKey.slice(2))
  })

  it.each([
    ['no JSON', '{'],
    ['another version', JSON.stringify({ ...stored, version: 1 })],
    ['a cost above the bound', change({ n: 2_097_152 })],
    ['more than 16 KiB', text + ' '.repeat(16_384)],
  ])('is refused with %s', (_, wrong) => {
    expect(() => openKeystore(wrong, 'correct horse')).toThrow(
      expect.objectContaining({ code: 'account.keystore-invalid' }) as Error,
    )
  })

  it('takes the largest cost that is allowed as far as the schema', () => {
    expect(keystoreAddress(change({ n: 1_048_576 }))).toBe(address)
  })
})
