// The one error class of this package: a stable code, whether a retry helps, and a sentence. Pure.

/** `contract.<ErrorName>` is a custom error of the contracts; `contract.Reverted` a refusal without a known one. */
export type ChainErrorCode =
  | 'aborted'
  | 'account.funds'
  | 'account.keystore-invalid'
  | 'account.password-wrong'
  | 'chain.history-pruned'
  | 'chain.inconsistent'
  | 'chain.not-mined'
  | 'chain.refused'
  | 'chain.reset'
  | 'chain.unreachable'
  | 'chain.wrong-network'
  | 'committee.none'
  | 'manifest.digest-differs'
  | 'manifest.not-found'
  | 'manifest.too-large'
  | 'network.profile-invalid'
  | 'outbox.full'
  | 'outbox.key-invalid'
  | 'outbox.key-reused'
  | 'outbox.nonce-taken'
  | 'signatures.invalid'
  | 'view.disagree'
  | `contract.${string}`

/** What everything here throws. Codes are listed in docs/reference/chain.md. */
export class ChainError extends Error {
  readonly code: ChainErrorCode
  /** Whether the same call may succeed later without anybody doing something. */
  readonly retryable: boolean

  constructor(
    code: ChainErrorCode,
    message: string,
    options: { readonly retryable?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'ChainError'
    this.code = code
    this.retryable = options.retryable ?? false
  }
}
