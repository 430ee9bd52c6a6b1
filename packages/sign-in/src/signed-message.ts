// A signed EIP-4361 message and what it has to say. Pure.
import { parseSiweMessage } from 'viem/siwe'
import { verifyMessage } from 'viem/utils'
import * as z from 'zod'
import { SignInError } from './error.ts'

/** Clocks of signer and judge may differ by this much, milliseconds. */
const CLOCK_SKEW_MS = 30_000

/** A message and a signature over it: 65 bytes of an account, up to 8,192 of a contract. */
export const signedMessageSchema = z.strictObject({
  message: z.string().max(4_096),
  signature: z.templateLiteral(['0x', z.string().regex(/^(?:[0-9a-fA-F]{2}){1,8192}$/)]),
})
/** A message with the signature of the account that it names. */
export type SignedMessage = z.infer<typeof signedMessageSchema>

/** What a message has to say. */
export type ExpectedMessage = {
  readonly domain: string
  readonly chainId: number
  /** Any where it is absent. */
  readonly uri?: string
  /** Exactly these, in this order; any where it is absent. */
  readonly resources?: readonly string[]
  /** Good for so long from its time of issue, whatever its own end, milliseconds. */
  readonly maxAgeMs: number
  /** Milliseconds since 1970. */
  readonly nowMs: number
  /** Whether a signature that is not of the account itself counts: of a contract. Absent: none does. */
  readonly isSignedFor?: (address: `0x${string}`, signed: SignedMessage) => Promise<boolean>
}

/** Who has signed. */
export type SignedIn = {
  /** Lower case. */
  readonly address: `0x${string}`
  readonly nonce: string
  /** Until when the message counts, milliseconds since 1970. */
  readonly endMs: number
}

/** The account behind a message. Throws SignInError for one that is for something else, not of now, or not signed by it. */
export async function checkSignedMessage(
  { message, signature }: SignedMessage,
  expected: ExpectedMessage,
): Promise<SignedIn> {
  const fields = parseSiweMessage(message)
  const { address, nonce, issuedAt } = fields
  const { nowMs } = expected
  if (address === undefined || nonce === undefined) throw invalid('not an EIP-4361 message')
  if (fields.version !== '1') throw invalid('expected version 1')
  if (fields.domain !== expected.domain)
    throw invalid(`the message is for ${fields.domain ?? 'nobody'}, this is ${expected.domain}`)
  if (fields.chainId !== expected.chainId)
    throw invalid(`the message is for chain ${fields.chainId}, this is ${expected.chainId}`)
  if (expected.uri !== undefined && fields.uri !== expected.uri)
    throw invalid(`the message is for ${fields.uri ?? 'nothing'}, this is ${expected.uri}`)
  if (
    expected.resources !== undefined &&
    JSON.stringify(fields.resources ?? []) !== JSON.stringify(expected.resources)
  )
    throw invalid('it names other resources')
  if (issuedAt === undefined || !(issuedAt.getTime() <= nowMs + CLOCK_SKEW_MS))
    throw invalid('it has no time of issue, or one in the future')
  const ownEndMs = fields.expirationTime?.getTime() ?? Number.POSITIVE_INFINITY
  const endMs = Math.min(ownEndMs, issuedAt.getTime() + expected.maxAgeMs)
  if (!(endMs > nowMs)) throw invalid('the message has expired')
  if (fields.notBefore !== undefined && !(fields.notBefore.getTime() <= nowMs))
    throw invalid('the message is not valid yet')
  const own = await verifyMessage({ address, message, signature }).catch(() => false)
  const genuine = own || (await expected.isSignedFor?.(address, { message, signature })) === true
  if (!genuine) throw invalid('the signature does not fit')
  return { address: address.toLowerCase() as `0x${string}`, nonce, endMs }
}

function invalid(why: string): SignInError {
  return new SignInError(`sign in again: ${why}`)
}
