// From evidence to an appraisal: simulated platforms, servers that speak the real APIs, the real
// verifier.
import { appraise, type Evidence } from '@wetee/attestation'
import { createSimulatedAmdVendor, createSimulatedVendor } from '@wetee/attestation/simulated'
import { afterEach, expect, test } from 'vitest'
import { fetchEndorsements } from './fetch-endorsements.ts'
import type { IntelQuery } from './testing/index.ts'
import { createSimulatedClock } from './testing/simulated-clock.ts'
import { cleanUp, DAY_MS, NOW_MS, openClient, startServer } from './testing/fixtures.ts'

afterEach(cleanUp)

const SEED = new Uint8Array(32).fill(9)
const REPORT_DATA = `0x${'11'.repeat(64)}` as const

async function startIntel(ca: 'platform' | 'processor' = 'platform') {
  const clock = createSimulatedClock(NOW_MS)
  const vendor = createSimulatedVendor({ seed: SEED, atMs: NOW_MS - DAY_MS })
  const chip = vendor.createChip({ seed: SEED, ca })
  const guest = chip.launch({ mrtd: `0x${'22'.repeat(48)}`, mrConfigId: `0x${'00'.repeat(48)}` })
  const evidence: Evidence<'tdx'> = { platform: 'tdx', quote: guest.quote(REPORT_DATA) }
  const intel = {
    fmspcs: ['53494d554c41'],
    collateral: (query: IntelQuery) =>
      vendor.collateral(clock.nowMs(), { tee: query.tee, ca: query.ca }),
  }
  const pcs = await startServer({ api: 'pcs', intel })
  const client = await openClient(clock, {
    intel: [{ api: 'pcs', url: pcs.url, rootCrlUrl: `${pcs.url}/IntelSGXRootCA.der` }],
  })
  const roots = [{ name: vendor.name, der: vendor.rootDer, simulated: true }]
  return { clock, chip, evidence, client, pcs, trustStore: { roots } }
}

async function startAmd(product: 'Milan' | 'Genoa' | 'Turin') {
  const clock = createSimulatedClock(NOW_MS)
  const vendor = createSimulatedAmdVendor({ seed: SEED, atMs: NOW_MS - DAY_MS, product })
  const chip = vendor.createChip({ seed: SEED })
  const bytesOf = (field: 'leaf' | 'ask' | 'crl') =>
    new Uint8Array(Buffer.from(vendor.endorsements(chip, clock.nowMs())[field] ?? '', 'hex'))
  const pem = (der: Uint8Array) =>
    `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`
  const kds = await startServer({
    api: 'kds',
    amd: {
      vcek: () => bytesOf('leaf'),
      chain: () => pem(bytesOf('ask')) + vendor.rootPem,
      crl: () => bytesOf('crl'),
    },
  })
  const client = await openClient(clock, { amd: [{ url: kds.url }] })
  const roots = [{ name: vendor.name, der: vendor.rootDer, simulated: true }]
  return { clock, vendor, chip, client, kds, trustStore: { roots } }
}

test('a TDX quote is appraised with what was fetched for it', async () => {
  const { clock, evidence, client, trustStore } = await startIntel()
  const { endorsements } = await fetchEndorsements(evidence, { client })
  const claims = await appraise(evidence, endorsements, trustStore, clock.nowMs())
  expect(claims).toMatchObject({ platform: 'tdx', tcbStatus: 'UpToDate', reportData: REPORT_DATA })
})

test('an SGX quote of a machine of the Processor CA is, too', async () => {
  const { clock, chip, client, pcs, trustStore } = await startIntel('processor')
  const hash = `0x${'55'.repeat(32)}` as const
  const enclave = chip.launchEnclave({ mrEnclave: hash, mrSigner: hash, isvProdId: 1, isvSvn: 2 })
  const evidence = { platform: 'sgx', quote: enclave.quote(REPORT_DATA) } as const
  const { endorsements } = await fetchEndorsements(evidence, { client })
  const claims = await appraise(evidence, endorsements, trustStore, clock.nowMs())
  expect(claims).toMatchObject({ platform: 'sgx', tcbStatus: 'UpToDate', mrEnclave: hash })
  expect(pcs.requests.map(({ path }) => path).sort()).toEqual([
    '/IntelSGXRootCA.der',
    '/sgx/certification/v4/pckcrl?ca=processor&encoding=der',
    '/sgx/certification/v4/qe/identity?update=standard',
    '/sgx/certification/v4/tcb?fmspc=53494d554c41&update=standard',
  ])
})

