// The measurement files of a TDX guest as Linux has them (drivers/virt/coco/guest/tsm-mr.c), in memory. No I/O.
import { createHash } from 'node:crypto'
import { systemError } from '../files.ts'
import type { SimulatedTree } from './simulated-files.ts'

/** The registers of a simulated guest, 48 bytes each; extended ones are written back. */
export type SimulatedRegisters = {
  mrtd(): Uint8Array
  mrConfigId(): Uint8Array
  rtmr(index: number): Uint8Array
  extend(index: number, digest: Uint8Array): void
}

const REGISTER_BYTES = 48

/** The tree below `/sys/devices/virtual/misc/tdx_guest/measurements`. */
export function createSimulatedMeasurements(registers: SimulatedRegisters): SimulatedTree {
  const fixed: Readonly<Record<string, () => Uint8Array>> = {
    'mrtd:sha384': () => registers.mrtd(),
    mrconfigid: () => registers.mrConfigId(),
    mrowner: () => new Uint8Array(REGISTER_BYTES),
    mrownerconfig: () => new Uint8Array(REGISTER_BYTES),
  }
  const names = [...Object.keys(fixed), ...[0, 1, 2, 3].map((index) => `rtmr${index}:sha384`)]
  const rtmrOf = (name: string) => /^rtmr([0-3]):sha384$/.exec(name)?.[1]
  return {
    list: () => names,
    mkdir: () => {
      throw systemError('EPERM', 'sysfs')
    },
    rmdir: () => {
      throw systemError('EPERM', 'sysfs')
    },
    read([name = '']) {
      const index = rtmrOf(name)
      if (index !== undefined) return registers.rtmr(Number(index))
      const value = fixed[name]
      if (value === undefined) throw systemError('ENOENT', name)
      return value()
    },
    write([name = ''], bytes) {
      const index = rtmrOf(name)
      if (index === undefined)
        throw systemError(fixed[name] === undefined ? 'ENOENT' : 'EACCES', name)
      if (bytes.length !== REGISTER_BYTES) throw systemError('EINVAL', name)
      registers.extend(Number(index), bytes)
    },
  }
}

/** What a register becomes: SHA-384(register || digest), as the TDX module computes it. */
export function extended(register: Uint8Array, digest: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha384').update(register).update(digest).digest())
}
