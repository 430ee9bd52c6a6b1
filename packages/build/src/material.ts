// What went into an image beside the source. Types only.

/** Something that a build took, by address and digest (hex, by the name of its algorithm). */
export type Material = {
  readonly uri: string
  readonly digest: Readonly<Record<string, string>>
}
