// A command in a running container, as every driver runs it: what is asked, what comes back, and the bound on it. Pure.
import { RuntimeError } from './runtime-error.ts'

/** A command that runs beside the container's own program: same files, user, variables, limits and rights. */
export type ExecRequest = {
  /** Not empty; the first word is looked up in the container's PATH. No shell comes in between. */
  readonly command: readonly string[]
  /** From the call to the end, milliseconds; the command and what it has started are killed then. */
  readonly timeoutMs: number
  /** Of standard output and standard error together; what is beyond is read and dropped. */
  readonly maxBytes: number
  /** Its standard input, at most 16 MiB; nothing when left out. */
  readonly input?: Uint8Array
  /** Kills the command as the timeout does, and rejects with its reason. */
  readonly signal?: AbortSignal
}

/** How a command went. What it has left in the background is not waited for. */
export type ExecResult = {
  /** 128 and its number for a signal. */
  readonly exitCode: number
  readonly stdout: Buffer
  readonly stderr: Buffer
  /** Output was dropped. */
  readonly truncated: boolean
}

/** Output is closed by then when a command has ended, unless something in the background holds it; milliseconds. */
export const OUTPUT_GRACE_MS = 250

const MAX_WORDS = 4_096
const MAX_COMMAND_BYTES = 131_072
const MAX_INPUT_BYTES = 16 << 20
const MAX_OUTPUT_BYTES = 64 << 20
const MAX_TIMEOUT_MS = 86_400_000

/** Throws RuntimeError `container.invalid`. */
export function checkExec({ command, timeoutMs, maxBytes, input }: ExecRequest): void {
  const fail = (text: string): never => {
    throw new RuntimeError('container.invalid', `a command: ${text}`)
  }
  if (command[0] === undefined || command[0] === '') fail('it names no program')
  if (command.length > MAX_WORDS) fail(`more than ${MAX_WORDS} words`)
  if (command.some((word) => word.includes('\0'))) fail('a word holds a NUL')
  const bytes = command.reduce((sum, word) => sum + Buffer.byteLength(word) + 1, 0)
  if (bytes > MAX_COMMAND_BYTES) fail(`${bytes} bytes, at most ${MAX_COMMAND_BYTES}`)
  const within = (value: number, most: number) => Number.isSafeInteger(value) && value <= most
  if (timeoutMs < 1 || !within(timeoutMs, MAX_TIMEOUT_MS)) fail(`a timeout of ${timeoutMs} ms`)
  if (maxBytes < 0 || !within(maxBytes, MAX_OUTPUT_BYTES)) fail(`at most ${maxBytes} bytes out`)
  if ((input?.length ?? 0) > MAX_INPUT_BYTES) fail(`more than ${MAX_INPUT_BYTES} bytes in`)
}

/** What a command has printed, as far as it is kept. */
export class Output {
  readonly #chunks = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] }
  #left: number
  #truncated = false

  constructor(maxBytes: number) {
    this.#left = maxBytes
  }

  push(stream: 'stdout' | 'stderr', chunk: Uint8Array): void {
    if (chunk.length > this.#left) this.#truncated = true
    const kept = chunk.subarray(0, this.#left)
    this.#left -= kept.length
    if (kept.length > 0) this.#chunks[stream].push(kept)
  }

  result(exitCode: number): ExecResult {
    const { stdout, stderr } = this.#chunks
    return {
      exitCode,
      stdout: Buffer.concat(stdout),
      stderr: Buffer.concat(stderr),
      truncated: this.#truncated,
    }
  }
}

/** What a driver throws when the time is over. */
export function timedOut(container: string, { command, timeoutMs }: ExecRequest): RuntimeError {
  const program = JSON.stringify((command[0] ?? '').slice(0, 80))
  return new RuntimeError(
    'exec.timed-out',
    `${container}: ${program} took longer than ${timeoutMs} ms and was killed`,
  )
}
