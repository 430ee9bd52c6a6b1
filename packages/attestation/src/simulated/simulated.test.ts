// The simulated vendor: real formats, its own keys, the same after a restart.
import { createPublicKey, verify, X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { appraise, trustStoreDigest } from '../index.ts'
import type { Hex } from '../index.ts'
import { createSimulatedVendor, restoreSimulatedVendor } from './index.ts'
import { P256Key } from './ecdsa-key.ts'

const atMs = Date.UTC(2026, 5, 1, 12, 30, 15, 678)
const seed = (byte: number) => new Uint8Array(32).fill(byte)
const mrtd: Hex = `0x${'a1'.repeat(48)}`
const mrConfigId: Hex = `0x${'c0'.repeat(48)}`
const enclave = {
  mrEnclave: `0x${'e1'.repeat(32)}`,
  mrSigner: `0x${'51'.repeat(32)}`,
  isvProdId: 7,
  isvSvn: 3,
} as const
const reportData: Hex = `0x${'5d'.repeat(64)}`

test('signatures are those of ECDSA, the same for the same message', () => {
  for (let byte = 1; byte < 20; byte++) {
    const key = new P256Key(seed(byte), 'test')
    const message = Buffer.from(`message ${byte}`)
    const [x, y] = [key.publicKey.subarray(0, 32), key.publicKey.subarray(32)]
    const encode = (part: Uint8Array) => Buffer.from(part).toString('base64url')
    const publicKey = createPublicKey({
      key: { kty: 'EC', crv: 'P-256', x: encode(x), y: encode(y) },
      format: 'jwk',
    })
    const signature = key.sign(message)
    expect(
      verify('sha256', message, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature),
    ).toBe(true)
    expect(key.sign(message)).toEqual(signature)
    expect(key.sign(Buffer.from('another'))).not.toEqual(signature)
  }
})

test('every name says Simulated and has the phrase that the verifier asks for', () => {
  const vendor = createSimulatedVendor({ seed: seed(1), atMs })
  const quote = vendor.createChip().launch({ mrtd, mrConfigId }).quote(reportData)
  const pem =
    new TextDecoder().decode(quote.subarray(1258)) + vendor.collateral(atMs).tcb_info_issuer_chain
  const names = (pem.match(/-----BEGIN[^]*?END CERTIFICATE-----/g) ?? []).map(
    (block) => /CN=(.*)/.exec(new X509Certificate(block).subject)?.[1],
  )
  expect(names).toEqual([
    'Simulated SGX PCK Certificate',
    'Simulated SGX PCK Platform CA',
    'Simulated SGX Root CA',
    'Simulated SGX TCB Signing',
    'Simulated SGX Root CA',
  ])
})

test('vendors and chips without a seed are all different', () => {
  const [a, b] = [createSimulatedVendor({ atMs }), createSimulatedVendor({ atMs })]
  expect(trustStoreDigest([a.rootDer])).not.toBe(trustStoreDigest([b.rootDer]))
  expect(a.createChip().ppid).not.toBe(a.createChip().ppid)
})

test('a restored vendor has the same root, issues the same collateral and remembers revocations', async () => {
  const vendor = createSimulatedVendor({ atMs })
  const chip = vendor.createChip()
  chip.revoke()
  const restored = restoreSimulatedVendor(vendor.serialize())
  expect(restored.rootPem).toBe(vendor.rootPem)
  expect(restored.collateral(atMs)).toEqual(vendor.collateral(atMs))
  const quote = restored
    .restoreChip(chip.serialize())
    .launch({ mrtd, mrConfigId })
    .quote(reportData)
  const store = { roots: [{ name: 's', der: vendor.rootDer, simulated: true }] }
  await expect(
    appraise({ platform: 'tdx', quote }, restored.collateral(atMs), store, atMs),
  ).rejects.toMatchObject({ code: 'pck.revoked' })
})

test('a restored chip keeps its name, its quotes, its switches and its sealing keys', () => {
  const vendor = createSimulatedVendor({ seed: seed(1), atMs })
  const chip = vendor.createChip()
  chip.setTcb('OutOfDate')
  chip.setDebug(true)
  const restored = vendor.restoreChip(chip.serialize())
  const quoteOf = (from: typeof chip) => from.launch({ mrtd, mrConfigId }).quote(reportData)
  expect(restored.ppid).toBe(chip.ppid)
  expect(quoteOf(restored)).toEqual(quoteOf(chip))
  expect(restored.sealingKey(mrtd, 'disk')).toEqual(chip.sealingKey(mrtd, 'disk'))
})

test('a chip of the Processor CA is restored with every switch, for guests and enclaves', () => {
  const vendor = createSimulatedVendor({ seed: seed(1), atMs })
  const chip = vendor.createChip({ ca: 'processor' })
  chip.set({
    tcb: 'ConfigurationNeeded',
    sgxSvns: { 0: 9 },
    teeSvns: { 0: 6 },
    teeSvnsAtLaunch: { 0: 5 },
    pceSvn: 12,
    qeSvn: 5,
    septVeDisable: false,
    serviceTd: true,
    faults: ['qe-signer'],
  })
  const restored = vendor.restoreChip(chip.serialize())
  const quotesOf = (from: typeof chip) => [
    from.launch({ mrtd, mrConfigId }).quote(reportData),
    from.launch({ mrtd, mrConfigId }).quote(reportData, { version: 5, td: '1.5' }),
    from.launchEnclave(enclave).quote(reportData),
  ]
  expect(quotesOf(restored)).toEqual(quotesOf(chip))
  chip.set({ faults: [] })
  expect(quotesOf(restored)[0]).not.toEqual(quotesOf(chip)[0])
  expect(restored.serialize()).toContain('"qe-signer"')
})

test('vendors and chips that were saved before there were other switches are restored', () => {
  const bare = '01'.repeat(32)
  const vendor = restoreSimulatedVendor(
    `{"format":"wetee/simulated-vendor/v1","seed":"${bare}","createdAtMs":${atMs},"revoked":["0x${'ab'.repeat(16)}"]}`,
  )
  expect(vendor.rootDer).toEqual(createSimulatedVendor({ seed: seed(1), atMs }).rootDer)
  const text = `{"format":"wetee/simulated-chip/v1","seed":"${bare}","tcb":"OutOfDate","debug":true}`
  const chip = vendor.restoreChip(text)
  expect(chip.launch({ mrtd, mrConfigId }).report().debug).toBe(true)
  // What has the settings of a new chip is saved as it was then.
  expect(chip.serialize()).toBe(text)
})

test('an SGX quote says everything that the enclave is', async () => {
  const vendor = createSimulatedVendor({ seed: seed(1), atMs })
  const chip = vendor.createChip()
  const store = { roots: [{ name: 's', der: vendor.rootDer, simulated: true }] }
  const judge = (quote: Uint8Array) =>
    appraise({ platform: 'sgx', quote }, vendor.collateral(atMs, { tee: 'sgx' }), store, atMs)
  const configId: Hex = `0x${'cf'.repeat(64)}`
  const claims = await judge(chip.launchEnclave({ ...enclave, configId }).quote(reportData))
  expect(claims).toMatchObject({ ...enclave, configId, reportData, flags: [], ppid: chip.ppid })
  const bare = await judge(chip.launchEnclave(enclave).quote(reportData))
  expect(bare.configId).toBe(`0x${'00'.repeat(64)}`)
  // KSS is on with a CONFIGID only.
  expect([claims, bare].map(({ attributes }) => attributes.slice(0, 4))).toEqual(['0x85', '0x05'])
  const debug = chip.launchEnclave({ ...enclave, debug: true })
  expect((await judge(debug.quote(reportData))).flags).toEqual(['SGX_DEBUG'])
  expect(() => chip.launchEnclave({ ...enclave, isvSvn: 65_536 })).toThrow(RangeError)
  expect(() => chip.launchEnclave({ ...enclave, mrSigner: '0x00' })).toThrow(
    expect.objectContaining({ code: 'binding.invalid' }),
  )
})

test('a sealing key depends on chip, MRTD and context', () => {
  const vendor = createSimulatedVendor({ seed: seed(1), atMs })
  const [a, b] = [vendor.createChip(), vendor.createChip()]
  const other: Hex = `0x${'a2'.repeat(48)}`
  const keys = [
    a.sealingKey(mrtd, 'x'),
    b.sealingKey(mrtd, 'x'),
    a.sealingKey(other, 'x'),
    a.sealingKey(mrtd, 'y'),
  ]
  expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(4)
  expect(keys.map((key) => key.length)).toEqual([32, 32, 32, 32])
})

test('collateral of any hour is accepted at that hour', async () => {
  const vendor = createSimulatedVendor({ seed: seed(1), atMs })
  const quote = vendor.createChip().launch({ mrtd, mrConfigId }).quote(reportData)
  const store = { roots: [{ name: 's', der: vendor.rootDer, simulated: true }] }
  for (const days of [0, 29, 365, 6 * 365]) {
    const at = atMs + days * 86_400_000
    const claims = await appraise({ platform: 'tdx', quote }, vendor.collateral(at), store, at)
    expect(claims.tcbStatus).toBe('UpToDate')
  }
})

test('registers are extended and never set, and there are four', () => {
  const guest = createSimulatedVendor({ seed: seed(1), atMs })
    .createChip()
    .launch({ mrtd, mrConfigId })
  const before = guest.report()
  guest.extend(2, `0x${'00'.repeat(48)}`)
  expect(guest.report().rtmr[2]).not.toBe(before.rtmr[2])
  for (const register of [-1, 4, 1.5])
    expect(() => guest.extend(register, `0x${'00'.repeat(48)}`)).toThrow(RangeError)
  expect(() => guest.extend(3, '0x00')).toThrow(
    expect.objectContaining({ code: 'binding.invalid' }),
  )
  expect(() => guest.quote('0x00')).toThrow(expect.objectContaining({ code: 'binding.invalid' }))
})

test.each([
  '',
  '{}',
  '[]',
  '{"format":"wetee/simulated-vendor/v1"}',
  '{"format":"wetee/simulated-vendor/v1","seed":"00","createdAtMs":1,"revoked":[]}',
])('the text %s is no vendor', (text) => {
  expect(() => restoreSimulatedVendor(text)).toThrow(
    expect.objectContaining({ code: 'simulated.malformed' }),
  )
})

test('a chip’s text is checked too', () => {
  const vendor = createSimulatedVendor({ seed: seed(1), atMs })
  const good = JSON.parse(vendor.createChip().serialize()) as object
  for (const change of [
    { tcb: 'Any' },
    { debug: 1 },
    { seed: 'zz' },
    { format: 'x' },
    { ca: 'root' },
    { unknown: 1 },
    { sgxSvns: { 16: 1 } },
    { teeSvns: { 0: 256 } },
    { sgxSvns: [] },
    { pceSvn: -1 },
    { septVeDisable: 'no' },
    { faults: ['any'] },
    { faults: 'quote-cut' },
  ])
    expect(() => vendor.restoreChip(JSON.stringify({ ...good, ...change }))).toThrow(
      expect.objectContaining({ code: 'simulated.malformed' }),
    )
  expect(() => vendor.createChip({ seed: new Uint8Array(31) })).toThrow(RangeError)
})
