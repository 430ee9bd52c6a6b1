// Fuzz target of the launcher's file of variables: what it takes is what the format says, byte for byte. Runs the committed program.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  constants,
  copyFileSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Socket } from 'node:net'
import { launcherPath } from '../../launcher/build.ts'

/** A shell that runs the launcher once for each line: a process of this size takes many times as long to start another one. */
type Runner = {
  readonly folder: string
  /** Open for reading: `out`, `err`. */
  readonly pipes: readonly number[]
  readonly stdin: Socket
  readonly stdout: Socket
  /** Variables of the shell, and so of the launcher. */
  readonly inherited: ReadonlyMap<string, string>
}

const encode = (value: string) => new TextEncoder().encode(value)
const SCRIPT = `
/bin/cat /proc/self/environ >inherited
while read -r line; do
  ./launch /bin/cat /proc/self/environ >engine 2>&1
  echo $?
done`
let runner: Promise<Runner> | undefined

/** Targets by name; none where the program does not run. */
export const launcherTargets: Record<string, (input: Uint8Array) => Promise<void>> =
  process.platform === 'linux' && process.arch === 'x64'
    ? { 'launcher-environment': checkLauncher }
    : {}

/** Valid inputs by target, for mutation. */
export const launcherSeeds: Record<string, readonly Uint8Array[]> = {
  'launcher-environment': [
    encode('DB=first\0PASSWORD=a b=\nc\0DB=second\0EMPTY=\0'),
    encode('HOME=/other\0PATH=/bin\0'),
    new Uint8Array(0),
  ],
}

async function checkLauncher(input: Uint8Array): Promise<void> {
  const started = await (runner ??= startRunner())
  const { folder, inherited } = started
  writeFileSync(join(folder, 'environment'), input)
  const status = await run(started)
  const [stdout, stderr] = started.pipes.map(drain)
  // Where an engine would read: nothing that the file holds is said there.
  if (readFileSync(join(folder, 'engine')).length > 0) throw new Error('the engine heard something')
  const expected = variablesOf(input, inherited)
  if (expected === undefined) {
    if (status !== 126 || stdout?.length !== 0 || !stderr?.toString().startsWith('wetee launch: '))
      throw new Error(`what is no file of variables was taken: ${status}`)
  } else if (status !== 0 || stderr?.length !== 0 || !stdout?.equals(expected))
    throw new Error(`other variables than the file has: ${status} ${stderr?.toString()}`)
}

/** The exit code of one more launch. */
async function run({ stdin, stdout }: Pick<Runner, 'stdin' | 'stdout'>): Promise<number> {
  stdout.ref()
  const answered = once(stdout, 'data')
  stdin.write('run\n')
  const [line] = (await answered) as [Buffer]
  stdout.unref()
  return Number(line.toString())
}

/** What the command finds in its environment; undefined where the file is refused. */
function variablesOf(input: Uint8Array, inherited: Runner['inherited']): Buffer | undefined {
  const text = Buffer.from(input).toString('latin1')
  if (text !== '' && !text.endsWith('\0')) return undefined
  const variables = new Map(inherited)
  for (const entry of text.split('\0').slice(0, -1)) {
    const equals = entry.indexOf('=')
    if (equals < 1) return undefined
    variables.set(entry.slice(0, equals), entry.slice(equals + 1))
  }
  const entries = [...variables].map(([name, value]) => `${name}=${value}\0`)
  return Buffer.from(entries.join(''), 'latin1')
}

async function startRunner(): Promise<Runner> {
  const folder = mkdtempSync(join(tmpdir(), 'wetee-lf-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  copyFileSync(launcherPath, join(folder, 'launch'))
  chmodSync(join(folder, 'launch'), 0o555)
  writeFileSync(join(folder, 'environment'), '')
  const paths = ['out', 'err'].map((name) => join(folder, name))
  execFileSync(launcherPath, ['--fifos', ...paths], { env: {} })
  const pipes = paths.map((path) => openSync(path, constants.O_RDWR | constants.O_NONBLOCK))
  const shell = spawn('/bin/sh', ['-c', SCRIPT], {
    cwd: folder,
    env: { PATH: '/usr/bin:/bin', HOME: '/root' },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  // It ends when its input does: nobody waits for it, but for its answers.
  shell.unref()
  const [stdin, stdout] = [shell.stdin as Socket, shell.stdout as Socket]
  stdin.unref()
  await run({ stdin, stdout })
  const text = readFileSync(join(folder, 'inherited'), 'latin1')
  const inherited = new Map(
    text
      .split('\0')
      .slice(0, -1)
      .map((entry) => {
        const equals = entry.indexOf('=')
        return [entry.slice(0, equals), entry.slice(equals + 1)] as const
      }),
  )
  pipes.map(drain)
  return { folder, pipes, stdin, stdout, inherited }
}

/** What is in a pipe now. */
function drain(pipe: number): Buffer {
  const parts: Buffer[] = []
  for (;;)
    try {
      const part = Buffer.alloc(65_536)
      parts.push(part.subarray(0, readSync(pipe, part)))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return Buffer.concat(parts)
      throw error
    }
}
