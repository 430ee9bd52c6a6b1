// Image references: registry, repository, tag or digest. Pure.

/** `sha256:` and 64 lower-case hex digits. */
export type Digest = `sha256:${string}`

/** A reference taken apart; `registry` is a host with an optional port, never empty. */
export type ImageReference = {
  readonly registry: string
  readonly repository: string
  readonly tag?: string
  readonly digest?: Digest
}

const hostPattern =
  /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:]{2,45}\])(?::[0-9]{1,5})?$/
const componentPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/
const digestPattern = /^sha256:[0-9a-f]{64}$/
const maxLength = 512

/** Whether a text is a SHA-256 digest as registries write it. */
export function isDigest(text: string): text is Digest {
  return digestPattern.test(text)
}

/**
 * Takes a reference apart: `nginx` is `docker.io/library/nginx:latest`; the first part is a
 * registry when it has a dot, a
 * port or is `localhost`. Returns undefined for anything that is no reference.
 */
export function parseImageReference(text: string): ImageReference | undefined {
  if (text.length > maxLength) return undefined
  const at = text.indexOf('@')
  const digest = at < 0 ? undefined : text.slice(at + 1)
  if (digest !== undefined && !isDigest(digest)) return undefined
  const name = at < 0 ? text : text.slice(0, at)
  const colon = name.lastIndexOf(':')
  const tagged = colon > name.lastIndexOf('/')
  const tag = tagged ? name.slice(colon + 1) : undefined
  if (tag !== undefined && !tagPattern.test(tag)) return undefined
  const located = locate(tagged ? name.slice(0, colon) : name)
  if (located === undefined) return undefined
  return {
    ...located,
    ...(tag === undefined ? (digest === undefined ? { tag: 'latest' } : {}) : { tag }),
    ...(digest === undefined ? {} : { digest }),
  }
}

/** The reference in full, such as `docker.io/library/nginx:1.27`. */
export function formatImageReference({ registry, repository, tag, digest }: ImageReference) {
  return `${registry}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`
}

/** The form in manifests: `registry/repository@sha256:...`, without a tag. */
export function pinnedReference(reference: ImageReference, digest: Digest): string {
  return `${reference.registry}/${reference.repository}@${digest}`
}

function locate(path: string): { registry: string; repository: string } | undefined {
  const slash = path.indexOf('/')
  const first = slash < 0 ? '' : path.slice(0, slash)
  const named = /[.:]/.test(first) || first === 'localhost'
  const registry = named ? first : 'docker.io'
  if (named && !validHost(registry)) return undefined
  const rest = named ? path.slice(slash + 1) : path
  const repository = registry === 'docker.io' && !rest.includes('/') ? `library/${rest}` : rest
  if (!repository.split('/').every((part) => componentPattern.test(part))) return undefined
  return { registry, repository }
}

function validHost(host: string): boolean {
  if (!hostPattern.test(host)) return false
  const port = /:([0-9]+)$/.exec(host)?.[1]
  if (port === undefined || host.endsWith(']')) return true
  return Number(port) >= 1 && Number(port) <= 65_535
}
