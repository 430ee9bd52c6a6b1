// The simulated kernel behaves as the sources of Linux and Gramine say.
import { expect, test } from 'vitest'
import {
  createSimulatedGramine,
  createSimulatedMeasurements,
  createSimulatedTsm,
  extended,
  type SimulatedProvider,
} from './index.ts'

const echo = { name: 'tdx_guest', report: (inblob: Uint8Array) => ({ outblob: inblob.slice() }) }
const tiered: SimulatedProvider = {
  name: 'sev_guest',
  privilegeFloor: 1,
  report: (inblob, level) => ({
    outblob: Uint8Array.of(level, ...inblob),
    auxblob: Uint8Array.of(9),
  }),
}
const data = (fill: number) => new Uint8Array(64).fill(fill)
const failing = (code: string) => expect.objectContaining({ code }) as Error
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()

function folderOf(provider: SimulatedProvider) {
  const tsm = createSimulatedTsm(provider)
  tsm.mkdir(['a'])
  return {
    tsm,
    read: (name: string) => tsm.read(['a', name]),
    write: (name: string, bytes: Uint8Array | string) => tsm.write(['a', name], Buffer.from(bytes)),
  }
}

test('attributes come and go with their folder, and depend on the driver', () => {
  const { tsm } = folderOf(echo)
  expect(tsm.list(['a'])).toEqual(['generation', 'provider', 'inblob', 'outblob'])
  expect(folderOf(tiered).tsm.list(['a'])).toContain('privlevel_floor')
  expect(() => tsm.mkdir(['a'])).toThrow(failing('EEXIST'))
  expect(() => tsm.read(['a', 'auxblob'])).toThrow(failing('ENOENT'))
  tsm.rmdir(['a'])
  expect(() => tsm.read(['a', 'generation'])).toThrow(failing('ENOENT'))
  expect(() => tsm.rmdir(['a'])).toThrow(failing('ENOENT'))
  tsm.setProvider(undefined)
  expect(() => tsm.mkdir(['b'])).toThrow(failing('ENXIO'))
})

test('outblob needs inblob, and inblob is whole, bounded and only for writing', () => {
  const { read, write } = folderOf(echo)
  expect(() => read('outblob')).toThrow(failing('EINVAL'))
  expect(() => read('inblob')).toThrow(failing('EACCES'))
  expect(() => write('outblob', data(1))).toThrow(failing('EACCES'))
  expect(() => write('generation', '5')).toThrow(failing('EACCES'))
  expect(() => write('inblob', new Uint8Array(65))).toThrow(failing('EFBIG'))
  expect(text(read('generation'))).toBe('0\n')
  write('inblob', new Uint8Array(63))
  expect(() => read('outblob')).toThrow(failing('EINVAL'))
  write('inblob', data(1))
  expect(read('outblob')).toEqual(Buffer.from(data(1)))
  expect(text(read('generation'))).toBe('2\n')
})

test('a report is kept until the next write', () => {
  let made = 0
  const { read, write } = folderOf({ ...echo, report: () => ({ outblob: Uint8Array.of(++made) }) })
  write('inblob', data(1))
  expect([...read('outblob'), ...read('outblob')]).toEqual([1, 1])
  write('inblob', data(1))
  expect([...read('outblob')]).toEqual([2])
})

test('privilege levels have a floor and a ceiling, and count as a write', () => {
  const { read, write } = folderOf(tiered)
  expect(text(read('privlevel_floor'))).toBe('1\n')
  for (const level of ['0', '4', 'x', ''])
    expect(() => write('privlevel', level)).toThrow(failing('EINVAL'))
  expect(() => read('privlevel')).toThrow(failing('EACCES'))
  write('privlevel', '2\n')
  write('inblob', data(1))
  expect(read('outblob')[0]).toBe(2)
  expect([...read('auxblob')]).toEqual([9])
  expect(text(read('generation'))).toBe('2\n')
})

test('a driver that fails or answers too much is an error of the read, and of no later one', () => {
  let outblob = new Uint8Array(32_769)
  const { read, write } = folderOf({ ...echo, report: () => ({ outblob }) })
  write('inblob', data(1))
  expect(() => read('outblob')).toThrow(failing('EFBIG'))
  outblob = new Uint8Array(32_768)
  write('inblob', data(1))
  expect(read('outblob')).toHaveLength(32_768)
})

test('registers are read whole and written whole', () => {
  let register = new Uint8Array(48)
  const tree = createSimulatedMeasurements({
    mrtd: () => new Uint8Array(48),
    mrConfigId: () => new Uint8Array(48),
    rtmr: () => register,
    extend: (_, digest) => void (register = new Uint8Array(extended(register, digest))),
  })
  for (const size of [0, 47, 49])
    expect(() => tree.write(['rtmr3:sha384'], new Uint8Array(size))).toThrow(failing('EINVAL'))
  tree.write(['rtmr3:sha384'], new Uint8Array(48))
  expect(tree.read(['rtmr3:sha384'])).toEqual(register)
  expect(register).not.toEqual(new Uint8Array(48))
  expect(() => tree.write(['mrtd:sha384'], new Uint8Array(48))).toThrow(failing('EACCES'))
  expect(() => tree.read(['rtmr4:sha384'])).toThrow(failing('ENOENT'))
  expect(() => tree.read(['mrtd'])).toThrow(failing('ENOENT'))
})

test('Gramine cuts and fills what is written, and has no quote without remote attestation', () => {
  const enclave = { attestationType: 'dcap', report: echoed, quote: echoed, keys: {} }
  const tree = createSimulatedGramine(enclave)
  tree.write(['user_report_data'], new Uint8Array(70).fill(1))
  expect(tree.read(['quote'])).toEqual(data(1))
  tree.write(['user_report_data'], Uint8Array.of(2))
  expect(tree.read(['quote'])).toEqual(Uint8Array.of(2, ...new Uint8Array(63)))
  expect(() => tree.read(['report'])).toThrow(failing('EACCES'))
  tree.write(['target_info'], tree.read(['my_target_info']))
  expect(tree.read(['report'])).toHaveLength(64)
  expect(() =>
    createSimulatedGramine({ ...enclave, attestationType: 'none' }).read(['quote']),
  ).toThrow(failing('ENOENT'))
})

function echoed(reportData: Uint8Array): Uint8Array {
  return reportData.slice()
}
