// The layout of quotes: every field that steers the parser, one at a time.
import { expect, test } from 'vitest'
import { createSimulatedVendor } from '../../simulated/index.ts'
import { parseSgxQuote, parseTdxQuote } from './quote.ts'

const vendor = createSimulatedVendor({
  seed: new Uint8Array(32).fill(1),
  atMs: Date.UTC(2026, 0, 1),
})
const quote = vendor
  .createChip()
  .launch({ mrtd: `0x${'11'.repeat(48)}`, mrConfigId: `0x${'22'.repeat(48)}` })
  .quote(`0x${'33'.repeat(64)}`)
const codeOf = (bytes: Uint8Array, parse: (bytes: Uint8Array) => unknown = parseTdxQuote) => {
  try {
    parse(bytes)
  } catch (error) {
    return (error as { code?: string }).code
  }
  return 'read'
}
const edit = (change: (bytes: Buffer) => void) => {
  const bytes = Buffer.from(quote)
  change(bytes)
  return codeOf(bytes)
}
const add = (bytes: Buffer, offset: number, by: number) =>
  bytes.writeUInt32LE(bytes.readUInt32LE(offset) + by, offset)

test('a quote is read, with or without bytes behind it', () => {
  expect(codeOf(quote)).toBe('read')
  expect(codeOf(Uint8Array.of(...quote, 1, 2, 3))).toBe('read')
})

test.each<[string, string, (bytes: Buffer) => void]>([
  ['version 3', 'quote.unsupported', (b) => b.writeUInt16LE(3, 0)],
  ['version 6', 'quote.unsupported', (b) => b.writeUInt16LE(6, 0)],
  ['an SGX enclave', 'quote.unsupported', (b) => b.writeUInt32LE(0, 4)],
  ['a P-384 key', 'quote.key-type', (b) => b.writeUInt16LE(3, 2)],
  ['another QE vendor', 'quote.vendor', (b) => b.writeUInt8(0, 12)],
  [
    'certification data of type 5 outside',
    'quote.certification-data',
    (b) => b.writeUInt16LE(5, 764),
  ],
  [
    'an encrypted PPID in place of the chain',
    'quote.certification-data',
    (b) => b.writeUInt16LE(3, 1252),
  ],
  ['a body of version 5 that is none', 'quote.unsupported', (b) => b.writeUInt16LE(5, 0)],
  ['authentication data one byte longer', 'quote.malformed', (b) => add(b, 632, 1)],
  ['authentication data one byte shorter', 'quote.malformed', (b) => add(b, 632, -1)],
  ['certification data one byte shorter', 'quote.malformed', (b) => add(b, 766, -1)],
  ['a chain one byte shorter', 'quote.malformed', (b) => add(b, 1254, -1)],
  ['a chain one byte longer', 'quote.malformed', (b) => add(b, 1254, 1)],
  [
    'QE authentication data beyond the end',
    'quote.malformed',
    (b) => b.writeUInt16LE(65_535, 1218),
  ],
  ['all lengths at their largest', 'quote.malformed', (b) => b.writeUInt32LE(0xffff_ffff, 632)],
])('%s is refused as %s', (_what, code, change) => {
  expect(edit(change)).toBe(code)
})

test('bytes left over inside authentication data are refused', () => {
  const longer = Buffer.concat([quote, Buffer.from([0])])
  add(longer, 632, 1)
  expect(codeOf(longer)).toBe('quote.malformed')
  add(longer, 766, 1)
  expect(codeOf(longer)).toBe('quote.malformed')
  add(longer, 1254, 1)
  // A zero byte that ends the chain is what some quoting enclaves write.
  expect(codeOf(longer)).toBe('read')
})

test('version 5 names its body and the body has its size', () => {
  const v5 = (type: number, size: number, body: number) => {
    const header = Buffer.from(quote.subarray(0, 48))
    header.writeUInt16LE(5, 0)
    const descriptor = Buffer.alloc(6)
    descriptor.writeUInt16LE(type, 0)
    descriptor.writeUInt32LE(size, 2)
    const report = Buffer.concat([quote.subarray(48, 632), Buffer.alloc(64)]).subarray(0, body)
    return codeOf(Buffer.concat([header, descriptor, report, quote.subarray(632)]))
  }
  expect(v5(2, 584, 584)).toBe('read')
  expect(v5(3, 648, 648)).toBe('read')
  expect(v5(3, 584, 584)).toBe('quote.malformed')
  expect(v5(2, 648, 648)).toBe('quote.malformed')
  expect(v5(1, 384, 384)).toBe('quote.unsupported')
})

