// What the kernel's files can do to a guest: races, refusals, leftovers, wrong sizes, on a simulated kernel.
import { describe, expect, test } from 'vitest'
import type { SnpReport, TdxReport } from '../device.ts'
import { systemError } from '../files.ts'
import { openConfigfsDevice, type SnpDevice, type TdxDevice } from '../index.ts'
import {
  extended,
  simulatedSnpMachine,
  simulatedTdxMachine,
  writeCertificateTable,
  writeUnsignedSnpReport,
  type SimulatedCall,
  type SimulatedMachine,
  type SnpGuestUnderLinux,
} from '../testing/index.ts'
import { toHex } from '../hex.ts'

const root = '/sys/kernel/config/tsm/report'
const reportData = `0x${'ab'.repeat(64)}` as const
const snpReport: SnpReport = {
  hostData: `0x${'33'.repeat(32)}`,
  measurement: `0x${'44'.repeat(48)}`,
  chipId: `0x${'55'.repeat(64)}`,
  vmpl: 0,
  debug: false,
}

/** A TDX guest whose quotes are a header and a body without signatures. */
function tdxGuest(state: { debug?: boolean; quoteOf?: Partial<TdxReport>; version?: 4 | 5 } = {}) {
  const rtmr: Uint8Array[] = [0, 1, 2, 3].map(() => new Uint8Array(48))
  const report = (): TdxReport => ({
    mrConfigId: `0x${'22'.repeat(48)}`,
    mrtd: `0x${'11'.repeat(48)}`,
    rtmr: rtmr.map(toHex) as unknown as TdxReport['rtmr'],
    debug: state.debug ?? false,
  })
  return {
    report,
    extend: (index: number, digest: string) =>
      void (rtmr[index] = extended(rtmr[index]!, Buffer.from(digest.slice(2), 'hex'))),
    quote(data: string) {
      const { mrtd, mrConfigId, debug } = { ...report(), ...state.quoteOf }
      const header = Buffer.alloc(state.version === 5 ? 54 : 48)
      header.writeUInt16LE(state.version ?? 4, 0)
      header.writeUInt32LE(0x81, 4)
      const body = Buffer.alloc(584)
      body[120] = debug ? 1 : 0
      body.set(Buffer.from(mrtd.slice(2), 'hex'), 136)
      body.set(Buffer.from(mrConfigId.slice(2), 'hex'), 184)
      body.set(Buffer.from(data.slice(2), 'hex'), 520)
      return new Uint8Array(Buffer.concat([header, body]))
    },
  }
}

async function openTdx(guest = tdxGuest()): Promise<SimulatedMachine & { device: TdxDevice }> {
  const machine = simulatedTdxMachine(guest)
  const device = await openConfigfsDevice({ files: machine.files, simulated: true })
  if (device.platform !== 'tdx') throw new Error('expected TDX')
  return { ...machine, device }
}

async function openSnp(
  guest: Partial<SnpGuestUnderLinux> = {},
  privilegeLevel?: number,
): Promise<SimulatedMachine & { device: SnpDevice }> {
  const machine = simulatedSnpMachine({
    report: (data, vmpl) => writeUnsignedSnpReport({ ...snpReport, vmpl }, data),
    ...guest,
  })
  const device = await openConfigfsDevice({
    files: machine.files,
    ...(privilegeLevel === undefined ? {} : { privilegeLevel }),
  })
  if (device.platform !== 'sev-snp') throw new Error('expected SEV-SNP')
  return { ...machine, device }
}

/** Acts before a call on a file of that name, the first `times` times. */
function before(
  name: string,
  operation: SimulatedCall['operation'],
  act: (folder: string) => void,
  times = Number.POSITIVE_INFINITY,
) {
  let left = times
  return (call: SimulatedCall) => {
    if (call.operation !== operation || !call.path.endsWith(name) || left-- <= 0) return
    act(call.path.slice(root.length + 1).split('/')[0] ?? '')
  }
}
const throwing = (code: string) => () => {
  throw systemError(code, 'simulated')
}

