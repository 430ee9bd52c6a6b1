// Identities are made for P-256 keys alone, and say the key's hash.
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { createTlsIdentity } from './index.ts'

const options = { type: 'pkcs8', format: 'pem' } as const
const ed25519 = generateKeyPairSync('ed25519').privateKey.export(options).toString()
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export(options)

test('a key keeps its hash under another name, and its certificate is for it', async () => {
  const first = await createTlsIdentity({ commonName: 'a' })
  const again = await createTlsIdentity({ commonName: 'b', keyPem: first.keyPem })
  expect(again.tlsKeyHash).toBe(first.tlsKeyHash)
  const certificate = new X509Certificate(again.certPem)
  expect(certificate.verify(certificate.publicKey)).toBe(true)
  expect(certificate.subject).toBe('CN=b')
})

test.each([
  ['text that is no key', 'nonsense'],
  ['a key for Ed25519', ed25519],
  ['a key on another curve', p384.toString()],
])('%s is refused', async (_, keyPem) => {
  await expect(createTlsIdentity({ commonName: 'a', keyPem })).rejects.toMatchObject({
    code: 'certificate.key-invalid',
    retryable: false,
  })
})
