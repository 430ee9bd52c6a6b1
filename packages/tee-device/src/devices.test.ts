// Every implementation of the port on a simulated platform: one suite, and evidence that a verifier accepts.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { appraise } from '@wetee/attestation'
import {
  createSimulatedAmdVendor,
  createSimulatedVendor,
  type SimulatedGuest,
} from '@wetee/attestation/simulated'
import { expect, test } from 'vitest'
import { testDeviceConformance, type DeviceBench } from './device.conformance.ts'
import type { Hex } from './device.ts'
import { systemError } from './files.ts'
import { checkContext, checkRegister, givenBytes, toHex } from './hex.ts'
import {
  openConfigfsDevice,
  openGramineDevice,
  openSimulatedDevice,
  refusal,
  serveSocket,
  type SocketCall,
} from './index.ts'
import {
  simulatedEnclaveMachine,
  simulatedSnpMachine,
  simulatedTdxMachine,
  writeCertificateTable,
  type SimulatedFiles,
} from './testing/index.ts'

const atMs = Date.UTC(2026, 0, 1)
const vendor = createSimulatedVendor({ seed: new Uint8Array(32).fill(1), atMs })
const chip = vendor.createChip({ seed: new Uint8Array(32).fill(2) })
const amd = createSimulatedAmdVendor({ seed: new Uint8Array(32).fill(3), atMs })
const snpChip = amd.createChip({ seed: new Uint8Array(32).fill(4) })
const snpLaunch = {
  hostData: `0x${'33'.repeat(32)}`,
  measurement: `0x${'44'.repeat(48)}`,
} as const
const unhex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))
const mrtd = `0x${'11'.repeat(48)}` as const
const launch = () => chip.launch({ mrtd, mrConfigId: `0x${'22'.repeat(48)}` })

/** What the next quotes of a platform meet. */
function trouble() {
  let next: 'fail' | 'oversize' | undefined
  let held: Promise<void> | undefined
  const state = {
    quotes: 0,
    fail: () => void (next = 'fail'),
    oversize: () => void (next = 'oversize'),
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      held = promise
      return { release: () => resolve() }
    },
    wait: async () => {
      const waiting = held
      held = undefined
      await waiting
    },
    make: (quote: () => Uint8Array): Uint8Array => {
      state.quotes++
      const meets = next
      next = undefined
      if (meets === 'fail') throw systemError('EIO', 'the platform failed')
      return meets === 'oversize' ? new Uint8Array(2_000_000) : quote()
    },
  }
  return state
}

function benchOn(
  files: SimulatedFiles,
  platform: ReturnType<typeof trouble>,
  rest: Pick<DeviceBench, 'device' | 'second' | 'leftovers'>,
): DeviceBench {
  files.intercept(async ({ operation, path }) => {
    if (operation === 'read' && /\/(outblob|quote)$/.test(path)) await platform.wait()
  })
  return {
    ...rest,
    quotes: () => platform.quotes,
    hold: platform.hold,
    fail: platform.fail,
    oversize: platform.oversize,
    close: () => Promise.resolve(),
  }
}

/** A guest as the simulated platform serves it. */
type ServedGuest = {
  report(): unknown
  /** Undefined on a platform without registers. */
  extend?(register: number, digest: Hex): void
  quote(reportData: Hex): Uint8Array
}

/** What a guest may send to the simulated platform, held to the same lengths as by it. */
function served(
  { path, body }: SocketCall,
  guest: ServedGuest,
  quoteOf: (data: Hex) => Promise<Uint8Array>,
) {
  const fields = body as { register: number; digest: Hex; context: string; reportData: Hex }
  const check = (judge: () => void) => {
    try {
      judge()
    } catch (error) {
      throw refusal(400, 'request.invalid', (error as Error).message)
    }
  }
  switch (path) {
    case '/v1/report':
      return Promise.resolve(guest.report())
    case '/v1/extend':
      check(() => checkRegister(fields.register))
      check(() => givenBytes(fields.digest, 48, 'digest'))
      if (guest.extend === undefined) throw refusal(400, 'tee.no-registers', 'none to extend')
      return Promise.resolve(guest.extend(fields.register, fields.digest))
    case '/v1/sealing-key':
      check(() => checkContext(fields.context))
      return Promise.resolve({ key: toHex(chip.sealingKey(mrtd, fields.context)) })
    case '/v1/quote':
      check(() => givenBytes(fields.reportData, 64, 'reportData'))
      return quoteOf(fields.reportData).then((quote) => ({
        quote: Buffer.from(quote).toString('base64'),
      }))
    default:
      throw refusal(404, 'request.unknown', path)
  }
}

