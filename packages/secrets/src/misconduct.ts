// A dsecret node's misconduct as a file that anybody can report to the contract Misconduct: JSON, strict, bounded. Pure.
import { z } from 'zod'
import { readValue } from './canonical.ts'
import { SecretsError } from './error.ts'
import { hex20, hex32, positive64 } from './fields.ts'

/** Characters of a file at most. */
export const MAX_MISCONDUCT_CHARACTERS = 131_072
/** Items of one release that the contract judges. */
const MAX_ITEMS = 16
const MAX_ITEMS_BYTES = 24_576
const MAX_RELEASE_BYTES = 8_526
const MAX_SHARES_BYTES = 33 * 256

const bytes = (max: number) =>
  z.templateLiteral(['0x', z.string().regex(new RegExp(`^(?:[0-9a-f]{2}){0,${max}}$`))])
const signature = z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{130}$/)])
const uint256 = z
  .string()
  .refine((text) => /^(0|[1-9][0-9]{0,77})$/.test(text) && BigInt(text) < 2n ** 256n)
const point = z.strictObject({ x: uint256, y: uint256 })

const place = {
  format: z.literal('wetee/misconduct/v1'),
  chainId: positive64,
  /** In its domain the node has signed. */
  quorum: hex20,
}
const messageSchema = z.strictObject({
  message: z.strictObject({
    session: positive64,
    kind: z.int().min(1).max(255),
    sender: z.int().min(1).max(0xffff),
    subject: z.int().min(0).max(0xffff),
    bodyDigest: hex32,
  }),
  signature,
})
const schema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...place,
    kind: z.literal('release'),
    /** `IMisconduct.SignedRelease`. */
    signed: z.strictObject({
      epoch: positive64,
      nodeId: positive64,
      requestId: hex32,
      readerKey: hex32,
      kind: z.int().min(1).max(2),
      count: z.int().min(1).max(MAX_ITEMS),
      items: bytes(MAX_ITEMS_BYTES),
      otherItems: hex32,
      release: bytes(MAX_RELEASE_BYTES),
      otherRelease: hex32,
      signature,
    }),
    /** `IMisconduct.Hints`. */
    hints: z.strictObject({
      publicShares: bytes(MAX_SHARES_BYTES),
      qualified: hex32,
      noPoint: z.int().min(0).max(MAX_ITEMS),
      root: uint256,
      products: z.array(point).max(2 * MAX_ITEMS),
      slopes: z.array(uint256).max(2 * MAX_ITEMS),
      firstCommitment: point,
      responseProduct: point,
      challengeProduct: point,
    }),
  }),
  z.strictObject({
    ...place,
    kind: z.literal('messages'),
    /** Two of one session, kind, sender and subject with different bodies: `IMisconduct.SignedMessage`. */
    first: messageSchema,
    second: messageSchema,
  }),
])

/** What a node did, with everything that the contract asks for; 64-bit and larger numbers as decimal text. */
export type Misconduct = z.output<typeof schema>
/** A signed release that does not verify. */
export type WrongRelease = Extract<Misconduct, { kind: 'release' }>

const form = { what: 'misconduct', code: 'misconduct.invalid', schema } as const

/** The file's text. Throws SecretsError `misconduct.invalid` for what no file may hold. */
export function serializeMisconduct(misconduct: Misconduct): string {
  const text = `${JSON.stringify(readValue(form, misconduct), null, 2)}\n`
  if (text.length > MAX_MISCONDUCT_CHARACTERS) throw tooLong()
  return text
}

/** Reads a file; what it says is judged by the contract. Throws SecretsError `misconduct.invalid`. */
export function parseMisconduct(text: string): Misconduct {
  if (text.length > MAX_MISCONDUCT_CHARACTERS) throw tooLong()
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new SecretsError('misconduct.invalid', 'misconduct: expected JSON', { cause })
  }
  return readValue(form, value)
}

function tooLong(): SecretsError {
  return new SecretsError(
    'misconduct.invalid',
    `misconduct: expected at most ${MAX_MISCONDUCT_CHARACTERS} characters`,
  )
}
