// The port between the worker and what keeps an application's volumes. Types only.

/** One volume of one replica; it outlives versions of its application. */
export type VolumeKey = {
  readonly appId: bigint
  readonly replica: number
  /** Of the manifest, `[a-z0-9_-]{1,63}`. */
  readonly name: string
}

/** Volumes of all applications. Every call may be repeated. */
export type Volumes = {
  /**
   * A folder that shows the volume's files; made when there is none, opened when it is closed. `key` gives 32 bytes, the same
   * ones each time; they are filled with zeros here. Throws WorkerError `volume.*`, and what `key` throws.
   */
  open(
    volume: VolumeKey & { readonly sizeMiB: number },
    options: {
      readonly key: () => Promise<Uint8Array>
      /** Who may write its root; left out: every user of its containers. */
      readonly owner: { readonly uid: number; readonly gid: number } | undefined
      readonly signal: AbortSignal
    },
  ): Promise<string>
  /** Nobody can read a replica's volumes until they are opened again; no container may have them any more. */
  close(appId: bigint, replica: number): Promise<void>
  /** Removes an application's volumes for good. */
  remove(appId: bigint): Promise<void>
}
