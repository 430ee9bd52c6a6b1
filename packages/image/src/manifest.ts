// Image manifests, indexes and configs: strict enough to act on, tolerant of fields that others
// add. Pure.
import { ImageError } from './error.ts'
import {
  dockerIndex,
  dockerManifest,
  layerCompression,
  ociIndex,
  ociManifest,
} from './media-type.ts'

/** `sha256:` and 64 lower-case hex digits. */
export type Digest = `sha256:${string}`

/** A blob by digest and size in bytes. */
export type Descriptor = {
  readonly mediaType: string
  readonly digest: Digest
  readonly size: number
}

/** What an image is made of. */
export type ImageManifest = {
  readonly mediaType: string
  readonly config: Descriptor
  readonly layers: readonly Descriptor[]
}

/** How an image wants to be run; `diffIds` are the digests of the uncompressed layers. */
export type ImageConfig = {
  readonly os: string
  readonly architecture: string
  readonly diffIds: readonly Digest[]
  readonly entrypoint: readonly string[]
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly user: string
  readonly workingDirectory: string
}

/** Manifests, indexes and configs are never larger. */
export const maxDocumentBytes = 4 * 2 ** 20
const maxLayers = 127
const maxIndexEntries = 256

/** Whether a text is a SHA-256 digest as registries write it. */
export function isDigest(text: unknown): text is Digest {
  return typeof text === 'string' && /^sha256:[0-9a-f]{64}$/.test(text)
}

/** The digest, or ImageError `reference.invalid`. */
export function requireDigest(text: string): Digest {
  if (isDigest(text)) return text
  throw new ImageError(
    'reference.invalid',
    `expected sha256:<64 hex digits>, got ${text.slice(0, 80)}`,
  )
}

/**
 * A manifest, or the entries of an index. Throws ImageError `image.manifest` or `image.media-type`.
 */
export function parseManifestOrIndex(bytes: Uint8Array):
  | { readonly kind: 'manifest'; readonly manifest: ImageManifest }
  | {
      readonly kind: 'index'
      readonly mediaType: string
      readonly entries: readonly IndexEntry[]
    } {
  const value = parseObject(bytes, 'image.manifest')
  if (value['schemaVersion'] !== 2) throw malformed('expected schemaVersion 2')
  const mediaType =
    value['mediaType'] ?? (Array.isArray(value['manifests']) ? ociIndex : ociManifest)
  if (mediaType === ociIndex || mediaType === dockerIndex)
    return { kind: 'index', mediaType, entries: indexEntries(value['manifests']) }
  if (mediaType !== ociManifest && mediaType !== dockerManifest)
    throw new ImageError('image.media-type', 'expected an OCI or Docker v2 image manifest')
  // A document that is both would mean one thing here and another elsewhere.
  if ('manifests' in value) throw malformed('a manifest has no "manifests"')
  const layers = value['layers']
  if (!Array.isArray(layers) || layers.length === 0 || layers.length > maxLayers)
    throw malformed(`expected 1 to ${maxLayers} layers`)
  const manifest = {
    mediaType,
    config: descriptor(value['config']),
    layers: layers.map((layer) => descriptor(layer)),
  }
  if (manifest.config.size > maxDocumentBytes) throw malformed('the config is too large')
  for (const layer of manifest.layers) layerCompression(layer.mediaType)
  return { kind: 'manifest', manifest }
}

/** One image of an index. */
export type IndexEntry = Descriptor & {
  readonly os?: string
  readonly architecture?: string
  readonly refName?: string
}

/** The image for linux/amd64. Throws ImageError `image.platform`. */
export function choosePlatform(entries: readonly IndexEntry[]): IndexEntry {
  const found = entries.find((e) => e.os === 'linux' && e.architecture === 'amd64')
  if (found !== undefined) return found
  throw new ImageError('image.platform', 'the image has no variant for linux/amd64')
}

