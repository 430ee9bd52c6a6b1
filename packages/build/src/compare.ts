// Whether an image is what a source gives, and else where it differs. Reads files.
import { openImage, type OpenImage } from '@wetee/image'

/** One thing in which two images differ. */
export type Difference = { readonly what: string; readonly built: string; readonly given: string }

/** Differences of the image that was built and the one that is given; none when they have one digest. Throws ImageError. */
export async function compareImages(
  built: { readonly layout: string; readonly digest: string },
  given: { readonly layout: string; readonly digest: string },
): Promise<Difference[]> {
  if (built.digest === given.digest) return []
  const ours = await openImage(built.layout, built.digest)
  const theirs = await openImage(given.layout, given.digest)
  if (ours.digest === theirs.digest) return []
  const found = [...compareLayers(ours, theirs), ...compareConfigs(ours, theirs)]
  // The same parts, written differently: labels, times, annotations.
  return found.length > 0 ? found : [{ what: 'manifest', built: ours.digest, given: theirs.digest }]
}

function compareLayers(ours: OpenImage, theirs: OpenImage): Difference[] {
  const count = Math.max(ours.config.diffIds.length, theirs.config.diffIds.length)
  return Array.from({ length: count }, (_, index) => ({
    what: `layer ${index + 1}`,
    built: ours.config.diffIds[index] ?? 'none',
    given: theirs.config.diffIds[index] ?? 'none',
  })).filter(({ built, given }) => built !== given)
}

function compareConfigs(ours: OpenImage, theirs: OpenImage): Difference[] {
  const names = [
    'os',
    'architecture',
    'entrypoint',
    'command',
    'environment',
    'user',
    'workingDirectory',
  ] as const
  return names
    .map((what) => ({
      what,
      built: JSON.stringify(ours.config[what]),
      given: JSON.stringify(theirs.config[what]),
    }))
    .filter(({ built, given }) => built !== given)
}
