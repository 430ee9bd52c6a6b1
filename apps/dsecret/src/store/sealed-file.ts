// Files that only this machine and this program can open, whole or absent also after a power cut. File I/O.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { codeOf } from '@wetee/daemon'
import { unable } from '../node-error.ts'

/** What a file is sealed under: the TEE's sealing key, 32 bytes, and bytes that say which file this is. */
export type Seal = { readonly key: Uint8Array; readonly name: Uint8Array }

/** How bytes reach the disk; tests give one that fails, or that watches. */
export type Disk = {
  readonly write: (handle: number, bytes: Uint8Array) => number
  /** Default fsync. */
  readonly sync?: (handle: number) => void
}

const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
const systemDisk: Disk = { write: (handle, bytes) => writeSync(handle, bytes) }
const fullCodes = new Set(['ENOSPC', 'EDQUOT'])

/**
 * Writes `plain` so that the file has it, or is what it was: a new file beside it, fsync, rename, fsync of the folder.
 * Throws NodeError `state.disk-full`, `state.unwritable`; nothing is left behind then.
 */
export function writeSealed(file: string, seal: Seal, plain: Uint8Array, disk = systemDisk): void {
  const partial = `${file}.partial`
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeWhole(partial, sealed(seal, plain), disk)
    renameSync(partial, file)
    syncFolder(dirname(file), disk)
  } catch (cause) {
    rmSync(partial, { force: true })
    if (fullCodes.has(codeOf(cause)))
      throw unable('state.disk-full', `${file}: the disk is full: nothing is signed`, cause)
    throw unable('state.unwritable', `${file}: cannot be written (${codeOf(cause)})`, cause)
  }
}

/**
 * The bytes of a file, for the caller to fill with zeros; `undefined` when there is no file, `'unreadable'` when there is one that
 * this TEE cannot open under that name: changed, another file's, another machine's, or above `maxBytes`. Never throws for what is in it.
 */
export function readSealed(
  file: string,
  seal: Seal,
  maxBytes: number,
): Buffer | 'unreadable' | undefined {
  try {
    if (statSync(file).size > maxBytes + NONCE_BYTES + TAG_BYTES) return 'unreadable'
    return opened(seal, readFileSync(file)) ?? 'unreadable'
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? undefined : 'unreadable'
  }
}

/**
 * Removes a file for good, and what a crash left of its writing: overwritten first, as far as a disk lets one. No file is none to
 * remove. Throws NodeError `state.unwritable`.
 */
export function removeSealed(file: string): void {
  try {
    for (const one of [file, `${file}.partial`]) {
      overwrite(one)
      rmSync(one, { force: true })
    }
    syncFolder(dirname(file))
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return
    throw unable('state.unwritable', `${file}: cannot be removed (${codeOf(cause)})`, cause)
  }
}

function sealed({ key, name }: Seal, plain: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, key, nonce)
  cipher.setAAD(name)
  const body = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), body])
}

function opened({ key, name }: Seal, bytes: Buffer): Buffer | undefined {
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
  decipher.setAAD(name)
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
  const plain = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES))
  try {
    decipher.final()
    return plain
  } catch {
    plain.fill(0)
    return undefined
  }
}

function writeWhole(file: string, bytes: Buffer, disk: Disk): void {
  const handle = openSync(file, 'w', 0o600)
  try {
    for (let at = 0; at < bytes.length;) at += disk.write(handle, bytes.subarray(at))
    const { sync = fsyncSync } = disk
    sync(handle)
  } finally {
    closeSync(handle)
  }
}

function overwrite(file: string): void {
  try {
    const handle = openSync(file, 'r+')
    try {
      writeSync(handle, Buffer.alloc(fstatSync(handle).size), 0, undefined, 0)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
  } catch {
    // None there, or a disk that cannot be written: it is removed all the same.
  }
}

function syncFolder(folder: string, { sync = fsyncSync }: Pick<Disk, 'sync'> = {}): void {
  const handle = openSync(folder, 'r')
  try {
    sync(handle)
  } finally {
    closeSync(handle)
  }
}
