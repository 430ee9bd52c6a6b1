// Commands that owners run in their instances: not from pages, as whoever passes a call on could repeat it. Does network I/O.
import * as z from 'zod'
import { SdkError } from '../error.ts'
import type { Network } from '../network.ts'
import { jsonOf, readAnswer } from '../owner/calls.ts'
import { openOwnerSessions, type OwnerOptions } from '../owner/session.ts'

const frameSchema = z.union([
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
  /** Standard input, at most 16,384 bytes. */
  readonly input?: Uint8Array
  /** It is killed then; 1 to 600, default 60. */
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
  const { input, timeoutSeconds, replica = 0 } = options
  const [session] = await openOwnerSessions(network, appId, { ...options, replica })
  if (session === undefined) return
  const order = {
    ...{ service, command },
    ...(input === undefined ? {} : { input: Buffer.from(input).toString('base64') }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  }
  let isOver = false
  for await (const line of session.lines('/v1/exec', { body: order, signal: options.signal })) {
    const frame = readAnswer(frameSchema, jsonOf(line))
    if ('error' in frame)
      throw new SdkError(
        'agent.refused',
        `the agent: ${frame.error.message} (${frame.error.code})`,
        { details: { code: frame.error.code } },
      )
    isOver = 'exitCode' in frame
    yield 'exitCode' in frame
      ? frame
      : { stream: frame.stream, bytes: Buffer.from(frame.data, 'base64') }
  }
  if (!isOver && options.signal?.aborted !== true)
    throw new SdkError('agent.unreachable', 'the connection ended before the command', {
      retryable: true,
    })
}