describe('another program writes to our report folder', () => {
  const foreign = Buffer.alloc(64, 0xee)

  test('between our write and our read: the foreign quote is dropped, a new folder gives ours', async () => {
    const { device, files, tsm } = await openTdx()
    files.intercept(
      before('outblob', 'read', (folder) => tsm.write([folder, 'inblob'], foreign), 2),
    )
    expect(toHex((await device.quote(reportData)).slice(568, 632))).toBe(reportData)
    expect(tsm.folders()).toEqual([])
  })

  test('between our read and our check: a quote of ours that a foreign one has followed is asked for again', async () => {
    const { device, files, tsm } = await openSnp()
    let reads = 0
    files.intercept((call) => {
      if (call.operation === 'read' && call.path.endsWith('outblob')) reads++
      before('auxblob', 'read', (folder) => tsm.write([folder, 'inblob'], foreign))(call)
      if (reads > 1) files.intercept(undefined)
    })
    const { quote } = await device.quoteWithCertificates(reportData)
    expect(toHex(quote.slice(0x50, 0x90))).toBe(reportData)
    expect(reads).toBe(2)
  })

  test('the same bytes as ours, so that only the generation tells: asked for again', async () => {
    const { device, files, tsm } = await openTdx()
    const same = Buffer.from(reportData.slice(2), 'hex')
    let races = 0
    files.intercept(
      before('outblob', 'read', (folder) => {
        races++
        if (races <= 2) tsm.write([folder, 'inblob'], same)
      }),
    )
    await device.quote(reportData)
    expect(races).toBe(3)
  })

  test('every time: given up after four tries, with a code that may be retried', async () => {
    const { device, files, tsm } = await openTdx()
    let tries = 0
    files.intercept(
      before('outblob', 'read', (folder) => {
        tries++
        tsm.write([folder, 'inblob'], foreign)
      }),
    )
    await expect(device.quote(reportData)).rejects.toMatchObject({
      code: 'tee.raced',
      retryable: true,
    })
    expect(tries).toBe(4)
    expect(tsm.folders()).toEqual([])
  })

  test('an option: a report at another privilege level is not ours', async () => {
    const { device, files, tsm } = await openSnp()
    files.intercept(
      before('inblob', 'write', (folder) => tsm.write([folder, 'privlevel'], Buffer.from('3')), 1),
    )
    expect((await device.report()).vmpl).toBe(0)
  })

  test('it removes the folder: asked for again in a new one', async () => {
    const { device, files, tsm } = await openTdx()
    files.intercept(before('outblob', 'read', (folder) => tsm.rmdir([folder]), 1))
    expect(toHex((await device.quote(reportData)).slice(568, 632))).toBe(reportData)
  })

  test('our own write is dropped at close, which no call reports: the generation shows it', async () => {
    const { device, files, tsm } = await openTdx()
    const write = files.writeFile.bind(files)
    let dropped = 0
    Object.assign(files, {
      writeFile: (path: string, bytes: Uint8Array) =>
        dropped++ === 0
          ? Promise.resolve(tsm.write([path.split('/').at(-2) ?? '', 'inblob'], foreign)).then(
              () => undefined,
            )
          : write(path, bytes),
    })
    expect(toHex((await device.quote(reportData)).slice(568, 632))).toBe(reportData)
  })
})

