// Puts members' signatures into the form that Quorum.sol reads. Pure.
import { concat, type Hex } from 'viem'
import { ChainError } from '../chain-error.ts'

/** One member's signature: 65 bytes r, s, v; `index` is the member's place in the committee, 0 to 63. */
export type SignaturePart = { readonly index: number; readonly signature: Hex }

/** `bitmap` and `signatures` of `IQuorum.Signed`. */
export type AssembledSignatures = { readonly bitmap: bigint; readonly signatures: Hex }

const maxMembers = 64
/** secp256k1 group order. */
const order = 0xffff_ffff_ffff_ffff_ffff_ffff_ffff_fffe_baae_dce6_af48_a03b_bfd2_5e8c_d036_4141n

/**
 * Signatures in ascending order of their index, bit i set for member i, every `s` low.
 * Throws ChainError `signatures.invalid`: no signature, an index out of range or twice, not 65 bytes, r or s out of range.
 */
export function assembleSignatures(parts: readonly SignaturePart[]): AssembledSignatures {
  if (parts.length === 0) throw invalid('there is none')
  const ascending = parts.toSorted((a, b) => a.index - b.index)
  let bitmap = 0n
  for (const { index } of ascending) {
    if (!Number.isInteger(index) || index < 0 || index >= maxMembers)
      throw invalid(`index ${index} is not one of 0 to ${maxMembers - 1}`)
    const bit = 1n << BigInt(index)
    if ((bitmap & bit) !== 0n) throw invalid(`member ${index} is there twice`)
    bitmap |= bit
  }
  return { bitmap, signatures: concat(ascending.map(lowS)) }
}

/** The same signature with the smaller of its two valid `s` and v of 27 or 28. */
function lowS({ index, signature }: SignaturePart): Hex {
  if (!/^0x[0-9a-fA-F]{130}$/.test(signature)) throw invalid(`member ${index}: not 65 bytes`)
  const r = BigInt(signature.slice(0, 66))
  const s = BigInt(`0x${signature.slice(66, 130)}`)
  const v = Number.parseInt(signature.slice(130), 16)
  if (r === 0n || r >= order || s === 0n || s >= order)
    throw invalid(`member ${index}: r or s is out of range`)
  const parity = v >= 27 ? v - 27 : v
  if (parity !== 0 && parity !== 1) throw invalid(`member ${index}: v is ${v}, expected 27 or 28`)
  const high = s > order / 2n
  const low = (high ? order - s : s).toString(16).padStart(64, '0')
  const v27 = (27 + (high ? 1 - parity : parity)).toString(16)
  return `0x${signature.slice(2, 66).toLowerCase()}${low}${v27}`
}

function invalid(why: string): ChainError {
  return new ChainError('signatures.invalid', `the signatures cannot be assembled: ${why}`)
}