/** A quote of version 3 in the proof of the other: no frame around the QE report. */
function sgxQuote(change: (bytes: Buffer) => void = () => undefined): Buffer {
  const header = Buffer.alloc(48)
  header.writeUInt16LE(3, 0)
  header.writeUInt16LE(2, 2)
  // SVNs of QE and PCE.
  header.writeUInt16LE(10, 8)
  header.writeUInt16LE(15, 10)
  header.set(quote.subarray(12, 28), 12)
  const report = Buffer.alloc(384)
  report.writeUInt8(0x05, 48)
  for (const [at, size, byte] of SGX_FIELDS) report.fill(byte, at, at + size)
  report.writeUInt16LE(7, 256)
  report.writeUInt16LE(9, 258)
  const proof = Buffer.concat([quote.subarray(636, 764), quote.subarray(770)])
  const size = Buffer.alloc(4)
  size.writeUInt32LE(proof.length, 0)
  const bytes = Buffer.concat([header, report, size, proof])
  change(bytes)
  return bytes
}
/** MRENCLAVE, MRSIGNER, CONFIGID and REPORTDATA. */
const SGX_FIELDS = [
  [64, 32, 0xe1],
  [128, 32, 0x51],
  [192, 64, 0xc1],
  [320, 64, 0xda],
] as const

test('an SGX quote is read, field by field', () => {
  const { report, pckChain, signed } = parseSgxQuote(sgxQuote())
  const [mrEnclave, mrSigner, configId, reportData] = SGX_FIELDS.map(([, size, byte]) =>
    Buffer.alloc(size, byte),
  )
  expect(report).toMatchObject({ isvProdId: 7, isvSvn: 9 })
  expect(Buffer.from(report.mrEnclave)).toEqual(mrEnclave)
  expect(Buffer.from(report.mrSigner)).toEqual(mrSigner)
  expect(Buffer.from(report.configId)).toEqual(configId)
  expect(Buffer.from(report.reportData)).toEqual(reportData)
  expect(signed).toHaveLength(432)
  expect(Buffer.from(pckChain)).toEqual(Buffer.from(parseTdxQuote(quote).pckChain))
  expect(codeOf(Buffer.concat([sgxQuote(), Buffer.from([1, 2])]), parseSgxQuote)).toBe('read')
  expect(codeOf(sgxQuote())).toBe('quote.unsupported')
})

test.each<[string, string, (bytes: Buffer) => void]>([
  ['version 4', 'quote.unsupported', (b) => b.writeUInt16LE(4, 0)],
  ['version 5', 'quote.unsupported', (b) => b.writeUInt16LE(5, 0)],
  ['a TEE type', 'quote.unsupported', (b) => b.writeUInt32LE(0x81, 4)],
  ['a P-384 key', 'quote.key-type', (b) => b.writeUInt16LE(3, 2)],
  ['another QE vendor', 'quote.vendor', (b) => b.writeUInt8(0, 27)],
  ['an enclave that was never initialised', 'quote.malformed', (b) => b.writeUInt8(0x04, 96)],
  ['an encrypted PPID', 'quote.certification-data', (b) => b.writeUInt16LE(3, 1046)],
  ['a plain PPID', 'quote.certification-data', (b) => b.writeUInt16LE(1, 1046)],
  ['a frame of type 6', 'quote.certification-data', (b) => b.writeUInt16LE(6, 1046)],
  ['authentication data one byte longer', 'quote.malformed', (b) => add(b, 432, 1)],
  ['authentication data one byte shorter', 'quote.malformed', (b) => add(b, 432, -1)],
  ['a chain one byte longer', 'quote.malformed', (b) => add(b, 1048, 1)],
  ['a chain one byte shorter', 'quote.malformed', (b) => add(b, 1048, -1)],
  ['QE data beyond the end', 'quote.malformed', (b) => b.writeUInt16LE(65_535, 1012)],
  ['all lengths at their largest', 'quote.malformed', (b) => b.writeUInt32LE(0xffff_ffff, 432)],
])('an SGX quote with %s is refused as %s', (_what, code, change) => {
  expect(codeOf(sgxQuote(change), parseSgxQuote)).toBe(code)
})

test('an SGX quote that ends anywhere inside is refused', () => {
  const whole = sgxQuote()
  for (const length of [0, 1, 47, 48, 431, 432, 435, 436, 563, 564, 947, 1011, 1013, 1047, 1051])
    expect(codeOf(whole.subarray(0, length), parseSgxQuote), `${length}`).toBe('quote.malformed')
})
