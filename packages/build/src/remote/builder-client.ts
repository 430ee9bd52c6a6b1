// The client of a builder application: an order, its materials, its log, its image. Speaks to one TLS key alone. Network and file I/O.
import { readFile } from 'node:fs/promises'
import type { Hex } from '@wetee/attestation'
import { receiveImage } from '@wetee/image'
import type { PinnedCalls } from '@wetee/sdk'
import { BuildError } from '../error.ts'
import type { GatheredMaterials, GivenMaterial } from './gather.ts'

/** Which builder: an address, and the key that its verified evidence names. */
export type BuilderAddress = {
  readonly url: string
  readonly tlsKeyHash: Hex
  readonly pinned: PinnedCalls
}

/** Which manifest is to be signed with the image: that of a Compose file of the commit, with the image in the place of one service's. */
export type ManifestOrder = {
  /** Path in the commit. */
  readonly compose: string
  readonly service: string
  /** `registry/repository`, where the image will lie. */
  readonly image: string
  /** The application's. */
  readonly name: string
}

/** What is ordered. */
export type RemoteOrder = {
  readonly repository: string
  readonly commit: string
  /** Of the repository: the builder asks its server itself whether that is at the commit. */
  readonly branch?: string
  readonly port: number
  readonly manifest?: ManifestOrder
  readonly materials: Pick<GatheredMaterials, 'source' | 'packages' | 'preset'>
}

/** What came of it; none of it is believed yet. */
export type RemoteBuild = {
  readonly digest: string
  readonly preset: string
  /** Text of the signed provenance. */
  readonly provenance: string
  /** JSON of the record for the chain. */
  readonly record: unknown
}

const maxAnswerBytes = 8 * 2 ** 20
const uploadTimeoutMs = 600_000

/**
 * Has a commit built, and takes the image into a layout folder; blobs of `known` layouts are not fetched. Throws BuildError
 * `build.builder-refused` with the builder's own code and words, ImageError.
 */
export async function buildAtBuilder(
  builder: BuilderAddress,
  order: RemoteOrder,
  options: {
    readonly layout: string
    readonly known: readonly string[]
    readonly signal: AbortSignal
    readonly onLine: (line: string) => void
  },
): Promise<RemoteBuild> {
  const { source, packages, preset } = order.materials
  const { repository, commit, branch, port, manifest } = order
  const plain = ({ digest, sizeBytes }: GivenMaterial) => ({ digest, sizeBytes })
  const body = JSON.stringify({
    ...{ repository, commit, branch, port, preset, manifest },
    source: plain(source),
    packages: packages.map(plain),
  })
  const call = caller(builder, options.signal)
  const { id, missing } = startedOf(await call('POST', '/v1/builds', body))
  const path = `/v1/builds/${id}`
  try {
    const wanted = [source, ...packages].filter(({ digest }) => missing.has(digest))
    let sent = 0
    for (const material of wanted) {
      await call('PUT', `${path}/materials/${material.digest}`, await readFile(material.path))
      sent += 1
      options.onLine(`sent ${sent} of ${wanted.length} materials`)
    }
    const { digest, preset: built } = await follow(call, path, options.onLine)
    options.onLine('taking the image')
    await receiveImage(
      digest,
      options.layout,
      (blob) => fetchBlob(builder, `${path}/blobs/${blob}`, options.signal),
      options.known,
    )
    const provenance = await call('GET', `${path}/provenance`)
    const record = parseJson(await call('GET', `${path}/record`))
    return { digest, preset: built, provenance, record }
  } finally {
    // The next one waits for it. Also after a stop, in a moment's time.
    await caller(builder, AbortSignal.timeout(5_000))('DELETE', path).catch(() => undefined)
  }
}

type Call = (method: string, path: string, body?: Uint8Array | string) => Promise<string>

function caller({ url, tlsKeyHash, pinned }: BuilderAddress, signal: AbortSignal): Call {
  return async (method, path, body) => {
    const answer = await pinned.request({
      ...{ method, path, tlsKeyHash, signal, ...targetOf(url) },
      ...(body === undefined ? {} : { body }),
      maxBytes: maxAnswerBytes,
      timeoutMs: body === undefined ? 60_000 : uploadTimeoutMs,
    })
    const text = new TextDecoder().decode(answer.body)
    if (answer.status < 300) return text
    throw refusal(answer.status, text)
  }
}

async function* fetchBlob(
  { url, tlsKeyHash, pinned }: BuilderAddress,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const answer = await pinned.stream({
    ...{ method: 'GET', path, tlsKeyHash, signal, ...targetOf(url) },
  })
  try {
    if (answer.status !== 200) throw refusal(answer.status, '')
    yield* answer.body
  } finally {
    answer.close()
  }
}

function targetOf(url: string) {
  const { hostname, port, host } = new URL(url)
  const bare = hostname.replace(/^\[|\]$/g, '')
  return { connect: { host: bare, port: Number(port === '' ? '443' : port) }, host }
}

/** Until it is built; what it says goes to whoever asked. */
async function follow(call: Call, path: string, onLine: (line: string) => void) {
  for (let from = 0; ;) {
    const told = objectOf(parseJson(await call('GET', `${path}?from=${from}`)))
    const { state, lines, next, image, error } = told
    for (const line of Array.isArray(lines) ? lines : []) onLine(String(line))
    if (state === 'done') {
      const { digest, preset } = objectOf(image)
      return { digest: textOf(digest), preset: textOf(preset) }
    }
    if (state === 'failed') {
      const { code, message } = objectOf(error)
      throw refusedWith(textOf(code), textOf(message))
    }
    from = Number.isSafeInteger(next) ? Number(next) : from
  }
}

function startedOf(text: string): { readonly id: string; readonly missing: ReadonlySet<unknown> } {
  const { id, missing } = objectOf(parseJson(text))
  if (typeof id === 'string' && /^[0-9a-f]{64}$/.test(id) && Array.isArray(missing))
    return { id, missing: new Set(missing) }
  throw refused('its answer names no build')
}

function refusal(status: number, text: string): BuildError {
  try {
    const { code, message } = objectOf(objectOf(JSON.parse(text))['error'])
    return refusedWith(textOf(code), textOf(message))
  } catch {
    return refused(`status ${status}`)
  }
}

/** What may be otherwise a moment later: another build, a lease, a branch that went on, a server that does not answer. */
const passing = new Set([
  ...['builder.busy', 'builder.ended', 'builder.not-attested', 'builder.branch-differs'],
  ...['build.git-failed', 'build.timeout'],
])

function refusedWith(code: string, message: string): BuildError {
  return refused(`${code}: ${message}`, passing.has(code))
}

function refused(why: string, retryable = false): BuildError {
  return new BuildError('build.builder-refused', `the builder says ${why.slice(0, 600)}`, {
    retryable,
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new BuildError('build.builder-refused', 'the builder answers no JSON', { cause })
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  throw refused('nothing that can be read')
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  throw refused('nothing that can be read')
}
