// Which source an image was built from, as an instance of a builder application signs it for the chain. Pure.
import { sha256 } from '@noble/hashes/sha2.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { concatBytes, fromHex, toHex, unsigned, utf8, type Hex } from '../bytes.ts'
import { AttestationError } from '../error.ts'
import { frame } from './frame.ts'

/** The contract's BuildRecord: five words, in this order. */
export type BuildRecord = {
  /** Digest of the image's manifest in a registry. */
  readonly imageDigest: Hex
  /** SHA-256 of the bytes of the in-toto statement. */
  readonly statementDigest: Hex
  /** See `repositoryHash`. */
  readonly repositoryHash: Hex
  /** See `commitWord`. */
  readonly commit: Hex
  /** Digest of the WeTEE manifest that was made with this image; 32 zero bytes where none was. */
  readonly manifestDigest: Hex
}

/** Where the record counts, and for which builder. */
export type BuildRecordScope = {
  readonly chainId: bigint
  readonly cloud: Hex
  readonly builderAppId: bigint
}

const WORDS = [
  'imageDigest',
  'statementDigest',
  'repositoryHash',
  'commit',
  'manifestDigest',
] as const

/**
 * The 32 bytes that a builder's instance signs through its agent's socket (`/v1/sign`), which puts the frame of application signatures
 * around them. Throws AttestationError `binding.invalid`.
 */
export function buildRecordDigest(scope: BuildRecordScope, record: BuildRecord): Hex {
  const words = WORDS.map((name) => fromHex(record[name], 32, name))
  return toHex(
    sha256(
      frame(
        'wetee/build-record/v1',
        unsigned(scope.chainId, 32, 'chainId'),
        fromHex(scope.cloud, 20, 'cloud'),
        unsigned(scope.builderAppId, 8, 'builderAppId'),
        concatBytes(...words),
      ),
    ),
  )
}

/** keccak256 of a repository's canonical address, UTF-8. Throws AttestationError `binding.invalid` for what is no address of one. */
export function repositoryHash(url: string): Hex {
  return toHex(keccak_256(utf8(canonicalRepository(url))))
}

/**
 * One text for all addresses of a repository: `https://HOST/PATH`, whichever transport it is fetched by, the host in lower case, with the
 * port of a web server that has an own one, without login, final slashes and `.git` (and Git's `git+` before it); `file:///PATH` for one on this machine. Throws
 * AttestationError `binding.invalid` for what is no address of a repository.
 */
export function canonicalRepository(url: string): string {
  const text = url.replace(/^git\+/, '')
  if (text.startsWith('/')) return `file:///${pathOf(text)}`
  const scp = /^[a-z0-9_.]+@([a-z0-9.-]+):([^\s-][^\s]*)$/i.exec(text)
  if (scp !== null) return `https://${scp[1]?.toLowerCase()}/${pathOf(scp[2] ?? '')}`
  if (!URL.canParse(text)) throw noRepository(url)
  const { protocol, hostname, host, pathname, search, hash } = new URL(text)
  if (search !== '' || hash !== '') throw noRepository(url)
  if (protocol === 'file:' && host === '') return `file:///${pathOf(pathname)}`
  // The port of SSH says nothing about the repository; that of a web server may be another server.
  if (protocol === 'ssh:') return `https://${hostname.toLowerCase()}/${pathOf(pathname)}`
  if (protocol === 'https:' || protocol === 'http:') return `https://${host}/${pathOf(pathname)}`
  throw noRepository(url)
}

/** Git's name of a commit (40 or 64 hex digits, without `0x`) as a word: its bytes, then zeros. Throws AttestationError `binding.invalid`. */
export function commitWord(commit: string): Hex {
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit))
    throw new AttestationError(
      'binding.invalid',
      'commit: expected 40 or 64 lower-case hex digits, the whole name of a commit',
    )
  return `0x${commit.padEnd(64, '0')}`
}

function pathOf(path: string): string {
  return path
    .replace(/^\/+/, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
}

function noRepository(url: string): AttestationError {
  return new AttestationError(
    'binding.invalid',
    `"${url.slice(0, 200)}" is no address of a repository: expected https://, ssh://, user@host:path, file:/// or an absolute path, without a query`,
  )
}
