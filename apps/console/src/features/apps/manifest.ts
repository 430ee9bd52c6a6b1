// The manifest of an application's version, as it is on chain. Network I/O.
import { useQuery } from '@tanstack/react-query'
import { parseManifest, type ManifestDocument } from '@wetee/manifest'
import type { AppDetails } from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'

/** Of the version that is current, or of the first one while it is pending; never changes, so it is read once. */
export function useManifest(app: AppDetails) {
  const network = useNetwork()
  const { version } = app.version
  return useQuery({
    queryKey: ['manifest-document', String(app.appId), version],
    queryFn: async (): Promise<ManifestDocument> =>
      parseManifest(await network.reader.manifestText(app.appId, version)),
    refetchInterval: false,
    staleTime: Infinity,
  })
}
