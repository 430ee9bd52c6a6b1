// The public part of an epoch as nodes and readers exchange it: JSON (docs/reference/interfaces.md). Pure.
import { MAX_MEMBERS, ThresholdError, type Group, type NetworkKey } from '@wetee/threshold'
import { bytesToHex, hexToBytes, type Hex } from 'viem'
import { z } from 'zod'
import { unable, type NodeError } from '../node-error.ts'

/** What everybody may know of an epoch. */
export type EpochKey = { readonly epoch: bigint; readonly key: NetworkKey }

/** Longest document that is read, UTF-16 code units: 256 members have less than 20,000. */
export const MAX_EPOCH_DOCUMENT = 32_768

const index = z.int().min(1).max(MAX_MEMBERS)
const point = z
  .string()
  .regex(/^0x0[23][0-9a-f]{64}$/, 'expected 33 bytes of a compressed point in hex')
  .transform((text) => text as Hex)
const schema = z.strictObject({
  epoch: z.string().regex(/^[1-9][0-9]{0,18}$/),
  threshold: index,
  qualified: z.array(index).min(1).max(MAX_MEMBERS),
  encryptionKey: point,
  verificationKey: point,
  publicShares: z.array(point.nullable()).min(1).max(MAX_MEMBERS),
})

/** The document of an epoch. */
export function serializeEpoch(group: Group, { epoch, key }: EpochKey): string {
  const hex = (of: Parameters<Group['encode']>[0]) => bytesToHex(group.encode(of))
  return JSON.stringify({
    epoch: String(epoch),
    threshold: key.threshold,
    qualified: key.qualified,
    encryptionKey: hex(key.encryptionKey),
    verificationKey: hex(key.verificationKey),
    publicShares: key.publicShares.map((share) => (share === undefined ? null : hex(share))),
  })
}

/**
 * Reads a document; whether it is that of the chain, `isConfirmedKey` says. Throws NodeError `epoch.document-invalid`: too long, another
 * shape, a point that is none, dealers not ascending, a threshold above the number of members.
 */
export function parseEpoch(group: Group, text: string): EpochKey {
  if (text.length > MAX_EPOCH_DOCUMENT)
    throw invalid(`${text.length} characters, at most ${MAX_EPOCH_DOCUMENT} are read`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw invalid('not JSON')
  }
  return readEpoch(group, value)
}

/** The same from parsed JSON. */
export function readEpoch(group: Group, value: unknown): EpochKey {
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error).slice(0, 200))
  const { epoch, threshold, qualified, ...points } = parsed.data
  if (threshold > points.publicShares.length) throw invalid('a threshold above the members')
  if (qualified.some((dealer, at) => at > 0 && dealer <= (qualified[at - 1] ?? 0)))
    throw invalid('dealers are not ascending')
  const decode = (hex: Hex) => group.decode(hexToBytes(hex))
  try {
    const key: NetworkKey = {
      threshold,
      qualified,
      encryptionKey: decode(points.encryptionKey),
      verificationKey: decode(points.verificationKey),
      publicShares: points.publicShares.map((hex) => (hex === null ? undefined : decode(hex))),
    }
    return { epoch: BigInt(epoch), key }
  } catch (error) {
    if (error instanceof ThresholdError) throw invalid('a point is not on the curve')
    throw error
  }
}

function invalid(why: string): NodeError {
  return unable('epoch.document-invalid', `this is no public part of an epoch: ${why}`)
}
