// The simulated TEE platform through its sockets, with quotes that the real verifier appraises.
import { X509Certificate } from 'node:crypto'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  appraise,
  developmentPolicy,
  evaluate,
  extendRtmr,
  intelTrustStore,
  parseEndorsements,
  type TrustStore,
} from '@wetee/attestation'
import { filesLayer, writeImage } from '@wetee/image'
import {
  openPlatformHost,
  openSimulatedDevice,
  openTeeDevice,
  requestSocket,
  type PlatformHost,
} from '@wetee/tee-device'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { mrtdOf } from './measurement.ts'
import { platformConfigSchema } from './platform-config.ts'
import { startPlatform, type Platform } from './platform.ts'

const configuration = `0x${'c0'.repeat(32)}` as const
const mrConfigId = `${configuration}${'00'.repeat(16)}` as const
const reportData = `0x${'ab'.repeat(64)}` as const
const digest = `0x${'d1'.repeat(48)}` as const

let folder: string
let image: { layout: string; digest: string }
let host: PlatformHost
let platform: Platform
const log: string[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-pf-'))
  const layout = join(folder, 'image')
  const written = await writeImage({
    layout,
    layers: [filesLayer({ '/app.js': Buffer.from('1') })],
    config: { entrypoint: ['/app.js'] },
  })
  image = { layout, digest: written.digest }
  await start()
})
afterEach(async () => {
  await platform.close()
  rmSync(folder, { recursive: true, force: true })
})

const socketOf = (name: string) => join(folder, `${name}.sock`)

async function start(now: () => number = Date.now) {
  platform = await startPlatform(
    {
      stateDir: join(folder, 's'),
      vendorDir: join(folder, 's'),
      machines: ['one', 'two', 'amd'].map((name) => ({
        name,
        socket: socketOf(name),
        tee: name === 'amd' ? 'sev-snp' : 'tdx',
      })),
    },
    {
      signal: new AbortController().signal,
      log: (fields) => log.push(JSON.stringify(fields)),
      now,
    },
  )
  host = openPlatformHost(socketOf('one'))
}

const trustStore = (): TrustStore => ({
  roots: [
    {
      name: 'simulated',
      der: new Uint8Array(new X509Certificate(readFileSync(join(folder, 's/intel-root.pem'))).raw),
      simulated: true,
    },
  ],
})

async function claimsOf(machine: PlatformHost, socket: string, store = trustStore()) {
  const quote = await openTeeDevice(socket).quote(reportData)
  const endorsements = parseEndorsements('tdx', await machine.collateral())
  return appraise({ platform: 'tdx', quote }, endorsements, store, Date.now())
}

describe('a machine with SEV-SNP', () => {
  const amdStore = (): TrustStore => ({
    roots: [
      {
        name: 'simulated',
        der: new Uint8Array(new X509Certificate(readFileSync(join(folder, 's/amd-root.pem'))).raw),
        simulated: true,
      },
    ],
  })
  const launch = async () => {
    const machine = openPlatformHost(socketOf('amd'))
    const { socket } = await machine.launch({ image, configuration })
    const device = await openSimulatedDevice(socket)
    if (device.platform !== 'sev-snp') throw new Error(`opened ${device.platform}`)
    const judge = async (store = amdStore()) => {
      const endorsements = parseEndorsements('sev-snp', await machine.collateral())
      const quote = await device.quote(reportData)
      return appraise({ platform: 'sev-snp', quote }, endorsements, store, Date.now())
    }
    return { machine, device, judge }
  }

  test('launches guests whose reports say what they are, and accepts no extension', async () => {
    const { device, judge } = await launch()
    const measurement = mrtdOf([Buffer.from(image.digest.slice(7), 'hex')])
    const launched = { hostData: configuration, measurement }
    const claims = await judge()
    expect(claims).toMatchObject({ ...launched, reportData, simulated: true, flags: [] })
    expect(evaluate(claims, developmentPolicy(), Date.now())).toEqual({ accepted: true })
    expect(await device.report()).toMatchObject({
      ...launched,
      chipId: claims.chipId,
      debug: false,
    })
    await expect(device.extend(3, digest)).rejects.toMatchObject({ code: 'tee.no-registers' })
    await expect(judge(trustStore())).rejects.toMatchObject({ code: 'root.untrusted' })
  })

  test('shows its switches: an old TCB, debug mode, revocation', async () => {
    const { machine, device, judge } = await launch()
    const verdict = async () => evaluate(await judge(), developmentPolicy(), Date.now())
    await machine.setState({ tcb: 'OutOfDate' })
    expect(await verdict()).toMatchObject({ code: 'policy.minimum-tcb' })
    await machine.setState({ tcb: 'UpToDate' })
    expect(await verdict()).toEqual({ accepted: true })
    await machine.setState({ debug: true })
    expect(await device.report()).toMatchObject({ debug: true })
    expect(await verdict()).toMatchObject({ code: 'policy.flag' })
    await machine.setState({ debug: false, tcb: 'Revoked' })
    await expect(judge()).rejects.toMatchObject({ code: 'vek.revoked' })
  })

  test('seals by chip, measurement and context', async () => {
    const { device } = await launch()
    const key = await device.sealingKey('file')
    expect(key).toHaveLength(32)
    expect(await (await launch()).device.sealingKey('file')).toEqual(key)
    expect(await device.sealingKey('other')).not.toEqual(key)
  })
})