test('a revocation reaches the verifier once what is kept is old enough', async () => {
  const { clock, chip, evidence, client, trustStore } = await startIntel()
  await fetchEndorsements(evidence, { client })
  chip.revoke()
  const kept = await fetchEndorsements(evidence, { client })
  await appraise(evidence, kept.endorsements, trustStore, clock.nowMs())
  clock.advance(DAY_MS / 2)
  const { endorsements } = await fetchEndorsements(evidence, { client })
  await expect(appraise(evidence, endorsements, trustStore, clock.nowMs())).rejects.toMatchObject({
    code: 'pck.revoked',
  })
})

test('a Nitro document needs nothing', async () => {
  const { client } = await startIntel()
  const evidence = { platform: 'nitro', quote: new Uint8Array(10) } as const
  expect(await fetchEndorsements(evidence, { client })).toEqual({ endorsements: {}, parts: [] })
})

test('evidence that is none asks nobody', async () => {
  const { client, pcs } = await startIntel()
  for (const platform of ['tdx', 'sgx', 'sev-snp'] as const)
    await expect(
      fetchEndorsements({ platform, quote: new Uint8Array(10) }, { client }),
    ).rejects.toMatchObject({ code: 'evidence.malformed', retryable: false })
  const unknown = { platform: 'cca', quote: new Uint8Array() } as unknown as Evidence
  await expect(fetchEndorsements(unknown, { client })).rejects.toMatchObject({
    code: 'evidence.unsupported',
  })
  expect(pcs.requests).toEqual([])
})

const LAUNCH = { measurement: `0x${'33'.repeat(48)}`, hostData: `0x${'44'.repeat(32)}` } as const
const reportOf = ({ chip }: Awaited<ReturnType<typeof startAmd>>): Evidence<'sev-snp'> => ({
  platform: 'sev-snp',
  quote: chip.launch(LAUNCH).report(REPORT_DATA),
})

test.each(['Milan', 'Genoa', 'Turin'] as const)(
  'a report of %s is appraised with what was fetched for it',
  async (product) => {
    const world = await startAmd(product)
    const evidence = reportOf(world)
    const { endorsements } = await fetchEndorsements(evidence, { client: world.client })
    const atMs = world.clock.nowMs()
    const claims = await appraise(evidence, endorsements, world.trustStore, atMs)
    expect(claims).toMatchObject({ product, signedBy: 'VCEK', reportData: REPORT_DATA })
  },
)

test('a chip at another TCB needs another VCEK', async () => {
  const world = await startAmd('Milan')
  await fetchEndorsements(reportOf(world), { client: world.client })
  world.chip.setTcb({ microcode: 220 })
  const evidence = reportOf(world)
  const { endorsements } = await fetchEndorsements(evidence, { client: world.client })
  await appraise(evidence, endorsements, world.trustStore, world.clock.nowMs())
  expect(world.kds.count('vcek')).toBe(2)
})

test('a report of version 2 needs its product from outside', async () => {
  const world = await startAmd('Milan')
  const { client } = world
  world.chip.set({ version: 2 })
  const evidence = reportOf(world)
  await expect(fetchEndorsements(evidence, { client })).rejects.toMatchObject({
    code: 'evidence.product-unknown',
  })
  const { endorsements } = await fetchEndorsements(evidence, { client, product: 'Milan' })
  await appraise(evidence, endorsements, world.trustStore, world.clock.nowMs())
})

test('a VLEK’s certificate is said to come from the host, and is taken from there', async () => {
  const world = await startAmd('Milan')
  const { client, kds } = world
  world.chip.set({ signingKey: 'VLEK' })
  const evidence = reportOf(world)
  const error: unknown = await fetchEndorsements(evidence, { client }).catch(
    (caught: unknown) => caught,
  )
  expect(error).toMatchObject({ code: 'evidence.vlek', retryable: false })
  expect((error as Error).message).toMatch(/the host has it/)
  const { leaf } = world.vendor.endorsements(world.chip, NOW_MS)
  const { endorsements } = await fetchEndorsements(evidence, { client, leaf })
  const claims = await appraise(evidence, endorsements, world.trustStore, world.clock.nowMs())
  expect(claims.signedBy).toBe('VLEK')
  expect(kds.requests.every(({ path }) => path.startsWith('/vlek/v1/Milan/'))).toBe(true)
})

test('a masked chip’s certificate is said to come from the host', async () => {
  const world = await startAmd('Milan')
  const { client } = world
  world.chip.set({ maskChipId: true })
  const evidence = reportOf(world)
  await expect(fetchEndorsements(evidence, { client })).rejects.toMatchObject({
    code: 'evidence.chip-masked',
  })
  const { leaf } = world.vendor.endorsements(world.chip, NOW_MS)
  const { endorsements } = await fetchEndorsements(evidence, { client, leaf })
  await appraise(evidence, endorsements, world.trustStore, world.clock.nowMs())
})
