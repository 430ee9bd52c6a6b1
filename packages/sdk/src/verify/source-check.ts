// Which commits the images were built from, as builder applications have recorded it on chain. Network I/O through its reader.
import { repositoryHash } from '@wetee/attestation'
import type { Hex } from 'viem'
import { codedError } from '../contract-error.ts'
import type { Found } from './checks.ts'
import { failed, held, skipped, type Outcome } from './report.ts'

/** Whose record of every image is demanded. */
export type BuildDemand = {
  /** A builder application whose code the caller has reasons to trust. */
  readonly builderAppId: bigint
  /** Any address of the repository; default whichever the builder names. */
  readonly repository?: string
}

type Source = {
  readonly builderAppId: bigint
  readonly builderVersion: number
  readonly commit: Hex
  readonly repositoryHash: Hex
  readonly statementDigest: Hex
}

/** Records of an image are read up to here. */
const maxRecords = 100n

/**
 * `source`: undefined where nobody has recorded a build and none is demanded. Records of builders that nobody has named are shown and
 * judged by nobody: any application may call itself a builder.
 */
export async function checkSource(
  found: Found,
  demand: BuildDemand | undefined,
): Promise<Outcome | undefined> {
  if (found.manifest === undefined || found.head === undefined)
    return demand === undefined ? undefined : skipped('the manifest is not known')
  const images = [...new Set(found.manifest.services.map(({ image }) => digestOf(image)))]
  try {
    const sources = await Promise.all(images.map((image) => findSource(found, image, demand)))
    const without = images.filter((_, index) => sources[index] === undefined)
    const known = sources.filter((source) => source !== undefined)
    if (demand !== undefined && without.length > 0)
      return failed(
        `builder ${demand.builderAppId} has recorded no build of ${without.join(', ')}${demand.repository === undefined ? '' : ` from ${demand.repository}`}`,
      )
    if (known.length === 0) return undefined
    return outcomeOf(known, without, demand)
  } catch (error) {
    // A network from before build records has no such function: nothing was said then.
    if (demand === undefined && codedError(error) !== undefined) return undefined
    throw error
  }
}

function outcomeOf(
  known: readonly Source[],
  without: readonly string[],
  demand: BuildDemand | undefined,
): Outcome {
  const texts = known.map(
    ({ commit, builderAppId }) => `commit ${commitText(commit)}, says builder ${builderAppId}`,
  )
  const rest = without.length === 0 ? '' : `; ${without.length} image(s) without a record`
  const unjudged = demand === undefined ? ' (not judged: name a builder that you trust)' : ''
  const proof = known.flatMap((source, index) => {
    const at = known.length === 1 ? '' : `${index + 1}.`
    return [
      [`${at}commit`, commitText(source.commit)],
      [`${at}repositoryHash`, source.repositoryHash],
      [`${at}statementDigest`, source.statementDigest],
      [`${at}builder`, `${source.builderAppId}, version ${source.builderVersion}`],
    ]
  })
  return held(
    `${[...new Set(texts)].join('; ')}${rest}${unjudged}`,
    Object.fromEntries(proof) as Record<string, string>,
  )
}

/** The newest record of an image: the demanded builder's, else that of the first that has one. */
async function findSource(
  { reader, head }: Found,
  image: string,
  demand: BuildDemand | undefined,
): Promise<Source | undefined> {
  const digest: Hex = `0x${image.slice('sha256:'.length)}`
  const at = head?.number ?? 0n
  const builders =
    demand === undefined
      ? await reader.view('cloud', 'buildersOf', [digest, 0n, 1n], at)
      : [demand.builderAppId]
  const repository =
    demand?.repository === undefined ? undefined : repositoryHash(demand.repository)
  for (const builderAppId of builders) {
    const builds = await reader.view(
      'cloud',
      'buildsOf',
      [digest, builderAppId, 0n, maxRecords],
      at,
    )
    const build = builds.findLast(
      (one) => repository === undefined || one.repositoryHash === repository,
    )
    if (build !== undefined) return { builderAppId, ...build }
  }
  return undefined
}

/** Without the zeros behind a name of 20 bytes. */
function commitText(commit: Hex): string {
  return commit.slice(2).replace(/^(.{40})0{24}$/, '$1')
}

function digestOf(image: string): string {
  return image.slice(image.lastIndexOf('@') + 1)
}
