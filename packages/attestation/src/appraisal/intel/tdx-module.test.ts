// Which identity TCB info has for a TDX module: by its generation, in hexadecimal.
import { expect, test } from 'vitest'
import type { ModuleIdentity, TdxTcbInfo } from '../../endorsement/intel/tcb-info.ts'
import type { TdReport } from '../../evidence/intel/td-report.ts'
import { identifyTdxModule } from './tdx-module.ts'

const signer = {
  mrSigner: new Uint8Array(48),
  attributes: new Uint8Array(8),
  attributesMask: new Uint8Array(8).fill(0xff),
}
const identity = (id: string): ModuleIdentity => ({ id, ...signer, levels: [] })
const moduleIdentities = ['TDX_01', 'TDX_0A', 'TDX_10', 'TDX_ff'].map(identity)
const tcbInfo = { module: signer, moduleIdentities } as unknown as TdxTcbInfo
const report = {
  mrSignerSeam: new Uint8Array(48),
  seamAttributes: new Uint8Array(8),
} as unknown as TdReport
const idOf = (generation: number, given = report) =>
  identifyTdxModule(tcbInfo, given, Uint8Array.of(5, generation))?.id

test('a generation has the identity of its number, in either case, and no other', () => {
  expect([0, 1, 10, 16, 255].map((generation) => idOf(generation))).toEqual([
    undefined,
    'TDX_01',
    'TDX_0A',
    'TDX_10',
    'TDX_ff',
  ])
  for (const generation of [2, 11, 17, 100])
    expect(() => idOf(generation)).toThrow(expect.objectContaining({ code: 'tdx-module.mismatch' }))
})

test.each<[string, Partial<TdReport>]>([
  ['signer', { mrSignerSeam: new Uint8Array(48).fill(1) }],
  ['attribute', { seamAttributes: new Uint8Array(8).with(7, 0x80) }],
])('another %s than its identity says is refused in every generation', (_what, change) => {
  for (const generation of [0, 1, 255])
    expect(() => idOf(generation, { ...report, ...change })).toThrow(
      expect.objectContaining({ code: 'tdx-module.mismatch' }),
    )
})
