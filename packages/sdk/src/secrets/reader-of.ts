// Whom a grant names, from what an owner says: an application, with the manifest that it has now, or an account. Network I/O.
import type { Hex } from 'viem'
import { requireAddress } from '../address.ts'
import { SdkError } from '../error.ts'
import type { Network } from '../network.ts'
import type { SecretReader } from './records.ts'

/** A reader as people name it; without `manifestDigest` that of the application's current version. */
export type NamedReader =
  | { readonly appId: bigint; readonly manifestDigest?: Hex }
  | { readonly owner: string }

/** The reader of a grant. Throws `app.not-found` where the application has no current version, `address.invalid`. */
export async function readerOf(network: Network, named: NamedReader): Promise<SecretReader> {
  if ('owner' in named) return { owner: requireAddress('owner', named.owner) }
  const { appId, manifestDigest } = named
  if (manifestDigest !== undefined) return { appId, manifestDigest }
  const { number: at } = await network.reader.finalized()
  const app = await network.reader.app(appId, at)
  const version =
    app === undefined ? undefined : await network.reader.version(appId, app.currentVersion, at)
  if (version !== undefined) return { appId, manifestDigest: version.manifestDigest }
  throw new SdkError(
    'app.not-found',
    `application ${appId} has no current version: name the manifest that may read`,
  )
}
