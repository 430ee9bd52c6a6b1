// For tests: volumes as plain folders, for worlds without root. Does file I/O.
import { chmodSync, chownSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Volumes } from '../volumes/volumes.ts'

/** Below `volumes` of a state folder. */
export function plainVolumes(stateDir: string): Volumes {
  const folder = join(stateDir, 'volumes')
  return {
    open: async ({ appId, replica, name }, { keys, owner }) => {
      const place = join(folder, String(appId), String(replica), name)
      await keys.own()
      if (mkdirSync(place, { recursive: true }) === undefined) return place
      if (owner === undefined || process.geteuid?.() !== 0) chmodSync(place, 0o777)
      else chownSync(place, owner.uid, owner.gid)
      return place
    },
    close: () => Promise.resolve(),
    remove: (appId) => {
      rmSync(join(folder, String(appId)), { recursive: true, force: true })
      return Promise.resolve()
    },
  }
}
