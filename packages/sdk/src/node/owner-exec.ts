// Commands that owners run in their instances: not from pages, as whoever passes a call on could repeat it. Does network I/O.
import * as z from 'zod'
import { SdkError } from '../error.ts'
import type { Network } from '../network.ts'
import { jsonOf, readAnswer } from '../owner/calls.ts'
import { openOwnerSessions, type OwnerOptions } from '../owner/session.ts'
import { feed, type ExecInput, type TerminalSize } from './exec-input.ts'

const frameSchema = z.union([
  z.object({ id: z.string().regex(/^[0-9a-f]{16}$/) }),
  z.object({ stream: z.enum(['stdout', 'stderr']), data: z.base64().max(131_072) }),
  z.object({ exitCode: z.int().min(0).max(255), truncated: z.boolean() }),
  z.object({ error: z.object({ code: z.string().max(100), message: z.string().max(1_000) }) }),
])
/** Output of a command as it comes; the last one says how it ended, by the word of the worker. */
export type ExecPiece =
  | { readonly stream: 'stdout' | 'stderr'; readonly bytes: Uint8Array }
  | { readonly exitCode: number; readonly truncated: boolean }

/** How a command is run. */
export type ExecOptions = OwnerOptions & {
  /** Standard input: at most 16,384 bytes, or what comes while the command runs. */
  readonly input?: ExecInput
  /** Runs it at a terminal of this size; `name` is TERM. What it writes is all `stdout` then. */
  readonly terminal?: TerminalSize & { readonly name?: string }
  /** Later sizes of the terminal. */
  readonly sizes?: AsyncIterable<TerminalSize>
  /** It is killed then; 1 to 600, default 60; with a terminal or input that comes 1 to 28,800, default 3,600. */
  readonly timeoutSeconds?: number
}

/**
 * Runs a command in a service of one instance, inside its TEE; its manifest has to allow it. Whoever stops reading ends it. Throws as
 * `openOwnerSessions` and its sessions do, and SdkError `agent.refused` where the command could not be run to its end.
 */
export async function* exec(
  network: Network,
  appId: bigint,
  { service, command }: { readonly service: string; readonly command: readonly string[] },
  options: ExecOptions = {},
): AsyncGenerator<ExecPiece, void, undefined> {
  const { replica = 0 } = options
  const [session] = await openOwnerSessions(network, appId, { ...options, replica })
  if (session === undefined) return
  const order = { service, command, ...howOf(options) }
  const ended = new AbortController()
  const signals = options.signal === undefined ? [] : [options.signal]
  const signal = AbortSignal.any([ended.signal, ...signals])
  let isOver = false
  let failure: unknown
  try {
    for await (const line of session.lines('/v1/exec', { body: order, signal })) {
      const frame = readAnswer(frameSchema, jsonOf(line))
      if ('error' in frame)
        throw new SdkError(
          'agent.refused',
          `the agent: ${frame.error.message} (${frame.error.code})`,
          { details: { code: frame.error.code } },
        )
      if ('id' in frame) {
        // Not waited for: what it reads may never come.
        feed(session, frame.id, options, signal).catch((error: unknown) => {
          failure = error
          ended.abort()
        })
        continue
      }
      isOver = 'exitCode' in frame
      yield 'exitCode' in frame
        ? frame
        : { stream: frame.stream, bytes: Buffer.from(frame.data, 'base64') }
    }
  } finally {
    ended.abort()
  }
  if (isOver || options.signal?.aborted === true) return
  if (failure !== undefined) throw failure as Error
  throw new SdkError('agent.unreachable', 'the connection ended before the command', {
    retryable: true,
  })
}

/** What of the options the agent is told with the command. */
function howOf({ input, terminal, timeoutSeconds }: ExecOptions) {
  return {
    ...(input instanceof Uint8Array ? { input: Buffer.from(input).toString('base64') } : {}),
    ...(terminal === undefined ? {} : { terminal }),
    ...(input === undefined || input instanceof Uint8Array || terminal !== undefined
      ? {}
      : { interactive: true }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  }
}
