// The native functions, or an error that says how to get them. Node only.
import { ThresholdError } from '../error.ts'
import { loadBindings } from './native-bindings.ts'

/** Functions of libsecp256k1. Throws ThresholdError `native.missing` where there is no binary for this machine. */
export function openBindings(): unknown {
  try {
    return loadBindings()
  } catch (cause) {
    throw new ThresholdError(
      'native.missing',
      'libsecp256k1 is not here: install the npm package secp256k1',
      { cause },
    )
  }
}
