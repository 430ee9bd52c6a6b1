// Runs Git with nothing of this machine's or the repository's own settings that could start programs, within bounds. Starts processes.
import { spawn } from 'node:child_process'
import { BuildError } from '../error.ts'

/** How far one run of Git may go. */
export type GitBounds = {
  readonly signal?: AbortSignal
  readonly timeoutMs: number
  /** Largest file that it may write. */
  readonly maxFileBytes: number
}

/** Git's answer, piece by piece; the process ends with whoever reads it. Throws BuildError `build.git-*`. */
export async function* runGit(
  words: readonly string[],
  bounds: GitBounds,
  options: { readonly cwd?: string; readonly input?: AsyncIterable<string> } = {},
): AsyncGenerator<Buffer> {
  // The shell sets the limit and becomes Git.
  const blocks = Math.ceil(bounds.maxFileBytes / 512)
  // Also when nobody is left to stop it.
  const seconds = Math.ceil(bounds.timeoutMs / 1000)
  const limited = [
    '-c',
    `ulimit -f ${blocks}; ulimit -t ${seconds}; exec git "$@"`,
    'git',
    ...settings,
    ...words,
  ]
  const child = spawn('/bin/sh', limited, {
    cwd: options.cwd ?? '/',
    env: environment(),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) => resolve(code === 0 ? '' : `${signal ?? code}`))
  })
  const stop = AbortSignal.any([
    AbortSignal.timeout(bounds.timeoutMs),
    ...(bounds.signal === undefined ? [] : [bounds.signal]),
  ])
  const kill = () => child.kill('SIGKILL')
  stop.addEventListener('abort', kill)
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    if (said.length < maxSaid) said += chunk.toString('utf8')
  })
  child.stdin.on('error', () => undefined)
  const feeding = feed(child.stdin, options.input)
  try {
    for await (const chunk of child.stdout) yield chunk as Buffer
    await feeding
    const failure = await ended
    if (bounds.signal?.aborted === true) throw new BuildError('build.aborted', 'stopped')
    if (stop.aborted)
      throw new BuildError('build.timeout', `git did not end within ${bounds.timeoutMs} ms`)
    if (failure !== '') throw gitError(failure, said)
  } finally {
    stop.removeEventListener('abort', kill)
    kill()
  }
}

/** A short answer as text. */
export async function askGit(
  words: readonly string[],
  bounds: GitBounds,
  cwd?: string,
): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of runGit(words, bounds, cwd === undefined ? {} : { cwd }))
    if (chunks.push(chunk) > 64) break
  return Buffer.concat(chunks).toString('utf8').trim()
}

const maxSaid = 4096

/** Neither hooks nor monitors nor any helper that a repository names. */
const settings = [
  ...['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'],
  ...['-c', 'transfer.fsckObjects=true', '-c', 'gc.auto=0', '-c', 'maintenance.auto=false'],
  ...['-c', 'http.followRedirects=initial', '-c', 'submodule.recurse=false'],
]

function environment(): NodeJS.ProcessEnv {
  const { PATH = '/usr/bin:/bin', HOME = '/', SSH_AUTH_SOCK } = process.env
  return {
    PATH,
    HOME,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_SSH_COMMAND: 'ssh -oBatchMode=yes',
    ...(SSH_AUTH_SOCK === undefined ? {} : { SSH_AUTH_SOCK }),
  }
}

async function feed(
  sink: NodeJS.WritableStream,
  input: AsyncIterable<string> | undefined,
): Promise<void> {
  for await (const text of input ?? [])
    if (!sink.write(text))
      await new Promise<void>((resolve) => {
        sink.once('drain', resolve)
        sink.once('close', resolve)
      })
  sink.end()
}

function gitError(failure: string, said: string): BuildError {
  const words = said.trim().split('\n').slice(-3).join(' / ').slice(0, 500)
  if (failure === '127' || /not found/.test(failure))
    return new BuildError('build.git-missing', 'git is not installed on this machine')
  if (failure === 'SIGXFSZ' || /signal 25/.test(said))
    return new BuildError(
      'build.source-too-large',
      'the repository sends more than a source may have',
    )
  return new BuildError('build.git-failed', `git: ${words === '' ? failure : words}`)
}
