// SEV-SNP reports: every field at its offset, every reserved one checked, nothing read beyond them.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AttestationError } from '../../error.ts'
import { productOf } from './product.ts'
import { parseSnpReport, SNP_REPORT_BYTES } from './report.ts'
import { equalTcb, readTcbVersion } from './tcb-version.ts'

/** A report whose bytes are all different from their neighbours', but for reserved ones. */
function reportOf(version: 2 | 3 | 5): Uint8Array {
  const bytes = Uint8Array.from({ length: SNP_REPORT_BYTES }, (_, index) => (index * 7 + 1) & 0xff)
  const view = new DataView(bytes.buffer)
  view.setUint32(0x00, version, true)
  view.setBigUint64(0x08, 0x1a_0137n, true)
  view.setUint32(0x30, 2, true)
  view.setUint32(0x34, 1, true)
  view.setUint32(0x48, 0b0_0111, true)
  for (const [start, end] of zeros(version)) bytes.fill(0, start, end)
  return bytes
}
const zeros = (version: number): readonly (readonly [number, number])[] => [
  [0x4c, 0x50],
  [version < 3 ? 0x188 : 0x18b, 0x1a0],
  [0x1eb, 0x1ec],
  [0x1ef, 0x1f0],
  [version < 5 ? 0x1f8 : 0x208, 0x2a0],
  [0x2a0 + 48, 0x2a0 + 72],
  [0x2a0 + 72 + 48, SNP_REPORT_BYTES],
]
const codeOf = (bytes: Uint8Array) => {
  try {
    parseSnpReport(bytes)
    return 'accepted'
  } catch (error) {
    if (!(error instanceof AttestationError)) throw error
    return error.code
  }
}
const withBytes = (bytes: Uint8Array, offset: number, ...values: number[]) => {
  const changed = new Uint8Array(bytes)
  changed.set(values, offset)
  return changed
}

test.each([2, 3, 5] as const)('the fields of version %i are where the ABI has them', (version) => {
  const bytes = reportOf(version)
  const at = (start: number, size: number) => bytes.subarray(start, start + size)
  expect(parseSnpReport(bytes)).toEqual({
    version,
    signed: at(0, 0x2a0),
    signature: Uint8Array.of(...at(0x2a0, 48).toReversed(), ...at(0x2e8, 48).toReversed()),
    signingKey: 'VLEK',
    guestSvn: new DataView(bytes.buffer).getUint32(4, true),
    guestPolicy: Uint8Array.of(0, 0, 0, 0, 0, 0x1a, 0x01, 0x37),
    isDebug: true,
    mayMigrate: false,
    familyId: at(0x10, 16),
    imageId: at(0x20, 16),
    vmpl: 2,
    platformInfo: at(0x40, 8).toReversed(),
    aliasesChecked: version === 2 ? undefined : false,
    reportData: at(0x50, 64),
    measurement: at(0x90, 48),
    hostData: at(0xc0, 32),
    idKeyDigest: at(0xe0, 48),
    authorKeyDigest: at(0x110, 48),
    chipId: at(0x1a0, 64),
    reportedTcb: at(0x180, 8),
    currentTcb: at(0x38, 8),
    committedTcb: at(0x1e0, 8),
    launchTcb: at(0x1f0, 8),
    cpuid:
      version === 2
        ? undefined
        : { family: bytes[0x188], model: bytes[0x189], stepping: bytes[0x18a] },
  })
})

test.each([2, 3, 5] as const)('every reserved byte of version %i has to be zero', (version) => {
  const bytes = reportOf(version)
  for (const [start, end] of zeros(version))
    for (let offset = start; offset < end; offset++)
      expect(codeOf(withBytes(bytes, offset, 1)), `0x${offset.toString(16)}`).toBe(
        'snp-report.malformed',
      )
})

test('a report has one size', () => {
  const bytes = reportOf(3)
  for (const size of [0, 1, 4, 0x34, 0x2a0, SNP_REPORT_BYTES - 1])
    expect(codeOf(bytes.subarray(0, size))).toBe('snp-report.malformed')
  expect(codeOf(Uint8Array.of(...bytes, 0))).toBe('snp-report.malformed')
})

test('a report inside a larger buffer is read from where it begins', () => {
  const larger = Uint8Array.of(9, 9, 9, ...reportOf(5), 9)
  expect(parseSnpReport(larger.subarray(3, -1))).toEqual(parseSnpReport(reportOf(5)))
})

test('versions that no revision of the ABI describes are refused', () => {
  for (const version of [0, 1, 4, 6, 0xff])
    expect(codeOf(withBytes(reportOf(5), 0, version))).toBe('snp-report.unsupported')
  expect(codeOf(withBytes(reportOf(5), 1, 1))).toBe('snp-report.unsupported')
})

