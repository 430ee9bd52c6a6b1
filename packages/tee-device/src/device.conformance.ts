// What every implementation of the port must do; run by devices.test.ts. Uses the device it is given.
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AnyTeeDevice, Hex } from './device.ts'
import { reportDataIn } from './quote-fields.ts'
import { toHex } from './hex.ts'

/** One TEE with a device on it. */
export type DeviceBench = {
  readonly device: AnyTeeDevice
  /** A second device on the same TEE, as another part of the program would open it. */
  readonly second: AnyTeeDevice
  /** What is left in the TEE of requests that are over. */
  readonly leftovers: () => readonly string[]
  /** How often the platform was asked for a quote. */
  readonly quotes: () => number
  /** The next quote the platform makes takes until `release` is called. */
  readonly hold: () => { readonly release: () => void }
  /** The next quote fails inside the platform. */
  readonly fail: () => void
  /** The next quote is larger than any bound. */
  readonly oversize: () => void
  readonly close: () => Promise<void>
}

const data = (fill: number): Hex => `0x${Buffer.alloc(64, fill).toString('hex')}`
const digest = (fill: number): Hex => `0x${Buffer.alloc(48, fill).toString('hex')}`
const boundIn = (device: AnyTeeDevice, quote: Uint8Array) =>
  toHex(reportDataIn(device.platform, quote))
const extendedBy = (register: Hex, by: Hex) =>
  toHex(createHash('sha384').update(bytes(register)).update(bytes(by)).digest())
const bytes = (hex: Hex) => Buffer.from(hex.slice(2), 'hex')

/** Declares the tests of one implementation. */
export function testDeviceConformance(name: string, open: () => Promise<DeviceBench>): void {
  describe(name, () => {
    let bench: DeviceBench
    beforeEach(async () => {
      bench = await open()
    })
    afterEach(() => bench.close())
    const nothingLeft = () => expect.poll(() => bench.leftovers()).toEqual([])

    describe('quotes', () => testQuotes(() => bench, nothingLeft))
    describe('the guest itself', () => testGuest(() => bench))
  })
}

function testQuotes(bench: () => DeviceBench, nothingLeft: () => PromiseLike<void>): void {
  test('a quote binds the report data it was asked for', async () => {
    const { device } = bench()
    for (const fill of [0, 1, 255])
      expect(boundIn(device, await device.quote(data(fill)))).toBe(data(fill))
    await nothingLeft()
  })

  test('report data is exactly 64 bytes; the platform is not asked about others', async () => {
    const { device, quotes } = bench()
    const before = quotes()
    for (const wrong of [
      '0x',
      '00'.repeat(64),
      `0x${'00'.repeat(63)}`,
      `0x${'00'.repeat(65)}`,
      `0x${'AA'.repeat(64)}`,
    ])
      await expect(device.quote(wrong as Hex)).rejects.toMatchObject({ code: 'request.invalid' })
    expect(quotes()).toBe(before)
  })

  test('requests at the same time never get each other’s quote', async () => {
    const { device, second } = bench()
    const fills = Array.from({ length: 24 }, (_, index) => index + 1)
    const quotes = await Promise.all(
      fills.map((fill) => (fill % 2 === 0 ? device : second).quote(data(fill))),
    )
    expect(quotes.map((quote) => boundIn(device, quote))).toEqual(fills.map(data))
    await nothingLeft()
  })

  test('a caller who gives up is let go, and the next one is served', async () => {
    const { device, hold } = bench()
    await expect(device.quote(data(1), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'tee.aborted',
      retryable: false,
    })
    const { release } = hold()
    const controller = new AbortController()
    const given = device.quote(data(2), { signal: controller.signal })
    setTimeout(() => controller.abort(), 20)
    await expect(given).rejects.toMatchObject({ code: 'tee.aborted' })
    release()
    expect(boundIn(device, await device.quote(data(3)))).toBe(data(3))
    await nothingLeft()
  })

  test('a failure of the platform is a TeeError, leaves nothing and does not last', async () => {
    const { device, fail } = bench()
    fail()
    await expect(device.quote(data(1))).rejects.toMatchObject({ name: 'TeeError' })
    await nothingLeft()
    expect(boundIn(device, await device.quote(data(2)))).toBe(data(2))
  })

  test('an answer beyond every bound is refused', async () => {
    const { device, oversize } = bench()
    oversize()
    const code = expect.stringMatching(/^tee\.answer-(too-large|invalid)$/) as string
    await expect(device.quote(data(1))).rejects.toMatchObject({ code })
    await nothingLeft()
  })
}

function testGuest(bench: () => DeviceBench): void {
  test('its report has registers of the right length and is the same twice', async () => {
    const { device } = bench()
    const sizes = {
      tdx: { mrConfigId: 48, mrtd: 48 },
      'sev-snp': { hostData: 32, measurement: 48 },
      sgx: { configId: 64, mrEnclave: 32, mrSigner: 32 },
    }[device.platform]
    const report = await device.report()
    for (const [field, size] of Object.entries(sizes))
      expect(report[field as keyof typeof report]).toMatch(new RegExp(`^0x[0-9a-f]{${size * 2}}$`))
    expect(report.debug).toBe(false)
    expect(await device.report()).toEqual(report)
  })

  test('an extension is read back, depends on the order and is not undone; or there are no registers', async () => {
    const { device } = bench()
    if (device.platform !== 'tdx') {
      const refused = { code: 'tee.no-registers', retryable: false }
      await expect(device.extend(3, digest(1))).rejects.toMatchObject(refused)
      return
    }
    const before = (await device.report()).rtmr
    await device.extend(3, digest(1))
    await device.extend(3, digest(2))
    const after = (await device.report()).rtmr
    expect(after).toEqual([
      ...before.slice(0, 3),
      extendedBy(extendedBy(before[3], digest(1)), digest(2)),
    ])
    await device.extend(3, `0x${'00'.repeat(48)}`)
    expect((await device.report()).rtmr[3]).not.toBe(after[3])
  })

  test('registers and digests of another form are refused and change nothing', async () => {
    const { device } = bench()
    const before = await device.report()
    const refused = { code: 'request.invalid' }
    for (const register of [-1, 0, 1, 4, 2.5, Number.NaN])
      await expect(device.extend(register, digest(1))).rejects.toMatchObject(refused)
    for (const wrong of ['0x', `0x${'11'.repeat(47)}`, `0x${'11'.repeat(49)}`])
      await expect(device.extend(3, wrong as Hex)).rejects.toMatchObject(refused)
    expect(await device.report()).toEqual(before)
  })

  test('its sealing key is stable for a context and another for another; or there is none', async () => {
    const { device, second } = bench()
    for (const context of ['', 'x'.repeat(257)])
      await expect(device.sealingKey(context)).rejects.toMatchObject({ code: 'request.invalid' })
    const key = await device.sealingKey('a').catch((error: unknown) => error)
    if (!(key instanceof Uint8Array)) {
      expect(key).toMatchObject({ code: 'tee.no-sealing-key', retryable: false })
      return
    }
    expect(key).toHaveLength(32)
    expect(await second.sealingKey('a')).toEqual(key)
    expect(await device.sealingKey('b')).not.toEqual(key)
  })
}
