// A Compose file while it is being written: checked without asking any registry, and with one when it is to be signed.
import {
  buildManifest,
  ManifestError,
  type Manifest,
  type Problem,
  type Warning,
} from '@wetee/manifest'
import { resolveImageFromRegistry, SdkError, type ResolveImage } from '@wetee/sdk'

/** What a check finds. The manifest of a draft has digests that nobody has looked up: its terms count, its text does not. */
export type Checked = {
  readonly problems: readonly Problem[]
  readonly warnings: readonly Warning[]
  readonly draft?: Manifest
}

const noDigest = `sha256:${'0'.repeat(64)}`

/** Everything that can be wrong without asking anybody. */
export async function checkCompose(text: string, name: string): Promise<Checked> {
  try {
    const draft = await buildManifest(text, {
      ...(name === '' ? {} : { name }),
      resolveImage: (reference) => Promise.resolve(digestIn(reference) ?? noDigest),
    })
    return { problems: [], warnings: draft.warnings, draft }
  } catch (error) {
    if (error instanceof ManifestError) return { problems: error.problems, warnings: [] }
    throw error
  }
}

/**
 * Asks the registry from this page. One that does not let web pages ask is not needed for an image that is pinned by digest: its worker
 * pulls exactly that or nothing.
 */
export const resolveInPage: ResolveImage = async (reference, signal) => {
  try {
    return await resolveImageFromRegistry(reference, signal)
  } catch (error) {
    const unreachable = error instanceof SdkError && error.code === 'registry.unreachable'
    const pinned = digestIn(reference)
    if (unreachable && pinned !== undefined) return pinned
    if (!unreachable) throw error
    throw new SdkError(
      'registry.unreachable',
      'its registry does not answer this page (most do not let web pages ask). Pin the image by digest, name@sha256:..., or deploy with `npx wetee deploy`',
      { retryable: true, cause: error },
    )
  }
}

function digestIn(reference: string): string | undefined {
  return /@(sha256:[0-9a-f]{64})$/.exec(reference)?.[1]
}

/** The lines of an editor that have something to say: the worst of each. */
export function linesOf({ problems, warnings }: Checked): ReadonlyMap<number, 'bad' | 'warn'> {
  const lines = new Map<number, 'bad' | 'warn'>()
  for (const { line } of warnings) lines.set(line, 'warn')
  for (const { line } of problems) lines.set(line, 'bad')
  return lines
}
