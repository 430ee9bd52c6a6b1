// How much gas a transaction is given. Pure.

/** Of the estimate, for what costs more with other state. */
const marginPercent = 130n
/** Four words of storage that nobody else has touched (EIP-2929: 22,100 each), and what is computed with them. */
const room = 100_000n

/**
 * The gas limit for an estimate: others change the chain's state until it is executed, and what was done when it was estimated may have
 * to be done again then, as a settlement after which a lease is renewed. What is not used is not paid.
 */
export function gasLimit(estimate: bigint): bigint {
  return (estimate * marginPercent) / 100n + room
}
