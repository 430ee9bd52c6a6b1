// What a release throws: a stable code and a sentence. Pure.

/** Stable codes of a release that was not made. */
export type ReleaseErrorCode =
  | 'release.arguments'
  | 'release.incomplete'
  | 'release.not-deployed'
  | 'release.trust-roots'
  | 'release.uncommitted'
  | 'release.walletconnect'
  | 'release.wrong-chain'

/** Nothing was written where this is thrown. */
export class ReleaseError extends Error {
  readonly code: ReleaseErrorCode

  constructor(code: ReleaseErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'ReleaseError'
    this.code = code
  }
}
