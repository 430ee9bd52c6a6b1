// For tests: commands of the owner, run by a real launcher as the worker would have it run in the container. Starts processes.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launcherPath } from '../../launcher/build.ts'
import { createLog } from '../log.ts'
import { EventLog } from '../owner/event-log.ts'
import { ServiceExec, type ExecSession, type ServiceExecParts } from '../owner/service-exec.ts'
import { prepareService } from '../services/service-folders.ts'

/** Who asks, as long as a test lasts. */
export const execSession: ExecSession = {
  address: `0x${'0a'.repeat(20)}`,
  endMs: 1_000_000_000,
}

/** A service `web` with a memory volume, and what has been asked of the worker. */
export type ExecStand = {
  readonly folder: string
  readonly events: EventLog
  readonly logged: string[]
  /** What the worker was asked for. */
  readonly orders: unknown[]
  readonly children: ChildProcess[]
  exec(changes?: Partial<ServiceExecParts>): ServiceExec
  /** As at a start of the agent. */
  prepare(): void
  /** Folders of commands. */
  leftovers(): string[]
  close(): void
}

/** A new one. */
export function execStand(): ExecStand {
  const folder = mkdtempSync(join(tmpdir(), 'wetee-ex-'))
  mkdirSync(join(folder, 'web'))
  const [logged, orders, children] = [[] as string[], [] as unknown[], [] as ChildProcess[]]
  const events = new EventLog(Date.now)
  const log = createLog((line) => logged.push(line), Date.now)
  const prepare = () => {
    const options = { folder, launcher: launcherPath, simulated: true, log }
    prepareService({ name: 'web', hasVariables: false }, options)
  }
  prepare()
  writeFileSync(join(folder, 'web/environment'), 'SECRET=from the TEE\0')
  const start: ServiceExecParts['start'] = (order, signal) => {
    orders.push(order)
    return launch(join(folder, order.service, `exec-${order.id}`, 'launch'), children, signal)
  }
  return {
    ...{ folder, events, logged, orders, children, prepare },
    exec: (changes = {}) =>
      new ServiceExec({
        ...{ allowed: true, services: ['web'], servicesFolder: folder, launcher: launcherPath },
        ...{ start, events, log, monotonicMs: () => performance.now() },
        ...changes,
      }),
    leftovers: () => readdirSync(join(folder, 'web')).filter((name) => name.startsWith('exec-')),
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** As the worker does: without input or output of its own. */
async function launch(
  program: string,
  children: ChildProcess[],
  signal: AbortSignal,
): Promise<number> {
  const child = spawn(program, ['--given'], {
    env: { PATH: '/usr/bin:/bin' },
    stdio: 'ignore',
    detached: true,
  })
  children.push(child)
  const isRunning = () => child.exitCode === null && child.signalCode === null
  signal.addEventListener('abort', () => isRunning() && process.kill(-(child.pid ?? 0), 'SIGKILL'))
  const [code, by] = (await once(child, 'close')) as [number | null, string | null]
  return code ?? (by === 'SIGKILL' ? 137 : 255)
}