test('a guest launched from an image is measured, extended and quoted', async () => {
  const { socket } = await host.launch({ image, configuration })
  const device = openTeeDevice(socket)
  await device.extend(3, digest)
  const mrtd = mrtdOf([Buffer.from(image.digest.slice(7), 'hex')])
  const rtmr3 = extendRtmr(`0x${'00'.repeat(48)}`, digest)
  expect(await device.report()).toMatchObject({ mrConfigId, mrtd, debug: false })
  expect(await claimsOf(host, socket)).toMatchObject({
    mrConfigId,
    mrtd,
    reportData,
    simulated: true,
    tcbStatus: 'UpToDate',
    rtmr: [expect.anything(), expect.anything(), expect.anything(), rtmr3],
  })
})

test('a quote of the platform is refused under the genuine root', async () => {
  const { socket } = await host.launch({ image, configuration })
  await expect(claimsOf(host, socket, intelTrustStore)).rejects.toThrow()
})

test('an image whose bytes are not what its digest says is not launched', async () => {
  const blobs = join(image.layout, 'blobs/sha256')
  for (const name of readdirSync(blobs)) {
    const bytes = readFileSync(join(blobs, name))
    writeFileSync(join(blobs, name), Buffer.concat([bytes, Buffer.from(' ')]))
  }
  await expect(host.launch({ image, configuration })).rejects.toMatchObject({
    status: 422,
  })
})

test('a program of plain files is measured by their bytes, in order', async () => {
  const files = ['a', 'b'].map((name) => join(folder, name))
  for (const file of files) writeFileSync(file, file)
  const mrtd = async (list: string[]) => {
    const { socket } = await host.launch({ files: list, configuration })
    return (await openTeeDevice(socket).report()).mrtd
  }
  const first = await mrtd(files)
  expect(await mrtd(files)).toBe(first)
  expect(await mrtd([...files].reverse())).not.toBe(first)
  writeFileSync(files[0]!, 'other')
  expect(await mrtd(files)).not.toBe(first)
  await expect(mrtd([])).rejects.toMatchObject({ code: 'launch.file-count' })
  await expect(mrtd([join(folder, 'none')])).rejects.toMatchObject({
    code: 'launch.file-unreadable',
  })
  await expect(mrtd(['a'])).rejects.toMatchObject({ code: 'launch.path-relative' })
})

test('a guest is reachable by any user through its socket, its folder and the host socket by the host alone', async () => {
  const { socket } = await host.launch({ image, configuration })
  expect(statSync(socket).mode & 0o777).toBe(0o666)
  expect(statSync(join(socket, '..')).mode & 0o777).toBe(0o700)
  expect(statSync(socketOf('one')).mode & 0o777).toBe(0o600)
  for (const name of readdirSync(join(folder, 's')))
    if (name.endsWith('.json')) expect(statSync(join(folder, 's', name)).mode & 0o777).toBe(0o600)
})

