// libsecp256k1 as the package `secp256k1` has it for this machine. Node only; a program in one file brings the binary beside it
// and has another module in this one's place.
import { createRequire } from 'node:module'

/** The functions of libsecp256k1. Throws where there is no binary for this machine. */
export function loadBindings(): unknown {
  return createRequire(import.meta.url)('secp256k1/bindings.js')
}
