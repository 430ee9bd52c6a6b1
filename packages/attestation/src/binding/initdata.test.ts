// The document that a confidential pod is launched with, byte by byte, and what the hardware carries of it.
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { initdataDocument, initdataLaunchField } from './initdata.ts'

const digest = `0x${'0123456789abcdef'.repeat(4)}` as const

test('the document is these bytes', () => {
  expect(initdataDocument(digest)).toBe(
    [
      "version = '0.1.0'",
      "algorithm = 'sha384'",
      '',
      '[data]',
      `wetee = '{"format":"wetee/initdata/v1","configDigest":"${digest}"}'`,
      '',
    ].join('\n'),
  )
})

test('the hardware carries its SHA-384, as far as its field goes', () => {
  const hash = createHash('sha384').update(initdataDocument(digest)).digest('hex')
  expect(initdataLaunchField('tdx', digest)).toEqual({ name: 'MRCONFIGID', value: `0x${hash}` })
  expect(initdataLaunchField('sev-snp', digest)).toEqual({
    name: 'HOST_DATA',
    value: `0x${hash.slice(0, 64)}`,
  })
})

test('another configuration is another document, and what is no digest is none', () => {
  const other = `0x${'0123456789abcdee'.repeat(4)}` as const
  expect(initdataLaunchField('tdx', other).value).not.toBe(initdataLaunchField('tdx', digest).value)
  for (const wrong of ['0x', `${digest}00`, `0x${"'".repeat(64)}`, 'x'] as const)
    expect(() => initdataDocument(wrong as `0x${string}`)).toThrow(
      expect.objectContaining({ code: 'binding.invalid' }),
    )
})