describe('folders', () => {
  test('what an earlier run left is removed at the start, what others made is not', async () => {
    const machine = simulatedTdxMachine(tdxGuest())
    machine.tsm.mkdir(['wetee-0123'])
    machine.tsm.mkdir(['of-another-program'])
    await openConfigfsDevice({ files: machine.files })
    expect(machine.tsm.folders()).toEqual(['of-another-program'])
  })

  test('a folder that will not go away does not cost the quote, and is removed before the next one', async () => {
    const { device, files, tsm } = await openTdx()
    files.intercept(before('', 'rmdir', throwing('EBUSY'), 3))
    await device.quote(reportData)
    expect(tsm.folders()).toHaveLength(1)
    await device.quote(reportData)
    expect(tsm.folders()).toEqual([])
  })

  test.each(['generation', 'outblob', 'provider'])('an error at %s leaves none', async (name) => {
    const { device, files, tsm } = await openTdx()
    files.intercept(before(name, 'read', throwing('EIO')))
    await expect(device.quote(reportData)).rejects.toMatchObject({ code: 'tee.failed' })
    expect(tsm.folders()).toEqual([])
  })

  test('an abort between two calls leaves none', async () => {
    for (const name of ['inblob', 'outblob']) {
      const { device, files, tsm } = await openTdx()
      const controller = new AbortController()
      files.intercept((call) => {
        if (call.path.endsWith(name)) controller.abort()
      })
      await expect(device.quote(reportData, { signal: controller.signal })).rejects.toMatchObject({
        code: 'tee.aborted',
      })
      await expect.poll(() => tsm.folders()).toEqual([])
    }
  })

  test('too many requests at once are refused, not queued without end', async () => {
    const { device } = await openTdx()
    const results = await Promise.allSettled(
      Array.from({ length: 70 }, () => device.quote(reportData)),
    )
    const refused = results.filter(({ status }) => status === 'rejected')
    expect(refused).toHaveLength(6)
    expect(refused[0]).toMatchObject({ reason: { code: 'tee.busy', retryable: true } })
  })
})

describe('what the kernel refuses', () => {
  test.each([
    ['ENOENT', 'tee.not-found', false],
    ['EACCES', 'tee.forbidden', false],
    ['EROFS', 'tee.forbidden', false],
    ['EBUSY', 'tee.busy', true],
    ['EAGAIN', 'tee.busy', true],
    ['EINTR', 'tee.interrupted', true],
    ['ETIMEDOUT', 'tee.timeout', true],
    ['ENXIO', 'tee.no-provider', false],
    ['EINVAL', 'tee.refused', false],
    ['EFBIG', 'tee.answer-too-large', false],
    ['ENOMEM', 'tee.failed', false],
  ])('%s is %s', async (system, code, retryable) => {
    const { device, files, tsm } = await openTdx()
    files.intercept(before('outblob', 'read', throwing(system)))
    await expect(device.quote(reportData)).rejects.toMatchObject({ code, retryable })
    expect(tsm.folders()).toEqual([])
  })

  test('no configfs-tsm, no driver and another driver have codes of their own', async () => {
    const none = simulatedTdxMachine(tdxGuest())
    await expect(openConfigfsDevice({ files: none.files, root: '/none' })).rejects.toMatchObject({
      code: 'tee.not-found',
    })
    none.tsm.setProvider(undefined)
    await expect(openConfigfsDevice({ files: none.files })).rejects.toMatchObject({
      code: 'tee.no-provider',
    })
    const { files } = simulatedTdxMachine(tdxGuest())
    await expect(openConfigfsDevice({ files, platform: 'sev-snp' })).rejects.toMatchObject({
      code: 'tee.provider-differs',
    })
    none.tsm.setProvider({ name: 'arm-cca-guest', report: () => ({ outblob: new Uint8Array() }) })
    await expect(openConfigfsDevice({ files: none.files })).rejects.toMatchObject({
      code: 'tee.provider-differs',
    })
    expect(none.tsm.folders()).toEqual([])
  })

  test('a driver that has changed since the start is noticed', async () => {
    const { device, tsm } = await openTdx()
    const guest = tdxGuest()
    tsm.setProvider({
      name: 'other',
      report: (inblob) => ({ outblob: guest.quote(toHex(inblob)) }),
    })
    await expect(device.quote(reportData)).rejects.toMatchObject({ code: 'tee.provider-differs' })
  })

  test('quotes of a format that is not known are refused, shorter ones too', async () => {
    for (const outblob of [new Uint8Array(), new Uint8Array(631).fill(4), new Uint8Array(20_000)]) {
      const { device } = await openTdx({ ...tdxGuest(), quote: () => outblob })
      await expect(device.quote(reportData)).rejects.toMatchObject({ code: 'tee.answer-invalid' })
    }
  })
})

