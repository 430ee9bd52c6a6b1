// Terms of an API: what a call costs and may need, and what the contract takes. Data only.

/** What a call costs and may need; changing it makes no new version. */
export type ApiTerms = {
  /** To the application's owner, a multiple of 10^8. */
  readonly priceWei: bigint
  /** Exactly this much for the callback. */
  readonly callbackGas: number
  /** Longest payload, 32 to 16,384. */
  readonly maxPayloadBytes: number
  /** From the call until it may be expired, 10 s to what the network allows. */
  readonly timeoutSeconds: number
  /** Only callers on the API's list may call. */
  readonly restricted: boolean
}

/** What every network's contract takes; a network's own limits of gas and time may be below. */
export const apiLimits = {
  apis: 64,
  callers: 64,
  callbackGas: 1_000_000_000,
  minPayloadBytes: 32,
  maxPayloadBytes: 16_384,
  minTimeoutSeconds: 10,
  maxTimeoutSeconds: 604_800,
} as const
