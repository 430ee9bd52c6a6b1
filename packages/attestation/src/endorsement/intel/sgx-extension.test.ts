// The SGX extension of PCK certificates: every entry once, of its type and size.
import { expect, test } from 'vitest'
import { readWhole, TAG } from '../../der/reader.ts'
import { octets, oid, sequence } from '../../simulated/der-writer.ts'
import { sgxExtension } from '../../simulated/intel/pck.ts'
import { svnsOf } from '../../simulated/intel/tcb.ts'
import type { Certificate } from '../../x509/certificate.ts'
import { EXTENSION } from '../../x509/extensions.ts'
import { readPckPlatform } from './sgx-extension.ts'

const ppid = Uint8Array.from({ length: 16 }, (_, index) => index)
const extension = sgxExtension(ppid, 'OutOfDate')
const read = (value?: Uint8Array) =>
  readPckPlatform({
    extensions: new Map(value && [[EXTENSION.sgx, { critical: false, value }]]),
  } as unknown as Certificate)
const entries: Uint8Array[] = []
const reader = readWhole(extension)
while (!reader.done) entries.push(reader.read(TAG.sequence).bytes)
const refuses = (value?: Uint8Array) =>
  expect(() => read(value)).toThrow(expect.objectContaining({ code: 'pck.extension' }))

test('what a chip’s certificate says is read', () => {
  const { sgx, pce } = svnsOf('OutOfDate')
  expect(read(extension)).toMatchObject({ ppid, componentSvns: sgx, pceSvn: pce })
})

test('a missing extension or entry, an entry twice, a foreign entry or another size is refused', () => {
  refuses()
  for (const index of [0, 1, 2, 3]) refuses(sequence(...entries.toSpliced(index, 1)))
  for (const entry of entries) refuses(sequence(...entries, entry))
  refuses(sequence(...entries, sequence(oid('1.2.3.4'), octets(ppid))))
  const below = sequence(oid(`${EXTENSION.sgx}.1.5`), octets(ppid))
  refuses(sequence(below, ...entries.slice(1)))
  const short = sequence(oid(`${EXTENSION.sgx}.1`), octets(ppid.subarray(1)))
  refuses(sequence(short, ...entries.slice(1)))
})