describe('registers of TDX', () => {
  const measurements = '/sys/devices/virtual/misc/tdx_guest/measurements'
  const digest = `0x${'cd'.repeat(48)}` as const

  test.each([4, 5] as const)(
    'the debug flag comes from a quote of version %i, once',
    async (version) => {
      for (const debug of [true, false]) {
        const guest = tdxGuest({ debug, version })
        let quotes = 0
        const counted = { ...guest, quote: (data: string) => (quotes++, guest.quote(data)) }
        const { device } = await openTdx(counted)
        expect((await device.report()).debug).toBe(debug)
        expect((await device.report()).debug).toBe(debug)
        expect(quotes).toBe(1)
      }
    },
  )

  test('the quote of another guest, given by the host, is noticed; registers never come from it', async () => {
    for (const quoteOf of [
      { mrtd: `0x${'99'.repeat(48)}` },
      { mrConfigId: `0x${'99'.repeat(48)}` },
    ] as const) {
      const { device } = await openTdx(tdxGuest({ quoteOf }))
      await expect(device.report()).rejects.toMatchObject({ code: 'tee.answer-invalid' })
    }
  })

  test('a kernel without measurement files gives quotes, and says what the rest needs', async () => {
    const { device, files } = await openTdx()
    files.intercept(({ path }) => {
      if (path.startsWith(measurements)) throw systemError('ENOENT', path)
    })
    await device.quote(reportData)
    const refused = { code: 'tee.no-registers', message: expect.stringContaining('6.16') as string }
    await expect(device.report()).rejects.toMatchObject(refused)
    await expect(device.extend(3, digest)).rejects.toMatchObject(refused)
  })

  test.each([0, 47, 49])('a register of %i bytes is refused', async (size) => {
    const guest = tdxGuest()
    const wrong = `0x${'11'.repeat(size)}` as const
    const { device } = await openTdx({
      ...guest,
      report: () => ({ ...guest.report(), mrtd: wrong }),
    })
    await expect(device.report()).rejects.toMatchObject({ code: 'tee.answer-invalid' })
  })

  test('another program extends between our read and our write: said, and not to be retried', async () => {
    const guest = tdxGuest()
    const { device, files } = await openTdx(guest)
    files.intercept(({ operation }) => {
      if (operation === 'write') guest.extend(3, `0x${'ee'.repeat(48)}`)
    })
    await expect(device.extend(3, digest)).rejects.toMatchObject({
      code: 'tee.register-differs',
      retryable: false,
    })
  })

  test('a write that the kernel takes and forgets is noticed', async () => {
    const { device } = await openTdx({ ...tdxGuest(), extend: () => undefined })
    await expect(device.extend(3, digest)).rejects.toMatchObject({ code: 'tee.register-differs' })
  })

  test('a write that failed before it acted is the error itself; one that failed after it acted is done', async () => {
    const guest = tdxGuest()
    const { device, files } = await openTdx(guest)
    files.intercept(({ operation }) => {
      if (operation === 'write') throw systemError('EINTR', 'before')
    })
    await expect(device.extend(3, digest)).rejects.toMatchObject({ code: 'tee.interrupted' })
    files.intercept(undefined)
    expect((await device.report()).rtmr[3]).toBe(`0x${'00'.repeat(48)}`)
    files.intercept(({ operation }) => {
      if (operation !== 'write') return
      guest.extend(3, digest)
      throw systemError('EINTR', 'after')
    })
    await device.extend(3, digest)
    files.intercept(undefined)
    expect((await device.report()).rtmr[3]).toBe(
      toHex(extended(new Uint8Array(48), Buffer.alloc(48, 0xcd))),
    )
  })

  test('extensions at the same time all count', async () => {
    const { device } = await openTdx()
    const digests = [1, 2, 3, 4, 5].map((fill) => Buffer.alloc(48, fill))
    await Promise.all(digests.map((bytes) => device.extend(2, toHex(bytes))))
    expect((await device.report()).rtmr[2]).toBe(
      toHex(digests.reduce<Uint8Array>(extended, new Uint8Array(48))),
    )
  })

  test('a caller who gives up after an extension has begun learns how it ended', async () => {
    const { device, files } = await openTdx()
    const controller = new AbortController()
    files.intercept(({ operation }) => {
      if (operation === 'write') controller.abort()
    })
    await device.extend(3, digest, { signal: controller.signal })
    await expect(device.extend(3, digest, { signal: controller.signal })).rejects.toMatchObject({
      code: 'tee.aborted',
    })
  })
})

