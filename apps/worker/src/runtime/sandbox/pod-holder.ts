// The process that keeps a pod's namespaces alive, and the end of everything that lives in them. Starts and ends processes.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { RuntimeError } from '../runtime-error.ts'
import { identify, isAlive, signalProcess, type ProcessId } from './process-id.ts'
import { TOOL_ENVIRONMENT, type Tools } from './tools.ts'

const HOLD_PROGRAM = join(import.meta.dirname, 'hold.pl')
const START_TIMEOUT_MS = 20_000
const END_TRIES = 400
const END_PAUSE_MS = 25

/** A memory volume and the folder that it is mounted on, which is there and empty. */
export type HeldMemory = { readonly folder: string; readonly sizeBytes: number }

/**
 * Starts a holder with new mount, network, IPC and UTS namespaces, and a user namespace when `mapped`. It stays only when `keep` has
 * returned; until then it ends with this process. Throws RuntimeError `engine.failed` with what the system said.
 */
export async function startHolder(
  { tools, mapped }: { readonly tools: Tools; readonly mapped: boolean },
  podId: string,
  memory: readonly HeldMemory[],
  keep: (holder: ProcessId) => void,
): Promise<void> {
  const user = mapped ? ['--user', '--map-root-user'] : []
  // A slave: what the host mounts later is seen, what is mounted here is not seen there.
  const spaces = ['--mount', '--propagation', 'slave', '--net', '--ipc', '--uts']
  const volumes = memory.flatMap(({ folder, sizeBytes }) => [folder, String(sizeBytes)])
  const words = [...user, ...spaces, '--', tools.perl, HOLD_PROGRAM, podId, ...volumes]
  const child = spawn(tools.unshare, words, {
    cwd: '/',
    detached: true,
    env: TOOL_ENVIRONMENT,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.unref()
  child.stdin.on('error', () => undefined)
  const said = text(child.stderr)
  const first = await Promise.race([
    once(child.stdout, 'data', { signal: AbortSignal.timeout(START_TIMEOUT_MS) }).then(String),
    once(child, 'error').then(([error]) => String(error)),
    said,
  ])
  const holder = child.pid === undefined ? undefined : identify(child.pid)
  if (first.trim() !== 'ready' || holder === undefined) {
    child.kill('SIGKILL')
    const reason = first.trim().slice(0, 500)
    throw new RuntimeError('engine.failed', `pod ${podId}: no namespaces: ${reason}`)
  }
  keep(holder)
  child.stdin.end('keep\n')
  await said
}

/** Words that make a program run in the namespaces of a pod. */
export function enterPod({ pid }: ProcessId, mapped: boolean): string[] {
  return [...enterShared(pid, mapped), `--mount=/proc/${pid}/ns/mnt`]
}

/** Words that make a program run in the namespaces of a container, whose process 1 is `init`. */
export function enterContainer({ pid }: ProcessId, init: ProcessId, mapped: boolean): string[] {
  const own = [`--mount=/proc/${init.pid}/ns/mnt`, `--pid=/proc/${init.pid}/ns/pid`]
  return [...enterShared(pid, mapped), ...own]
}

/** What the containers of a pod have in common. */
function enterShared(pid: number, mapped: boolean): string[] {
  const user = mapped ? [`--user=/proc/${pid}/ns/user`, '--preserve-credentials'] : []
  return [...user, ...['net', 'ipc', 'uts'].map((name) => `--${name}=/proc/${pid}/ns/${name}`)]
}

/**
 * Ends every process in the network namespace of a pod, the holder last: also those that nothing on disk tells of.
 * Throws RuntimeError `engine.failed` when one of them does not end.
 */
export async function endPod(holder: ProcessId): Promise<void> {
  if (!isAlive(holder)) return
  const namespace = namespaceOf(holder.pid)
  for (let tries = 0; namespace !== undefined; tries++) {
    const members = processes().filter(
      (pid) => pid !== holder.pid && namespaceOf(pid) === namespace,
    )
    if (members.length === 0) break
    if (tries === END_TRIES) throw stuck(members)
    for (const pid of members) kill(pid)
    await delay(END_PAUSE_MS)
  }
  signalProcess(holder, 'SIGKILL')
  await gone(holder)
}

/** Waits for the end of a process that has been told to end. Throws RuntimeError `engine.failed` after 10 s. */
export async function gone(process: ProcessId): Promise<void> {
  for (let tries = 0; isAlive(process); tries++) {
    if (tries === END_TRIES) throw stuck([process.pid])
    await delay(END_PAUSE_MS)
  }
}

function processes(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number)
}

function namespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`)
  } catch {
    return undefined
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}

function stuck(pids: readonly number[]): RuntimeError {
  return new RuntimeError('engine.failed', `processes do not end: ${pids.slice(0, 8).join(', ')}`)
}
