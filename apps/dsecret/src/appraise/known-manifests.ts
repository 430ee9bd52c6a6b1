// Manifests that have been read lately: replicas of one version bring the same text again and again. Pure.
import { manifestDigest, parseManifest, termsDigest, type ManifestDocument } from '@wetee/manifest'
import type { Hex } from '../chain/chain-view.ts'

/** What follows from a manifest's text alone. */
export type ReadManifest = {
  readonly digest: Hex
  readonly document: ManifestDocument
  /** Of the terms in the document. */
  readonly termsDigest: Hex
}

/** Texts of at most 64 KiB each; the one used longest ago goes first. */
const MAX_MANIFESTS = 64

/** Holds what it has read where that is asked for, by the whole text. */
export class KnownManifests {
  readonly #read = new Map<string, ReadManifest>()

  /** Number of manifests held. */
  get size(): number {
    return this.#read.size
  }

  /** `manifestDigest` of a text. */
  digestOf(text: string): Hex {
    return this.#read.get(text)?.digest ?? manifestDigest(text)
  }

  /** Reads a text, or finds it. Throws ManifestError as `parseManifest` does. */
  read(text: string): ReadManifest {
    const known = this.#read.get(text)
    if (known !== undefined) this.#read.delete(text)
    const read = known ?? readNow(text)
    this.#read.set(text, read)
    const [oldest] = this.#read.keys()
    if (this.#read.size > MAX_MANIFESTS && oldest !== undefined) this.#read.delete(oldest)
    return read
  }
}

function readNow(text: string): ReadManifest {
  const document = parseManifest(text)
  return { digest: manifestDigest(text), document, termsDigest: termsDigest(document.terms) }
}