async function socketBench(guest: ServedGuest): Promise<DeviceBench> {
  const folder = mkdtempSync(join(tmpdir(), 'wetee-tee-'))
  const socketPath = join(folder, 'tee.sock')
  const platform = trouble()
  const server = await serveSocket({
    socketPath,
    fileMode: 0o600,
    handle: async (call) =>
      served(call, guest, async (reportData) => {
        await platform.wait()
        return platform.make(() => guest.quote(reportData))
      }),
  })
  return {
    device: await openSimulatedDevice(socketPath),
    second: await openSimulatedDevice(socketPath),
    leftovers: () => [],
    quotes: () => platform.quotes,
    hold: platform.hold,
    fail: platform.fail,
    oversize: platform.oversize,
    async close() {
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

testDeviceConformance('simulated TDX behind a socket', () => socketBench(launch()))

testDeviceConformance('simulated SEV-SNP behind a socket', () => {
  const guest = snpChip.launch(snpLaunch)
  return socketBench({
    report: () => ({ ...snpLaunch, chipId: snpChip.chipId, vmpl: 0, debug: false }),
    quote: (reportData) => guest.report(reportData),
  })
})

testDeviceConformance('TDX through configfs and sysfs', async () => {
  const guest = launch()
  const platform = trouble()
  const { files, tsm } = simulatedTdxMachine({
    ...guest,
    quote: (reportData) => platform.make(() => guest.quote(reportData)),
  })
  const open = () => openConfigfsDevice({ files, platform: 'tdx', simulated: true })
  const bench = { device: await open(), second: await open(), leftovers: () => tsm.folders() }
  return benchOn(files, platform, bench)
})

/** A guest on the simulated SNP chip, whose host gives the certificates of that chip. */
function snpMachine(make: (report: () => Uint8Array) => Uint8Array = (report) => report()) {
  const guest = snpChip.launch(snpLaunch)
  return simulatedSnpMachine({
    report: (reportData, vmpl) => make(() => guest.report(toHex(reportData), { vmpl })),
    certificates: () => {
      const { leaf, ask, crl = '' } = amd.endorsements(snpChip, atMs)
      return writeCertificateTable({ vcek: unhex(leaf), ask: unhex(ask), crl: unhex(crl) })
    },
  })
}

testDeviceConformance('SEV-SNP through configfs', async () => {
  const platform = trouble()
  const { files, tsm } = snpMachine(platform.make)
  const open = () => openConfigfsDevice({ files, platform: 'sev-snp', simulated: true })
  const bench = { device: await open(), second: await open(), leftovers: () => tsm.folders() }
  return benchOn(files, platform, bench)
})

const enclaveLaunch = {
  configId: `0x${'66'.repeat(64)}`,
  mrEnclave: `0x${'77'.repeat(32)}`,
  mrSigner: `0x${'88'.repeat(32)}`,
  isvProdId: 1,
  isvSvn: 2,
} as const

/** An enclave on the simulated chip; its local report is the body of a quote, with the MAC left out. */
function enclaveMachine(make: (quote: () => Uint8Array) => Uint8Array = (quote) => quote()) {
  const enclave = chip.launchEnclave(enclaveLaunch)
  const quote = (reportData: Uint8Array) => enclave.quote(toHex(reportData))
  return simulatedEnclaveMachine({
    attestationType: 'dcap',
    report: (reportData) =>
      Uint8Array.of(...quote(reportData).subarray(48, 432), ...new Uint8Array(48)),
    quote: (reportData) => make(() => quote(reportData)),
    keys: { _sgx_mrenclave: new Uint8Array(16).fill(9) },
  })
}

testDeviceConformance('SGX under Gramine', async () => {
  const platform = trouble()
  const { files } = enclaveMachine(platform.make)
  const device = await openGramineDevice({ files, simulated: true })
  return benchOn(files, platform, { device, second: device, leftovers: () => [] })
})

test('a verifier accepts a TDX quote that came through the files, with the registers that the guest reads', async () => {
  const guest: SimulatedGuest = launch()
  const { files } = simulatedTdxMachine(guest)
  const device = await openConfigfsDevice({ files, platform: 'tdx', simulated: true })
  if (device.platform !== 'tdx') throw new Error('expected TDX')
  await device.extend(3, `0x${'99'.repeat(48)}`)
  const quote = await device.quote(`0x${'aa'.repeat(64)}`)
  const roots = [{ name: 'simulated', der: vendor.rootDer, simulated: true }]
  const claims = await appraise(
    { platform: 'tdx', quote },
    vendor.collateral(atMs),
    { roots },
    atMs,
  )
  const { debug, ...registers } = await device.report()
  expect(debug).toBe(false)
  expect(claims).toMatchObject({ ...registers, reportData: `0x${'aa'.repeat(64)}` })
})

test('a verifier accepts an SGX quote that came through the files, with what the enclave reads of itself', async () => {
  const { files } = enclaveMachine()
  const device = await openGramineDevice({ files, simulated: true })
  const quote = await device.quote(`0x${'aa'.repeat(64)}`)
  const roots = [{ name: 'simulated', der: vendor.rootDer, simulated: true }]
  const collateral = vendor.collateral(atMs, { tee: 'sgx' })
  const claims = await appraise({ platform: 'sgx', quote }, collateral, { roots }, atMs)
  const { mrEnclave, mrSigner, configId } = await device.report()
  expect(claims).toMatchObject({
    mrEnclave,
    mrSigner,
    configId,
    reportData: `0x${'aa'.repeat(64)}`,
  })
  expect({ mrEnclave, mrSigner, configId }).toEqual({
    mrEnclave: enclaveLaunch.mrEnclave,
    mrSigner: enclaveLaunch.mrSigner,
    configId: enclaveLaunch.configId,
  })
})

test('a verifier accepts an SNP report with the certificates that came beside it', async () => {
  const { files } = snpMachine()
  const device = await openConfigfsDevice({ files, platform: 'sev-snp', simulated: true })
  if (device.platform !== 'sev-snp') throw new Error('expected SEV-SNP')
  const { quote, certificates } = await device.quoteWithCertificates(`0x${'aa'.repeat(64)}`)
  const text = (der: Uint8Array | undefined) => Buffer.from(der ?? []).toString('hex')
  const endorsements = {
    leaf: text(certificates.vcek),
    ask: text(certificates.ask),
    crl: text(certificates.crl),
  }
  const roots = [{ name: 'simulated', der: amd.rootDer, simulated: true }]
  const claims = await appraise({ platform: 'sev-snp', quote }, endorsements, { roots }, atMs)
  const report = await device.report()
  expect(report).toEqual({ ...snpLaunch, chipId: snpChip.chipId, vmpl: 0, debug: false })
  const { debug: _, ...fields } = report
  expect(claims).toMatchObject({ ...fields, reportData: `0x${'aa'.repeat(64)}` })
})
