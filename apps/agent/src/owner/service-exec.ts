// Commands of the owner in a service's container. The worker has the launcher run them there, and hears neither words nor input nor
// output: those go through files and pipes in the service's memory volume. Does file I/O.
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  environmentName,
  EXEC_PREFIX,
  launcherName,
  pipeNames,
} from '../services/service-folders.ts'
import { writeWhole } from '../services/whole-file.ts'
import { errorFields, type Log } from '../log.ts'
import type { EventLog } from './event-log.ts'
import { ExecInput, inputPipeName } from './exec-input.ts'
import {
  isAttended,
  timeoutMsOf,
  type ExecFrame,
  type ExecInputPart,
  type ExecOrder,
  type TerminalSize,
} from './exec-order.ts'
import { OwnerError } from './owner-error.ts'
import { PipedOutput } from './piped-output.ts'
import type { Session } from './sessions.ts'

/** Of both streams together, bytes; what comes after them is dropped. Who attends a command reads all of it. */
const MAX_OUTPUT_BYTES = 4 << 20
const MAX_AT_ONCE = 4

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
  readonly monotonicMs: () => number
  readonly log: Log
}

/** Who asks, and until when. */
export type ExecSession = Pick<Session, 'address' | 'endMs'>

/** A command that runs. */
type Running = {
  readonly by: string
  readonly input: ExecInput | undefined
  readonly end: SessionEnd
}

/** Runs up to four commands at a time. */
export class ServiceExec {
  readonly #parts: ServiceExecParts
  /** By number. */
  readonly #running = new Map<string, Running>()
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
    this.checkRoom()
  }

  /** Throws OwnerError while as many run as may. */
  checkRoom(): void {
    if (this.#open >= MAX_AT_ONCE)
      throw new OwnerError('request.too-many', `${MAX_AT_ONCE} commands run already`)
  }

  /** Output as it comes, then one last frame. Whoever stops reading, the signal, or the end of the session ends the command. */
  async *run(
    order: ExecOrder,
    session: ExecSession,
    signal: AbortSignal,
  ): AsyncGenerator<ExecFrame, void, undefined> {
    this.check(order)
    yield* this.runOwn(order, session, signal, 'exec')
  }

  /** As `run`, for commands of the launcher's own: whether they are allowed is up to who asks. `kind` begins the events. */
  async *runOwn(
    order: ExecOrder,
    session: ExecSession,
    signal: AbortSignal,
    kind: 'exec' | 'snapshot' | 'restore',
  ): AsyncGenerator<ExecFrame, void, undefined> {
    this.checkRoom()
    const { events, log, servicesFolder, monotonicMs } = this.#parts
    const id = randomBytes(8).toString('hex')
    const folder = join(servicesFolder, order.service, `${EXEC_PREFIX}${id}`)
    const end = new SessionEnd(monotonicMs, session.endMs)
    this.#open++
    events.add(`${kind}.started`, `${id} ${order.service} ${session.address}: ${order.command[0]}`)
    let how = 'left'
    try {
      this.#prepare(folder, order)
      const input = isAttended(order) ? new ExecInput(folder, order.terminal) : undefined
      this.#running.set(id, { by: session.address, input, end })
      if (input !== undefined) yield { id }
      const until = AbortSignal.any([signal, end.signal])
      const frame = yield* this.#output({ id, folder, order }, until)
      how = `exit code ${frame.exitCode}`
      yield frame
    } catch (error) {
      const { code } = errorFields(error)
      how = code
      log.warn({ exec: id, ...errorFields(error) }, 'a command of the owner failed')
      const message =
        code === 'exec.timed-out'
          ? 'the command took longer than it may, and was killed'
          : 'the command could not be run to its end'
      yield { error: { code, message } }
    } finally {
      this.#open--
      end.now()
      this.#running.get(id)?.input?.close()
      this.#running.delete(id)
      rmSync(folder, { recursive: true, force: true })
      events.add(`${kind}.ended`, `${id} ${how}`)
    }
  }

  /** Hands on input to the command that the same account runs; its time is that of the newest session from here on. Throws OwnerError. */
  async input(id: string, { data, end }: ExecInputPart, session: ExecSession): Promise<void> {
    const bytes = Buffer.from(data ?? '', 'base64')
    await this.#attended(id, session).write(bytes, end === true)
  }

  /** Changes the size of its terminal. Throws OwnerError. */
  async resize(id: string, size: TerminalSize, session: ExecSession): Promise<void> {
    await this.#attended(id, session).resize(size)
  }

  #attended(id: string, { address, endMs }: ExecSession): ExecInput {
    const running = this.#running.get(id)
    if (running?.input === undefined || running.by !== address)
      throw new OwnerError('exec.unknown', 'no such command of yours runs here')
    running.end.extend(endMs)
    return running.input
  }

  async *#output(
    { id, folder, order }: { id: string; folder: string; order: ExecOrder },
    until: AbortSignal,
  ) {
    const maxBytes = isAttended(order) ? Number.POSITIVE_INFINITY : MAX_OUTPUT_BYTES
    // Before the command is there: a pipe that nobody else has open forgets what was written when its writer ends.
    const output = new PipedOutput(folder, maxBytes)
    try {
      const started = { service: order.service, id, timeoutMs: timeoutMsOf(order) }
      const ending = this.#parts.start(started, until)
      yield* output.frames(ending)
      const exitCode = await ending
      return { exitCode, truncated: output.truncated, hostsWord: true as const }
    } finally {
      output.close()
    }
  }

  /** The launcher and the variables of the service, by links; words and input in files of its own. */
  #prepare(folder: string, order: ExecOrder): void {
    const { command, input, terminal } = order
    mkdirSync(folder, { mode: 0o755 })
    const own = terminal === undefined ? [launcherName, environmentName] : [launcherName]
    for (const name of own) linkSync(join(folder, '..', name), join(folder, name))
    if (terminal !== undefined) {
      const variables = readFileSync(join(folder, '..', environmentName))
      const name = Buffer.from(`TERM=${terminal.name ?? 'xterm'}\0`)
      writeWhole(folder, environmentName, 0o444, Buffer.concat([variables, name]))
    }
    const names = [...Object.values(pipeNames), ...(isAttended(order) ? [inputPipeName] : [])]
    const pipes = names.map((name) => join(folder, name))
    execFileSync(this.#parts.launcher, ['--fifos', ...pipes], { stdio: 'ignore', env: {} })
    const words = command.map((word) => `${word}\0`).join('')
    writeWhole(folder, 'command', 0o444, Buffer.from(words))
    if (!isAttended(order)) writeWhole(folder, 'input', 0o444, Buffer.from(input ?? '', 'base64'))
  }
}

/** When a session ends, which a later one may put off. */
class SessionEnd {
  readonly #monotonicMs: () => number
  readonly #ended = new AbortController()
  #endMs = 0
  #timer: NodeJS.Timeout | undefined

  constructor(monotonicMs: () => number, endMs: number) {
    this.#monotonicMs = monotonicMs
    this.extend(endMs)
  }

  get signal(): AbortSignal {
    return this.#ended.signal
  }

  extend(endMs: number): void {
    if (endMs <= this.#endMs || this.signal.aborted) return
    this.#endMs = endMs
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.now(), Math.max(0, endMs - this.#monotonicMs()))
    this.#timer.unref()
  }

  now(): void {
    clearTimeout(this.#timer)
    this.#ended.abort()
  }
}
