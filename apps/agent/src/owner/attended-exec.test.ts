// Commands of the owner whose input comes while they run, at a terminal and without one, by a real launcher.
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { execSession as session, execStand, type ExecStand } from '../testing/exec-stand.ts'
import { execSchema, type ExecFrame, type TerminalSize } from './exec-order.ts'
import type { ServiceExecParts } from './service-exec.ts'

let stand: ExecStand
beforeEach(() => (stand = execStand()))
afterEach(() => stand.close())

const never = new AbortController().signal
type Attended = { terminal?: TerminalSize & { name?: string }; signal?: AbortSignal }

/** A shell's script that runs; `said` comes back when its output holds a text. */
function start(script: string, options: Attended = {}, changes: Partial<ServiceExecParts> = {}) {
  const { terminal, signal = never } = options
  const exec = stand.exec(changes)
  const command = ['sh', '-c', script]
  const how = terminal === undefined ? { interactive: true } : { terminal }
  const order = execSchema.parse({ service: 'web', command, ...how })
  const frames = exec.run(order, session, signal)
  const output = { stdout: '', stderr: '' }
  let end: ExecFrame | undefined
  let wake: () => void = () => undefined
  const first = frames.next()
  const read = async () => {
    await first
    for await (const frame of frames) {
      if ('stream' in frame) output[frame.stream] += String(Buffer.from(frame.data, 'base64'))
      else end = frame
      wake()
    }
    wake()
    return { ...output, end }
  }
  const ended = read()
  const id = async () => ((await first).value as { id: string }).id
  return {
    ...{ exec, id, ended, output },
    said: async (text: string) => {
      while (!output.stdout.includes(text)) {
        if (end !== undefined) throw new Error(`ended: ${JSON.stringify({ ...output, end })}`)
        await new Promise<void>((resolve) => (wake = resolve))
      }
    },
    type: async (text: string, isEnd?: true) =>
      exec.input(
        await id(),
        { data: Buffer.from(text).toString('base64'), ...(isEnd ? { end: true } : {}) },
        session,
      ),
  }
}

test('input comes while it runs, in pieces, until its end is said; the exit code is its own', async () => {
  const { type, said, ended } = start('read -r a; echo "got $a"; cat; exit 7')
  await type('one\n')
  await said('got one')
  await type('two ')
  await type('three', true)
  expect(await ended).toMatchObject({ stdout: 'got one\ntwo three', end: { exitCode: 7 } })
  expect(stand.leftovers()).toEqual([])
})

test('an end that is said before the command has begun is its end', async () => {
  const { type, ended } = start('cat; echo over')
  await type('', true)
  expect(await ended).toMatchObject({ stdout: 'over\n', end: { exitCode: 0 } })
})

test('more input than pipes hold comes whole and in order, a reader that is slow holds it back', async () => {
  const { type, ended } = start('sleep 0.2; sha256sum | cut -c1-16; cat /dev/null')
  const sent: string[] = []
  for (let i = 0; i < 60; i++) {
    sent.push(`${i}:`.padEnd(12_000, 'x'))
    await type(sent.at(-1)!)
  }
  await type('', true)
  const digest = createHash('sha256').update(sent.join('')).digest('hex').slice(0, 16)
  expect((await ended).stdout).toBe(`${digest}\n`)
})

test('a command that has closed its input goes on, and what comes is dropped', async () => {
  const { type, said, ended } = start('exec </dev/null; echo closed; sleep 0.2; exit 4')
  await said('closed')
  await type('nobody reads this')
  await type('nor this', true)
  expect(await ended).toMatchObject({ end: { exitCode: 4 } })
})

test('a terminal has the size that was asked for, then the next one, and a name', async () => {
  const script = `test -t 0 && test -t 1 && test -t 2 && stty size; echo "$TERM $SECRET"
    trap 'stty size; exit 3' WINCH; echo ready; while :; do sleep 0.01; done`
  const terminal = { columns: 101, rows: 33, name: 'xterm-256color' }
  const { exec, id, said, ended } = start(script, { terminal })
  await said('ready')
  await exec.resize(await id(), { columns: 90, rows: 20 }, session)
  const { stdout, stderr, end } = await ended
  expect(stdout).toBe('33 101\r\nxterm-256color from the TEE\r\nready\r\n20 90\r\n')
  expect([stderr, end]).toEqual(['', { exitCode: 3, truncated: false, hostsWord: true }])
})

const terminal = { columns: 80, rows: 24 }

test('at a terminal what is typed is shown, Ctrl-C interrupts, and Ctrl-D or the end of input ends', async () => {
  const { type, said, ended } = start(
    `trap 'echo interrupted; on=1' INT; echo ready; until [ -n "$on" ]; do sleep 0.02; done; cat; echo over; exit 5`,
    { terminal },
  )
  await said('ready')
  await type('\u0003')
  await said('interrupted')
  await type('typed\n')
  await said('typed\r\ntyped\r\n')
  await type('', true)
  expect(await ended).toMatchObject({
    stdout: expect.stringMatching(/over\r\n$/) as string,
    end: { exitCode: 5 },
  })
})

test('a command that Ctrl-C ends has 130 as a shell says it', async () => {
  const { type, said, ended } = start('echo ready; exec sleep 100', { terminal })
  await said('ready')
  await type('\u0003')
  expect((await ended).end).toMatchObject({ exitCode: 130 })
})

