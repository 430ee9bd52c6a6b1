// Finds the manifest digest of an image reference by asking its registry (OCI distribution specification). Network I/O.
import { sha256 } from 'viem'
import { SdkError } from './error.ts'
import { bounded, readBounded, reasonOf } from './transport.ts'

const accept = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')
const hostPattern = /^(?:\[::1\]|[a-zA-Z0-9](?:[a-zA-Z0-9.-]{0,253}[a-zA-Z0-9])?)(?::\d{1,5})?$/
const repositoryPattern = /^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/
const digestPattern = /^sha256:[0-9a-f]{64}$/
const maxManifestBytes = 4_194_304
const maxTokenBytes = 65_536
const requestTimeoutMs = 20_000

/** An image reference in parts; `reference` is a tag or digest. */
export type RegistryReference = {
  readonly registry: string
  readonly repository: string
  readonly reference: string
}

/** Splits `[registry/]repository[:tag][@digest]`; Docker Hub and `latest` are the defaults. Throws `registry.reference-invalid`. */
export function splitReference(reference: string): RegistryReference {
  const match =
    /^([a-zA-Z0-9._:/[\]-]{1,255}?)(?::([A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(
      reference,
    )
  const path = match?.[1]
  if (path === undefined)
    throw new SdkError('registry.reference-invalid', `"${reference}" is not an image reference`)
  const slash = path.indexOf('/')
  const head = slash === -1 ? '' : path.slice(0, slash)
  const named = /[.:]/.test(head) || head === 'localhost'
  const registry = !named || head === 'docker.io' ? 'registry-1.docker.io' : head
  let repository = named ? path.slice(slash + 1) : path
  if (registry === 'registry-1.docker.io' && !repository.includes('/'))
    repository = `library/${repository}`
  if (!hostPattern.test(registry) || !repositoryPattern.test(repository))
    throw new SdkError('registry.reference-invalid', `"${reference}" is not an image reference`)
  return { registry, repository, reference: match?.[3] ?? match?.[2] ?? 'latest' }
}

/**
 * The manifest digest behind a tag; a reference with a digest is checked to exist. Plain HTTP only for loopback.
 * Throws `registry.not-found`, `registry.denied`, `registry.unreachable` (retryable), `registry.answer-invalid`, `registry.reference-invalid`.
 */
export async function resolveImageFromRegistry(
  reference: string,
  signal?: AbortSignal,
): Promise<string> {
  const parts = splitReference(reference)
  const url = `${baseUrl(parts.registry)}/v2/${parts.repository}/manifests/${parts.reference}`
  const head = await ask(url, 'HEAD', reference, signal)
  if (head.status === 200) {
    const digest = head.headers.get('docker-content-digest') ?? ''
    await head.body?.cancel()
    if (digestPattern.test(digest)) return expectDigest(digest, parts, reference)
  }
  const answer = await ask(url, 'GET', reference, signal)
  if (answer.status !== 200) throw await refusal(answer, reference, parts)
  const body = await readBounded(url, answer.body, maxManifestBytes)
  const digest = `sha256:${sha256(body).slice(2)}`
  return expectDigest(digest, parts, reference)
}

function baseUrl(registry: string): string {
  const host = registry.replace(/:\d+$/, '')
  const loopback = host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
  return `${loopback ? 'http' : 'https'}://${registry}`
}

function expectDigest(digest: string, parts: RegistryReference, reference: string): string {
  if (digestPattern.test(parts.reference) && parts.reference !== digest)
    throw new SdkError(
      'registry.answer-invalid',
      `the registry gave ${digest} for ${reference}: it does not serve what was asked for`,
    )
  return digest
}

async function ask(
  url: string,
  method: 'GET' | 'HEAD',
  reference: string,
  signal?: AbortSignal,
): Promise<Response> {
  const first = await request(url, method, reference, signal)
  const challenge = first.headers.get('www-authenticate')
  if (first.status !== 401 || challenge === null) return first
  await first.body?.cancel()
  const token = await fetchToken(challenge, url, reference, signal)
  return token === undefined ? first : request(url, method, reference, signal, token)
}

async function request(
  url: string,
  method: string,
  reference: string,
  signal?: AbortSignal,
  token?: string,
): Promise<Response> {
  try {
    return await fetch(url, {
      method,
      signal: bounded(signal, requestTimeoutMs),
      headers: { accept, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    })
  } catch (cause) {
    if (signal?.aborted === true)
      throw new SdkError('aborted', `stopped while asking for ${reference}`, { cause })
    throw new SdkError(
      'registry.unreachable',
      `no answer from the registry of ${reference}: ${reasonOf(cause)}`,
      { retryable: true, cause },
    )
  }
}

/** An anonymous pull token, as the registry's challenge says; undefined when it asks for something else. */
async function fetchToken(
  challenge: string,
  url: string,
  reference: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (!/^bearer /i.test(challenge)) return undefined
  const fields = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]{0,2048})"/g)].map((m) => [m[1] ?? '', m[2] ?? '']),
  )
  const realm = fields['realm']
  if (realm === undefined || !URL.canParse(realm)) return undefined
  const tokenUrl = new URL(realm)
  if (tokenUrl.protocol !== 'https:' && new URL(url).protocol === 'https:') return undefined
  for (const name of ['service', 'scope']) {
    const value = fields[name]
    if (value !== undefined) tokenUrl.searchParams.set(name, value)
  }
  const answer = await request(tokenUrl.href, 'GET', reference, signal)
  if (answer.status !== 200) return undefined
  const body = await readBounded(tokenUrl.href, answer.body, maxTokenBytes)
  try {
    const parsed = JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown>
    const token = parsed['token'] ?? parsed['access_token']
    return typeof token === 'string' ? token : undefined
  } catch {
    return undefined
  }
}

async function refusal(
  answer: Response,
  reference: string,
  parts: RegistryReference,
): Promise<SdkError> {
  await answer.body?.cancel()
  if (answer.status === 404)
    return new SdkError(
      'registry.not-found',
      `${parts.registry} has no image ${reference}: check its name and tag, and that it was pushed`,
    )
  if (answer.status === 401 || answer.status === 403)
    return new SdkError(
      'registry.denied',
      `${parts.registry} does not give ${reference} without a log-in: only public images can be deployed`,
    )
  return new SdkError(
    'registry.answer-invalid',
    `${parts.registry} answered ${answer.status} for ${reference}`,
    { retryable: answer.status >= 500 },
  )
}
