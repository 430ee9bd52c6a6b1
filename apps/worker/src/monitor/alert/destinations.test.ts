// Alerts over real HTTP and SMTP on loopback: taken, refused, put off, hanging.
import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { keepLog } from '../../testing/silent-log.ts'
import { startMailServer, type MailServer } from '../testing/mail-server.ts'
import type { Notice } from './alert-book.ts'
import { Delivery } from './delivery.ts'
import { email, telegram, webhook, type Send } from './destinations.ts'
import { idOf, type Message } from './message.ts'

const notice = (more: Partial<Notice> = {}): Notice => ({
  ...{ scope: 'app/7', name: 'memory-runs-out', severity: 'error', state: 'firing' },
  ...{ text: 'memoryBytes reaches 128.0 MiB in about 12 minutes', remedy: 'raise the limit' },
  ...{ repeated: false, sinceMs: 1_700_000_000_000, atMs: 1_700_000_120_000 },
  ...more,
})
const message = (more: Partial<Notice> = {}): Message => ({
  id: idOf(notice(more)),
  notice: notice(more),
  worker: 'https://worker.test',
})
const never = new AbortController().signal

type Asked = {
  readonly url: string
  readonly body: string
  readonly headers: IncomingMessage['headers']
}
type Answer = {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body?: string
}

