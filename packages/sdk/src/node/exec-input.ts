// What goes to a command while it runs: input and sizes of its terminal, in order, and a new sign-in in time. Does network I/O.
import { setTimeout as delay } from 'node:timers/promises'
import { SdkError } from '../error.ts'
import type { OwnerSession } from '../owner/session.ts'

/** In characters. */
export type TerminalSize = { readonly columns: number; readonly rows: number }
/** All of it, or as it comes; its end is the end of the command's input. */
export type ExecInput = Uint8Array | AsyncIterable<Uint8Array>

const MAX_PART_BYTES = 16_384
/** Each call is a connection, of which an agent takes 20 a second: what comes sooner goes together. */
const PACE_MS = 60
/** Sessions last 15 minutes. */
const RENEW_MS = 600_000

/** Sends until the signal. Throws as sessions do; a command that has ended is none of it. */
export async function feed(
  session: Pick<OwnerSession, 'post' | 'renew'>,
  id: string,
  options: { readonly input?: ExecInput; readonly sizes?: AsyncIterable<TerminalSize> },
  signal: AbortSignal,
): Promise<void> {
  const { input, sizes } = options
  let last: Promise<unknown> = Promise.resolve()
  const send = (what: 'input' | 'size', body: unknown): Promise<void> => {
    const sent = last.then(async () => {
      await session.post(`/v1/exec/${id}/${what}`, body, signal)
      await delay(PACE_MS, undefined, { signal })
    })
    last = sent.catch(() => undefined)
    return sent
  }
  const sendInput = async () => {
    if (input === undefined || input instanceof Uint8Array) return
    for await (const bytes of input)
      for (let at = 0; at < bytes.length; at += MAX_PART_BYTES) {
        const part = bytes.subarray(at, at + MAX_PART_BYTES)
        await send('input', { data: Buffer.from(part).toString('base64') })
      }
    await send('input', { end: true })
  }
  const sendSizes = async () => {
    for await (const { columns, rows } of sizes ?? []) await send('size', { columns, rows })
  }
  const renew = async () => {
    for (;;) {
      await delay(RENEW_MS, undefined, { signal, ref: false })
      await session.renew(signal)
      await send('input', {})
    }
  }
  try {
    await Promise.all([sendInput(), sendSizes(), renew()])
  } catch (error) {
    if (signal.aborted) return
    if (!(error instanceof SdkError) || error.details['code'] !== 'exec.unknown') throw error
  }
}
