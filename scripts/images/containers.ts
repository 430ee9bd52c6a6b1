// Containers that stay: started, waited for, ended; folders for the user of the images. Starts containers, writes files.
import { chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Docker } from './docker.ts'
import type { ImageName } from './image-checks.ts'
import { must, type Report } from './report.ts'

/** What the checks of a network are given. */
export type Stage = {
  readonly docker: Docker
  readonly report: Report
  readonly tagOf: (name: ImageName) => string
  /** The engine that all of it runs on. */
  readonly socketPath: string
  /** For states of containers; root's. */
  readonly folder: string
}

/** A network that the devnet's container has brought up. */
export type RunningNetwork = Stage & {
  /** What the devnet's container has as `/var/lib/wetee`, here. */
  readonly state: string
  /** Starts an image beside it under its own name, and waits until it is healthy. */
  readonly start: (
    name: ImageName,
    options: readonly string[],
    args?: readonly string[],
  ) => Promise<string>
}

/**
 * The devnet's folder, in its container and in those beside it: also under the path that it has here. Sockets of its machines are mounted
 * into applications by the engine, which is out here.
 */
export const sharedFolder = (state: string): readonly string[] => [
  ...['-v', `${state}:/var/lib/wetee`],
  ...['-v', `${state}:${state}`],
]

/** User of all images but the agent's. */
const user = 10_001
const healthyMs = 300_000
const pollMs = 1_000
const graceSeconds = 60

/** Nothing can be written but state and `/tmp`, and there is no capability. */
export const readOnly = ['--read-only', '--cap-drop', 'ALL', '--tmpfs', '/tmp']

/** The network of the devnet's container: loopback, with everything that listens there. */
export const besideDevnet = ['--network', 'container:devnet']

/** Makes a folder for the user of the images. */
export function stateFolder(parent: string, name: string): string {
  const folder = join(parent, name)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chownSync(folder, user, user)
  return folder
}

/** Writes a document for the user of the images. */
export function writeDocument(path: string, value: object): void {
  writeFileSync(path, JSON.stringify(value))
  chownSync(path, user, user)
}

/** Waits until a container is healthy; throws with the end of its log where it ends or takes too long. */
export async function untilHealthy(docker: Docker, name: string): Promise<string> {
  const startedAtMs = performance.now()
  const format = '{{.State.Status}} {{.State.Health.Status}}'
  for (;;) {
    const { stdout } = await docker(['inspect', '--format', format, name])
    const state = stdout.trim()
    const seconds = Math.round((performance.now() - startedAtMs) / 1_000)
    if (state === 'running healthy') return `after ${seconds} s`
    const mayBecome = state.startsWith('running') && seconds * 1_000 < healthyMs
    if (!mayBecome) must(false, `${state} after ${seconds} s: ${await logOf(docker, name)}`)
    await delay(pollMs)
  }
}

/** Waits until a container has logged a text. */
export async function untilLogged(docker: Docker, name: string, text: string): Promise<void> {
  const deadlineMs = performance.now() + healthyMs
  for (;;) {
    const log = await logOf(docker, name)
    if (log.includes(text)) return
    must(performance.now() < deadlineMs, `"${text}" is not in its log: ${log}`)
    await delay(pollMs)
  }
}

async function logOf(docker: Docker, name: string): Promise<string> {
  const { stdout, stderr } = await docker(['logs', '--tail', '100', name], { mayFail: true })
  return `${stdout}${stderr}`.slice(-4_000)
}

/** Sends SIGTERM; one that has to be killed ends with 137. */
export async function endsInTime(docker: Docker, name: string): Promise<string> {
  const startedAtMs = performance.now()
  await docker(['stop', '-t', String(graceSeconds), name])
  const seconds = Math.round((performance.now() - startedAtMs) / 100) / 10
  const { stdout } = await docker(['inspect', '--format', '{{.State.ExitCode}}', name])
  must(stdout.trim() === '0', `it ended with ${stdout.trim()} after ${seconds} s`)
  return `${seconds} s`
}
