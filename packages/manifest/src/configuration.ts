// Settings beside the code: environment references, secrets' digests, update strategy, alerts. Pure.
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import canonicalize from 'canonicalize'
import { suspectedCredential } from './compose/credentials.ts'
import { ManifestError } from './error.ts'
import type { Hex } from './terms.ts'

/** The contract takes no more bytes than this. */
export const maxConfigurationBytes = 16_384

/** Deepest nesting that is read. */
const maxDepth = 16

/** A configuration as it goes on chain: canonical JSON, public for ever, with its SHA-256. */
export type Configuration = {
  readonly text: string
  readonly digest: Hex
  /** Paths of values that look like credentials, and what each seems to be. */
  readonly suspected: readonly { readonly path: string; readonly what: string }[]
}

/**
 * Reads a JSON object of 1 to 16,384 canonical bytes. Throws ManifestError `configuration.not-json`, `configuration.not-object`,
 * `configuration.too-large`, `configuration.too-deep`.
 */
export function parseConfiguration(json: string): Configuration {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (cause) {
    throw problem('configuration.not-json', 'expected one JSON document', cause)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw problem('configuration.not-object', 'expected a JSON object')
  const suspected: { path: string; what: string }[] = []
  collect(value, '', suspected, 0)
  const text = canonicalize(value) ?? '{}'
  const bytes = utf8ToBytes(text)
  if (bytes.length > maxConfigurationBytes)
    throw problem(
      'configuration.too-large',
      `${bytes.length} bytes, expected at most ${maxConfigurationBytes}`,
    )
  return { text, digest: `0x${bytesToHex(sha256(bytes))}`, suspected }
}

function collect(
  value: unknown,
  path: string,
  found: { path: string; what: string }[],
  depth: number,
): void {
  if (depth > maxDepth)
    throw problem('configuration.too-deep', `nested deeper than ${maxDepth} levels at ${path}`)
  if (typeof value === 'string') {
    const name = path.split('.').at(-1) ?? ''
    // Digests are what a configuration names secrets by.
    if (/digest$/i.test(name) && /^(0x|sha256:)?[0-9a-f]{64}$/i.test(value)) return
    const what = suspectedCredential(value, name)
    if (what !== undefined) found.push({ path, what })
    return
  }
  if (typeof value !== 'object' || value === null) return
  for (const [name, inner] of Object.entries(value))
    collect(inner, path === '' ? name : `${path}.${name}`, found, depth + 1)
}

function problem(code: string, message: string, cause?: unknown): ManifestError {
  return new ManifestError(
    [{ code, message, path: '', line: 0, column: 0 }],
    cause === undefined ? undefined : { cause },
  )
}
