// Which TEE is found where, and that none is never a simulated one.
import { expect, test } from 'vitest'
import { detectTee, openDetectedDevice } from './index.ts'
import {
  createSimulatedFiles,
  createSimulatedTsm,
  simulatedEnclaveMachine,
  simulatedSnpMachine,
  simulatedTdxMachine,
  type SimulatedTree,
} from './testing/index.ts'

const nothing = () => new Uint8Array()
const report = () =>
  ({ mrConfigId: '0x', mrtd: '0x', rtmr: ['0x', '0x', '0x', '0x'], debug: false }) as const

test.each([
  ['tdx', simulatedTdxMachine({ report, extend: () => undefined, quote: nothing }).files],
  ['sev-snp', simulatedSnpMachine({ report: nothing }).files],
  [
    'sgx',
    simulatedEnclaveMachine({ attestationType: 'dcap', report: nothing, quote: nothing, keys: {} })
      .files,
  ],
])('%s is found by its files', async (platform, files) => {
  const { device, reasons } = await detectTee({ files })
  expect(device).toMatchObject({ platform, simulated: false })
  expect(reasons.at(-1)).toMatchObject({
    code: 'found',
    text: expect.stringContaining(platform) as string,
  })
  expect((await openDetectedDevice({ files, simulated: true })).simulated).toBe(true)
})

test('where there is none, every place that was looked at says why', async () => {
  const files = createSimulatedFiles({})
  const { device, reasons } = await detectTee({ files })
  expect(device).toBeUndefined()
  expect(reasons.map(({ path, code }) => [path, code])).toEqual([
    ['/dev/attestation', 'tee.not-found'],
    ['/sys/kernel/config/tsm/report', 'tee.not-found'],
  ])
  const failure = openDetectedDevice({ files })
  await expect(failure).rejects.toMatchObject({ code: 'tee.not-found' })
  await expect(failure).rejects.toThrow(/attestation.*tsm/)
})

test('a device node without configfs-tsm is named, with what to mount', async () => {
  const refuse = () => {
    throw new Error('not here')
  }
  const dev: SimulatedTree = {
    list: () => ['null', 'sev-guest', 'tdx_guest'],
    mkdir: refuse,
    rmdir: refuse,
    read: refuse,
    write: refuse,
  }
  const { reasons } = await detectTee({ files: createSimulatedFiles({ '/dev': dev }) })
  expect(reasons.slice(2)).toEqual([
    {
      path: '/dev/sev-guest',
      code: 'tee.no-provider',
      text: expect.stringContaining('mount -t configfs') as string,
    },
    {
      path: '/dev/tdx_guest',
      code: 'tee.no-provider',
      text: expect.stringContaining('mount -t configfs') as string,
    },
  ])
})

test('configfs-tsm without a driver and Gramine without attestation are no TEE', async () => {
  const tsm = createSimulatedTsm(undefined)
  const { device, reasons } = await detectTee({
    files: createSimulatedFiles({ '/sys/kernel/config/tsm/report': tsm }),
  })
  expect(device).toBeUndefined()
  expect(reasons[1]?.code).toBe('tee.no-provider')
  const { files } = simulatedEnclaveMachine({
    attestationType: 'none',
    report: nothing,
    quote: nothing,
    keys: {},
  })
  expect((await detectTee({ files })).reasons[0]?.code).toBe('tee.no-attestation')
})

test('a search that is given up ends as such', async () => {
  const { files } = simulatedSnpMachine({ report: nothing })
  await expect(detectTee({ files, signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'tee.aborted',
  })
})

test('this machine is looked at through its own files without harm', async () => {
  const { reasons } = await detectTee()
  expect(reasons.length).toBeGreaterThan(0)
})
