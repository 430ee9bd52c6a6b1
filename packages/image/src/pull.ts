// Pulls images by digest into a layout: every digest and size is checked, a broken download goes on
// where it stopped. Does I/O.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import { parseImageReference, type ImageReference } from '@wetee/manifest'
import {
  blobPath,
  digestOf,
  makeBlobFolder,
  readDocument,
  verifyBlob,
  writeBlob,
  wrongDigest,
} from './blob.ts'
import { ImageError } from './error.ts'
import { addToLayout } from './layout.ts'
import {
  choosePlatform,
  maxDocumentBytes,
  parseConfig,
  parseManifestOrIndex,
  type Descriptor,
  type Digest,
  type ImageConfig,
  type ImageManifest,
} from './manifest.ts'
import { dockerIndex, dockerManifest, ociIndex, ociManifest } from './media-type.ts'
import { defaultPatience, RegistryClient, type Patience } from './registry-client.ts'
import { retrying } from './retrying.ts'

/** How far a pull or a push has come, bytes of all blobs. */
export type TransferProgress = { readonly doneBytes: number; readonly totalBytes: number }

/** Limits of a pull, and who hears of its progress. */
export type PullOptions = {
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: TransferProgress) => void
  /** Of all layers as stored; default 8 GiB. */
  readonly maxBytes?: number
  readonly patience?: Patience
  /** Manifest and config alone: what somebody else runs is only read about. Default false. */
  readonly withoutLayers?: boolean
}

const accept = [ociManifest, dockerManifest, ociIndex, dockerIndex].join(', ')
const defaultMaxBytes = 8 * 2 ** 30

/**
 * Pulls `registry/repository@sha256:...` into a layout folder. What the layout already has is
 * hashed again and kept.
 * Throws ImageError; nothing that failed a check stays in the layout.
 */
export async function pullImage(
  reference: string,
  layout: string,
  options: PullOptions = {},
): Promise<void> {
  const where = requireReference(reference)
  if (where.digest === undefined)
    throw new ImageError('reference.invalid', `${reference}: expected a digest, not only a tag`)
  const client = new RegistryClient(where, options.patience ?? defaultPatience, options.signal)
  await makeBlobFolder(layout)
  const { manifest, descriptor } = await pullManifest(client, layout, where.digest, options)
  const layers = options.withoutLayers === true ? [] : manifest.layers
  const blobs = [...new Map([manifest.config, ...layers].map((d) => [d.digest, d])).values()]
  const totalBytes = blobs.reduce((sum, { size }) => sum + size, 0)
  const maxBytes = options.maxBytes ?? defaultMaxBytes
  if (totalBytes > maxBytes)
    throw new ImageError(
      'image.too-large',
      `the image has ${totalBytes} bytes, at most ${maxBytes}`,
    )
  let before = 0
  for (const blob of blobs) {
    const report = (done: number) => options.onProgress?.({ doneBytes: before + done, totalBytes })
    await pullBlob(client, layout, blob, options, report)
    before += blob.size
  }
  requirePlatform(
    parseConfig(await readDocument(layout, manifest.config.digest), manifest.layers.length),
  )
  await addToLayout(layout, descriptor, where.tag)
}

/**
 * The manifest digest of a reference: of the linux/amd64 image where the tag is an index, so that
 * the digest names one
 * image. A reference with a digest answers that digest without asking anybody.
 */
export async function resolveTag(reference: string, options: PullOptions = {}): Promise<Digest> {
  const where = requireReference(reference)
  if (where.digest !== undefined) return where.digest
  const client = new RegistryClient(where, options.patience ?? defaultPatience, options.signal)
  const bytes = await retrying(options, async () => {
    const answer = await client.get(`manifests/${where.tag ?? 'latest'}`, { accept })
    return answer.bytes(maxDocumentBytes)
  })
  const parsed = parseManifestOrIndex(bytes)
  if (parsed.kind === 'index') return choosePlatform(parsed.entries).digest
  return digestOf(createHash('sha256').update(bytes))
}

function requireReference(reference: string): ImageReference {
  const where = parseImageReference(reference)
  if (where !== undefined) return where
  throw new ImageError('reference.invalid', `${reference.slice(0, 200)} is no image reference`)
}

/** Says early what would otherwise fail at the first instruction; old images leave it out. */
function requirePlatform({ os, architecture }: ImageConfig): void {
  if ((os === '' || os === 'linux') && (architecture === '' || architecture === 'amd64')) return
  throw new ImageError('image.platform', `the image is for ${os}/${architecture}, not linux/amd64`)
}

