// What a simulated machine measures a guest by (MRTD). Reads images and files.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { frame } from '@wetee/attestation'
import { ImageError, verifyLayout } from '@wetee/image'
import { refusal } from '@wetee/tee-device'
import type { Hex } from '@wetee/tee-device'

const MAX_FILES = 1024
const MAX_FILE_BYTES = 512 * 1024 * 1024

/** MRTD of an image: every blob of the layout is hashed, then the manifest digest counts. Throws a refusal. */
export async function measureImage(image: {
  readonly layout: string
  readonly digest: string
}): Promise<Hex> {
  if (!isAbsolute(image.layout))
    throw refusal(400, 'launch.path-relative', `${image.layout}: expected an absolute path`)
  try {
    await verifyLayout(image.layout, image.digest)
  } catch (error) {
    if (error instanceof ImageError) throw refusal(422, error.code, error.message)
    throw refusal(422, 'launch.image-unreadable', `${image.layout}: ${text(error)}`)
  }
  return mrtdOf([Buffer.from(image.digest.slice('sha256:'.length), 'hex')])
}

/** MRTD of a program that runs from plain files: the SHA-256 of each, in the order given. Throws a refusal. */
export async function measureFiles(paths: readonly string[]): Promise<Hex> {
  if (paths.length === 0 || paths.length > MAX_FILES)
    throw refusal(400, 'launch.file-count', `expected 1 to ${MAX_FILES} files, got ${paths.length}`)
  const digests: Uint8Array[] = []
  for (const path of paths) digests.push(await hashFile(path))
  return mrtdOf(digests)
}

/** SHA-384(frame("wetee/simulated-mrtd/v1", each digest)). */
export function mrtdOf(digests: readonly Uint8Array[]): Hex {
  const framed = frame('wetee/simulated-mrtd/v1', ...digests)
  return `0x${createHash('sha384').update(framed).digest('hex')}`
}

async function hashFile(path: string): Promise<Uint8Array> {
  if (!isAbsolute(path))
    throw refusal(400, 'launch.path-relative', `${path}: expected an absolute path`)
  const hash = createHash('sha256')
  try {
    const { size } = await stat(path)
    if (size > MAX_FILE_BYTES) throw new Error(`larger than ${MAX_FILE_BYTES} bytes`)
    await pipeline(createReadStream(path), hash)
  } catch (error) {
    throw refusal(422, 'launch.file-unreadable', `${path}: ${text(error)}`)
  }
  return new Uint8Array(hash.digest())
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
