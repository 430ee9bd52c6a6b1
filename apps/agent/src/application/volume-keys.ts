// Keys of the volumes that a host mounts for the instance. THE HOST SEES THEM: for simulated TEEs, which have nothing to lose to it.
import type { ManifestDocument } from '@wetee/manifest'
import { refusal } from '@wetee/tee-device'
import type { InstanceLaunch } from '../launch/launch-config.ts'
import { withKey } from './application-api.ts'
import type { DerivedKeys } from './derived-keys.ts'

/**
 * The key of a volume of this replica, the same for every version and machine. Only of volumes that the manifest names, so that it is no
 * way to other keys: a refusal `volume.unknown` (404), else as `withKey`.
 */
export async function volumeKey(
  parts: {
    readonly launch: InstanceLaunch
    readonly manifest: Pick<ManifestDocument, 'volumes'>
    readonly derived: DerivedKeys
  },
  name: string,
): Promise<`0x${string}`> {
  const { launch, manifest, derived } = parts
  if (!manifest.volumes.some((volume) => volume.name === name))
    throw refusal(404, 'volume.unknown', 'the manifest has no such volume')
  const path = `wetee/volume/v1/${launch.replica}/${name}`
  return withKey(
    launch,
    derived,
    path,
    (key): `0x${string}` => `0x${Buffer.from(key).toString('hex')}`,
  )
}
