// The registers of a TDX guest in sysfs (tsm-mr, Linux 6.16): read, extended, read back. Does file I/O.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Hex, TdxReport } from '../device.ts'
import { TeeError } from '../error.ts'
import type { DeviceFiles } from '../files.ts'
import { REGISTER_BYTES, bytesEqual, toHex } from '../hex.ts'
import { teeErrorOf } from '../system-error.ts'

/** The folder `/sys/devices/virtual/misc/tdx_guest/measurements`. The values come from the TDX module itself. */
export class Measurements {
  readonly #root: string
  readonly #files: DeviceFiles

  constructor(root: string, files: DeviceFiles) {
    this.#root = root
    this.#files = files
  }

  /** Throws TeeError `tee.no-registers` on a kernel before 6.16, `tee.answer-invalid` for a wrong length. */
  async read(): Promise<Omit<TdxReport, 'debug'>> {
    const mrtd = toHex(await this.#register('mrtd:sha384'))
    const mrConfigId = toHex(await this.#register('mrconfigid'))
    const rtmr: Hex[] = []
    for (const index of [0, 1, 2, 3]) rtmr.push(toHex(await this.#register(rtmrName(index))))
    return { mrConfigId, mrtd, rtmr: rtmr as unknown as TdxReport['rtmr'] }
  }

  /**
   * Extends a register by 48 bytes and reads it back. TeeError `tee.register-differs` when it is then not
   * SHA-384(before || digest): another writer came between, the extension itself may stand, and is not to be repeated.
   */
  async extend(register: number, digest: Uint8Array): Promise<void> {
    const name = rtmrName(register)
    const before = await this.#register(name)
    const path = join(this.#root, name)
    const failure = await this.#files.writeFile(path, digest).then(
      () => undefined,
      (error: unknown) => teeErrorOf(error, path),
    )
    const after = await this.#register(name)
    if (bytesEqual(after, sha384(before, digest))) return
    // A write that failed and changed nothing did not happen.
    if (failure !== undefined && bytesEqual(after, before)) throw failure
    throw new TeeError(
      'tee.register-differs',
      `${path}: the register is not what this extension makes of it: another program extends it too. ` +
        'The extension may have been made and cannot be undone; do not repeat it, launch the guest anew',
      { cause: failure },
    )
  }

  async #register(name: string): Promise<Uint8Array> {
    const path = join(this.#root, name)
    const bytes = await this.#files.readFile(path, REGISTER_BYTES).catch((error: unknown) => {
      const cause = teeErrorOf(error, path)
      if (cause.code === 'tee.answer-too-large') throw wrongLength(path, 'more')
      if (cause.code !== 'tee.not-found') throw cause
      throw new TeeError(
        'tee.no-registers',
        `${path}: not there; a TDX guest needs Linux 6.16 or newer with CONFIG_TSM_MEASUREMENTS, and sysfs mounted`,
        { cause },
      )
    })
    if (bytes.length !== REGISTER_BYTES) throw wrongLength(path, bytes.length)
    return bytes
  }
}

function rtmrName(index: number): string {
  return `rtmr${index}:sha384`
}

function sha384(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha384')
  for (const part of parts) hash.update(part)
  return new Uint8Array(hash.digest())
}

function wrongLength(path: string, got: number | 'more'): TeeError {
  return new TeeError(
    'tee.answer-invalid',
    `${path}: expected a register of ${REGISTER_BYTES} bytes, got ${got}`,
  )
}