let server: Server
let asked: Asked[]
let answers: (Answer | 'hang')[]
let url: string
/** A request has come that is not answered. */
let onHang: () => void
beforeEach(async () => {
  asked = []
  answers = []
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      asked.push({ url: request.url ?? '', body, headers: request.headers })
      const answer = answers.shift() ?? { status: 200 }
      if (answer === 'hang') onHang()
      else response.writeHead(answer.status, answer.headers).end(answer.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

describe('a webhook', () => {
  const to = (): Send => webhook({ url: `${url}/hook`, secret: 's3cret', now: () => 5_000 })

  test('gets what, since when and what to do, signed over time and body', async () => {
    await to()(message(), never)
    const [one] = asked
    expect(JSON.parse(one?.body ?? '')).toEqual({
      ...{ format: 'wetee/alert/v1', id: message().id, scope: 'app/7', name: 'memory-runs-out' },
      ...{ severity: 'error', state: 'firing', repeated: false, remedy: 'raise the limit' },
      ...{ text: notice().text, worker: 'https://worker.test' },
      ...{ since: '2023-11-14T22:13:20.000Z', at: '2023-11-14T22:15:20.000Z' },
    })
    const mac = createHmac('sha256', 's3cret').update(`5.${one?.body}`).digest('hex')
    expect(one?.headers['wetee-signature']).toBe(`t=5,v1=${mac}`)
    expect(one?.headers['wetee-alert-id']).toBe(message().id)
  })

  test.each([
    [500, true],
    [503, true],
    [429, true],
    [408, true],
    [400, false],
    [404, false],
    [302, false],
  ])('that answers %d may be tried again: %s', async (status, retryable) => {
    answers = [{ status, headers: { location: `${url}/elsewhere`, 'retry-after': '7' } }]
    await expect(to()(message(), never)).rejects.toMatchObject({ retryable, retryAfterMs: 7_000 })
    expect(asked).toHaveLength(1)
  })

  test('that is not there may be tried again, and its secret is in no error', async () => {
    server.close()
    server.closeAllConnections()
    const failed: unknown = await to()(message(), never).catch((error: unknown) => error)
    expect(failed).toMatchObject({ retryable: true, message: 'no answer: ECONNREFUSED' })
    expect(JSON.stringify(failed)).not.toContain('s3cret')
  })

  test('that hangs is left when the worker stops', async () => {
    answers = ['hang']
    const stop = new AbortController()
    const sending = to()(message(), stop.signal)
    onHang = () => stop.abort()
    await expect(sending).rejects.toMatchObject({ retryable: true })
  })
})

describe('a Telegram chat', () => {
  const to = (): Send => telegram({ api: url, token: '12:AbC', chatId: '-100' })

  test('gets a few lines by sendMessage', async () => {
    await to()(message({ repeated: true }), never)
    expect(asked[0]?.url).toBe('/bot12:AbC/sendMessage')
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({
      chat_id: '-100',
      disable_web_page_preview: true,
      text: [
        '[error] app 7: memory-runs-out',
        `What: ${notice().text} (still)`,
        'Since: 2023-11-14T22:13:20.000Z',
        'What to do: raise the limit',
        'Worker: https://worker.test',
      ].join('\n'),
    })
  })

  test('may ask to wait in its own words, and its token is in no error', async () => {
    const body = '{"ok":false,"error_code":429,"parameters":{"retry_after":31}}'
    answers = [{ status: 429, body }, { status: 401 }]
    const failed: unknown = await to()(message(), never).catch((error: unknown) => error)
    expect(failed).toMatchObject({ retryable: true, retryAfterMs: 31_000 })
    const refused: unknown = await to()(message(), never).catch((error: unknown) => error)
    expect(refused).toMatchObject({ retryable: false })
    expect(String(failed) + String(refused)).not.toContain('AbC')
  })
})

describe('a mailbox', () => {
  let mail: MailServer
  beforeEach(async () => {
    mail = await startMailServer()
  })
  afterEach(() => mail.close())
  const to = (more: { timeoutMs?: number; password?: string } = {}): Send =>
    email({
      ...{ host: '127.0.0.1', port: mail.port, user: undefined, password: undefined },
      ...{ from: 'worker@wetee.test', to: ['a@wetee.test', 'b@wetee.test'] },
      ...more,
    })

  test('gets a mail with subject and lines', async () => {
    await to()(message({ state: 'resolved' }), never)
    const [one = ''] = mail.mails
    expect(one).toContain('Subject: [over] app 7: memory-runs-out')
    expect(one).toContain('To: a@wetee.test, b@wetee.test')
    expect(one).toContain(`Message-ID: <${message({ state: 'resolved' }).id}@wetee.invalid>`)
    expect(one.replace(/=\n/g, '')).toContain('over at 2023-11-14T22:15:20.000Z')
  })

  test('that is busy may be tried again, one that is unknown not', async () => {
    mail.answers = ['451 try later', '550 no such user']
    await expect(to()(message(), never)).rejects.toMatchObject({ retryable: true })
    await expect(to()(message(), never)).rejects.toMatchObject({ retryable: false })
  })

  test('whose server hangs, or is not there, may be tried again', async () => {
    mail.answers = ['hang']
    await expect(to({ timeoutMs: 100 })(message(), never)).rejects.toMatchObject({
      retryable: true,
    })
    await mail.close()
    await expect(to()(message(), never)).rejects.toMatchObject({ retryable: true })
  })

  test('is not told a password over a connection that is not encrypted, unless on this machine', async () => {
    // A name that is not loopback, though it leads there: the server knows no STARTTLS.
    const far = email({
      ...{ host: 'ip6-localhost', port: mail.port, user: 'u', password: 'p4ss' },
      ...{ from: 'w@wetee.test', to: ['a@wetee.test'], timeoutMs: 200 },
    })
    const failed: unknown = await far(message(), never).catch((error: unknown) => error)
    expect(failed).toMatchObject({ code: 'alert.not-delivered' })
    expect(mail.mails).toEqual([])
  })
})

describe('a delivery', () => {
  const open = (
    waits: number[] = [],
    over: Partial<ConstructorParameters<typeof Delivery>[0]> = {},
  ) =>
    new Delivery({
      ...{ name: 'hook', worker: 'w', log: keepLog(), signal: never, random: () => 0 },
      send: webhook({ url, secret: 's', now: () => 0 }),
      now: () => notice().atMs,
      wait: (ms) => {
        waits.push(ms)
        return Promise.resolve()
      },
      ...over,
    })

  test('goes on until the destination takes it, with growing pauses or as long as it asks', async () => {
    answers = [
      { status: 500 },
      { status: 503 },
      { status: 429, headers: { 'retry-after': '60' } },
      { status: 502 },
    ]
    const waits: number[] = []
    const delivery = open(waits)
    delivery.take(notice())
    await delivery.idle()
    expect(asked).toHaveLength(5)
    expect(new Set(asked.map(({ headers }) => headers['wetee-alert-id'])).size).toBe(1)
    expect(waits).toEqual([500, 1_000, 60_000, 4_000])
    expect([delivery.failure, delivery.lost]).toEqual([undefined, 0])
  })

  test('gives up what is refused for good, and goes on with the next', async () => {
    answers = [{ status: 400 }]
    const delivery = open()
    delivery.take(notice())
    delivery.take(notice({ name: 'slow' }))
    await delivery.idle()
    expect(asked.map(({ body }) => (JSON.parse(body) as { name: string }).name)).toEqual([
      'memory-runs-out',
      'slow',
    ])
    expect(delivery.lost).toBe(1)
  })

  test('gives up what is a day old', async () => {
    answers = [{ status: 500 }, { status: 500 }]
    let nowMs = notice().atMs
    const delivery = open([], { now: () => (nowMs += 50_000_000) })
    delivery.take(notice())
    await delivery.idle()
    expect([asked.length, delivery.lost]).toEqual([2, 1])
  })

  test('brings the newest of an alert that waits, and never more than 500', async () => {
    let release = () => undefined as void
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const sent: string[] = []
    const delivery = open([], {
      send: async ({ notice: { name, state } }) => {
        await held
        sent.push(`${name} ${state}`)
      },
    })
    delivery.take(notice({ name: 'first' }))
    delivery.take(notice({ name: 'slow' }))
    delivery.take(notice({ name: 'slow', state: 'resolved' }))
    for (let i = 0; i < 600; i++) delivery.take(notice({ name: `n${i}` }))
    release()
    await delivery.idle()
    expect(sent).toHaveLength(500)
    expect([sent[0], sent.at(-1)]).toEqual(['first firing', 'n599 firing'])
    expect(sent.filter((one) => one.startsWith('slow'))).toEqual([])
    expect(delivery.lost).toBe(102)
  })

  test('ends with the signal, whatever waits', async () => {
    const stop = new AbortController()
    const delivery = open([], {
      signal: stop.signal,
      send: webhook({ url, secret: 's', now: () => 0 }),
    })
    answers = ['hang']
    delivery.take(notice())
    onHang = () => stop.abort()
    await delivery.idle()
    expect(asked).toHaveLength(1)
  })
})
