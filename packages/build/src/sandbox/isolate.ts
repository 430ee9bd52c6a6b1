// Runs a build script of somebody else in namespaces of its own: no network, no file of this machine, bounds on all it uses.
// Starts processes, does file I/O. Linux on x86-64.
import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chmod, chown, lstat, mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { BuildError } from '../error.ts'
import { isolateProgram, mapProgram } from './isolate-program.ts'

/** Bounds of one script. */
export type ScriptLimits = {
  /** From start to end. */
  readonly timeoutMs: number
  /** All files together, in memory. */
  readonly workBytes: number
  readonly workFiles: number
  /** Of each process, without what it shares. */
  readonly memoryBytes: number
  readonly processes: number
  readonly logBytes: number
}

const defaultScriptLimits: ScriptLimits = {
  timeoutMs: 600_000,
  workBytes: 2 * 2 ** 30,
  workFiles: 300_000,
  memoryBytes: 4 * 2 ** 30,
  processes: 512,
  logBytes: 4 * 2 ** 20,
}

/** A script and what it finds. Both folders are below one that `makeOpenFolder` has made. */
export type Script = {
  /** Its root, read-only: programs and nothing else. `prepareRoot` has been there. */
  readonly root: string
  /** Copied to `/source`. */
  readonly work: string
  readonly environment: Readonly<Record<string, string>>
  readonly program: readonly string[]
  /**
   * It is an engine that starts what strangers wrote, as any user: root of a user namespace with the users 0 to 65535, none of which is
   * one of this machine. It keeps the rights that root has in there. Only where root builds. Default false.
   */
  readonly isEngine?: boolean
  readonly limits?: Partial<ScriptLimits>
  readonly signal?: AbortSignal
  readonly onLog?: (line: string) => void
}

/** A user of nothing else, whom scripts run as where root builds. */
const builderUser = 64_017
/** Users 1 to 65535 of an engine are these here; nobody else's. */
const firstEngineUser = 1_900_000_000

/** Closes a folder to all but the builder's user and root. */
export async function makeOpenFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await chmod(folder, 0o700)
  if (process.getuid?.() === 0) await chown(folder, builderUser, builderUser)
}

/** Lets the builder's user into a folder and all below, whatever the umask that they were made with. */
export async function openFolders(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isDirectory()) await chmod(join(entry.parentPath, entry.name), 0o755)
}

/** Makes what is mounted over; an image that has a link there would lead the mount out of its root. */
export async function prepareRoot(root: string): Promise<void> {
  for (const name of ['source', 'tmp', 'dev', 'proc']) {
    const path = join(root, name)
    await mkdir(path).catch(() => undefined)
    if (!(await lstat(path)).isDirectory())
      throw new BuildError('build.image-invalid', `/${name} of the base image is no folder`)
  }
}

/**
 * Runs the script; when it has ended well and no process of it is left, `take` gets the folder that was its `/source`, which is
 * gone afterwards. Throws BuildError `build.script-failed`, `build.timeout`, `build.aborted`, `build.sandbox-missing`.
 */
export async function runIsolated<T>(
  script: Script,
  take: (work: string) => Promise<T>,
): Promise<T> {
  const limits = { ...defaultScriptLimits, ...script.limits }
  const child = start(script.isEngine === true)
  const ended = waitForEnd(child)
  const stop = AbortSignal.any([
    AbortSignal.timeout(limits.timeoutMs),
    ...(script.signal === undefined ? [] : [script.signal]),
  ])
  const kill = () => child.kill('SIGKILL')
  stop.addEventListener('abort', kill)
  if (stop.aborted) kill()
  const [input, output, errors, status] = child.stdio as unknown as [
    Writable,
    Readable,
    Readable,
    Readable,
  ]
  input.on('error', () => undefined)
  const mark = randomUUID()
  const logs = forwardLogs({
    streams: [output, errors],
    mark,
    maxBytes: limits.logBytes,
    kill,
    ...script,
  })
  try {
    input.write(encodeOrder(mark, script, limits))
    const said = await firstLine(child, status)
    if (script.signal?.aborted === true) throw new BuildError('build.aborted', 'stopped')
    if (stop.aborted)
      throw new BuildError('build.timeout', `the build did not end in ${limits.timeoutMs} ms`)
    await logs.done
    if (logs.full())
      throw new BuildError('build.script-failed', `the build printed over ${limits.logBytes} bytes`)
    const code = /^exit ([0-9]+)$/.exec(said)?.[1]
    if (code === undefined) throw noSandbox(said === '' ? logs.last() : said)
    if (code !== '0') throw failed(Number(code), logs.last())
    return await take(`/proc/${await firstProcess(child)}/root/source`)
  } finally {
    stop.removeEventListener('abort', kill)
    input.end()
    kill()
    await ended
  }
}

