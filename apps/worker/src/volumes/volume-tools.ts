// The programs that volumes are made of, and one run of one. Looks for files, starts processes.
import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { WorkerError } from '../worker-error.ts'

const PLACES = ['/usr/sbin', '/usr/bin', '/sbin', '/bin']
/** Program, and the Debian package that it is in. */
const PROGRAMS = {
  'mkfs.ext4': 'e2fsprogs',
  e2fsck: 'e2fsprogs',
  resize2fs: 'e2fsprogs',
  mount: 'mount',
  umount: 'mount',
  gocryptfs: 'gocryptfs',
  fusermount: 'fuse3',
} as const

/** A program that volumes need. */
export type VolumeProgram = keyof typeof PROGRAMS

/** Absolute paths by name. */
export type VolumeTools = Readonly<Record<VolumeProgram, string>>

/** Throws WorkerError `volume.unavailable`, which names the packages to install, or that it has to be root. */
export function findVolumeTools(places: readonly string[] = PLACES): VolumeTools {
  if (process.geteuid?.() !== 0)
    throw unavailable('only root may mount file systems: run the worker as root')
  const found = Object.keys(PROGRAMS).map((name) => [name, findIn(places, name)] as const)
  const missing = found.flatMap(([name, path]) =>
    path === undefined ? [name as VolumeProgram] : [],
  )
  if (missing.length > 0) {
    const packages = [...new Set(missing.map((name) => PROGRAMS[name]))]
    throw unavailable(`no ${missing.join(', ')} here: apt-get install ${packages.join(' ')}`)
  }
  return Object.fromEntries(found) as VolumeTools
}

const TIMEOUT_MS = 60_000
const MAX_WORDS = 400

/**
 * Runs a program to its end with nothing of the worker's environment. What it says is in the error, which no secret goes into: those
 * come by `input`. Throws WorkerError `volume.failed`.
 */
export function runTool(
  program: string,
  args: readonly string[],
  {
    input = Buffer.alloc(0),
    signal,
    highest = 0,
  }: {
    readonly input?: Uint8Array
    readonly signal?: AbortSignal
    /** Highest exit code that is no failure. */
    readonly highest?: number
  } = {},
): Promise<void> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  const child = spawn(program, args, {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: { PATH: PLACES.join(':'), LC_ALL: 'C' },
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  })
  let said = ''
  child.stderr.on('data', (chunk) => (said = (said + String(chunk)).slice(0, MAX_WORDS)))
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    const fail = (why: string, cause?: unknown) =>
      reject(
        new WorkerError('volume.failed', `${program.split('/').at(-1)} ${why}: ${said.trim()}`, {
          retryable: true,
          cause,
        }),
      )
    child.once('error', (cause) => fail(cause.message, cause))
    // Not `close`: what it leaves in the background may hold its output open.
    child.once('exit', (code, ended) =>
      code !== null && code <= highest ? resolve() : fail(`ended with ${code ?? ended}`),
    )
  })
}

function findIn(places: readonly string[], name: string): string | undefined {
  return places
    .map((place) => join(place, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

function unavailable(why: string): WorkerError {
  return new WorkerError('volume.unavailable', `volumes cannot be kept: ${why}`, {
    retryable: true,
  })
}
