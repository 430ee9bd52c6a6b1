// What a builder elsewhere needs to build a commit: fetched and planned here, each part by its digest. Network, processes, file I/O.
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { BuildCache } from '../cache.ts'
import { BuildError } from '../error.ts'
import { archivePath, defaultRegistry, fetchPackages } from '../node/fetch-packages.ts'
import { packagesOf, planNode } from '../node/node-image.ts'
import { choosePreset } from '../preset.ts'
import { fetchCommit } from '../source/fetch-commit.ts'
import { packSource } from '../source/source-archive.ts'
import type { Source } from '../source/source.ts'

/** One file, by the digest that the builder checks. */
export type GivenMaterial = {
  /** `sha256:` of the source's archive, `sha512:` of a package's. */
  readonly digest: string
  readonly sizeBytes: number
  readonly path: string
}

/** All that a build takes, below a folder that `dispose` removes and in the cache. */
export type GatheredMaterials = {
  readonly source: GivenMaterial
  readonly packages: readonly GivenMaterial[]
  readonly preset: string
  dispose(): Promise<void>
}

/** Fetches the commit and the packages that its lock file names. Throws BuildError. */
export async function gatherMaterials(options: {
  readonly url: string
  readonly commit: string
  readonly preset?: string
  readonly cache: string
  readonly npmRegistry?: string
  readonly signal?: AbortSignal
  /** Sees the source before anything is fetched for it; may throw to refuse it. */
  readonly onSource?: (source: Source) => Promise<void>
  readonly onStep?: (text: string) => void
}): Promise<GatheredMaterials> {
  const { url, commit, signal, onStep = () => undefined } = options
  const cache = await BuildCache.open(options.cache)
  const scratch = await mkdtemp(join(tmpdir(), 'wetee-gather-'))
  const dispose = () => rm(scratch, { recursive: true, force: true })
  const bounds = signal === undefined ? {} : { signal }
  try {
    onStep('fetching the commit')
    const place = { folder: join(scratch, 'app'), scratch: join(scratch, 'objects') }
    const source = await fetchCommit(url, commit, place, bounds)
    await options.onSource?.(source)
    const preset = choosePreset(options.preset ?? 'auto', source)
    const packages = preset === 'node' ? packagesOf(await planNode(source)) : []
    if (packages.length > 0) onStep(`fetching ${packages.length} packages`)
    const registry = options.npmRegistry ?? defaultRegistry
    await fetchPackages(packages, { cache: cache.packages, registry, ...bounds })
    const archive = join(scratch, 'source.tar')
    const unique = [...new Map(packages.map((one) => [one.sha512, one])).values()]
    return {
      source: await writeArchive(archive, packSource(source, commitObjectOf(source))),
      packages: await Promise.all(
        unique.map(async ({ sha512 }) => {
          const path = archivePath(cache.packages, { sha512 })
          return { digest: `sha512:${sha512}`, sizeBytes: (await stat(path)).size, path }
        }),
      ),
      preset,
      dispose,
    }
  } catch (error) {
    await dispose()
    throw error
  }
}

function commitObjectOf({ commitObject }: { readonly commitObject?: Uint8Array }): Uint8Array {
  if (commitObject !== undefined) return commitObject
  throw new BuildError('build.git-failed', 'git gave no commit object')
}

async function writeArchive(path: string, bytes: NodeJS.ReadableStream): Promise<GivenMaterial> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      sizeBytes += chunk.length
      done(null, chunk)
    },
  })
  await pipeline(bytes, count, createWriteStream(path, { mode: 0o600 }))
  return { digest: `sha256:${hash.digest('hex')}`, sizeBytes, path }
}
