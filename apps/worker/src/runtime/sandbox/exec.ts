// Runs a command in a running container: into its control groups and namespaces, then enter.pl as at its start. Starts processes.
import { spawn, type StdioOptions } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { Output, OUTPUT_GRACE_MS, timedOut, type ExecRequest, type ExecResult } from '../exec.ts'
import { killTree } from '../process-tree.ts'
import { RuntimeError } from '../runtime-error.ts'
import { encodeEnter, ENTER_PROGRAM } from './enter.ts'
import { PARENT_PROGRAM, type Ground } from './launch.ts'
import { makePipe } from './pipe.ts'
import { enterContainer } from './pod-holder.ts'
import type { ProcessId } from './process-id.ts'
import type { Place } from './state.ts'
import { TOOL_ENVIRONMENT } from './tools.ts'

/** A container that runs. */
export type RunningContainer = {
  readonly name: string
  readonly folder: string
  readonly holder: ProcessId
  readonly init: ProcessId
  readonly cgroups: readonly string[]
  readonly place: Place
}

/** Joins the control groups that come before `--`, so that what follows is limited by them from its first instruction. */
const JOIN = 'while [ "$1" != -- ]; do echo 0 > "$1" || exit 126; shift; done; shift; exec "$@"'
const MAX_REASON = 500

/** As Runtime.exec; the request is checked. */
export async function execIn(
  { tools, mapped, filter }: Ground,
  { name, folder, holder, init, cgroups, place }: RunningContainer,
  request: ExecRequest,
): Promise<ExecResult> {
  const { command, input, timeoutMs, maxBytes, signal } = request
  signal?.throwIfAborted()
  const order = encodeEnter({
    ...place,
    ...{ mapped, filter, hasInput: input !== undefined, program: command },
  })
  const words = [
    ...['-c', JOIN, 'sh', ...cgroups.map((group) => join(group, 'cgroup.procs')), '--'],
    ...[tools.perl, PARENT_PROGRAM],
    ...[tools.nsenter, ...enterContainer(holder, init, mapped), '--', tools.perl, ENTER_PROGRAM],
  ]
  const id = randomBytes(8).toString('hex')
  const [stdout, stderr] = ['out', 'err'].map((end) => {
    const path = join(folder, `exec-${id}.${end}`)
    const pipe = makePipe(path, tools.mkfifo)
    rmSync(path)
    return pipe
  })
  if (stdout === undefined || stderr === undefined) throw new Error('unreachable')
  const ends = ['pipe', stdout.write, 'pipe', stderr.write, input === undefined ? 'ignore' : 'pipe']
  const child = spawn(tools.sh, words, {
    cwd: '/',
    env: TOOL_ENVIRONMENT,
    stdio: ends as StdioOptions,
  })
  closeSync(stdout.write)
  closeSync(stderr.write)
  const output = new Output(maxBytes)
  stdout.socket.on('data', (chunk: Buffer) => output.push('stdout', chunk))
  stderr.socket.on('data', (chunk: Buffer) => output.push('stderr', chunk))
  const closed = Promise.all([once(stdout.socket, 'close'), once(stderr.socket, 'close')])
  const said = text(child.stdio[2] as Readable).catch(String)
  for (const [place, bytes] of [
    [0, order],
    [4, input],
  ] as const) {
    const end = child.stdio[place] as Writable | null | undefined
    end?.on('error', () => undefined)
    end?.end(bytes)
  }
  const over = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])])
  try {
    const [code] = (await once(child, 'exit', { signal: over })) as [number | null]
    await Promise.race([closed, delay(OUTPUT_GRACE_MS)])
    const words = await said
    const failure = /^failed (.*)$/m.exec(words)?.[1]
    if (/^exec$/m.test(words) && failure === undefined) return output.result(code ?? 137)
    const reason = (failure ?? words).trim().slice(0, MAX_REASON)
    throw new RuntimeError('exec.start-failed', `${name}: ${reason || 'the container has ended'}`)
  } catch (error) {
    if (!over.aborted) throw error
    if (child.pid !== undefined) await killTree(child.pid)
    signal?.throwIfAborted()
    throw timedOut(name, request)
  } finally {
    stdout.socket.destroy()
    stderr.socket.destroy()
  }
}
