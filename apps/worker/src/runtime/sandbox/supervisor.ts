// The process beside a container: starts it, keeps its log, records how it ended. Outlives the worker; one per container.
// Loads nothing but Node's own modules and small files beside it: it is there as often as there are containers.
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { constants as system } from 'node:os'
import { join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { Limits } from '../runtime.ts'
import {
  cgroupFolders,
  makeCgroups,
  removeCgroup,
  sawOutOfMemory,
  type CgroupBase,
} from './cgroup.ts'
import { writeJson } from './json-file.ts'
import { LineSplitter, LogWriter } from './log-file.ts'
import { makePipe, type Pipe } from './pipe.ts'
import { identify, signalProcess, type ProcessId } from './process-id.ts'
import type { ContainerRecord } from './state.ts'

/** What a supervisor is told on standard input, in JSON, by the process that starts it. */
export type SupervisorOrder = {
  /** The container's folder. */
  readonly folder: string
  /** Becomes setup.sh as process 1 of the container. */
  readonly command: readonly string[]
  /** Base64; see enter.ts. */
  readonly enter: string
  readonly bases: readonly CgroupBase[]
  readonly group: string
  readonly limits: Limits
  readonly mkfifo: string
  /** Longest text of one log line, UTF-16 units. */
  readonly maxLineLength: number
}

/** What it answers on standard output, in JSON, once. */
export type SupervisorReport = { readonly error?: string }

const MAX_REASON = 2_000
/** A container that writes faster is held back: its log is not to cost more than it is worth. */
const MAX_LOG_BYTES_PER_TICK = 1 << 20
const TICK_MS = 100
const DRAIN_MS = 5_000
const SPAWN_FAILED = 127
const KILL_TRIES = 1_000
const KILL_PAUSE_MS = 10

type Unphased = Pick<ContainerRecord, 'format' | 'supervisor' | 'cgroups'>

async function main(): Promise<void> {
  process.on('SIGHUP', () => undefined)
  process.stdout.on('error', () => undefined)
  // Our own runtime at the other end of a pipe; when it is killed halfway the text is no JSON and this ends.
  const order = JSON.parse((await buffer(process.stdin)).toString()) as SupervisorOrder
  const supervisor = identify(process.pid)
  if (supervisor === undefined) throw new Error('/proc does not show this process')
  const cgroups = cgroupFolders(order.bases, order.group)
  const common: Unphased = { format: 'wetee/sandbox-container/v1', supervisor, cgroups }
  const record = (next: ContainerRecord) => writeJson(join(order.folder, 'state.json'), next)
  record({ ...common, phase: 'starting' })
  let exitCode = SPAWN_FAILED
  let init: ProcessId | undefined
  let end = () => undefined as unknown
  process.on('SIGTERM', () => end())
  try {
    await makeCgroups(order.bases, order.group, order.limits)
    const container = start(order)
    end = () => container.child.kill('SIGKILL')
    const exited = once(container.child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
    const outcome = await container.started
    init = outcome.init
    // Without `init` it has run and ended already.
    if (outcome.error === undefined && init !== undefined)
      record({ ...common, phase: 'running', init, startedAtMs: Date.now() })
    report(outcome.error === undefined ? {} : { error: outcome.error })
    exitCode = exitCodeOf(await exited)
    await Promise.race([container.drained, delay(DRAIN_MS)])
    container.close()
  } catch (error) {
    end()
    report({ error: error instanceof Error ? error.message : String(error) })
  }
  const oomKilled = exitCode !== 0 && sawOutOfMemory(cgroups)
  for (let i = 0; i < KILL_TRIES && init !== undefined && signalProcess(init, 'SIGKILL'); i++)
    await delay(KILL_PAUSE_MS)
  for (const folder of cgroups) await removeCgroup(folder).catch(() => undefined)
  record({ ...common, phase: 'exited', exitCode, oomKilled, finishedAtMs: Date.now() })
  process.exit()
}

function report(answer: SupervisorReport): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}

type Started = { readonly init?: ProcessId; readonly error?: string }

/** Starts process 1 with its output going to the log. */
function start({ folder, command, enter, mkfifo, maxLineLength }: SupervisorOrder): {
  child: ChildProcess
  started: Promise<Started>
  drained: Promise<unknown>
  close: () => void
} {
  const log = new LogWriter(folder)
  // Named pipes, not socket pairs: a program may open its /dev/stdout anew.
  const stdout = makePipe(join(folder, 'stdout.pipe'), mkfifo)
  const stderr = makePipe(join(folder, 'stderr.pipe'), mkfifo)
  const setup = makePipe(join(folder, 'setup.pipe'), mkfifo)
  // They go on by descriptor; without a name they tell the container nothing of this machine.
  for (const name of ['stdout', 'stderr']) rmSync(join(folder, `${name}.pipe`))
  const [program = '', ...words] = command
  const stdio = ['pipe', stdout.write, 'pipe', stderr.write]
  const child = spawn(program, words, { cwd: '/', stdio: stdio as StdioOptions })
  closeSync(stdout.write)
  closeSync(stderr.write)
  const started = readSetup(child, setup)
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(Buffer.from(enter, 'base64'))
  const sources = [stdout, stderr].map(({ socket }, index) => {
    const stream = index === 0 ? 'stdout' : 'stderr'
    const splitter = new LineSplitter(maxLineLength, (line) => {
      try {
        log.write({ atMs: Date.now(), stream, text: line })
      } catch {
        // A full disk costs lines, not the container.
      }
    })
    socket.on('end', () => splitter.end())
    return { socket, splitter }
  })
  throttle(sources)
  return {
    child,
    started,
    drained: Promise.all(sources.map(({ socket }) => once(socket, 'close'))),
    close: () => log.close(),
  }
}

/** Reads all sources, no more than so much in a tick; what is not read holds the writer back. */
function throttle(sources: readonly { socket: Socket; splitter: LineSplitter }[]): void {
  let budget = MAX_LOG_BYTES_PER_TICK
  // Keeps this process alive: with every source paused and the container ended there is nothing else that would.
  setInterval(() => {
    budget = MAX_LOG_BYTES_PER_TICK
    for (const { socket } of sources) socket.resume()
  }, TICK_MS)
  for (const { socket, splitter } of sources)
    socket.on('data', (chunk) => {
      splitter.push(chunk)
      budget -= chunk.length
      if (budget < 0) for (const { socket: each } of sources) each.pause()
    })
}

/**
 * What setup.sh and enter.pl say until the program has taken over: that closes the last writing end of the pipe but ours,
 * which is there only until setup.sh has opened its own.
 */
async function readSetup(child: ChildProcess, { socket, write }: Pipe): Promise<Started> {
  let open = true
  const release = () => {
    if (open) closeSync(write)
    open = false
  }
  socket.once('data', release)
  child.once('exit', release)
  child.once('error', release)
  const before = text(child.stderr as Readable).catch(String)
  const said = await text(socket)
  const pid = /^pid ([0-9]+)$/m.exec(said)?.[1]
  const init = pid === undefined ? undefined : identify(Number(pid))
  const failure = /^failed (.*)$/m.exec(said)?.[1]
  if (/^exec$/m.test(said) && failure === undefined) return init === undefined ? {} : { init }
  child.kill('SIGKILL')
  const reason = failure ?? `${said.replaceAll(/^(pid [0-9]+|exec)$/gm, '')}${await before}`.trim()
  return { error: reason.slice(0, MAX_REASON) || 'the container ended while it was set up' }
}

function exitCodeOf([code, signal]: [number | null, NodeJS.Signals | null]): number {
  if (code !== null) return code
  return 128 + (signal === null ? 0 : system.signals[signal])
}

await main()
