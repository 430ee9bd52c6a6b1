// One process of a worker follows another: real processes and sockets; no connection is refused or cut.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freePort } from '../testing/free-port.ts'

const program = new URL('../testing/ingress-process.ts', import.meta.url).pathname
let folder: string
let echo: Server
const echoed = new Set<Socket>()
const pids = new Set<number>()
let lines: string[]
let heard: (() => void)[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-over-'))
  lines = []
  heard = []
  echo = createServer({ allowHalfOpen: true }, (socket) => {
    echoed.add(socket)
    socket.on('error', () => undefined)
    socket.pipe(socket)
  }).listen(join(folder, 'agent.sock'))
  await once(echo, 'listening')
})
afterEach(() => {
  for (const pid of pids) spawnSync('kill', ['-9', String(pid)])
  for (const socket of echoed) socket.destroy()
  pids.clear()
  echo.close()
  rmSync(folder, { recursive: true, force: true })
})

/** `how`: what goes wrong, see the program. */
function start(port: number, how = ''): void {
  const child = spawn(process.execPath, [program, join(folder, 'agent.sock'), String(port), how], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    if (line.startsWith('serving ')) pids.add(Number(line.split(' ')[1]))
    for (const tell of heard.splice(0)) tell()
  })
}

/** The process of the nth line of a kind. */
async function said(what: string, nth: number): Promise<number> {
  for (;;) {
    const found = lines.filter((line) => line.startsWith(`${what} `))[nth - 1]
    if (found !== undefined) return Number(found.split(' ')[1])
    await new Promise<void>((resolve) => heard.push(resolve))
  }
}

/** One connection: a word there and back, then its end. */
async function ask(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.end('word')
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  return text
}

test('under load nothing is refused, an open connection goes on, and the old process ends with it', async () => {
  const port = await freePort()
  start(port)
  const first = await said('serving', 1)
  const long = connect(port, '127.0.0.1')
  await once(long, 'connect')
  let asked = 0
  let over = false
  const load = async () => {
    while (!over) {
      expect(await ask(port)).toBe('word')
      asked++
    }
  }
  const running = Promise.all([load(), load(), load(), load()])
  process.kill(first, 'SIGHUP')
  const second = await said('serving', 2)
  expect(second).not.toBe(first)
  expect(await said('released', 1)).toBe(first)
  const before = asked
  while (asked < before + 50) await Promise.race([running, new Promise(setImmediate)])
  over = true
  await running
  long.write('still here')
  const [chunk] = (await once(long, 'data')) as [Buffer]
  expect(String(chunk)).toBe('still here')
  expect(lines).not.toContain(`ended ${first}`)
  long.end()
  expect(await said('ended', 1)).toBe(first)
  expect(await ask(port)).toBe('word')
  // What this process starts has no part of the listener, and could not keep the port.
  expect(await said('inherits', 2)).toBe(await said('inherits', 1))
  process.kill(second, 'SIGHUP')
  const third = await said('serving', 3)
  expect(await said('ended', 2)).toBe(second)
  expect(await ask(port)).toBe('word')
  process.kill(third, 'SIGKILL')
})

test('a new process that cannot start leaves the old one as it is, and it may be tried again', async () => {
  const port = await freePort()
  start(port, 'broken')
  const first = await said('serving', 1)
  for (const nth of [1, 2]) {
    process.kill(first, 'SIGHUP')
    await said('failed', nth)
    expect(await ask(port)).toBe('word')
  }
})

test('a new process that dies before it has taken anything does not keep the old one', async () => {
  const port = await freePort()
  start(port, 'dying')
  const first = await said('serving', 1)
  process.kill(first, 'SIGHUP')
  expect(await said('ended', 1)).toBe(first)
})

test('a new process whose predecessor is killed opens what it would have taken', async () => {
  const port = await freePort()
  start(port, 'killed')
  const first = await said('serving', 1)
  process.kill(first, 'SIGHUP')
  expect(await said('serving', 2)).not.toBe(first)
  expect(await ask(port)).toBe('word')
})
