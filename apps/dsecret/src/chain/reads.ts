// Reads of contracts that fail as ChainErrors, which say what was being done. Network I/O by the calls that they are given.
import { toChainError, type Chain } from '@wetee/chain'
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