test('a guest cannot launch, see the host or extend what firmware has measured', async () => {
  const { socket } = await host.launch({ image, configuration })
  await expect(openPlatformHost(socket).launch({ image, configuration })).rejects.toMatchObject({
    status: 404,
  })
  await expect(openTeeDevice(socket).extend(0, digest)).rejects.toMatchObject({ status: 400 })
  await expect(openTeeDevice(socketOf('one')).quote(reportData)).rejects.toMatchObject({
    status: 404,
  })
})

test('wrong lengths and unknown fields are refused', async () => {
  const post = (body: unknown) =>
    requestSocket({ socketPath: socketOf('one'), method: 'POST', path: '/v1/launch', body })
  for (const body of [
    undefined,
    { image, configuration: '0x00' },
    { image: { ...image, tag: 'latest' }, configuration },
    { image: { ...image, digest: 'sha256:0' }, configuration },
    { image, files: [], configuration },
  ])
    await expect(post(body)).rejects.toMatchObject({ status: 400, code: 'request.invalid' })
})

test('a restart keeps vendor, machines and sealing keys and forgets guests', async () => {
  const before = await host.launch({ image, configuration })
  const root = readFileSync(join(folder, 's/intel-root.pem'), 'utf8')
  const { ppid } = await claimsOf(host, before.socket)
  const key = await openTeeDevice(before.socket).sealingKey('file')
  await platform.close()
  expect(existsSync(before.socket)).toBe(false)
  await start()
  expect(readFileSync(join(folder, 's/intel-root.pem'), 'utf8')).toBe(root)
  await expect(openTeeDevice(before.socket).report()).rejects.toMatchObject({
    code: 'tee.unreachable',
  })
  const after = await host.launch({ image, configuration })
  expect((await claimsOf(host, after.socket)).ppid).toBe(ppid)
  expect(await openTeeDevice(after.socket).sealingKey('file')).toEqual(key)
})

test('machines differ in their platform id and sealing keys; programs and contexts in their keys', async () => {
  const other = openPlatformHost(socketOf('two'))
  const one = await host.launch({ image, configuration })
  const two = await other.launch({ image, configuration })
  expect((await claimsOf(host, one.socket)).ppid).not.toBe((await claimsOf(other, two.socket)).ppid)
  const file = join(folder, 'program')
  writeFileSync(file, 'x')
  const program = await host.launch({ files: [file], configuration })
  const keys = [
    await openTeeDevice(one.socket).sealingKey('a'),
    await openTeeDevice(one.socket).sealingKey('b'),
    await openTeeDevice(two.socket).sealingKey('a'),
    await openTeeDevice(program.socket).sealingKey('a'),
  ].map((key) => Buffer.from(key).toString('hex'))
  expect(new Set(keys).size).toBe(4)
})

test('a removed guest is gone, and removing it again changes nothing', async () => {
  const { launchId, socket } = await host.launch({ image, configuration })
  await host.remove(launchId)
  expect(existsSync(socket)).toBe(false)
  await host.remove(launchId)
})

test('the development switch shows in claims', async () => {
  const { socket } = await host.launch({ image, configuration })
  await host.setState({ tcb: 'OutOfDate', debug: true })
  expect(await claimsOf(host, socket)).toMatchObject({ tcbStatus: 'OutOfDate' })
})

test('collateral stays the same for an hour and is never dated ahead', async () => {
  await platform.close()
  let nowMs = Date.now()
  await start(() => nowMs)
  const first = await host.collateral()
  expect(await host.collateral()).toEqual(first)
  nowMs += 3_600_000
  expect(await host.collateral()).not.toEqual(first)
  const { issueDate } = JSON.parse(first['tcb_info'] ?? '') as { issueDate: string }
  expect(Date.parse(issueDate)).toBeLessThanOrEqual(nowMs - 3_600_000)
})

test('a configuration with a relative path, a name twice or unknown keys is refused', () => {
  const machine = { name: 'one', socket: '/a/one.sock' }
  const good = { stateDir: '/a', vendorDir: '/a/v', machines: [machine] }
  expect(platformConfigSchema.safeParse(good).success).toBe(true)
  for (const change of [
    { stateDir: 'a' },
    { machines: [] },
    { machines: [machine, machine] },
    { machines: [{ ...machine, name: '../one' }] },
    { extra: 1 },
  ])
    expect(platformConfigSchema.safeParse({ ...good, ...change }).success).toBe(false)
})
