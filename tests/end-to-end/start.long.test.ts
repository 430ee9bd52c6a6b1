// `npm start` as a newcomer runs it: starts, is stopped by Ctrl-C, goes on where it stopped, starts over.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { processesIn } from '@wetee/devnet/leftovers'

const root = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'wetee-start-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Started = { readonly child: ChildProcess; readonly output: string }

/** Starts a devnet as a shell does, in a process group of its own, and waits until its table is there. */
function start(...args: readonly string[]): Promise<Started> {
  const command = ['start', '--', '--state', folder, '--runtime', 'sandbox', ...args]
  const child = spawn('npm', command, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  return new Promise((resolve, reject) => {
    const take = (chunk: Buffer) => {
      output += chunk.toString()
      if (output.includes('Ctrl-C stops everything')) resolve({ child, output })
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.once('exit', (code) =>
      reject(new Error(`ended with ${code} before it was ready: ${output}`)),
    )
  })
}

/** Ctrl-C: the terminal signals the whole group, npm and the devnet. */
async function interrupt({ child }: Started): Promise<number | null> {
  process.kill(-(child.pid ?? 0), 'SIGINT')
  const [code] = (await once(child, 'exit')) as [number | null]
  return code
}

const field = (output: string, pattern: RegExp): string => pattern.exec(output)?.[1] ?? ''
const contractsOf = () => readFileSync(join(folder, 'network.json'), 'utf8')

/** Two starts, one after the other. */
const twoStarts = { timeout: 300_000 }

test(
  'a stopped devnet leaves no process; started again it has the same chain and application',
  twoStarts,
  async () => {
    const first = await start()
    const network = contractsOf()
    const appId = field(first.output, /id (\d+)/)
    expect(appId).toBe('1')
    const url = field(first.output, /(https:\/\/127\.0\.0\.1:\d+)\s+\(self-signed/)
    expect(url).not.toBe('')
    expect(await interrupt(first)).toBe(0)
    expect(processesIn(folder)).toEqual([])

    const second = await start()
    expect(contractsOf()).toBe(network)
    expect(field(second.output, /id (\d+)/)).toBe(appId)
    expect(field(second.output, /(https:\/\/127\.0\.0\.1:\d+)\s+\(self-signed/)).toBe(url)
    expect(await interrupt(second)).toBe(0)
    expect(processesIn(folder)).toEqual([])
  },
)

test('a devnet whose port is taken by another process says which', async () => {
  const ports = JSON.parse(readFileSync(join(folder, 'ports.json'), 'utf8')) as { chain: number }
  const other = createServer().listen(ports.chain, '127.0.0.1')
  await once(other, 'listening')
  try {
    await expect(start()).rejects.toThrow(`devnet.port-taken: port ${ports.chain} on 127.0.0.1`)
  } finally {
    other.close()
  }
})

test('--reset starts over; a devnet whose worker dies stops everything and says which log to read', async () => {
  const network = contractsOf()
  const started = await start('--reset')
  expect(contractsOf()).not.toBe(network)
  let output = started.output
  started.child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const children = JSON.parse(readFileSync(join(folder, 'children.json'), 'utf8')) as {
    name: string
    pid: number
  }[]
  const worker = children.find(({ name }) => name === 'worker')
  process.kill(worker?.pid ?? 0, 'SIGKILL')
  const [code] = (await once(started.child, 'exit')) as [number | null]
  expect(code).toBe(1)
  expect(output).toMatch(/worker stopped .*worker\.log/)
  expect(processesIn(folder)).toEqual([])
})
