// The simulated AMD: real formats, its own keys, the same after a restart.
import { createPublicKey, constants, verify, X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { appraise, trustStoreDigest } from '../../index.ts'
import type { Hex } from '../../index.ts'
import { createSimulatedAmdVendor, restoreSimulatedAmdVendor } from '../index.ts'
import { RsaKey } from './rsa-key.ts'

const atMs = Date.UTC(2026, 5, 1, 12, 30, 15, 678)
const seed = (byte: number) => new Uint8Array(32).fill(byte)
const measurement: Hex = `0x${'a1'.repeat(48)}`
const hostData: Hex = `0x${'c0'.repeat(32)}`
const reportData: Hex = `0x${'5d'.repeat(64)}`
const vendor = createSimulatedAmdVendor({ seed: seed(1), atMs })
const certificate = (hex: string) => new X509Certificate(Buffer.from(hex, 'hex'))
const reportOf = (chip: ReturnType<typeof vendor.createChip>) =>
  chip.launch({ measurement, hostData }).report(reportData)

test('RSA signatures are those of RSASSA-PSS, the same for the same message', () => {
  for (const label of ['a', 'b']) {
    const key = new RsaKey(seed(7), label)
    expect(new RsaKey(seed(7), label).publicKey).toEqual(key.publicKey)
    const message = Buffer.from(`message ${label}`)
    const publicKey = createPublicKey({
      key: Buffer.from(key.publicKey),
      format: 'der',
      type: 'spki',
    })
    expect(publicKey.asymmetricKeyDetails).toEqual({
      modulusLength: 4096,
      publicExponent: 65_537n,
    })
    const options = { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 }
    const signature = key.sign(message)
    expect(verify('sha384', message, options, signature)).toBe(true)
    expect(verify('sha384', Buffer.from('another'), options, signature)).toBe(false)
    expect(key.sign(message)).toEqual(signature)
  }
  expect(new RsaKey(seed(7), 'a').publicKey).not.toEqual(new RsaKey(seed(7), 'b').publicKey)
  expect(new RsaKey(seed(7), 'a').publicKey).not.toEqual(new RsaKey(seed(8), 'a').publicKey)
})

test('OpenSSL reads the certificates and agrees with their signatures', () => {
  const chip = vendor.createChip({ seed: seed(2) })
  for (const signingKey of ['VCEK', 'VLEK'] as const) {
    chip.set({ signingKey })
    const endorsements = vendor.endorsements(chip, atMs)
    const path = [certificate(endorsements.leaf), certificate(endorsements.ask)]
    const root = new X509Certificate(vendor.rootPem)
    const [leaf, ask] = path as [X509Certificate, X509Certificate]
    expect(leaf.checkIssued(ask) && leaf.verify(ask.publicKey)).toBe(true)
    expect(ask.checkIssued(root) && ask.verify(root.publicKey)).toBe(true)
    expect(root.checkIssued(root) && root.verify(root.publicKey)).toBe(true)
    // One zero or two, by the version of OpenSSL.
    expect(leaf.serialNumber).toMatch(/^00?$/)
    expect([leaf.ca, ask.ca, root.ca]).toEqual([false, true, true])
  }
})

test('every name is AMD’s and says Simulated', () => {
  const chip = vendor.createChip()
  const { leaf, ask } = vendor.endorsements(chip, atMs)
  const subjects = [leaf, ask].map((hex) => certificate(hex).subject)
  const names = [...subjects, new X509Certificate(vendor.rootDer).subject]
  expect(names.map((name) => /CN=(.*)/.exec(name)?.[1])).toEqual([
    'SEV-VCEK',
    'SEV-Milan',
    'ARK-Milan',
  ])
  for (const name of names) expect(name).toContain('O=Simulated TEE vendor')
})

test('a root that is listed as genuine is refused', async () => {
  const chip = vendor.createChip()
  const store = { roots: [{ name: 'amd', der: vendor.rootDer, simulated: false }] }
  const evidence = { platform: 'sev-snp', quote: reportOf(chip) } as const
  await expect(
    appraise(evidence, vendor.endorsements(chip, atMs), store, atMs),
  ).rejects.toMatchObject({ code: 'trust-store.invalid' })
})

test('everything follows from seeds, and without one all vendors and chips are different', () => {
  const again = createSimulatedAmdVendor({ seed: seed(1), atMs })
  const [chip, same] = [vendor, again].map((one) => one.createChip({ seed: seed(2) }))
  if (chip === undefined || same === undefined) throw new Error('no chips')
  expect(again.rootDer).toEqual(vendor.rootDer)
  expect(again.endorsements(same, atMs)).toEqual(vendor.endorsements(chip, atMs))
  expect(reportOf(same)).toEqual(reportOf(chip))
  const [a, b] = [createSimulatedAmdVendor({ atMs }), createSimulatedAmdVendor({ atMs })]
  expect(trustStoreDigest([a.rootDer])).not.toBe(trustStoreDigest([b.rootDer]))
  expect(a.createChip().chipId).not.toBe(a.createChip().chipId)
  expect(() => a.endorsements(b.createChip(), atMs)).toThrow(RangeError)
})

test('a restored vendor has the same root, issues the same and remembers what it took back', () => {
  const one = createSimulatedAmdVendor({ seed: seed(3), atMs, product: 'Turin' })
  const chip = one.createChip()
  chip.revoke()
  one.revokeAsk('VLEK')
  const restored = restoreSimulatedAmdVendor(one.serialize())
  expect([restored.rootPem, restored.product]).toEqual([one.rootPem, 'Turin'])
  const again = restored.restoreChip(chip.serialize())
  expect(restored.endorsements(again, atMs)).toEqual(one.endorsements(chip, atMs))
})

test('a restored chip keeps its name, its reports, its switches and its sealing keys', () => {
  const chip = vendor.createChip()
  chip.setTcb({ snp: 3 })
  chip.set({ debug: true, vmpl: 2, maskChipId: true, version: 3, faults: ['report-signature'] })
  const restored = vendor.restoreChip(chip.serialize())
  expect(restored.chipId).toBe(chip.chipId)
  expect(reportOf(restored)).toEqual(reportOf(chip))
  expect(restored.sealingKey(measurement, 'disk')).toEqual(chip.sealingKey(measurement, 'disk'))
})

test('a sealing key depends on chip, measurement and context', () => {
  const [a, b] = [vendor.createChip(), vendor.createChip()]
  const other: Hex = `0x${'a2'.repeat(48)}`
  const keys = [
    a.sealingKey(measurement, 'x'),
    b.sealingKey(measurement, 'x'),
    a.sealingKey(other, 'x'),
    a.sealingKey(measurement, 'y'),
  ]
  expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(4)
  expect(keys.map(({ length }) => length)).toEqual([32, 32, 32, 32])
  expect(() => a.sealingKey(measurement, 'x'.repeat(1_000))).toThrow(RangeError)
})

test('a launch has values of the right sizes', () => {
  const chip = vendor.createChip()
  const binding = expect.objectContaining({ code: 'binding.invalid' }) as Error
  expect(() => chip.launch({ measurement: '0x00', hostData })).toThrow(binding)
  expect(() => chip.launch({ measurement, hostData: '0x00' })).toThrow(binding)
  expect(() => chip.launch({ measurement, hostData, familyId: '0x00' })).toThrow(binding)
  for (const guestSvn of [-1, 1.5, 2 ** 32])
    expect(() => chip.launch({ measurement, hostData, guestSvn })).toThrow(RangeError)
  for (const policy of [-1n, 1n << 64n])
    expect(() => chip.launch({ measurement, hostData, policy })).toThrow(RangeError)
  const guest = chip.launch({ measurement, hostData })
  expect(() => guest.report('0x00')).toThrow(binding)
  for (const vmpl of [-1, 4, 0.5])
    expect(() => guest.report(reportData, { vmpl })).toThrow(RangeError)
})

test('a text that no vendor or chip wrote is refused', () => {
  const malformed = expect.objectContaining({ code: 'simulated.malformed' }) as Error
  const whole = JSON.parse(vendor.serialize()) as object
  for (const text of ['', '[]', 'null', '{}', ' '.repeat(1_048_577)])
    expect(() => restoreSimulatedAmdVendor(text)).toThrow(malformed)
  for (const change of [
    { format: 'x' },
    { seed: '00' },
    { seed: 1 },
    { product: 'Naples' },
    { createdAtMs: 0.5 },
    { revokedChips: ['00'] },
    { revokedChips: {} },
    { revokedAsks: ['ARK'] },
  ])
    expect(() => restoreSimulatedAmdVendor(JSON.stringify({ ...whole, ...change }))).toThrow(
      malformed,
    )
  const chip = JSON.parse(vendor.createChip().serialize()) as { switches: object }
  const restore = (changes: object) => () =>
    vendor.restoreChip(JSON.stringify({ ...chip, switches: { ...chip.switches, ...changes } }))
  expect(restore({})).not.toThrow()
  for (const changes of [
    { version: 4 },
    { vmpl: 4 },
    { debug: 1 },
    { signingKey: 'ARK' },
    { faults: ['none'] },
    { faults: {} },
    { more: true },
    { cpuid: { family: 256, model: 0, stepping: 0 } },
    { reportedTcb: { bootloader: 0, tee: 0, snp: 0 } },
    { reportedTcb: { fmc: 0, bootloader: 0, tee: 0, snp: 0, microcode: 0 } },
  ])
    expect(restore(changes)).toThrow(malformed)
  expect(() => vendor.createChip({ seed: new Uint8Array(31) })).toThrow(RangeError)
})
