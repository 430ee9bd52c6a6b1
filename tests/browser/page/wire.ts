// An appraisal as JSON, so that Node and a page answer the same question in the same words. Pure.
import { appraise, AttestationError } from '@wetee/attestation'
import type { Endorsements, Evidence, Hex } from '@wetee/attestation'

/** What to appraise. Bytes are 0x and lower-case hex. */
export type AppraisalRequest = {
  readonly platform: Evidence['platform']
  readonly quote: Hex
  readonly endorsements: Endorsements
  readonly roots: readonly {
    readonly name: string
    readonly der: Hex
    readonly simulated: boolean
  }[]
  readonly atMs: number
}

/** JSON of the claims, or of the error's name and code. */
export async function answer(request: AppraisalRequest): Promise<string> {
  const { platform, quote, endorsements, roots, atMs } = request
  const trustStore = { roots: roots.map((root) => ({ ...root, der: bytesOf(root.der) })) }
  try {
    const claims = await appraise(
      { platform, quote: bytesOf(quote) },
      endorsements,
      trustStore,
      atMs,
    )
    return stringify({ claims })
  } catch (error) {
    if (error instanceof AttestationError)
      return stringify({ name: error.name, code: error.code, retryable: error.retryable })
    return stringify({ name: String(error) })
  }
}

/** Hex to bytes. */
function bytesOf(hex: Hex): Uint8Array {
  return Uint8Array.from(hex.slice(2).match(/../g) ?? [], (byte) => parseInt(byte, 16))
}

function stringify(value: unknown): string {
  return JSON.stringify(value, (_, field: unknown) =>
    typeof field === 'bigint' ? field.toString() : field,
  )
}
