// What a log line looks like, and what never gets into one.
import { expect, test } from 'vitest'
import { createLog } from './log.ts'

function capture(level?: 'debug') {
  const lines: string[] = []
  const log = createLog({
    name: 'worker',
    ...(level === undefined ? {} : { level }),
    destination: { write: (line) => void lines.push(line) },
  })
  const last = () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>
  return { log, lines, last }
}

test('a line is one JSON object with level, time, name, fields and message', () => {
  const { log, lines, last } = capture()
  log.info({ leaseId: 7n, durationMs: 12 }, 'lease started')
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/^\{.*\}\n$/)
  const { time, ...rest } = last()
  expect(rest).toEqual({
    level: 'info',
    name: 'worker',
    leaseId: '7',
    durationMs: 12,
    msg: 'lease started',
  })
  expect(String(time)).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
})

test('debug lines appear only when asked for', () => {
  const quiet = capture()
  quiet.log.debug({}, 'detail')
  expect(quiet.lines).toEqual([])
  const loud = capture('debug')
  loud.log.debug({}, 'detail')
  expect(loud.lines).toHaveLength(1)
})

test.each([
  ['privateKey'],
  ['private_key'],
  ['operatorPrivateKey'],
  ['password'],
  ['mnemonic'],
  ['seed'],
  ['clientSecret'],
  ['authorization'],
  ['Cookie'],
  ['sealingKey'],
  ['apiKey'],
  ['token'],
  ['share'],
])('the value of %s is hidden, at the top and below', (name) => {
  const { log, lines } = capture()
  log.error({ [name]: 'hunter2', request: { headers: [{ [name]: 'hunter2' }] } }, 'failed')
  expect(lines[0]).not.toContain('hunter2')
  expect(lines[0]).toContain('[redacted]')
})

test.each([['shares'], ['tokens'], ['statementKey'], ['publicKey'], ['keystoreFile']])(
  'the value of %s is shown',
  (name) => {
    const { log, last } = capture()
    log.info({ [name]: 3 }, 'counted')
    expect(last()[name]).toBe(3)
  },
)

test('credentials in URLs and private PEM blocks are hidden wherever they stand, the message too', () => {
  const { log, lines, last } = capture()
  const pem = '-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----'
  log.warn({ error: 'POST https://me:hunter2@rpc.example/x failed', text: `a ${pem} b` }, pem)
  expect(lines[0]).not.toContain('hunter2')
  expect(last()).toMatchObject({
    error: 'POST https://[redacted]@rpc.example/x failed',
    text: 'a [redacted] b',
    msg: '[redacted]',
  })
  log.warn({ text: pem.slice(0, 40), next: 'kept' }, 'cut short')
  expect(last()).toMatchObject({ text: '[redacted]', next: 'kept', msg: 'cut short' })
})

test('an error becomes its name, code and message; bytes become their length', () => {
  const { log, last } = capture()
  const error = Object.assign(new Error('no'), { code: 'chain.unreachable', request: 'hunter2' })
  log.warn({ error, key: new Uint8Array(32) }, 'failed')
  expect(last()).toMatchObject({
    error: { name: 'Error', code: 'chain.unreachable', message: 'no' },
    key: '[32 bytes]',
  })
})

test('what is endless, deep or long stays bounded', () => {
  const { log, lines } = capture()
  const endless: Record<string, unknown> = { text: 'x'.repeat(1_000_000) }
  endless['self'] = endless
  log.info({ endless, list: Array(100_000).fill(1) }, 'seen')
  expect(lines[0]?.length).toBeLessThan(40_000)
})
