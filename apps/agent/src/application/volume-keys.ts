// Keys of the volumes that a host mounts for the instance. THE HOST SEES THEM: for simulated TEEs, which have nothing to lose to it.
import type { ManifestDocument } from '@wetee/manifest'
import { refusal } from '@wetee/tee-device'
import type { InstanceLaunch } from '../launch/launch-config.ts'
import { answering, withKey } from './application-api.ts'
import type { DerivedKeys } from './derived-keys.ts'
import type { OlderKey } from './older-key.ts'

/** A volume's key, and S of the key of the network that it is derived of. */
export type VolumeKey = { readonly key: `0x${string}`; readonly networkKey: `0x${string}` }

/**
 * The key of a volume of this replica, the same for every version and machine. Only of volumes that the manifest names, so that it is no
 * way to other keys: a refusal `volume.unknown` (404), else as `withKey`. With `older` that of the network's older key: a refusal
 * `key.no-older` (404) where there is none.
 */
export async function volumeKey(
  parts: {
    readonly launch: InstanceLaunch
    readonly manifest: Pick<ManifestDocument, 'volumes'>
    readonly derived: DerivedKeys
    readonly olderKey: Pick<OlderKey, 'read'>
  },
  name: string,
  older: boolean,
): Promise<VolumeKey> {
  const { launch, manifest, derived } = parts
  if (!manifest.volumes.some((volume) => volume.name === name))
    throw refusal(404, 'volume.unknown', 'the manifest has no such volume')
  const path = `wetee/volume/v1/${launch.replica}/${name}`
  const olderKey = older ? await answering(() => parts.olderKey.read()) : undefined
  if (older && olderKey === undefined)
    throw refusal(404, 'key.no-older', 'the network has no older key that lives')
  const key = await withKey(
    launch,
    derived,
    { path, olderKey },
    (bytes): `0x${string}` => `0x${Buffer.from(bytes).toString('hex')}`,
  )
  return { key, networkKey: olderKey ?? launch.networkKey.S }
}
