import 'reflect-metadata'
import { createPublicKey } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import { createTlsIdentity } from '@wetee/certificates'
import { expect, test } from 'vitest'
import { Certificates } from './certificates.ts'
import { p256KeyFrom } from './derived-identity.ts'

const seed = Buffer.alloc(32, 3)
const pemOf = (bytes: Buffer) =>
  p256KeyFrom(bytes).export({ type: 'pkcs8', format: 'pem' }).toString()
const identity = await createTlsIdentity({ commonName: 'app-7.wetee', keyPem: pemOf(seed) })
/** Any certificate for a key and a name, valid from 2020 to 9999. */
const chainFor = async (commonName: string, keyPem = pemOf(seed)) =>
  (await createTlsIdentity({ commonName, keyPem })).certPem
const now = Date.UTC(2026, 0, 1) / 1000

test('a certificate for the own key and the domain is shown to who asks for the domain', async () => {
  const certificates = new Certificates(identity)
  expect(certificates.isDue('shop.example', now)).toBe(true)
  expect(certificates.take('shop.example', await chainFor('shop.example'), now)).toBe(true)
  expect(certificates.context('SHOP.example')).toBeDefined()
  expect(certificates.context('shop.example.org')).toBeUndefined()
  expect(certificates.isDue('shop.example', now)).toBe(false)
})

test('what the worker hands over for another key, name or time is not used', async () => {
  const certificates = new Certificates(identity)
  const take = (chain: string, at = now) => certificates.take('shop.example', chain, at)
  expect(take(await chainFor('shop.example', pemOf(Buffer.alloc(32, 4))))).toBe(false)
  expect(take(await chainFor('other.example'))).toBe(false)
  expect(take(await chainFor('shop.example'), Date.UTC(9999, 11, 31, 23, 59, 59) / 1000)).toBe(
    false,
  )
  expect(take('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')).toBe(false)
  expect(take('')).toBe(false)
  expect(certificates.context('shop.example')).toBeUndefined()
})

test('a certificate for a key of another kind is not used either', async () => {
  const algorithm = {
    ...{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048 },
    publicExponent: new Uint8Array([1, 0, 1]),
  }
  const keys = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...{ keys, signingAlgorithm: algorithm },
    extensions: [
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'shop.example' }]),
    ],
  })
  const chain = `${certificate.toString('pem').trim()}\n`
  const atSeconds = certificate.notBefore.getTime() / 1000
  expect(new Certificates(identity).take('shop.example', chain, atSeconds)).toBe(false)
})

test('an older certificate never takes the place of what is there', async () => {
  const certificates = new Certificates(identity)
  const chain = await chainFor('shop.example')
  expect(certificates.take('shop.example', chain, now)).toBe(true)
  expect(certificates.take('shop.example', chain, now)).toBe(false)
})

test('one seed gives one key, another seed another, and the seed is left alone', () => {
  const spki = (bytes: Buffer) =>
    createPublicKey(p256KeyFrom(bytes)).export({ type: 'spki', format: 'der' }).toString('hex')
  expect(spki(seed)).toBe(spki(Buffer.alloc(32, 3)))
  expect(spki(seed)).not.toBe(spki(Buffer.alloc(32, 4)))
  expect(seed.equals(Buffer.alloc(32, 3))).toBe(true)
  expect(() => p256KeyFrom(Buffer.alloc(31))).toThrow(TypeError)
})

test('the key of a seed never changes: certificates and accounts hang on it', () => {
  const key = createPublicKey(p256KeyFrom(Buffer.alloc(32, 1)))
  expect(key.export({ format: 'jwk' })['x']).toBe('6Ah3t4zWW66PU3V93FcFdo5XworPtFS-9jiYP1SGN80')
})
