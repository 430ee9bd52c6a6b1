// Commands of the owner in a service's container. The worker has the launcher run them there, and hears neither words nor input nor
// output: those go through files and pipes in the service's memory volume. Does file I/O.
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, constants, linkSync, mkdirSync, openSync, readSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import * as z from 'zod'
import type { Stream } from '../output/line-ring.ts'
import { openPipe } from '../output/read-pipes.ts'
import {
  environmentName,
  EXEC_PREFIX,
  launcherName,
  pipeNames,
} from '../services/service-folders.ts'
import { writeWhole } from '../services/whole-file.ts'
import { errorFields, type Log } from '../log.ts'
import type { EventLog } from './event-log.ts'
import { OwnerError } from './owner-error.ts'

const MAX_SECONDS = 600
const DEFAULT_SECONDS = 60
const MAX_WORDS = 256
const MAX_INPUT_BYTES = 16_384
/** Of both streams together, bytes; what comes after them is dropped. */
const MAX_OUTPUT_BYTES = 4 << 20
const MAX_AT_ONCE = 4
/** Pieces that wait for a slow reader before the pipes are left alone. */
const MAX_WAITING = 16
const READ_BYTES = 65_536

/** What is asked for. */
export const execSchema = z.strictObject({
  service: z.string().min(1).max(63),
  command: z
    .array(
      z
        .string()
        .max(16_384)
        .regex(/^[^\0]*$/),
    )
    .min(1)
    .max(MAX_WORDS)
    .refine(([program]) => program !== '', 'names no program')
    .describe('Program and arguments; no shell comes in between'),
  input: z
    .base64()
    .max(Math.ceil(MAX_INPUT_BYTES / 3) * 4)
    .optional()
    .describe('Standard input'),
  timeoutSeconds: z
    .int()
    .min(1)
    .max(MAX_SECONDS)
    .optional()
    .describe(`It is killed then; default ${DEFAULT_SECONDS}`),
})
export type ExecOrder = z.infer<typeof execSchema>

/** A piece of output, or how it went. */
export const execFrameSchema = z.union([
  z.object({ stream: z.enum(['stdout', 'stderr']), data: z.base64() }),
  z.object({
    exitCode: z.int().min(0).max(255),
    truncated: z.boolean().describe('Output was dropped'),
    hostsWord: z.literal(true).describe('The worker has told the exit code'),
  }),
  z.object({ error: z.object({ code: z.string(), message: z.string() }) }),
])
export type ExecFrame = z.infer<typeof execFrameSchema>

/** What commands are run with. */
export type ServiceExecParts = {
  /** Whether the manifest allows it. */
  readonly allowed: boolean
  readonly services: readonly string[]
  /** Holds the services' memory volumes. */
  readonly servicesFolder: string
  readonly launcher: string
  /** Has the launcher of `exec-<id>` run in a service's container; its exit code, by the host's word. */
  readonly start: (
    order: { readonly service: string; readonly id: string; readonly timeoutMs: number },
    signal: AbortSignal,
  ) => Promise<number>
  readonly events: EventLog
  readonly log: Log
}

/** Runs up to four commands at a time. */
export class ServiceExec {
  readonly #parts: ServiceExecParts
  #open = 0

  constructor(parts: ServiceExecParts) {
    this.#parts = parts
  }

