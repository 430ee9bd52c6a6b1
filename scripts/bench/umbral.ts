// The library that threshold cryptography is compared with, fetched for a benchmark and never part of the product: it is under the
// GPL. Starts npm and tar, writes to a folder of its own below the temporary one.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const NAME = '@nucypher/umbral-pre'
const VERSION = '0.10.0'
const SHA512 =
  'uFD9mtQ9jOeb2OUNW54dm0TNjzzuExrMKcND8KrSxpCBidzku5w1mHnnYW/CMzbXJn6pGv1Amaw3fJf25JxmtA=='
const FETCH_TIMEOUT_MS = 60_000

/** What the rows call it. */
export const UMBRAL = `${NAME} ${VERSION}`

type Bytes = Uint8Array
type UmbralPublicKey = { readonly __publicKey: never }
type UmbralSecretKey = { publicKey(): UmbralPublicKey }
type UmbralSigner = { verifyingKey(): UmbralPublicKey }
type Capsule = { readonly __capsule: never }
type KeyFrag = { readonly __keyFrag: never }
type VerifiedFrag = { toBytes(): Bytes }
type Frag = {
  verify(
    capsule: Capsule,
    verifying: UmbralPublicKey,
    delegating: UmbralPublicKey,
    receiving: UmbralPublicKey,
  ): VerifiedFrag
}

/** What is used of it. */
export type UmbralLibrary = {
  readonly SecretKey: { random(): UmbralSecretKey }
  readonly Signer: new (key: UmbralSecretKey) => UmbralSigner
  readonly CapsuleFrag: { fromBytes(bytes: Bytes): Frag }
  encrypt(key: UmbralPublicKey, plaintext: Bytes): [Capsule, Bytes]
  generateKFrags(
    delegating: UmbralSecretKey,
    receiving: UmbralPublicKey,
    signer: UmbralSigner,
    threshold: number,
    shares: number,
    signDelegating: boolean,
    signReceiving: boolean,
  ): KeyFrag[]
  reencrypt(capsule: Capsule, key: KeyFrag): VerifiedFrag
  decryptReencrypted(
    receiving: UmbralSecretKey,
    delegating: UmbralPublicKey,
    capsule: Capsule,
    frags: VerifiedFrag[],
    ciphertext: Bytes,
  ): Bytes
}

/** The library, or why it is not here. */
export type Umbral =
  | { readonly library: UmbralLibrary; readonly wasm: Bytes; readonly glue: string }
  | { readonly missing: string }

/**
 * Fetches the package unless its archive is in the temporary folder already; in both cases its SHA-512 is compared with the one
 * written here. Never throws: a benchmark says which rows have no reference.
 */
export async function openUmbral(): Promise<Umbral> {
  const cache = join(tmpdir(), 'wetee-bench')
  mkdirSync(cache, { recursive: true, mode: 0o700 })
  const folder = mkdtempSync(join(cache, 'umbral-'))
  try {
    await extract(await fetchArchive(cache), folder)
    const main = join(folder, 'package/pkg-node/umbral_pre_wasm.js')
    return {
      library: createRequire(import.meta.url)(main) as UmbralLibrary,
      wasm: readFileSync(join(folder, 'package/pkg-bundler/umbral_pre_wasm_bg.wasm')),
      glue: readFileSync(join(folder, 'package/pkg-bundler/umbral_pre_wasm_bg.js'), 'utf8'),
    }
  } catch (error) {
    const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    return { missing: `${UMBRAL} was not fetched: ${why}` }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function fetchArchive(cache: string): Promise<string> {
  const archive = join(cache, `nucypher-umbral-pre-${VERSION}.tgz`)
  if (hashOf(archive) === SHA512) return archive
  const args = ['pack', `${NAME}@${VERSION}`, '--silent', '--ignore-scripts']
  await promisify(execFile)('npm', args, { cwd: cache, timeout: FETCH_TIMEOUT_MS })
  if (hashOf(archive) !== SHA512) throw new Error('the registry gave other bytes than expected')
  return archive
}

async function extract(archive: string, folder: string): Promise<void> {
  const args = ['-xzf', archive, '-C', folder, '--no-same-owner']
  await promisify(execFile)('tar', args, { timeout: FETCH_TIMEOUT_MS })
}

function hashOf(file: string): string | undefined {
  try {
    return createHash('sha512').update(readFileSync(file)).digest('base64')
  } catch {
    return undefined
  }
}
