// Secrets of an application as the chain has them: digests, versions and who else may read. Network I/O.
import type { Address, Hex } from 'viem'
import { zeroAddress } from 'viem'
import { appNotFound } from '../apps.ts'
import { SdkError } from '../error.ts'
import type { Network } from '../network.ts'
import type { AppRecord, Block, LiveKey } from '../reader.ts'

/** Names on chain: 1 to 64 of these, no dot in front. */
const namePattern = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/

/** One version; `setAt` in seconds, `owner` is whom its ciphertext names. */
export type SecretVersion = {
  readonly version: number
  readonly ciphertextDigest: Hex
  readonly policyDigest: Hex
  readonly owner: Address
  readonly setAt: bigint
  /** Number of the network's key that it is sealed to. */
  readonly key: number
}

/** A secret that is set. */
export type SecretRecord = {
  readonly name: string
  /** What is released now, to instances that were launched under its key. */
  readonly current: SecretVersion
  /** When that key ends, seconds: an older one, so that the secret has to be set anew; absent for the newest. 0: it has ended. */
  readonly keyEndsAt?: bigint
  /** The highest number ever used. */
  readonly latest: number
  readonly readers: readonly SecretReader[]
}

/** Who else may read a secret: an application with exactly that manifest, or every application of an owner. */
export type SecretReader =
  | { readonly appId: bigint; readonly manifestDigest: Hex }
  | { readonly owner: Address }

/** An application with the block that was read. */
export type SecretsOwner = { readonly app: AppRecord; readonly block: Block }

/** Throws `secret.name-invalid`. */
export function requireSecretName(name: string): string {
  if (namePattern.test(name)) return name
  throw new SdkError(
    'secret.name-invalid',
    `"${name.slice(0, 80)}" is no name of a secret: 1 to 64 letters, digits, dots, _ and -, no dot in front`,
  )
}

/** Throws `app.not-found`. */
export async function readOwner(network: Network, appId: bigint): Promise<SecretsOwner> {
  const block = await network.reader.finalized()
  const app = await network.reader.app(appId, block.number)
  if (app === undefined) throw appNotFound(`application ${appId}`)
  return { app, block }
}

/** Secrets that are set, by name. Throws `app.not-found`, `network.contract-missing`. */
export async function listSecrets(network: Network, appId: bigint): Promise<SecretRecord[]> {
  const { block } = await readOwner(network, appId)
  const [found, keys] = await Promise.all([
    network.reader.view('secrets', 'secrets', [appId], block.number),
    network.reader.liveKeys(block.number),
  ])
  const records = found.map(async ({ name, current, latest, version }) => ({
    name,
    current: { version: current, ...version },
    ...keyEnd(keys, version.key),
    latest,
    readers: await readReaders(network, appId, name, block.number),
  }))
  return (await Promise.all(records)).sort((a, b) => (a.name < b.name ? -1 : 1))
}

function keyEnd(keys: readonly LiveKey[], key: number): Pick<SecretRecord, 'keyEndsAt'> {
  if (keys.at(-1)?.number === key) return {}
  return { keyEndsAt: keys.find(({ number }) => number === key)?.endsAt ?? 0n }
}

/** One secret; `current` is undefined for one that was removed or never set. */
export async function readSecret(
  network: Network,
  appId: bigint,
  name: string,
  at: bigint,
): Promise<{ readonly current: SecretVersion | undefined; readonly latest: number }> {
  const args = [appId, requireSecretName(name)] as const
  const found = await network.reader.view('secrets', 'secret', args, at)
  const { current, latest, version } = found
  return { current: current === 0 ? undefined : { version: current, ...version }, latest }
}

/** A secret that is set. Throws `secret.not-found`. */
export async function requireSecret(
  network: Network,
  appId: bigint,
  name: string,
  at: bigint,
): Promise<{ readonly current: SecretVersion; readonly latest: number }> {
  const { current, latest } = await readSecret(network, appId, name, at)
  if (current !== undefined) return { current, latest }
  throw new SdkError(
    'secret.not-found',
    `application ${appId} has no secret "${name}": \`wetee secret list ${appId}\` shows those that are set`,
  )
}

async function readReaders(
  network: Network,
  appId: bigint,
  name: string,
  at: bigint,
): Promise<SecretReader[]> {
  const found = await network.reader.view('secrets', 'readers', [appId, name], at)
  return found.map(({ appId: reader, manifestDigest, owner }) =>
    owner === zeroAddress ? { appId: reader, manifestDigest } : { owner },
  )
}

/** A reader as the contract takes it. */
export function readerArgument(reader: SecretReader) {
  return 'owner' in reader
    ? { appId: 0n, manifestDigest: `0x${'00'.repeat(32)}` as const, owner: reader.owner }
    : { ...reader, owner: zeroAddress }
}

/** A reader in words. */
export function describeReader(reader: SecretReader): string {
  return 'owner' in reader
    ? `every application of ${reader.owner}`
    : `application ${reader.appId} with manifest ${reader.manifestDigest}`
}
