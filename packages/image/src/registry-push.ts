// The pushing half of the loopback registry (OCI distribution 1.1, "Push"), into a layout folder for each repository. Does file I/O.
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { blobPath, makeBlobFolder, writeBlob, writeBlobStream, wrongDigest } from './blob.ts'
import { ImageError } from './error.ts'
import { addToLayout } from './layout.ts'
import { isDigest, maxDocumentBytes, parseManifestOrIndex, type Digest } from './manifest.ts'

/** What a push is answered with. */
export type PushAnswer = { readonly status: number; readonly headers: Record<string, string> }

const maxBlobBytes = 4 * 2 ** 30
const uploadPattern = /^\/v2\/([a-z0-9]+(?:[._/-]+[a-z0-9]+)*)\/blobs\/uploads\/([0-9a-f-]{36})?$/
const manifestPattern =
  /^\/v2\/([a-z0-9]+(?:[._/-]+[a-z0-9]+)*)\/manifests\/([A-Za-z0-9_][A-Za-z0-9_.:-]{0,140})$/

/** Where the images of a repository lie that were pushed. */
export function pushedLayout(folder: string, repository: string): string {
  return join(folder, repository.replaceAll('/', '+'))
}

/** Takes one request of a push; undefined for what is none. Throws ImageError where the bytes are not what they should be. */
export async function takePush(
  folder: string,
  isOpen: (repository: string) => boolean,
  request: IncomingMessage,
): Promise<PushAnswer | undefined> {
  const url = new URL(request.url ?? '', 'http://registry')
  const [, repository = '', upload] = uploadPattern.exec(url.pathname) ?? []
  const [, named = '', reference = ''] = manifestPattern.exec(url.pathname) ?? []
  if (!isOpen(repository === '' ? named : repository)) return undefined
  if (repository !== '' && request.method === 'POST' && upload === undefined) {
    request.resume()
    return { status: 202, headers: { location: `${url.pathname}${randomUUID()}` } }
  }
  if (request.method !== 'PUT') return undefined
  if (repository !== '' && upload !== undefined)
    return takeBlob(pushedLayout(folder, repository), url.searchParams.get('digest') ?? '', request)
  return named === '' ? undefined : takeManifest(pushedLayout(folder, named), reference, request)
}

async function takeBlob(
  layout: string,
  digest: string,
  request: IncomingMessage,
): Promise<PushAnswer> {
  if (!isDigest(digest)) throw new ImageError('reference.invalid', 'expected ?digest=sha256:<hex>')
  await makeBlobFolder(layout)
  const written = await writeBlobStream(layout, atMost(request, maxBlobBytes))
  // What was sent lies under its own name, and nothing names it.
  if (written.digest !== digest) throw wrongDigest(digest, written.digest)
  return created(digest)
}

async function takeManifest(
  layout: string,
  reference: string,
  request: IncomingMessage,
): Promise<PushAnswer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of atMost(request, maxDocumentBytes)) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  const parsed = parseManifestOrIndex(bytes)
  if (parsed.kind === 'index')
    throw new ImageError('image.manifest', 'this registry takes images, and no indexes of them')
  const { manifest } = parsed
  for (const { digest } of [manifest.config, ...manifest.layers])
    if (!(await hasBlob(layout, digest)))
      throw new ImageError('blob.missing', `${digest} was not pushed before`)
  const digest = await writeBlob(layout, bytes)
  if (isDigest(reference) && reference !== digest) throw wrongDigest(reference, digest)
  const image = { mediaType: manifest.mediaType, digest, size: bytes.length }
  await addToLayout(layout, image, isDigest(reference) ? undefined : reference)
  return created(digest)
}

function created(digest: Digest): PushAnswer {
  return { status: 201, headers: { 'docker-content-digest': digest } }
}

async function hasBlob(layout: string, digest: Digest): Promise<boolean> {
  return stat(blobPath(layout, digest)).then(
    (found) => found.isFile(),
    () => false,
  )
}

async function* atMost(
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of source) {
    size += chunk.length
    if (size > maxBytes) throw new ImageError('image.too-large', `more than ${maxBytes} bytes`)
    yield chunk
  }
}
