// The way to the agent of an instance: to its attested key, whoever passes it on. Types and what is read of answers.
import type { Hex } from 'viem'
import * as z from 'zod'
import { SdkError } from '../error.ts'

/** An instance whose agent answers its owner, by the word of its worker. */
export type OwnedInstance = {
  readonly version: number
  readonly replica: number
  readonly url: string
}

/** One call of the owner API. */
export type OwnerCall = {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly token?: string
  readonly body?: unknown
}

/** An answer whose body is still coming; its reader ends it with `close`. */
export type OwnerStream = {
  readonly status: number
  readonly body: AsyncIterable<Uint8Array>
  close(): void
}

/** Calls to one agent that has proved what it is. */
export type OwnerChannel = {
  readonly tlsKeyHash: Hex
  /** True when the TEE is a simulation. */
  readonly simulated: boolean
  stream(call: OwnerCall, signal: AbortSignal | undefined): Promise<OwnerStream>
}

/** JSON answers at most, bytes. */
export const maxAnswerBytes = 4_194_304

const errorSchema = z.object({
  error: z.object({ code: z.string().max(100), message: z.string().max(1_000) }),
})

/** What an agent says instead of an answer. */
export function refusal(status: number, body: Uint8Array): SdkError {
  let said: z.infer<typeof errorSchema>['error'] | undefined
  try {
    said = errorSchema.parse(JSON.parse(new TextDecoder().decode(body))).error
  } catch {
    said = undefined
  }
  return new SdkError(
    'agent.refused',
    said === undefined
      ? `the agent answered with status ${status}`
      : `the agent refuses: ${said.message} (${said.code})`,
    {
      retryable: status >= 500 || status === 429,
      ...(said === undefined ? {} : { details: { code: said.code } }),
    },
  )
}

/** What is no answer of an agent. */
export function invalid(why: string): SdkError {
  return new SdkError('agent.answer-invalid', `the agent gave an unexpected answer: ${why}`)
}
