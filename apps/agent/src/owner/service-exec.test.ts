// Commands of the owner, run by a real launcher as the worker would have it run in the container.
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { execSession as session, execStand, type ExecStand } from '../testing/exec-stand.ts'
import { execSchema, type ExecFrame } from './exec-order.ts'
import type { ServiceExec, ServiceExecParts } from './service-exec.ts'

let stand: ExecStand
beforeEach(() => (stand = execStand()))
afterEach(() => stand.close())

const execOf = (changes: Partial<ServiceExecParts> = {}) => stand.exec(changes)

async function run(exec: ServiceExec, script: string, input?: string, signal = never) {
  const order = execSchema.parse({
    service: 'web',
    command: ['sh', '-c', script],
    ...(input === undefined ? {} : { input: Buffer.from(input).toString('base64') }),
  })
  const output = { stdout: '', stderr: '' }
  let end: ExecFrame | undefined
  for await (const frame of exec.run(order, session, signal))
    if ('stream' in frame)
      output[frame.stream] += Buffer.from(frame.data, 'base64').toString('latin1')
    else end = frame
  return { ...output, end }
}
const never = new AbortController().signal
const leftovers = () => stand.leftovers()

test('a command has words, input and the variables of its service; its output and its end are told apart', async () => {
  const script = 'cat; echo "$SECRET"; echo wrong >&2; exit 3'
  const { stdout, stderr, end } = await run(execOf(), script, 'given\n')
  expect({ stdout, stderr }).toEqual({ stdout: 'given\nfrom the TEE\n', stderr: 'wrong\n' })
  expect(end).toEqual({ exitCode: 3, truncated: false, hostsWord: true })
  expect(leftovers()).toEqual([])
})

test('each is two events: who ran what where, and how it ended', async () => {
  await run(execOf(), 'exit 3')
  const told = stand.events
    .list()
    .map(({ code, detail }) => `${code} ${detail?.replace(/^\w{16}/, '')}`)
  expect(told).toEqual([`exec.started  web ${session.address}: sh`, 'exec.ended  exit code 3'])
})

test('ATTACK the worker hears a number: no word, input or output, and nothing of them is logged', async () => {
  await run(execOf(), 'echo "top secret"; cat', 'more secret')
  expect(stand.orders).toEqual([
    { service: 'web', id: expect.stringMatching(/^[0-9a-f]{16}$/) as string, timeoutMs: 60_000 },
  ])
  expect(stand.logged.join('')).not.toMatch(/secret"|more secret|top/)
})

test('all of what was written right before the end is there, in order', async () => {
  const { stdout } = await run(
    execOf(),
    'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo $i; done',
  )
  const lines = stdout.trim().split('\n')
  expect([lines.length, lines[0], lines.at(-1)]).toEqual([20_000, '1', '20000'])
})

test('a command that has ended before anything is read of it has lost nothing', async () => {
  const atOnce: ServiceExecParts['start'] = ({ service, id }) => {
    const program = join(stand.folder, service, `exec-${id}`, 'launch')
    const { status } = spawnSync(program, ['--given'], { stdio: 'ignore', timeout: 5_000 })
    return Promise.resolve(status ?? 255)
  }
  const { stdout, end } = await run(execOf({ start: atOnce }), 'echo here')
  expect(stdout).toBe('here\n')
  expect(end).toMatchObject({ exitCode: 0 })
})

test('output ends at 4 MiB, the command goes on to its end', async () => {
  const { stdout, end } = await run(execOf(), 'head -c 5000000 /dev/zero; exit 5')
  expect(stdout.length).toBe(4 << 20)
  expect(end).toMatchObject({ exitCode: 5, truncated: true })
})

test('a reader that stops, or a session that ends, ends the command and leaves nothing', async () => {
  const order = execSchema.parse({
    service: 'web',
    command: ['sh', '-c', 'echo up; exec sleep 100'],
  })
  for await (const frame of execOf().run(order, session, never)) {
    expect(frame).toMatchObject({ stream: 'stdout' })
    break
  }
  const ended = new AbortController()
  for await (const frame of execOf().run(order, session, ended.signal))
    if ('stream' in frame) ended.abort()
    else expect(frame).toMatchObject({ exitCode: 137 })
  for (const child of stand.children)
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  expect(stand.children.map(({ signalCode }) => signalCode)).toEqual(['SIGKILL', 'SIGKILL'])
  expect(leftovers()).toEqual([])
})

test('four run at a time', async () => {
  const exec = execOf()
  const ended = new AbortController()
  const four = [1, 2, 3, 4].map(() => run(exec, 'exec sleep 100', '', ended.signal))
  while (stand.orders.length < 4) await new Promise(setImmediate)
  await expect(run(exec, 'true')).rejects.toMatchObject({ code: 'request.too-many' })
  ended.abort()
  await Promise.all(four)
  expect((await run(exec, 'true')).end).toMatchObject({ exitCode: 0 })
})

test('where the manifest does not allow it, or has no such service, nothing is run', async () => {
  await expect(run(execOf({ allowed: false }), 'true')).rejects.toMatchObject({
    code: 'exec.not-allowed',
  })
  await expect(run(execOf({ services: ['db'] }), 'true')).rejects.toMatchObject({
    code: 'request.invalid',
  })
  expect([stand.orders, stand.events.list()]).toEqual([[], []])
})

test('a worker that cannot start it is the end of it, with its code and not its text', async () => {
  const failing = Object.assign(new Error('vendor text'), { code: 'engine.unreachable' })
  const { end } = await run(execOf({ start: () => Promise.reject(failing) }), 'true')
  expect(end).toMatchObject({ error: { code: 'engine.unreachable' } })
  expect(JSON.stringify(end)).not.toContain('vendor')
})

test('what an agent that was killed has left is gone with its next start', () => {
  mkdirSync(join(stand.folder, 'web/exec-0123456789abcdef'))
  stand.prepare()
  expect(leftovers()).toEqual([])
})

test.each([
  ['no program', { service: 'web', command: [] }],
  ['an empty one', { service: 'web', command: [''] }],
  ['a NUL', { service: 'web', command: ['a\0b'] }],
  ['too many words', { service: 'web', command: Array<string>(257).fill('x') }],
  ['too much input', { service: 'web', command: ['x'], input: 'A'.repeat(21_852) }],
  ['input that is no base64', { service: 'web', command: ['x'], input: '!' }],
  ['too much time', { service: 'web', command: ['x'], timeoutSeconds: 601 }],
  ['another field', { service: 'web', command: ['x'], user: 'root' }],
])('%s is refused', (_, order) => {
  expect(execSchema.safeParse(order).success).toBe(false)
})