test('only ECDSA P-384, only guests, only policy bits with a meaning', () => {
  const bytes = reportOf(5)
  for (const algorithm of [0, 2, 0xff])
    expect(codeOf(withBytes(bytes, 0x34, algorithm))).toBe('snp-report.unsupported')
  for (const vmpl of [[4], [0xff, 0xff, 0xff, 0xff], [0, 0, 0, 1]])
    expect(codeOf(withBytes(bytes, 0x30, ...vmpl))).toBe('snp-report.unsupported')
  for (const vmpl of [0, 1, 2, 3]) expect(codeOf(withBytes(bytes, 0x30, vmpl))).toBe('accepted')
  expect(codeOf(withBytes(bytes, 0x0a, 0x00))).toBe('snp-report.malformed')
  for (let bit = 20; bit < 64; bit++) {
    const policy = (1n << BigInt(bit)) | (1n << 17n)
    const changed = new Uint8Array(bytes)
    new DataView(changed.buffer).setBigUint64(0x08, policy, true)
    expect(codeOf(changed), `bit ${bit}`).toBe(bit < 26 ? 'accepted' : 'snp-report.unsupported')
  }
})

test('the signing key is a VCEK or a VLEK', () => {
  const keys = [0, 1, 2, 3, 4, 5, 6, 7].map((key) => codeOf(withBytes(reportOf(5), 0x48, key << 2)))
  expect(keys).toEqual(['accepted', 'accepted', ...Array<string>(6).fill('snp-report.signing-key')])
  expect(parseSnpReport(withBytes(reportOf(5), 0x48, 0)).signingKey).toBe('VCEK')
  expect(codeOf(withBytes(reportOf(5), 0x48, 0x20))).toBe('snp-report.malformed')
  expect(codeOf(withBytes(reportOf(5), 0x4b, 0x80))).toBe('snp-report.malformed')
})

test('any bytes are a report or an error with a code', () => {
  const headed = fc
    .tuple(fc.constantFrom(2, 3, 5), fc.uint8Array({ minLength: 1183, maxLength: 1183 }))
    .map(([version, rest]) => Uint8Array.of(version, ...rest))
  fc.assert(
    fc.property(fc.oneof(headed, fc.uint8Array({ maxLength: 2000 })), (bytes) => {
      expect(codeOf(bytes)).toMatch(/^(accepted|snp-report\.[a-z-]+)$/)
    }),
    { numRuns: 300 },
  )
})

test('a TCB version has its components where the product has them, and no others', () => {
  const bytes = (...values: number[]) => Uint8Array.from(values)
  const milan = readTcbVersion(bytes(4, 1, 0, 0, 0, 0, 24, 219), 'Milan')
  expect(milan).toEqual({ bootloader: 4, tee: 1, snp: 24, microcode: 219 })
  expect(readTcbVersion(bytes(4, 1, 0, 0, 0, 0, 24, 219), 'Genoa')).toEqual(milan)
  const turin = readTcbVersion(bytes(1, 2, 3, 4, 0, 0, 0, 81), 'Turin')
  expect(turin).toEqual({ fmc: 1, bootloader: 2, tee: 3, snp: 4, microcode: 81 })
  for (const offset of [2, 3, 4, 5])
    expect(() => readTcbVersion(withBytes(new Uint8Array(8), offset, 1), 'Milan')).toThrow(
      expect.objectContaining({ code: 'snp-report.malformed' }),
    )
  for (const offset of [4, 5, 6])
    expect(() => readTcbVersion(withBytes(new Uint8Array(8), offset, 1), 'Turin')).toThrow(
      expect.objectContaining({ code: 'snp-report.malformed' }),
    )
  for (const name of ['fmc', 'bootloader', 'tee', 'snp', 'microcode'] as const)
    expect(equalTcb(turin, { ...turin, [name]: 77 })).toBe(false)
  expect(equalTcb(turin, { ...turin })).toBe(true)
})

test('products by CPUID', () => {
  const of = (family: number, model: number) => productOf({ family, model, stepping: 0 })
  expect([of(0x19, 0x01), of(0x19, 0x11), of(0x19, 0xa0), of(0x1a, 0x02), of(0x1a, 0x11)]).toEqual([
    'Milan',
    'Genoa',
    'Genoa',
    'Turin',
    'Turin',
  ])
  for (const [family, model] of [
    [0x17, 0x31],
    [0x19, 0x21],
    [0x19, 0x50],
    [0x1a, 0x50],
    [0x1b, 0],
  ] as const)
    expect(of(family, model)).toBeUndefined()
})

test('a check for aliases of memory is bit 5 of the platform information, from version 3 on', () => {
  for (const version of [2, 3, 5] as const)
    for (let bit = 0; bit < 64; bit++) {
      const info = new Uint8Array(8)
      info[bit >> 3] = 1 << (bit & 7)
      const { aliasesChecked } = parseSnpReport(withBytes(reportOf(version), 0x40, ...info))
      expect(aliasesChecked).toBe(version === 2 ? undefined : bit === 5)
    }
})
