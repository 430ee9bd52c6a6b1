// The port between the worker and what keeps an application's volumes. Types only.

/** One volume of one replica; it outlives versions of its application. */
export type VolumeKey = {
  readonly appId: bigint
  readonly replica: number
  /** Of the manifest, `[a-z0-9_-]{1,63}`. */
  readonly name: string
}

/** A key of a volume, and S of the key of the network that it is derived of: names the seal that it opens. */
export type VolumeSecret = {
  /** 32 bytes. */
  readonly key: Uint8Array
  readonly networkKey: string
}

/** The keys that an agent hands over. */
export type VolumeSecrets = {
  /** Under the key of the network that the instance was launched under. */
  readonly own: () => Promise<VolumeSecret>
  /** Under the older one; undefined where there is none that lives. */
  readonly older: () => Promise<VolumeSecret | undefined>
}

/** Volumes of all applications. Every call may be repeated. */
export type Volumes = {
  /**
   * A folder that shows the volume's files; made when there is none, opened when it is closed. Keys are the same ones each time; they are
   * filled with zeros here. One that was sealed under the older key alone gets a second seal, under the own. Throws WorkerError
   * `volume.*`, and what `keys` throw.
   */
  open(
    volume: VolumeKey & { readonly sizeMiB: number },
    options: {
      readonly keys: VolumeSecrets
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
