// Which roots a node judges by.
import { intelTrustStore, trustStoreDigest } from '@wetee/attestation'
import { createSimulatedVendor } from '@wetee/attestation/simulated'
import { expect, test } from 'vitest'
import { trustOf } from './trust-store.ts'

const vendor = createSimulatedVendor({ seed: new Uint8Array(32).fill(7), atMs: 1_780_000_000_000 })
const simulated = { simulated: true, trustRoots: [{ name: 'simulated', pem: vendor.rootPem }] }
const genuine = { simulated: false, trustRoots: [] }
const digestOf = (roots: readonly { readonly der: Uint8Array }[]) =>
  trustStoreDigest(roots.map(({ der }) => der))
const simulatedDigest = trustStoreDigest([vendor.rootDer])

const refuses = (options: Parameters<typeof trustOf>[0], code: string) =>
  expect(() => trustOf(options)).toThrow(expect.objectContaining({ code }))

test('simulated roots count only when asked for in words, and claims under them say so', () => {
  const digestOnChain = simulatedDigest
  refuses(
    { profile: simulated, digestOnChain, allowSimulated: false },
    'trust.simulated-not-allowed',
  )
  const { store, policy } = trustOf({ profile: simulated, digestOnChain, allowSimulated: true })
  expect(store.roots).toEqual([{ name: 'simulated', der: vendor.rootDer, simulated: true }])
  expect(policy.trust).toBe('genuine-or-simulated')
})

test('a genuine network gets the pinned roots alone, whatever its profile lists and allows', () => {
  const profile = { ...simulated, simulated: false }
  const digestOnChain = digestOf(intelTrustStore.roots)
  const { store, policy } = trustOf({ profile, digestOnChain, allowSimulated: true })
  expect(store).toBe(intelTrustStore)
  expect(policy.trust).toBe('genuine')
  refuses({ profile, digestOnChain: simulatedDigest, allowSimulated: true }, 'trust.digest-differs')
})

test('roots other than those that the Subnet names are refused', () => {
  const digestOnChain = digestOf(intelTrustStore.roots)
  refuses({ profile: simulated, digestOnChain, allowSimulated: true }, 'trust.digest-differs')
  const none = { simulated: true, trustRoots: [] }
  refuses({ profile: none, digestOnChain, allowSimulated: true }, 'trust.digest-differs')
  expect(trustOf({ profile: genuine, digestOnChain, allowSimulated: false }).store).toBe(
    intelTrustStore,
  )
})

test('what is no certificate, or a vendor in disguise, is no simulated root', () => {
  const digestOnChain = simulatedDigest
  const [intel] = intelTrustStore.roots
  const pem = `-----BEGIN CERTIFICATE-----\n${Buffer.from(intel!.der).toString('base64')}\n-----END CERTIFICATE-----\n`
  for (const text of ['not a certificate', pem]) {
    const profile = { simulated: true, trustRoots: [{ name: 'root', pem: text }] }
    refuses({ profile, digestOnChain, allowSimulated: true }, 'trust.root-invalid')
  }
})
