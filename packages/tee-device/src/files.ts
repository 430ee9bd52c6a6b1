// The file calls a device makes, and Node's. Kernel attributes are not ordinary files. Does file I/O.
import { constants } from 'node:fs'
import { mkdir, open, opendir, rmdir } from 'node:fs/promises'

/** File access of a device; every call rejects with an error that carries the system's `code` (`ENOENT`, ...). */
export type DeviceFiles = {
  mkdir(path: string): Promise<void>
  rmdir(path: string): Promise<void>
  /** Everything in the file; code `EFBIG` when that is more than `maxBytes`. */
  readFile(path: string, maxBytes: number): Promise<Uint8Array>
  /** One write() of all bytes to a file that exists, then close(). */
  writeFile(path: string, bytes: Uint8Array): Promise<void>
  /** At most `maxEntries` names, in no order. */
  readdir(path: string, maxEntries: number): Promise<string[]>
}

/** The files of the machine. */
export const nodeFiles: DeviceFiles = {
  async mkdir(path) {
    await mkdir(path)
  },
  rmdir: (path) => rmdir(path),
  readFile,
  writeFile,
  readdir,
}

/** An error as the system raises it. */
export function systemError(code: string, message: string): Error & { readonly code: string } {
  return Object.assign(new Error(`${code}: ${message}`), { code })
}

async function readFile(path: string, maxBytes: number): Promise<Uint8Array> {
  // Attributes report no useful size, so one byte more than allowed is asked for.
  const buffer = Buffer.alloc(maxBytes + 1)
  const handle = await open(path, constants.O_RDONLY)
  let size = 0
  try {
    while (size < buffer.length) {
      // Position null is read(): configfs attributes are not seekable.
      const { bytesRead } = await handle.read(buffer, size, buffer.length - size, null)
      if (bytesRead === 0) return new Uint8Array(buffer.subarray(0, size))
      size += bytesRead
    }
  } finally {
    await handle.close()
  }
  throw systemError('EFBIG', `${path} holds more than ${maxBytes} bytes`)
}

async function writeFile(path: string, bytes: Uint8Array): Promise<void> {
  // No O_CREAT, no O_TRUNC, no pwrite(): an attribute takes one whole write().
  const handle = await open(path, constants.O_WRONLY)
  try {
    const { bytesWritten } = await handle.write(bytes, 0, bytes.length, null)
    if (bytesWritten !== bytes.length)
      throw systemError('EIO', `${path} took ${bytesWritten} of ${bytes.length} bytes`)
  } finally {
    await handle.close()
  }
}

async function readdir(path: string, maxEntries: number): Promise<string[]> {
  const names: string[] = []
  const folder = await opendir(path)
  for await (const { name } of folder) {
    if (names.length >= maxEntries) break
    names.push(name)
  }
  return names
}
