// Where alerts go: a webhook, a mailbox, a Telegram chat. Does HTTP and SMTP; nothing that it says holds a secret.
import { createTransport } from 'nodemailer'
import { codeOf } from '../../worker-error.ts'
import { AlertError } from './alert-error.ts'
import { jsonOf, signatureOf, subjectOf, textOf, type Message } from './message.ts'

/** Sends one message; throws AlertError. */
export type Send = (message: Message, signal: AbortSignal) => Promise<void>

/** Longest silence of a destination, milliseconds. */
export const SEND_TIMEOUT_MS = 10_000
const MAX_ANSWER_BYTES = 16_384

/** POST of JSON with a signature over time and body. */
export function webhook(to: {
  readonly url: string
  readonly secret: string
  readonly now: () => number
}): Send {
  return async (message, signal) => {
    const body = jsonOf(message)
    const seconds = Math.floor(to.now() / 1_000)
    await post(to.url, body, signal, {
      'wetee-alert-id': message.id,
      'wetee-signature': signatureOf(to.secret, seconds, body),
    })
  }
}

/** `sendMessage` of the Telegram Bot API; the token is part of the address, which is never shown. */
export function telegram(to: {
  readonly api: string
  readonly token: string
  readonly chatId: string
}): Send {
  return async (message, signal) => {
    const body = { chat_id: to.chatId, text: textOf(message), disable_web_page_preview: true }
    await post(`${to.api}/bot${to.token}/sendMessage`, JSON.stringify(body), signal, {})
  }
}

/** A mail over SMTP: TLS from the start on port 465, else STARTTLS, which only a loopback server may lack. */
export function email(to: {
  readonly host: string
  readonly port: number
  readonly user: string | undefined
  readonly password: string | undefined
  readonly from: string
  readonly to: readonly string[]
  readonly timeoutMs?: number
}): Send {
  const { host, port, user, password: pass, timeoutMs = SEND_TIMEOUT_MS } = to
  const isLoopback = /^(127\.\d+\.\d+\.\d+|localhost|::1)$/.test(host)
  const transport = createTransport({
    ...{ host, port, secure: port === 465, requireTLS: port !== 465 && !isLoopback },
    ...(user === undefined || pass === undefined ? {} : { auth: { user, pass } }),
    ...{ connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs },
    // Nothing of a message is read from files or addresses.
    ...{ disableFileAccess: true, disableUrlAccess: true },
  })
  return async (message) => {
    try {
      await transport.sendMail({
        from: to.from,
        to: [...to.to],
        subject: subjectOf(message),
        text: textOf(message),
        messageId: `<${message.id}@wetee.invalid>`,
      })
    } catch (error) {
      const code = (error as { readonly responseCode?: unknown }).responseCode
      // 5xx is for good (RFC 5321, section 4.2.1), except that a login may be mended.
      const permanent = typeof code === 'number' && code >= 500
      const why = typeof code === 'number' ? `status ${code}` : codeOf(error)
      throw new AlertError(`the mail server did not take it: ${why}`, { retryable: !permanent })
    }
  }
}

async function post(
  url: string,
  body: string,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  let answer: Response
  let text: string
  try {
    answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(SEND_TIMEOUT_MS)]),
    })
    text = answer.ok ? '' : await begin(answer)
    await answer.body?.cancel().catch(() => undefined)
  } catch (error) {
    // Not the cause: it may quote the address.
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
    throw new AlertError(`no answer: ${codeOf(cause)}`, { retryable: true })
  }
  if (answer.ok) return
  throw refusedWith(answer.status, retryAfter(answer.headers.get('retry-after'), text))
}

/** What an HTTP status other than 2xx says of another try. */
export function refusedWith(status: number, retryAfterMs?: number): AlertError {
  const retryable = status >= 500 || status === 429 || status === 408
  return new AlertError(`it answered with status ${status}`, { retryable, retryAfterMs })
}

/** Of `Retry-After` in seconds, or of Telegram's `parameters.retry_after`. */
function retryAfter(header: string | null, text: string): number | undefined {
  if (header !== null && /^[0-9]{1,6}$/.test(header)) return 1_000 * Number(header)
  const found = /"retry_after"\s{0,4}:\s{0,4}([0-9]{1,6})\b/.exec(text)?.[1]
  return found === undefined ? undefined : 1_000 * Number(found)
}

async function begin(answer: Response): Promise<string> {
  const reader = answer.body?.getReader()
  let text = ''
  while (reader !== undefined && text.length < MAX_ANSWER_BYTES) {
    const { done, value } = await reader.read()
    if (done) break
    text += Buffer.from(value).toString('latin1')
  }
  await reader?.cancel()
  return text.slice(0, MAX_ANSWER_BYTES)
}
