// A dockerd of our own below the state folder: started, found again, stopped. Starts a process that outlives this one.
import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Log } from '../../log.ts'
import { RuntimeError } from '../runtime-error.ts'
import { answersOn, type Engine } from './engine-client.ts'
import { endProcess, findProcess } from './own-process.ts'

const run = promisify(execFile)

const START_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 30_000
const UNMOUNT_TIMEOUT_MS = 5_000
const POLL_MS = 50
const MAX_LOG_BYTES = 4 << 20
/** Linux takes 107 bytes for a socket; the engine's longest name below its run folder has 32. */
const MAX_RUN_PATH_BYTES = 74
/** Networks of 16 addresses for 4,096 pods; dockerd takes only those that no route of the host overlaps. */
const ADDRESS_POOL = 'base=10.201.0.0/16,size=28'

/** Whether a dockerd of our own could be started: needs Linux, root and the program. */
export function canRunPrivateEngine(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0 && findProgram() !== undefined
}

/** Whether there has been one below this state folder: its pods are looked for there first. */
export function hasPrivateEngine(stateDir: string): boolean {
  return existsSync(join(stateDir, 'engine', 'data'))
}

/** The engine of a state folder; does not start it. */
export function privateEngine(stateDir: string, log: Log, signal: AbortSignal): Engine {
  const folder = join(stateDir, 'engine')
  const run = runFolder(folder)
  const files = {
    data: join(folder, 'data'),
    log: join(folder, 'dockerd.log'),
    run: join(run, 'exec'),
    socket: join(run, 'docker.sock'),
    pid: join(run, 'dockerd.pid'),
  }
  return {
    socketPath: files.socket,
    own: {
      ensure: () => ensure(files, log, signal),
      stop: () => stop(files, log),
    },
  }
}

type Files = {
  readonly data: string
  readonly log: string
  readonly run: string
  readonly socket: string
  readonly pid: string
}

async function ensure(files: Files, log: Log, signal: AbortSignal): Promise<void> {
  const deadlineMs = performance.now() + START_TIMEOUT_MS
  let exited: { code: number | undefined } | undefined
  while (!(await answersOn(files.socket))) {
    // One that another process starts or stops just now is waited for.
    if (exited === undefined && findProcess(files.pid, files.pid) === undefined)
      exited = await start(files)
    if (exited?.code !== undefined || performance.now() > deadlineMs) {
      await unmountData(files.data)
      throw new RuntimeError(
        'engine.unreachable',
        `our own dockerd did not start (${lastLine(files.log)}); its log is ${files.log}`,
      )
    }
    await delay(POLL_MS, undefined, { signal })
  }
  if (exited !== undefined) log.info({ socketPath: files.socket }, 'own container engine started')
}

/** Detached, in a session of its own, with files for output: it lives on when this process is killed. */
async function start(files: Files): Promise<{ code: number | undefined }> {
  const program = findProgram()
  if (program === undefined) throw new RuntimeError('engine.missing', 'dockerd is not installed')
  for (const folder of [files.data, files.run]) mkdirSync(folder, { recursive: true, mode: 0o700 })
  // Of an engine that was killed: the numbers may be of other processes or of dead ones that nobody has waited for, and
  // dockerd would take them for its own. Containers need neither dockerd nor containerd.
  const pidFile = join(files.run, 'containerd', 'containerd.pid')
  const left = findProcess(pidFile, join(files.run, 'containerd', 'containerd.toml'))
  if (left !== undefined) await endProcess(left, 'SIGKILL', STOP_TIMEOUT_MS)
  for (const file of [files.pid, pidFile]) rmSync(file, { force: true })
  if (existsSync(files.log) && statSync(files.log).size > MAX_LOG_BYTES)
    renameSync(files.log, `${files.log}.old`)
  const output = openSync(files.log, 'a', 0o600)
  const name = `wetee-${createHash('sha256').update(files.data).digest('hex').slice(0, 8)}`
  const child = spawn(
    program,
    [
      ...['--data-root', files.data, '--exec-root', files.run, '--pidfile', files.pid],
      ...['--host', `unix://${files.socket}`, '--group', 'root'],
      ...['--bridge', 'none', '--default-address-pool', ADDRESS_POOL],
      // With a containerd of the system, containers of others are none of our business, nor ours of theirs.
      ...['--containerd-namespace', name, '--containerd-plugins-namespace', `${name}-plugins`],
      ...['--live-restore', '--log-level', 'warn'],
    ],
    { detached: true, stdio: ['ignore', output, output], env: { PATH: searchPath() } },
  )
  closeSync(output)
  const exited: { code: number | undefined } = { code: undefined }
  child.once('exit', (code) => (exited.code = code ?? -1))
  child.once('error', () => (exited.code = -1))
  child.unref()
  return exited
}

async function stop(files: Files, log: Log): Promise<void> {
  const pid = findProcess(files.pid, files.pid)
  if (pid !== undefined) await endProcess(pid, 'SIGTERM', STOP_TIMEOUT_MS)
  // Also of one that has just ended by itself.
  await unmountData(files.data)
  if (pid !== undefined) log.info({}, 'own container engine stopped')
}

/** Dockerd mounts its data folder on itself and leaves that behind when it was killed; the state folder could not be removed. */
async function unmountData(data: string): Promise<void> {
  const isMounted = () => readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${data} `)
  // Refused while a container uses it, and rightly so; what a process that is ending still holds is let go soon.
  const deadlineMs = performance.now() + UNMOUNT_TIMEOUT_MS
  while (isMounted()) {
    const isDone = await run('umount', [data], { timeout: STOP_TIMEOUT_MS }).then(
      () => true,
      () => false,
    )
    if (!isDone && performance.now() > deadlineMs) return
    if (!isDone) await delay(POLL_MS)
  }
}

/** Below the state folder, unless that is too deep for sockets. */
function runFolder(folder: string): string {
  const below = join(folder, 'run')
  if (Buffer.byteLength(join(below, 'exec')) <= MAX_RUN_PATH_BYTES) return below
  return join('/run', `wetee-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`)
}

function searchPath(): string {
  return [process.env['PATH'] ?? '', '/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/bin', '/bin']
    .filter((part) => part !== '')
    .join(delimiter)
}

function findProgram(): string | undefined {
  for (const folder of searchPath().split(delimiter)) {
    const path = join(folder, 'dockerd')
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      continue
    }
  }
  return undefined
}

function lastLine(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').at(-1)?.slice(-300) ?? ''
  } catch {
    return 'no log'
  }
}
