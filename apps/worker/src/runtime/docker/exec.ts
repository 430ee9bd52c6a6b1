// Runs a command in a running container through the engine's exec. Does socket I/O; kills by process id where it can.
import { readlinkSync } from 'node:fs'
import type { Duplex } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type Docker from 'dockerode'
import { Output, OUTPUT_GRACE_MS, timedOut, type ExecRequest, type ExecResult } from '../exec.ts'
import { killTree } from '../process-tree.ts'
import { RuntimeError } from '../runtime-error.ts'
import { statusOf, type EngineClient } from './engine-client.ts'
import { framesOf } from './log-frames.ts'

/** A command that ends while something in the background holds its output is noticed after this long, milliseconds. */
const POLL_MS = 500
/** What engines print in place of a program that could not be started. */
const REFUSAL = /^(OCI runtime exec failed|.{0,200}(executable file .{0,200}not found|exec failed))/
const MAX_REASON = 500

/** As Runtime.exec; the request is checked. `name` is the engine's. */
export async function execIn(
  client: EngineClient,
  name: string,
  request: ExecRequest,
): Promise<ExecResult> {
  const { timeoutMs, signal, maxBytes } = request
  signal?.throwIfAborted()
  const over = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])])
  const exec = await create(client, name, request)
  const output = new Output(maxBytes)
  let stream: Duplex | undefined
  try {
    stream = await start(client, exec, request, over)
    const read = collect(stream, output)
    const ended = until(over)
    await Promise.race([read, hasEnded(client, exec, over), ended])
    const exitCode = await exitCodeOf(client, exec, over)
    await Promise.race([read, delay(OUTPUT_GRACE_MS)])
    const result = output.result(exitCode)
    // Docker says it on standard output, Podman on standard error.
    const said = Buffer.concat([result.stdout, result.stderr]).toString('utf8', 0, MAX_REASON)
    if ((exitCode === 126 || exitCode === 127) && REFUSAL.test(said))
      throw new RuntimeError('exec.start-failed', `${name}: ${said.trim()}`)
    return result
  } catch (error) {
    if (!over.aborted) throw refusalOf(name, error)
    await kill(client, name, exec)
    signal?.throwIfAborted()
    throw timedOut(name, request)
  } finally {
    stream?.destroy()
  }
}

async function create(
  client: EngineClient,
  name: string,
  { command, input }: ExecRequest,
): Promise<Docker.Exec> {
  try {
    return await client.call('prepare a command', (d) =>
      d.getContainer(name).exec({
        Cmd: [...command],
        AttachStdin: input !== undefined,
        AttachStdout: true,
        AttachStderr: true,
      }),
    )
  } catch (error) {
    throw refusalOf(name, error)
  }
}

function start(
  client: EngineClient,
  exec: Docker.Exec,
  { input }: ExecRequest,
  over: AbortSignal,
): Promise<Duplex> {
  return client.wait(
    'run a command',
    async (_, abortSignal) => {
      const hijack = input !== undefined
      const stream = await exec.start({ Detach: false, hijack, stdin: hijack, abortSignal })
      stream.on('error', () => undefined)
      if (input !== undefined) stream.end(input)
      return stream
    },
    over,
  )
}

async function collect(stream: Duplex, output: Output): Promise<void> {
  for await (const { stream: name, bytes } of framesOf(stream)) output.push(name, bytes)
}

/** Comes back when the engine says that the command does not run any more. */
async function hasEnded(client: EngineClient, exec: Docker.Exec, over: AbortSignal) {
  do await delay(POLL_MS, undefined, { signal: over })
  while ((await inspect(client, exec)).Running)
}

/** An engine may close the output a moment before it knows the end. */
async function exitCodeOf(client: EngineClient, exec: Docker.Exec, over: AbortSignal) {
  for (;;) {
    const { Running, ExitCode } = await inspect(client, exec)
    if (!Running && ExitCode !== null) return ExitCode
    await delay(10, undefined, { signal: over })
  }
}

function inspect(client: EngineClient, exec: Docker.Exec): Promise<Docker.ExecInspectInfo> {
  return client.call('look at a command', () => exec.inspect())
}

/** No engine can end a command: where its processes are ours to see, the kernel does it. */
async function kill(client: EngineClient, name: string, exec: Docker.Exec): Promise<void> {
  const [command, container] = await Promise.all([
    inspect(client, exec).catch(() => undefined),
    client.find('look at a container', (d) => d.getContainer(name).inspect()),
  ])
  if (command?.Running !== true || container?.State.Running !== true) return
  const space = spaceOf(container.State.Pid)
  if (space === undefined || spaceOf(command.Pid) !== space) return
  const init = container.State.Pid
  await killTree(command.Pid, (pid) => pid !== init && spaceOf(pid) === space)
}

/** PID namespace of a process of this machine. */
function spaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`)
  } catch {
    return undefined
  }
}

async function until(over: AbortSignal): Promise<never> {
  if (!over.aborted)
    await new Promise((resolve) => over.addEventListener('abort', resolve, { once: true }))
  throw new Error('the time is over')
}

/** 404: no container; 409: it does not run (500 and "state improper" of Podman); 400: no such program (Docker), as 500 of Podman with the runtime's words. */
function refusalOf(name: string, error: unknown): unknown {
  const status = statusOf(error)
  const text = error instanceof Error ? error.message.slice(0, MAX_REASON) : ''
  if (status === 404 || status === 409 || (status === 500 && /container state improper/.test(text)))
    return new RuntimeError('container.not-running', `${name} does not run`, { cause: error })
  if (status === 400 || (status === 500 && /not found|no such file|exec failed/i.test(text)))
    return new RuntimeError('exec.start-failed', `${name}: ${text}`, { cause: error })
  return error
}
