// `wetee evidence fetch` from servers on this machine that speak the vendors' APIs, to a verdict.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSimulatedAmdVendor, createSimulatedVendor } from '@wetee/attestation/simulated'
import { startVendorServer, type VendorServer } from '@wetee/endorsements/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../../testing/fake-context.ts'

const HOUR_MS = 3_600_000
const issuedAtMs = Date.now() - HOUR_MS
const seed = (byte: number) => new Uint8Array(32).fill(byte)
const hex = (byte: string, size: number) => `0x${byte.repeat(size)}` as const
const folder = mkdtempSync(join(tmpdir(), 'wetee-fetch-'))
const save = (name: string, content: string | Uint8Array) =>
  writeFileSync(join(folder, name), content)

const intel = createSimulatedVendor({ seed: seed(1), atMs: issuedAtMs })
const amd = createSimulatedAmdVendor({ seed: seed(2), atMs: issuedAtMs, product: 'Genoa' })
const snpChip = amd.createChip({ seed: seed(3) })
const vek = amd.endorsements(snpChip, issuedAtMs)
const pem = (der: Uint8Array) =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`
const unhex = (text: string | undefined) => new Uint8Array(Buffer.from(text ?? '', 'hex'))

let pccs: VendorServer
let kds: VendorServer
beforeAll(async () => {
  const guest = intel
    .createChip({ seed: seed(4) })
    .launch({ mrtd: hex('11', 48), mrConfigId: hex('22', 48) })
  save('quote.bin', guest.quote(hex('55', 64)))
  save('root.der', intel.rootDer)
  const snpGuest = snpChip.launch({ measurement: hex('33', 48), hostData: hex('44', 32) })
  save('report.bin', snpGuest.report(hex('55', 64)))
  save('ark.der', amd.rootDer)
  save('nothing.bin', 'not evidence')
  pccs = await startVendorServer({
    api: 'pccs',
    intel: { fmspcs: ['53494d554c41'], collateral: () => intel.collateral(issuedAtMs) },
  })
  kds = await startVendorServer({
    api: 'kds',
    amd: {
      vcek: () => unhex(vek.leaf),
      chain: () => `${pem(unhex(vek.ask))}${pem(amd.rootDer)}`,
      crl: () => unhex(vek.crl),
    },
  })
})
afterAll(async () => {
  await pccs.close()
  await kds.close()
})

const fetched = (...args: string[]) =>
  run(['evidence', 'fetch', '--cache', 'cache', ...args], { cwd: folder })
const appraised = (...args: string[]) => run(['evidence', 'appraise', ...args], { cwd: folder })

describe.each([
  ['a TDX quote from a PCCS', 'quote.bin', 'root.der', () => ['--pccs', pccs.url], 'tcb-info'],
  ['a SEV-SNP report from KDS', 'report.bin', 'ark.der', () => ['--kds', kds.url], 'vcek'],
] as const)('%s', (_what, evidence, root, servers, part) => {
  const out = `${evidence}.json`

  test('is fetched for, and then appraised by what was fetched', async () => {
    const { code, stdout, stderr } = await fetched(
      '--evidence',
      evidence,
      '--out',
      out,
      ...servers(),
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain(`✔ ${part} `)
    expect(stdout).toContain('nothing of it has been verified')
    const verdict = await appraised('--evidence', evidence, '--collateral', out, '--root', root)
    expect(verdict).toMatchObject({ code: 0, stderr: '' })
  })

  test('is served from what was kept while no server answers', async () => {
    const before = pccs.requests.length + kds.requests.length
    const { code, stdout } = await fetched('--evidence', evidence, '--json', ...servers())
    expect(code).toBe(0)
    const answer = JSON.parse(stdout) as { endorsements: object; parts: { from: string }[] }
    expect(answer.endorsements).toEqual(JSON.parse(readFileSync(join(folder, out), 'utf8')))
    expect(new Set(answer.parts.map(({ from }) => from))).toEqual(new Set(['cache']))
    expect(pccs.requests.length + kds.requests.length).toBe(before)
  })
})

test('the endorsements themselves go to stdout where no file is named', async () => {
  const { code, stdout } = await fetched('--evidence', 'quote.bin', '--pccs', pccs.url)
  expect(code).toBe(0)
  expect(Object.keys(JSON.parse(stdout) as object)).toContain('tcb_info')
})

test.each([
  ['no evidence', [], 2, 'usage'],
  ['a file that is no evidence', ['--evidence', 'nothing.bin'], 7, 'file.evidence'],
  ['no such file', ['--evidence', 'none.bin'], 5, 'file.not-found'],
  ['a product that is none', ['--evidence', 'report.bin', '--product', 'Rome'], 2, 'usage'],
  [
    'a server without TLS',
    ['--evidence', 'quote.bin', '--pccs', 'http://192.0.2.1'],
    7,
    'options.invalid',
  ],
] as const)('%s is refused', async (_what, args, exit, code) => {
  const { code: got, stdout } = await fetched(...args, '--json')
  const { error } = JSON.parse(stdout) as { error: { code: string } }
  expect({ exit: got, code: error.code }).toEqual({ exit, code })
})

test('a server that fails is named, with what to do next left to the retry', async () => {
  pccs.behave('tcb', { type: 'status', status: 404 })
  const args = ['--evidence', 'quote.bin', '--pccs', pccs.url, '--fresh', '--cache', 'other']
  const { code, stdout } = await fetched(...args, '--json')
  pccs.heal()
  expect(code).toBe(5)
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'answer.not-found' } })
})
