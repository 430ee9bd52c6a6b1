// Entry points for fuzzing: whatever the bytes, only ManifestError may come out. Pure.
import { buildManifest } from './build.ts'
import { manifestDigest, parseManifest, serializeManifest } from './document.ts'
import { ManifestError } from './error.ts'
import { termsDigest } from './terms.ts'

const digest = `sha256:${'ab'.repeat(32)}`

/** Targets by name; each throws when a promise of this package does not hold for the input. */
export const fuzzTargets: Record<string, (input: Uint8Array) => void | Promise<void>> = {
  compose: async (input) => {
    const text = new TextDecoder().decode(input)
    try {
      const manifest = await buildManifest(text, {
        name: 'fuzz',
        resolveImage: () => Promise.resolve(digest),
      })
      const again = parseManifest(manifest.text)
      if (serializeManifest(again) !== manifest.text) throw new Error('the form is not stable')
      if (termsDigest(again.terms) !== manifest.termsDigest) throw new Error('the terms differ')
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error
    }
  },
  manifest: (input) => {
    const text = new TextDecoder().decode(input)
    try {
      const document = parseManifest(text)
      if (serializeManifest(document) !== text) throw new Error('two texts for one document')
      manifestDigest(text)
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error
    }
  },
}
