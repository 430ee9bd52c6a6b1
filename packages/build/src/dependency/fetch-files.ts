// Fetches files of strangers into a cache, each checked before it is kept. Network and file I/O; nothing that is fetched runs.
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { BuildError } from '../error.ts'

/** One file to be had. */
export type WantedFile = {
  /** In errors. */
  readonly shown: string
  /** Where it lies in the cache; two with one target are one. */
  readonly target: string
  /** From `fileAddress`. */
  readonly url: URL
  /** What this file has to be, for errors. */
  readonly lock: string
  /** Whether a file is the wanted one, by its bytes; false also where there is none. */
  readonly isWanted: (path: string) => Promise<boolean>
}

/** Where files may come from. */
export type FileHost = {
  /** Address that the user has named; this machine is only asked where it is this one. */
  readonly base: string
  /** The option that names it. */
  readonly option: string
  /** Nothing is fetched: what is missing is refused. */
  readonly offline?: boolean
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
}

/** The largest file that is fetched. */
export const maxFetchedBytes = 256 * 2 ** 20
const atOnce = 8
const attempts = 3
const answerTimeoutMs = 60_000
const maxRedirects = 5

/** Fetches what the cache lacks; what it has is checked again. Throws BuildError `build.dependency-*`, `build.aborted`. */
export async function fetchFiles(wanted: readonly WantedFile[], host: FileHost): Promise<void> {
  const waiting = [...new Map(wanted.map((one) => [one.target, one])).values()]
  const total = waiting.length
  let done = 0
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await fetchOne(next, host).catch((error: unknown) => {
        waiting.length = 0
        throw error
      })
      host.onProgress?.(++done, total)
    }
  }
  // Nothing goes on when this has ended, well or not.
  const lanes = await Promise.allSettled(Array.from({ length: atOnce }, lane))
  for (const one of lanes) if (one.status === 'rejected') throw one.reason
}

/** An address that may be asked: HTTPS, and this machine only where it is the user's own host. Throws `build.dependency-invalid`. */
export function fileAddress(shown: string, asked: string | URL, host: FileHost): URL {
  if (!URL.canParse(asked))
    throw new BuildError('build.dependency-invalid', `${shown} has no address`)
  const address = new URL(asked)
  const isLocal = /^(?:127(?:\.[0-9]{1,3}){3}|localhost|\[::1\])$/.test(address.hostname)
  const isAsked = URL.canParse(host.base) && new URL(host.base).host === address.host
  if (address.protocol === 'https:' ? !isLocal || isAsked : isLocal && isAsked) return address
  throw new BuildError(
    'build.dependency-invalid',
    `${shown} would be fetched from ${address.origin}: only HTTPS, and this machine only as ${host.option}`,
  )
}

/** A text of a host, which nothing vouches for. Throws BuildError `build.dependency-*`, `build.aborted`. */
export async function fetchText(
  shown: string,
  url: URL,
  host: FileHost,
  { maxBytes, accept }: { readonly maxBytes: number; readonly accept: string },
): Promise<string> {
  return trying(host.signal, async () => {
    const chunks: Uint8Array[] = []
    await download(shown, url, host, maxBytes, (chunk) => void chunks.push(chunk), accept)
    return Buffer.concat(chunks).toString('utf8')
  })
}

/** Digest of a file in hex; undefined where it cannot be read. */
export async function hashFile(path: string, algorithm: string): Promise<string | undefined> {
  const hash = createHash(algorithm)
  try {
    await pipeline(createReadStream(path), hash)
    return hash.digest('hex')
  } catch {
    return undefined
  }
}

async function fetchOne(wanted: WantedFile, host: FileHost): Promise<void> {
  const { target, shown, url } = wanted
  if (await wanted.isWanted(target).catch(() => false)) return
  if (host.offline === true)
    throw new BuildError(
      'build.material-missing',
      `${shown}: the archive with the digest of ${wanted.lock} was not given`,
    )
  await mkdir(dirname(target), { recursive: true, mode: 0o700 })
  const temporary = `${target}.${randomUUID()}.tmp`
  await trying(host.signal, async () => {
    try {
      const file = await open(temporary, 'wx', 0o600)
      try {
        const keep = (chunk: Uint8Array) => file.writeFile(chunk)
        await download(shown, url, host, maxFetchedBytes, keep)
      } finally {
        await file.close()
      }
      if (!(await wanted.isWanted(temporary)))
        throw new BuildError(
          'build.dependency-digest',
          `${shown}: ${url.href} has not the digest of ${wanted.lock}`,
        )
      await rename(temporary, target)
    } finally {
      await rm(temporary, { force: true })
    }
  })
}

/** Again where another try may help, a few times. */
async function trying<T>(signal: AbortSignal | undefined, act: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++)
    try {
      return await act()
    } catch (error) {
      if (signal?.aborted === true) throw new BuildError('build.aborted', 'stopped')
      if (!(error instanceof BuildError && error.retryable) || attempt === attempts) throw error
      await delay(200 * 2 ** attempt, undefined, signal === undefined ? {} : { signal })
    }
}

async function download(
  shown: string,
  url: URL,
  host: FileHost,
  maxBytes: number,
  keep: (chunk: Uint8Array) => void | Promise<void>,
  accept = '*/*',
): Promise<void> {
  const timeout = AbortSignal.timeout(answerTimeoutMs)
  const signal = host.signal === undefined ? timeout : AbortSignal.any([host.signal, timeout])
  try {
    const response = await follow(shown, url, host, { signal, accept })
    if (!response.ok || response.body === null)
      throw new BuildError(
        response.status >= 500 || response.status === 429
          ? 'build.dependency-unreachable'
          : 'build.dependency-invalid',
        `${shown}: ${url.href} answered ${response.status}`,
      )
    let size = 0
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      size += chunk.length
      if (size > maxBytes)
        throw new BuildError('build.dependency-invalid', `${shown} is larger than allowed`)
      await keep(chunk)
    }
  } catch (cause) {
    if (cause instanceof BuildError) throw cause
    throw new BuildError('build.dependency-unreachable', `${shown}: no answer from ${url.host}`, {
      cause,
    })
  }
}

/** Each address on the way is looked at like the first: a host may not send the builder to this machine or to plain HTTP. */
async function follow(
  shown: string,
  url: URL,
  host: FileHost,
  { signal, accept }: { readonly signal: AbortSignal; readonly accept: string },
): Promise<Response> {
  let address = url
  for (let hops = 0; ; hops++) {
    const headers = { 'user-agent': 'wetee', accept }
    const response = await fetch(address, { signal, redirect: 'manual', headers })
    const location = response.headers.get('location')
    if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return response
    await response.body?.cancel()
    if (hops === maxRedirects || !URL.canParse(location, address))
      throw new BuildError('build.dependency-invalid', `${shown}: ${url.href} leads nowhere`)
    address = fileAddress(shown, new URL(location, address), host)
  }
}