/** Throws ImageError `image.config`. */
export function parseConfig(bytes: Uint8Array, layers: number): ImageConfig {
  const value = parseObject(bytes, 'image.config')
  const rootfs = objectOf(value['rootfs'])
  const config = objectOf(value['config'] ?? {})
  const diffIds = rootfs['diff_ids']
  if (!Array.isArray(diffIds) || diffIds.length !== layers || !diffIds.every(isDigest))
    throw new ImageError('image.config', `expected ${layers} layer digests in rootfs.diff_ids`)
  return {
    os: textOf(value['os']),
    architecture: textOf(value['architecture']),
    diffIds,
    entrypoint: textsOf(config['Entrypoint']),
    command: textsOf(config['Cmd']),
    environment: environmentOf(textsOf(config['Env'])),
    user: textOf(config['User']),
    workingDirectory: textOf(config['WorkingDir']),
  }
}

/** What else a config says of how the image is run, for who writes another one like it. Throws ImageError `image.config`. */
export function parseRunSettings(bytes: Uint8Array): RunSettings {
  const config = objectOf(parseObject(bytes, 'image.config')['config'] ?? {})
  const namesOf = (value: unknown) => textsOf(Object.keys(objectOf(value ?? {})))
  const labels = Object.entries(objectOf(config['Labels'] ?? {}))
  return {
    ports: namesOf(config['ExposedPorts']).map((port): number | `${number}/udp` => {
      const [, number = '', protocol] = /^([0-9]{1,5})(?:\/(tcp|udp))?$/.exec(port) ?? []
      if (number === '' || Number(number) > 65_535)
        throw new ImageError(
          'image.config',
          `expected a port of TCP or UDP, got ${port.slice(0, 40)}`,
        )
      return protocol === 'udp' ? `${Number(number)}/udp` : Number(number)
    }),
    labels: Object.fromEntries(labels.map(([name, value]) => [name, textOf(value)])),
    volumes: namesOf(config['Volumes']),
    stopSignal: textOf(config['StopSignal']),
  }
}

/** Ports, a number is one of TCP; texts are empty where the config has none. */
export type RunSettings = {
  readonly ports: readonly (number | `${number}/udp`)[]
  readonly labels: Readonly<Record<string, string>>
  readonly volumes: readonly string[]
  readonly stopSignal: string
}

/** Entries of an index document's `manifests`. Throws ImageError `image.manifest`. */
export function indexEntries(value: unknown): IndexEntry[] {
  if (!Array.isArray(value) || value.length > maxIndexEntries)
    throw malformed(`expected at most ${maxIndexEntries} manifests in an index`)
  return value.map((item: unknown) => {
    const entry = objectOf(item)
    const platform = objectOf(entry['platform'] ?? {})
    const refName = objectOf(entry['annotations'] ?? {})['org.opencontainers.image.ref.name']
    return {
      ...descriptor(entry),
      ...(typeof platform['os'] === 'string' ? { os: platform['os'] } : {}),
      ...(typeof platform['architecture'] === 'string'
        ? { architecture: platform['architecture'] }
        : {}),
      ...(typeof refName === 'string' ? { refName } : {}),
    }
  })
}

/** A JSON object from bytes. */
export function parseObject(
  bytes: Uint8Array,
  code: 'image.manifest' | 'image.config' | 'layout.invalid' | 'registry.answer',
): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch (cause) {
    throw new ImageError(code, 'expected JSON', { cause })
  }
  throw new ImageError(code, 'expected a JSON object')
}

function descriptor(value: unknown): Descriptor {
  const { mediaType, digest, size } = objectOf(value)
  if (typeof mediaType !== 'string' || mediaType.length > 255) throw malformed('no media type')
  if (!isDigest(digest)) throw malformed('expected a SHA-256 digest')
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw malformed('expected a size in bytes')
  return { mediaType, digest, size }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw malformed('expected an object')
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string' && !value.includes('\0')) return value
  throw new ImageError('image.config', 'expected text')
}

function textsOf(value: unknown): string[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value) && value.length <= 4096) return value.map(textOf)
  throw new ImageError('image.config', 'expected a list of texts')
}

function environmentOf(lines: readonly string[]): Record<string, string> {
  const pairs = lines.flatMap((line) => {
    const equals = line.indexOf('=')
    return equals < 1 ? [] : [[line.slice(0, equals), line.slice(equals + 1)] as const]
  })
  return Object.fromEntries(pairs)
}

function malformed(message: string): ImageError {
  return new ImageError('image.manifest', message)
}
