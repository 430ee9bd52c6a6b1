// Pushes an image of a layout to a registry (OCI distribution 1.1, "Push"): blobs that are there are not sent again, the
// manifest comes last, so that nobody sees half of an image. Does network and file I/O.
import { createReadStream } from 'node:fs'
import { parseImageReference } from '@wetee/manifest'
import { blobPath, readDocument } from './blob.ts'
import { ImageError } from './error.ts'
import { verifyLayout } from './layout.ts'
import type { Descriptor, Digest } from './manifest.ts'
import type { TransferProgress } from './pull.ts'
import {
  defaultPatience,
  RegistryClient,
  requireSafe,
  type Credentials,
  type Patience,
} from './registry-client.ts'
import { retrying } from './retrying.ts'

/** Who pushes, and who hears of its progress. */
export type PushOptions = {
  readonly credentials?: Credentials
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: TransferProgress) => void
  readonly patience?: Patience
}

/** What is in the registry now. */
export type PushedImage = {
  /** `registry/repository@sha256:...`, as a compose file names it. */
  readonly reference: string
  /** Bytes of blobs that were not there before. */
  readonly sentBytes: number
}

const PIECE_BYTES = 1 << 18

/**
 * Pushes the image `digest` of a layout to `registry/repository[:tag]`; it is hashed whole before a
 * byte is sent. Throws ImageError: `reference.invalid`, those of `verifyLayout`, and `registry.*`;
 * a push that was cut off goes on where it was when it is asked for again.
 */
export async function pushImage(
  layout: string,
  digest: string,
  reference: string,
  options: PushOptions = {},
): Promise<PushedImage> {
  const where = parseImageReference(reference)
  if (where === undefined || where.digest !== undefined)
    throw new ImageError(
      'reference.invalid',
      `${reference.slice(0, 200)}: expected registry/repository, with a tag or without`,
    )
  const image = await verifyLayout(layout, digest)
  const { patience = defaultPatience, signal, credentials } = options
  const client = new RegistryClient(where, patience, signal, { credentials })
  const { config, layers, mediaType } = image.manifest
  const blobs = [...new Map([...layers, config].map((blob) => [blob.digest, blob])).values()]
  const totalBytes = blobs.reduce((sum, { size }) => sum + size, 0)
  let doneBytes = 0
  let sentBytes = 0
  for (const blob of blobs) {
    const before = doneBytes
    const report = (done: number) => options.onProgress?.({ doneBytes: before + done, totalBytes })
    if (await retrying(options, () => pushBlob(client, layout, blob, report)))
      sentBytes += blob.size
    doneBytes += blob.size
    report(blob.size)
  }
  const bytes = await readDocument(layout, image.digest)
  await retrying(options, () =>
    pushManifest(client, { bytes, mediaType, digest: image.digest }, where.tag),
  )
  const name = `${where.registry}/${where.repository}`
  return { reference: `${name}@${image.digest}`, sentBytes }
}

/** False where the registry has it. */
async function pushBlob(
  client: RegistryClient,
  layout: string,
  { digest, size }: Descriptor,
  report: (doneBytes: number) => void,
): Promise<boolean> {
  const found = await client.send('HEAD', `blobs/${digest}`, {}, 404)
  await found.discard()
  if (found.status !== 404) return false
  const opened = await client.send('POST', 'blobs/uploads/')
  await opened.discard()
  const location = opened.header('location')
  if (opened.status !== 202 || location === undefined)
    throw new ImageError('registry.answer', `an upload was answered with ${opened.status}`)
  const target = requireSafe(client.base, location)
  target.searchParams.set('digest', digest)
  const put = await client.send('PUT', target, {
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(size) },
    body: () => pieces(blobPath(layout, digest), report),
  })
  await put.discard()
  return true
}

async function pushManifest(
  client: RegistryClient,
  manifest: { readonly bytes: Uint8Array; readonly mediaType: string; readonly digest: Digest },
  tag: string | undefined,
): Promise<void> {
  const { bytes, mediaType, digest } = manifest
  const answer = await client.send('PUT', `manifests/${tag ?? digest}`, {
    headers: { 'content-type': mediaType, 'content-length': String(bytes.length) },
    body: () => once(bytes),
  })
  await answer.discard()
  const kept = answer.header('docker-content-digest')
  if (kept !== undefined && kept !== digest)
    throw new ImageError('registry.answer', `the registry keeps it as ${kept.slice(0, 80)}`, {
      retryable: false,
    })
}

async function* pieces(
  path: string,
  report: (doneBytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let done = 0
  for await (const piece of createReadStream(path, { highWaterMark: PIECE_BYTES })) {
    const bytes = piece as Uint8Array
    yield bytes
    done += bytes.length
    report(done)
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes)
}