type PulledManifest = { readonly manifest: ImageManifest; readonly descriptor: Descriptor }

async function pullManifest(
  client: RegistryClient,
  layout: string,
  digest: Digest,
  options: PullOptions,
): Promise<PulledManifest> {
  let current = digest
  for (let level = 0; level < 2; level++) {
    const bytes = await fetchManifest(client, layout, current, options)
    const parsed = parseManifestOrIndex(bytes)
    if (parsed.kind === 'manifest') {
      const { mediaType } = parsed.manifest
      return {
        manifest: parsed.manifest,
        descriptor: { mediaType, digest: current, size: bytes.length },
      }
    }
    current = choosePlatform(parsed.entries).digest
  }
  throw new ImageError('image.manifest', 'an index of indexes is not supported')
}

async function fetchManifest(
  client: RegistryClient,
  layout: string,
  digest: Digest,
  options: PullOptions,
): Promise<Uint8Array> {
  const here = await readDocument(layout, digest).catch(() => undefined)
  if (here !== undefined) return here
  const bytes = await retrying(options, async () => {
    const answer = await client.get(`manifests/${digest}`, { accept })
    return answer.bytes(maxDocumentBytes)
  })
  const actual = digestOf(createHash('sha256').update(bytes))
  if (actual !== digest) throw wrongDigest(digest, actual)
  parseManifestOrIndex(bytes)
  await writeBlob(layout, bytes)
  return bytes
}

// Downloads of this process by file: a second pull of the same blob waits for the first.
const running = new Map<string, Promise<void>>()

async function pullBlob(
  client: RegistryClient,
  layout: string,
  blob: Descriptor,
  options: PullOptions,
  report: (doneBytes: number) => void,
): Promise<void> {
  const path = blobPath(layout, blob.digest)
  for (let other = running.get(path); other !== undefined; other = running.get(path))
    await other.catch(() => undefined)
  const download = (async () => {
    const intact = await verifyBlob(layout, blob).then(
      () => true,
      () => false,
    )
    if (!intact) {
      await rm(path, { force: true })
      await retrying(options, () => downloadBlob(client, layout, blob, report))
    }
    report(blob.size)
  })()
  running.set(path, download)
  try {
    await download
  } finally {
    running.delete(path)
  }
}

/**
 * Goes on after what an earlier attempt has written; wrong bytes are removed, cut-off ones stay for
 * the next attempt.
 */
async function downloadBlob(
  client: RegistryClient,
  layout: string,
  blob: Descriptor,
  report: (doneBytes: number) => void,
): Promise<void> {
  const path = blobPath(layout, blob.digest)
  const partial = `${path}.partial`
  let done = await stat(partial).then(
    ({ size }) => size,
    () => 0,
  )
  if (done >= blob.size) done = 0
  const range: Record<string, string> = done > 0 ? { range: `bytes=${done}-` } : {}
  const answer = await client.get(`blobs/${blob.digest}`, range)
  const resumed = answer.status === 206 && rangeStart(answer.header('content-range')) === done
  if (!resumed) done = 0
  const hash = createHash('sha256')
  if (resumed)
    for await (const chunk of createReadStream(partial, { end: done - 1 }))
      hash.update(chunk as Uint8Array)
  const file = await open(partial, resumed ? 'r+' : 'w', 0o644)
  let failure: ImageError | undefined
  try {
    await file.chmod(0o644)
    if (answer.status === 206 && !resumed) throw new ImageError('registry.answer', 'wrong range')
    for await (const chunk of answer.chunks()) {
      if (done + chunk.length > blob.size) {
        failure = new ImageError('blob.size', `${blob.digest}: more than ${blob.size} bytes came`, {
          retryable: false,
        })
        break
      }
      hash.update(chunk)
      await file.write(chunk, 0, chunk.length, done)
      done += chunk.length
      report(done)
    }
    if (failure === undefined && done < blob.size)
      throw new ImageError('blob.size', `${blob.digest}: expected ${blob.size} bytes, got ${done}`)
    const actual = digestOf(hash)
    if (failure === undefined && actual !== blob.digest)
      failure = wrongDigest(blob.digest, actual, resumed)
    if (failure === undefined) await file.sync()
  } finally {
    await file.close()
    await answer.discard()
  }
  if (failure === undefined) await rename(partial, path)
  else {
    await rm(partial, { force: true })
    throw failure
  }
}

function rangeStart(header: string | undefined): number | undefined {
  const match = /^bytes ([0-9]{1,15})-/.exec(header ?? '')
  return match === null ? undefined : Number(match[1])
}
