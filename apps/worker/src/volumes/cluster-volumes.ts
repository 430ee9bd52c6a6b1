// Volumes in a cluster: claims that its storage driver keeps, which pods name themselves. Does I/O through the runtime.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Runtime } from '../runtime/runtime.ts'
import { WorkerError } from '../worker-error.ts'
import type { Volumes } from './volumes.ts'

/** What they are kept by. */
export type ClusterVolumesParts = {
  readonly runtime: Pick<Runtime, 'removeDisks'>
  /** See workerTag. */
  readonly tag: string
  /** Holds one folder for each application that has volumes. */
  readonly folder: string
}

/** The claims of all applications. */
export class ClusterVolumes implements Volumes {
  readonly #parts: ClusterVolumesParts

  constructor(parts: ClusterVolumesParts) {
    this.#parts = parts
  }

  /** Nothing of this machine can be mounted in a cluster. Throws WorkerError `volume.unavailable`. */
  open(): Promise<string> {
    return Promise.reject(
      new WorkerError('volume.unavailable', 'volumes of a cluster are opened with their pods'),
    )
  }

  /** They are closed with the last pod that has them. */
  close(): Promise<void> {
    return Promise.resolve()
  }

  async remove(appId: bigint): Promise<void> {
    const { runtime, tag, folder } = this.#parts
    await runtime.removeDisks?.({ 'wetee.worker': tag, 'wetee.app': String(appId) })
    rmSync(join(folder, String(appId)), { recursive: true, force: true })
  }
}
