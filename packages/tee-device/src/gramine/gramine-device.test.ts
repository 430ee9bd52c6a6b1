// What Gramine's files can do to an enclave, on simulated ones.
import { expect, test } from 'vitest'
import type { SgxReport } from '../device.ts'
import { systemError } from '../files.ts'
import { openGramineDevice } from '../index.ts'
import {
  simulatedEnclaveMachine,
  writeUnsignedEnclaveQuote,
  writeUnsignedEnclaveReport,
  type EnclaveUnderGramine,
} from '../testing/index.ts'

const reportData = `0x${'ab'.repeat(64)}` as const
const own: SgxReport = {
  configId: `0x${'66'.repeat(64)}`,
  mrEnclave: `0x${'77'.repeat(32)}`,
  mrSigner: `0x${'88'.repeat(32)}`,
  debug: true,
}
const enclave: EnclaveUnderGramine = {
  attestationType: 'dcap',
  report: (data) => writeUnsignedEnclaveReport(own, data),
  quote: (data) => writeUnsignedEnclaveQuote(own, data),
  keys: { _sgx_mrenclave: new Uint8Array(16).fill(1), _sgx_mrsigner: new Uint8Array(16).fill(2) },
}

async function open(changes: Partial<EnclaveUnderGramine> = {}, sealTo?: 'mrEnclave' | 'mrSigner') {
  const { files } = simulatedEnclaveMachine({ ...enclave, ...changes })
  const device = await openGramineDevice({ files, ...(sealTo === undefined ? {} : { sealTo }) })
  return { device, files }
}

test('the report is what the processor says of the enclave itself', async () => {
  expect(await (await open()).device.report()).toEqual(own)
})

test('only DCAP is taken; outside SGX there is no device', async () => {
  for (const attestationType of ['none', 'epid', ''])
    await expect(open({ attestationType })).rejects.toMatchObject({ code: 'tee.no-attestation' })
  await expect(open({ attestationType: undefined })).rejects.toMatchObject({
    code: 'tee.not-found',
  })
})

test('another thread changes the report data: asked for again, given up after four tries', async () => {
  const { device, files } = await open()
  const foreign = new Uint8Array(64).fill(0xee)
  let tries = 0
  let left = 2
  const disturb = ({ operation, path }: { operation: string; path: string }) => {
    if (operation !== 'read' || !/(quote|report)$/.test(path)) return undefined
    tries++
    if (left-- <= 0) return undefined
    files.intercept(undefined)
    return files
      .writeFile('/dev/attestation/user_report_data', foreign)
      .then(() => files.intercept(disturb))
  }
  files.intercept(disturb)
  expect(await device.quote(reportData)).toEqual(enclave.quote(new Uint8Array(64).fill(0xab)))
  expect(tries).toBe(3)
  for (const ask of [() => device.quote(reportData), () => device.report()]) {
    left = 4
    tries = 0
    await expect(ask()).rejects.toMatchObject({ code: 'tee.raced', retryable: true })
    expect(tries).toBe(4)
  }
})

test('what fails beneath Gramine is said to be beneath it', async () => {
  const { device } = await open({
    quote: () => {
      throw systemError('EIO', 'aesmd')
    },
  })
  const message = expect.stringContaining('aesmd') as string
  await expect(device.quote(reportData)).rejects.toMatchObject({ code: 'tee.refused', message })
})

test('reports and quotes of a wrong length or format are refused', async () => {
  for (const size of [0, 431, 384]) {
    const { device } = await open({ report: () => new Uint8Array(size) })
    await expect(device.report()).rejects.toMatchObject({ code: 'tee.answer-invalid' })
  }
  const long = await open({ report: () => new Uint8Array(433) })
  await expect(long.device.report()).rejects.toMatchObject({ code: 'tee.answer-too-large' })
  for (const quote of [
    new Uint8Array(),
    new Uint8Array(47),
    new Uint8Array(431),
    new Uint8Array(8192),
  ]) {
    const { device } = await open({ quote: () => quote })
    await expect(device.quote(reportData)).rejects.toMatchObject({ code: 'tee.answer-invalid' })
  }
})

test('keys sealed to the enclave and to its signer differ, and neither is the key of the file', async () => {
  const toEnclave = await (await open()).device.sealingKey('a')
  const toSigner = await (await open({}, 'mrSigner')).device.sealingKey('a')
  expect(toSigner).not.toEqual(toEnclave)
  expect(toEnclave.subarray(0, 16)).not.toEqual(enclave.keys['_sgx_mrenclave'])
})

test('no key, one that is not set and one that is no key are refused', async () => {
  const of = async (key: Uint8Array | undefined) =>
    (await open({ keys: key === undefined ? {} : { _sgx_mrenclave: key } })).device.sealingKey('a')
  await expect(of(undefined)).rejects.toMatchObject({ code: 'tee.no-sealing-key' })
  await expect(of(new Uint8Array())).rejects.toMatchObject({ code: 'tee.no-sealing-key' })
  await expect(of(new Uint8Array(15).fill(1))).rejects.toMatchObject({ code: 'tee.answer-invalid' })
  await expect(of(new Uint8Array(17).fill(1))).rejects.toMatchObject({
    code: 'tee.answer-too-large',
  })
  await expect(of(new Uint8Array(16))).rejects.toMatchObject({ code: 'tee.answer-invalid' })
})
