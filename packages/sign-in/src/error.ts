// The one error of this package. No I/O.

/** A message that signs nobody in; stable. */
export type SignInErrorCode = 'sign-in.invalid'

/** Why a message does not count; its text may be shown to whoever sent it. */
export class SignInError extends Error {
  override readonly name = 'SignInError'
  readonly code: SignInErrorCode = 'sign-in.invalid'
  readonly retryable = false
}
