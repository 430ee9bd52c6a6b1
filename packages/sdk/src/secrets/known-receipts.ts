// Reads receipts back from an earlier result, as JSON. Pure.
import { serializeReceipt, type Receipt } from '@wetee/secrets'
import type { Hex } from 'viem'
import { z } from 'zod'
import { SdkError } from '../error.ts'
import type { KnownReceipt } from './receipt-checks.ts'

/** Characters of such a text, and receipts in it, at most. */
const maxKnownLength = 67_108_864
const maxKnown = 262_144

const schema = z.object({
  receipts: z
    .array(
      z.object({
        nodeId: z
          .string()
          .regex(/^[1-9][0-9]{0,18}$/)
          .transform(BigInt),
        receipt: z.unknown(),
        signature: z
          .string()
          .regex(/^0x[0-9a-fA-F]{130}$/)
          .transform((text) => text as Hex),
      }),
    )
    .max(maxKnown),
})

/** The receipts in it; whoever reads them checks their signatures. Throws `receipt.known-invalid`. */
export function parseKnownReceipts(text: string): KnownReceipt[] {
  const invalid = (why: string, cause?: unknown) =>
    new SdkError('receipt.known-invalid', `no earlier result with receipts: ${why}`, { cause })
  if (text.length > maxKnownLength) throw invalid(`expected at most ${maxKnownLength} characters`)
  try {
    const parsed = schema.safeParse(JSON.parse(text))
    if (!parsed.success) throw invalid(z.prettifyError(parsed.error).slice(0, 300))
    return parsed.data.receipts.map(({ nodeId, receipt, signature }) => {
      const known = receipt as Receipt
      return { nodeId, receipt: known, signature, text: serializeReceipt(known) }
    })
  } catch (cause) {
    throw cause instanceof SdkError ? cause : invalid('expected JSON of receipts', cause)
  }
}