  /** Throws OwnerError where nothing may be run now; the rest is told by the frames. */
  check({ service }: ExecOrder): void {
    if (!this.#parts.allowed)
      throw new OwnerError('exec.not-allowed', 'the manifest does not allow it: x-wetee.exec: true')
    if (!this.#parts.services.includes(service))
      throw new OwnerError('request.invalid', `there is no service "${service.slice(0, 63)}"`)
    if (this.#open >= MAX_AT_ONCE)
      throw new OwnerError('request.too-many', `${MAX_AT_ONCE} commands run already`)
  }

  /** Output as it comes, then one last frame. Whoever stops reading, or the signal, ends the command. */
  async *run(
    order: ExecOrder,
    by: `0x${string}`,
    signal: AbortSignal,
  ): AsyncGenerator<ExecFrame, void, undefined> {
    this.check(order)
    const { events, log, servicesFolder } = this.#parts
    const id = randomBytes(8).toString('hex')
    const folder = join(servicesFolder, order.service, `${EXEC_PREFIX}${id}`)
    const left = new AbortController()
    this.#open++
    events.add('exec.started', `${id} ${order.service} ${by}: ${order.command[0] ?? ''}`)
    let end = 'left'
    try {
      this.#prepare(folder, order)
      const until = AbortSignal.any([signal, left.signal])
      const timeoutMs = (order.timeoutSeconds ?? DEFAULT_SECONDS) * 1_000
      // Before the command is there: a pipe that nobody else has open forgets what was written when its writer ends.
      const output = new PipedOutput(folder)
      let exitCode: number
      try {
        const ending = this.#parts.start({ service: order.service, id, timeoutMs }, until)
        yield* output.frames(ending)
        exitCode = await ending
      } finally {
        output.close()
      }
      end = `exit code ${exitCode}`
      yield { exitCode, truncated: output.truncated, hostsWord: true }
    } catch (error) {
      const { code } = errorFields(error)
      end = code
      log.warn({ exec: id, ...errorFields(error) }, 'a command of the owner failed')
      const message =
        code === 'exec.timed-out'
          ? 'the command took longer than it may, and was killed'
          : 'the command could not be run to its end'
      yield { error: { code, message } }
    } finally {
      this.#open--
      left.abort()
      rmSync(folder, { recursive: true, force: true })
      events.add('exec.ended', `${id} ${end}`)
    }
  }

  /** The launcher and the variables of the service, by links; words and input in files of its own. */
  #prepare(folder: string, { command, input }: ExecOrder): void {
    mkdirSync(folder, { mode: 0o755 })
    for (const name of [launcherName, environmentName])
      linkSync(join(folder, '..', name), join(folder, name))
    const pipes = Object.values(pipeNames).map((name) => join(folder, name))
    execFileSync(this.#parts.launcher, ['--fifos', ...pipes], { stdio: 'ignore', env: {} })
    const words = command.map((word) => `${word}\0`).join('')
    writeWhole(folder, 'command', 0o444, Buffer.from(words))
    writeWhole(folder, 'input', 0o444, Buffer.from(input ?? '', 'base64'))
  }
}

/** What a command writes into its two pipes until it has ended, bounded. */
class PipedOutput {
  readonly #paths: ReadonlyMap<Stream, string>
  readonly #sockets: readonly Socket[]
  readonly #waiting: ExecFrame[] = []
  #left = MAX_OUTPUT_BYTES
  #isOver = false
  #wake: () => void = () => undefined
  truncated = false

  constructor(folder: string) {
    const streams = ['stdout', 'stderr'] as const
    this.#paths = new Map(streams.map((stream) => [stream, join(folder, pipeNames[stream])]))
    this.#sockets = [...this.#paths].map(([stream, path]) =>
      openPipe(path, (chunk) => this.#take(stream, chunk)),
    )
  }

  /** What is written until `ending`. */
  async *frames(ending: Promise<unknown>): AsyncGenerator<ExecFrame, void, undefined> {
    const over = () => this.#end()
    ending.then(over, over)
    for (;;) {
      const next = this.#waiting.shift()
      if (next !== undefined) yield next
      else if (this.#isOver) return
      else {
        for (const socket of this.#sockets) socket.resume()
        await new Promise<void>((resolve) => (this.#wake = resolve))
      }
    }
  }

  close(): void {
    this.#isOver = true
    for (const socket of this.#sockets) socket.destroy()
  }

  #take(stream: Stream, chunk: Uint8Array): void {
    if (chunk.length > this.#left) this.truncated = true
    const kept = Buffer.from(chunk.subarray(0, this.#left))
    this.#left -= kept.length
    if (kept.length === 0) return
    this.#waiting.push({ stream, data: kept.toString('base64') })
    if (this.#waiting.length >= MAX_WAITING) for (const socket of this.#sockets) socket.pause()
    this.#wake()
  }

  /** It has ended: what it wrote is in the pipes, which keep it while somebody has them open. */
  #end(): void {
    if (this.#isOver) return
    const rest = [...this.#paths].map(([stream, path]) => {
      return [stream, openSync(path, constants.O_RDWR | constants.O_NONBLOCK)] as const
    })
    for (const socket of this.#sockets) socket.destroy()
    for (const [stream, fd] of rest) {
      drain(fd, (chunk) => this.#take(stream, chunk))
      closeSync(fd)
    }
    this.#isOver = true
    this.#wake()
  }
}

/** Reads what is in a pipe now; at most what one holds. */
function drain(fd: number, onChunk: (chunk: Uint8Array) => void): void {
  const buffer = new Uint8Array(READ_BYTES)
  for (let left = MAX_OUTPUT_BYTES; left > 0;) {
    let bytes: number
    try {
      bytes = readSync(fd, buffer)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return
      throw error
    }
    onChunk(buffer.subarray(0, bytes))
    left -= bytes
  }
}
