// What is mounted on the host after a pod was made, carried into the pod. Starts a process.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { RuntimeError } from '../runtime-error.ts'
import type { ProcessId } from './process-id.ts'
import { TOOL_ENVIRONMENT, type Tools } from './tools.ts'

const CARRY_PROGRAM = join(import.meta.dirname, 'carry.pl')
const TIMEOUT_MS = 20_000

/**
 * Mount points of the host among `sources` are the same in the pod of this holder from now on. Only root mounts. Throws RuntimeError
 * `container.start-failed` with what the system said.
 */
export async function carryMounts(
  { tools, mapped }: { readonly tools: Tools; readonly mapped: boolean },
  holder: ProcessId,
  sources: readonly string[],
): Promise<void> {
  const mounted = mapped ? [] : sources.filter(isMountPoint)
  if (mounted.length === 0) return
  const words = [CARRY_PROGRAM, String(holder.pid), ...mounted]
  const options = { env: TOOL_ENVIRONMENT, cwd: '/', timeout: TIMEOUT_MS }
  await promisify(execFile)(tools.perl, words, options).catch((cause: unknown) => {
    const { stderr = '' } = cause as { stderr?: string }
    throw new RuntimeError('container.start-failed', stderr.trim().slice(0, 500), { cause })
  })
}

function isMountPoint(path: string): boolean {
  const escaped = path.replaceAll('\\', '\\134').replaceAll(' ', '\\040')
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .some((line) => line.split(' ')[4] === escaped)
}