test('Ctrl-C gets through while the command writes more than its reader takes', async () => {
  const { type, said, ended } = start('exec yes 0123456789', { terminal })
  await said('0123456789')
  await type('\u0003')
  expect((await ended).end).toMatchObject({ exitCode: 130 })
})

test('all that was written right before the end is there, whatever it left in the background', async () => {
  const script = 'sleep 5 & i=0; while [ $i -lt 5000 ]; do i=$((i+1)); echo $i; done'
  const { stdout } = await start(script, { terminal }).ended
  const lines = stdout.trim().split('\r\n')
  expect([lines.length, lines[0], lines.at(-1)]).toEqual([5_000, '1', '5000'])
})

test('more than 4 MiB come through: who attends it reads it all', async () => {
  const { stdout, end } = await start('head -c 5000000 /dev/zero | tr "\\0" a').ended
  expect([stdout.length, end]).toMatchObject([5_000_000, { truncated: false }])
})

test.each([
  ['at a terminal', { terminal }],
  ['without one', {}],
])('a reader that goes ends the command %s, and leaves nothing', async (_, how) => {
  const left = new AbortController()
  const { said, ended } = start('echo up; trap "" HUP; exec sleep 100', {
    ...how,
    signal: left.signal,
  })
  await said('up')
  left.abort()
  expect((await ended).end).toMatchObject({ exitCode: 137 })
  expect(stand.leftovers()).toEqual([])
})

test('ATTACK another account, or nobody, can type into no command; a plain one takes no input', async () => {
  const { exec, id, said, type, ended } = start('echo up; read -r line; echo "$line"')
  await said('up')
  const other = { ...session, address: `0x${'0b'.repeat(20)}` as const }
  const part = { data: Buffer.from('bad\n').toString('base64') }
  await expect(exec.input(await id(), part, other)).rejects.toMatchObject({ code: 'exec.unknown' })
  await expect(exec.input('0'.repeat(16), part, session)).rejects.toMatchObject({
    code: 'exec.unknown',
  })
  await expect(exec.resize(await id(), terminal, session)).rejects.toMatchObject({
    code: 'request.invalid',
  })
  await type('good\n')
  expect((await ended).stdout).toBe('up\ngood\n')
  await expect(type('late')).rejects.toMatchObject({ code: 'exec.unknown' })
  const plain = exec.run(
    execSchema.parse({ service: 'web', command: ['sh', '-c', 'echo up; sleep 100'] }),
    session,
    never,
  )
  expect((await plain.next()).value).toMatchObject({ stream: 'stdout' })
  const number = (stand.orders.at(-1) as { id: string }).id
  await expect(exec.input(number, part, session)).rejects.toMatchObject({ code: 'exec.unknown' })
  await plain.return()
})

test('ATTACK while input waits for a command that does not read, no more is taken; the wait ends with the command', async () => {
  const left = new AbortController()
  const { type, said, ended } = start('echo up; exec sleep 100', { signal: left.signal })
  await said('up')
  const both = await Promise.allSettled([type('x'), type('y')])
  expect(both).toMatchObject([
    { status: 'fulfilled' },
    { status: 'rejected', reason: { code: 'request.too-many' } },
  ])
  let sent = 0
  const filling = (async () => {
    for (; ; sent++) await type('x'.repeat(12_000))
  })()
  const end = expect(filling).rejects.toMatchObject({ code: 'exec.unknown' })
  while (sent < 9) await new Promise(setImmediate)
  left.abort()
  await ended
  await end
  // Two pipes of 64 KiB hold no more.
  expect(sent).toBeLessThan(13)
})

test('the end of its session ends it, unless a later session of the same account has typed', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    let nowMs = 0
    const changes = { monotonicMs: () => nowMs }
    const order = execSchema.parse({ service: 'web', command: ['cat'], interactive: true })
    const exec = stand.exec(changes)
    const frames = exec.run(order, { ...session, endMs: 1_000 }, never)
    const { id } = (await frames.next()).value as { id: string }
    const next = frames.next()
    while (stand.children.length === 0) await new Promise(setImmediate)
    nowMs = 900
    await exec.input(id, {}, { ...session, endMs: 5_000 })
    vi.advanceTimersByTime(4_000)
    expect(stand.children[0]?.signalCode).toBeNull()
    nowMs = 5_000
    vi.advanceTimersByTime(200)
    expect((await next).value).toMatchObject({ exitCode: 137 })
  } finally {
    vi.useRealTimers()
  }
})

test('it may run for hours, and the worker hears a number and the time alone', async () => {
  const { type, ended } = start('cat', { terminal })
  await type('secret words\n', true)
  await ended
  expect(stand.orders).toEqual([
    { service: 'web', id: expect.stringMatching(/^[0-9a-f]{16}$/) as string, timeoutMs: 3_600_000 },
  ])
  expect(stand.logged.join('')).not.toContain('secret')
})

test.each([
  ['input that comes both ways', { input: 'AA==', interactive: true }],
  ['a terminal with input', { input: 'AA==', terminal }],
  ['a terminal of no size', { terminal: { columns: 0, rows: 24 } }],
  ['a terminal that is too large', { terminal: { columns: 80, rows: 1_001 } }],
  ['a name that is none', { terminal: { ...terminal, name: 'a=b\0' } }],
  ['too much time', { terminal, timeoutSeconds: 28_801 }],
])('%s is refused', (_, changes) => {
  const order = { service: 'web', command: ['x'], ...changes }
  expect(execSchema.safeParse(order).success).toBe(false)
})
