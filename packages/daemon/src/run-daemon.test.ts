// Real processes: how a daemon ends, and what it says.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { isStop } from './run-daemon.ts'

type Line = { readonly level: string; readonly msg: string; readonly [field: string]: unknown }

/** Starts the sample daemon; `onLine` reacts to what it says; resolves with how it ended. */
async function run(args: readonly string[], onLine: (line: Line, pid: number) => void = () => {}) {
  const program = join(import.meta.dirname, 'testing/daemon.ts')
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: Line[] = []
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Line
    lines.push(line)
    onLine(line, child.pid ?? 0)
  }
  const [exitCode, signal] = await exited
  return { exitCode, signal, lines, errors, said: lines.map(({ msg }) => msg) }
}

const sendAt = (message: string, signal: NodeJS.Signals) => (line: Line, pid: number) => {
  if (line.msg === message) process.kill(pid, signal)
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s aborts the signal, main closes what it has, the exit code is 0',
  async (signal) => {
    const ended = await run(['orderly'], sendAt('ready', signal))
    expect(ended).toMatchObject({ exitCode: 0, signal: null, errors: '' })
    expect(ended.said).toEqual(['ready', 'stopping', 'closed', 'stopped'])
    expect(ended.lines[1]).toMatchObject({ name: 'sample', level: 'info', signal })
  },
)

test('an await that the signal ends is an orderly stop', async () => {
  const ended = await run(['waiting'], sendAt('ready', 'SIGTERM'))
  expect(ended).toMatchObject({ exitCode: 0, errors: '' })
  expect(ended.said).toEqual(['ready', 'stopping', 'stopped'])
})

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)('a second signal, %s, ends a deaf daemon at once with %i', async (second, exitCode) => {
  const ended = await run(['deaf'], (line, pid) => {
    if (line.msg === 'ready') process.kill(pid, 'SIGTERM')
    if (line.msg === 'stopping') process.kill(pid, second)
  })
  expect(ended).toMatchObject({ exitCode, signal: null })
  expect(ended.said).toEqual(['ready', 'stopping', 'stopped at once by a second signal'])
})

test('a daemon that does not stop in time is ended with one fatal line', async () => {
  const ended = await run(['deaf', '30'], sendAt('ready', 'SIGTERM'))
  expect(ended.exitCode).toBe(1)
  expect(ended.lines.at(-1)).toMatchObject({ level: 'fatal', code: 'daemon.stuck' })
})

test.each([
  ['failing', 'http.port-taken', '127.0.0.1:1: taken'],
  ['rejecting', 'internal', 'nobody looks'],
  ['throwing', 'internal', 'nobody catches'],
])('%s: one fatal line with code and message, exit code 1', async (name, code, error) => {
  const ended = await run([name])
  expect(ended).toMatchObject({ exitCode: 1, signal: null, errors: '' })
  const fatal = ended.lines.filter(({ level }) => level === 'fatal')
  expect(fatal).toMatchObject([{ msg: 'daemon failed', code, error }])
})

test('an error while stopping is not an orderly stop', async () => {
  const ended = await run(['failsWhileStopping'], sendAt('ready', 'SIGTERM'))
  expect(ended.exitCode).toBe(1)
  expect(ended.lines.at(-1)).toMatchObject({ level: 'fatal', error: 'was not written' })
})

test('a main that has nothing left to do ends with 0', async () => {
  expect(await run(['quiet'])).toMatchObject({ exitCode: 0, said: ['stopped'] })
})

test('only what the aborted signal caused counts as a stop', () => {
  const stopping = new AbortController()
  const wrapped = new Error('read failed', { cause: new DOMException('x', 'AbortError') })
  expect(isStop(wrapped, stopping.signal)).toBe(false)
  stopping.abort()
  expect(isStop(stopping.signal.reason, stopping.signal)).toBe(true)
  expect(isStop(wrapped, stopping.signal)).toBe(true)
  expect(isStop(new Error('disk full'), stopping.signal)).toBe(false)
  expect(isStop('text', stopping.signal)).toBe(false)
})