describe('SEV-SNP', () => {
  test('the fields of its report; a masked chip id is absent', async () => {
    expect(await (await openSnp()).device.report()).toEqual(snpReport)
    const { chipId: _, ...masked } = { ...snpReport, debug: true }
    const { device } = await openSnp({ report: (data) => writeUnsignedSnpReport(masked, data) })
    expect(await device.report()).toEqual(masked)
  })

  test('it asks at the lowest level the guest may, or at the one that is wanted', async () => {
    const vmplOf = async (floor: number, wanted?: number) =>
      (await (await openSnp({ privilegeFloor: floor }, wanted)).device.report()).vmpl
    expect(await vmplOf(0)).toBe(0)
    expect(await vmplOf(2)).toBe(2)
    expect(await vmplOf(1, 3)).toBe(3)
    for (const [floor, wanted] of [
      [2, 1],
      [0, 4],
      [0, -1],
      [0, 0.5],
    ] as const)
      await expect(vmplOf(floor, wanted)).rejects.toMatchObject({ code: 'request.invalid' })
  })

  test.each([0, 1183, 1185, 4096])('a report of %i bytes is refused', async (size) => {
    const { device } = await openSnp({ report: () => new Uint8Array(size) })
    await expect(device.quote(reportData)).rejects.toMatchObject({ code: 'tee.answer-invalid' })
  })

  test('certificates come with the report when they are asked for', async () => {
    const der = (fill: number) => Uint8Array.of(0x30, 0x03, fill, fill, fill)
    const { device } = await openSnp({
      certificates: () => writeCertificateTable({ vcek: der(1), ask: der(2), ark: der(3) }),
    })
    const { quote, certificates } = await device.quoteWithCertificates(reportData)
    expect(toHex(quote.slice(0x50, 0x90))).toBe(reportData)
    expect(certificates).toEqual({ vcek: der(1), ask: der(2), ark: der(3) })
    const { device: without } = await openSnp()
    expect((await without.quoteWithCertificates(reportData)).certificates).toEqual({})
  })

  test('a table that a host has spoilt costs the certificates, not the report', async () => {
    const { device } = await openSnp({ certificates: () => new Uint8Array(24).fill(1) })
    await expect(device.quoteWithCertificates(reportData)).rejects.toMatchObject({
      code: 'tee.certificates-invalid',
    })
    await device.quote(reportData)
  })
})

test('files that ignore their bounds are held to them', async () => {
  const { files } = simulatedTdxMachine(tdxGuest())
  const readFile = (path: string, maxBytes: number) =>
    path.endsWith('outblob') || path.endsWith('provider')
      ? Promise.resolve(new Uint8Array(maxBytes + 1))
      : files.readFile(path, maxBytes)
  await expect(openConfigfsDevice({ files: { ...files, readFile } })).rejects.toMatchObject({
    code: 'tee.answer-too-large',
  })
})
