// A built console and its profile as one archive, with its digest and the headers to serve it with. Writes files.
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { NetworkProfile } from '@wetee/chain'
import { relaySources, securityHeaders } from '@wetee/console/serve'
import { filesLayer, toLayerArchive, type LayerSource } from '@wetee/image'

/** What was written. */
export type Archive = {
  readonly path: string
  /** Hexadecimal, of the archive's bytes. */
  readonly sha256: string
  readonly sizeBytes: number
  /** Headers that a web server has to send with it. */
  readonly headers: Readonly<Record<string, string>>
}

/** What pages may connect to beside their own server. */
export function connectSources(
  { rpcUrls }: Pick<NetworkProfile, 'rpcUrls'>,
  connect: readonly string[],
): readonly string[] {
  // Workers and registries come and go: which they are is on chain and in manifests, not known when the page is built.
  const others = connect.length === 0 ? ['https:'] : connect.map(originOf)
  return [...new Set([...rpcUrls.map(originOf), ...others])]
}

/** Writes `<out>/<name>.tar`, and beside it `.sha256` as sha256sum checks it and `.headers`; nothing is there by halves. */
export async function writeArchive(options: {
  readonly name: string
  readonly out: string
  /** What `buildConsole` made. */
  readonly site: string
  readonly profile: NetworkProfile
  readonly connect: readonly string[]
}): Promise<Archive> {
  const { name, out, site, profile } = options
  const built = await readFile(join(site, 'index.html'), 'utf8')
  const connect = [...options.connect, ...relaySources(built)]
  const headers = securityHeaders(connect)
  const page = narrowPolicy(built, connect)
  const source = siteLayer(site, {
    '/index.html': page,
    '/network.json': `${JSON.stringify(profile, null, 2)}\n`,
  })
  await mkdir(out, { recursive: true })
  const unfinished = await mkdtemp(join(out, '.release-'))
  try {
    const file = `${name}.tar`
    const { sha256, sizeBytes } = await writeHashed(source, join(unfinished, file))
    const lines = Object.entries(headers).map(([header, value]) => `${header}: ${value}\n`)
    await writeFile(join(unfinished, `${file}.headers`), lines.join(''))
    await writeFile(join(unfinished, `${file}.sha256`), `${sha256}  ${basename(file)}\n`)
    for (const one of [`${file}.headers`, `${file}.sha256`, file])
      await rename(join(unfinished, one), join(out, one))
    return { path: join(out, file), sha256, sizeBytes, headers }
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

/** A folder's files, some of them with another content. */
function siteLayer(folder: string, changed: Readonly<Record<string, string>>): LayerSource {
  return {
    entries: async () => [
      ...(await filesLayer(folder).entries()).filter(({ path }) => !Object.hasOwn(changed, path)),
      ...(await filesLayer(changed).entries()),
    ],
  }
}

/** The page's own policy, for who serves it without headers: connections to these sources alone. */
function narrowPolicy(page: string, connect: readonly string[]): string {
  const written = [...page.matchAll(/connect-src [^;"]*;/g)]
  if (written.length !== 1)
    throw new Error(`expected one connect-src in index.html, there are ${written.length}`)
  return page.replace(/connect-src [^;"]*;/, `connect-src ${["'self'", ...connect].join(' ')};`)
}

async function writeHashed(source: LayerSource, path: string) {
  const hash = createHash('sha256')
  let sizeBytes = 0
  await pipeline(
    await toLayerArchive(source),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk)
        sizeBytes += chunk.length
        yield chunk
      }
    },
    createWriteStream(path),
  )
  return { sha256: hash.digest('hex'), sizeBytes }
}

const originOf = (url: string): string => new URL(url).origin
