// Reads of contracts that fail as ChainErrors, which say what was being done. Network I/O through viem.
import { ChainError, readEventRange, toChainError, type Chain, type ChainEvent } from '@wetee/chain'
import { codeOf } from '@wetee/daemon'

/** How the views of the contracts read. */
export type Reads = {
  /** What `call` answers. Throws ChainError. */
  readonly read: <T>(doing: string, call: Promise<T>) => Promise<T>
  /** `undefined` where the contract refuses with one of these errors. Throws ChainError. */
  readonly optional: <T>(
    errors: readonly string[],
    doing: string,
    call: Promise<T>,
  ) => Promise<T | undefined>
}

export function readsOf({ signal }: Chain): Reads {
  const read = async <T>(doing: string, call: Promise<T>): Promise<T> => {
    try {
      return await call
    } catch (cause) {
      throw toChainError(cause, doing, signal)
    }
  }
  return {
    read,
    async optional(errors, doing, call) {
      try {
        return await read(doing, call)
      } catch (cause) {
        if (errors.some((error) => codeOf(cause) === `contract.${error}`)) return undefined
        throw cause
      }
    },
  }
}

/** Largest range of one read of events, blocks; halved while the RPC refuses. */
const MAX_RANGE_BLOCKS = 1_000n

/** Events of `contracts` in blocks `from` to `to`, both included. Throws ChainError. */
export async function eventsOf(
  chain: Chain,
  contracts: Parameters<typeof readEventRange>[1],
  from: bigint,
  to: bigint,
): Promise<readonly ChainEvent[]> {
  const found: ChainEvent[] = []
  let range = MAX_RANGE_BLOCKS
  for (let first = from; first <= to;) {
    const last = first + range - 1n < to ? first + range - 1n : to
    const page = await readEventRange(chain, contracts, first, last)
    if (page !== undefined) {
      found.push(...page.events)
      first = last + 1n
    } else if (first === last) throw inconsistent(`the RPC refuses the events of block ${first}`)
    else range = (last - first + 1n) / 2n
  }
  return found
}

/** `chain.inconsistent`: another RPC may do better. */
export function inconsistent(why: string): ChainError {
  return new ChainError(
    'chain.inconsistent',
    `the answers of the RPC do not fit together: ${why}`,
    { retryable: true },
  )
}
