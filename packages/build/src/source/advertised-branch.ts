// Which commit a repository's own server says a branch is at, asked over TLS without Git: for a builder whose word others rely on. Network I/O.
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { BuildError } from '../error.ts'
import { AdvertisementReader } from './advertisement.ts'
import { requireBranch } from './remote-branch.ts'

const timeoutMs = 30_000
const maxAdvertisedBytes = 32 * 1024 * 1024
const service = 'git-upload-pack'

/** How the server is asked. */
export type AdvertisedBranchOptions = {
  readonly signal?: AbortSignal
  /** Certificates (PEM) of authorities in the place of those that Node brings. */
  readonly ca?: string
}

/**
 * The commit that `refs/heads/BRANCH` is at by the references that the server at `url` (https:// without login) advertises; undefined where it
 * has no such branch. Redirections are not followed: the address is what others rely on. Reads at most 32 MiB, within 30 seconds.
 * Throws BuildError `build.git-url`, `build.branch-invalid`, `build.git-failed`, `build.aborted`.
 */
export async function readAdvertisedBranch(
  url: string,
  branch: string,
  { signal, ca }: AdvertisedBranchOptions = {},
): Promise<string | undefined> {
  const reader = new AdvertisementReader(`refs/heads/${requireBranch(branch)}`)
  const within = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])])
  try {
    const answer = await ask(addressOf(url), within, ca)
    let bytes = 0
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > maxAdvertisedBytes)
        throw failed(url, `it lists its references in more than ${maxAdvertisedBytes} bytes`)
      reader.push(chunk)
      if (reader.commit !== undefined) return reader.commit
    }
    reader.end()
    return undefined
  } catch (error) {
    if (error instanceof BuildError) throw error
    if (signal?.aborted === true)
      throw new BuildError('build.aborted', 'the caller ended it', { cause: error })
    throw failed(url, error instanceof Error ? error.message : String(error), error)
  }
}

function addressOf(url: string): URL {
  if (!URL.canParse(url) || !/^https:\/\/[^\s?#@\\]+$/.test(url))
    throw new BuildError(
      'build.git-url',
      `"${url.slice(0, 200)}" cannot be asked for its branches: expected https://, without a login or query`,
    )
  return new URL(`${url.replace(/\/+$/, '')}/info/refs?service=${service}`)
}

/** The answer of the first protocol, which every server speaks ("Smart Clients" of gitprotocol-http). */
function ask(address: URL, signal: AbortSignal, ca: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { accept: '*/*', 'user-agent': 'git/wetee' }
    const asked = request(address, { agent: false, headers, signal, ca }, (answer) => {
      const type = answer.headers['content-type']
      if (answer.statusCode === 200 && type === `application/x-${service}-advertisement`)
        return resolve(answer)
      answer.destroy()
      reject(new Error(`it answered ${answer.statusCode}, ${type ?? 'without a content type'}`))
    })
    asked.on('error', reject)
    asked.end()
  })
}

function failed(url: string, what: string, cause?: unknown): BuildError {
  return new BuildError('build.git-failed', `${url}: ${what}`.slice(0, 400), { cause })
}