/** As root through a user of its own; then the same for everybody: a user namespace, and all others within. */
function start(isEngine: boolean): ChildProcess {
  const user = ['--reuid', String(builderUser), '--regid', String(builderUser), '--clear-groups']
  const asUser = process.getuid?.() === 0 ? ['setpriv', ...user, '--'] : []
  const map = `0 ${builderUser} 1\n1 ${firstEngineUser} 65535\n`
  const users = isEngine
    ? ['perl', '-e', mapProgram, map, 'unshare']
    : [...asUser, 'unshare', '--user', '--map-root-user']
  const spaces = ['--mount', '--pid', '--net', '--ipc', '--uts', '--cgroup']
  const end = ['--fork', '--kill-child=KILL', '--']
  const [command = '', ...words] = [...users, ...spaces, ...end, 'perl', '-e', isolateProgram]
  return spawn(command, words, {
    cwd: '/',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  })
}

function encodeOrder(mark: string, script: Script, limits: ScriptLimits): string {
  const variables = Object.entries(script.environment).map(([name, value]) => `${name}=${value}`)
  const texts = [
    ...[mark, script.root, script.work, limits.workBytes, limits.workFiles, limits.memoryBytes],
    ...[limits.processes, Math.ceil(limits.timeoutMs / 1000) * 4, script.isEngine === true ? 1 : 0],
    ...[variables.length, ...variables, ...script.program],
  ].map(String)
  if (texts.some((text) => text === '' || text.includes('\0')))
    throw new BuildError('build.script-failed', 'a word of the script is empty or holds a NUL')
  return `${texts.join('\0')}\0\0`
}

/** Standard output and error end with the last process that has them. */
async function waitForEnd(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve) => {
    child.once('close', () => resolve())
    child.once('error', () => resolve())
  })
}

async function firstLine(child: ChildProcess, status: Readable): Promise<string> {
  const failure = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`failed ${error.message}`))
  })
  const line = (async () => {
    for await (const text of createInterface({ input: status })) return text
    return ''
  })()
  return Promise.race([failure, line])
}

type LogOrder = Pick<Script, 'onLog'> & {
  readonly streams: readonly Readable[]
  readonly mark: string
  readonly maxBytes: number
  readonly kill: () => void
}

/** Lines of both streams as they come, up to the mark; more than the bound ends the script. */
function forwardLogs({ streams, mark, maxBytes, onLog, kill }: LogOrder) {
  let bytes = 0
  const tail: string[] = []
  const read = async (stream: Readable) => {
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > maxBytes) kill()
    })
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      const ends = line.endsWith(mark)
      const text = (ends ? line.slice(0, -mark.length) : line).slice(0, maxLineLength)
      if (bytes <= maxBytes && !(ends && text === '')) {
        onLog?.(text)
        tail.push(text)
        if (tail.length > maxTail) tail.shift()
      }
      if (ends) return
    }
  }
  return {
    done: Promise.all(streams.map(read)),
    full: () => bytes > maxBytes,
    last: () => tail.join(' / ').slice(-600),
  }
}

const maxLineLength = 2_000
const maxTail = 5

/** The sandbox's first process, by its number here. */
async function firstProcess({ pid = 0 }: ChildProcess): Promise<string> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  const [first = ''] = children.trim().split(' ')
  if (first === '') throw noSandbox('its first process has ended')
  return first
}

function failed(code: number, last: string): BuildError {
  const why =
    code === 153 ? ' (a file larger than allowed)' : code === 152 ? ' (too much time)' : ''
  return new BuildError(
    'build.script-failed',
    `the build ended with ${code}${why}${last === '' ? '' : `: ${last}`}`,
  )
}

function noSandbox(why: string): BuildError {
  return new BuildError(
    'build.sandbox-missing',
    `no sandbox for the build script: ${why.replace(/^failed /, '').slice(0, 400)}; it needs util-linux, perl and user namespaces`,
  )
}
