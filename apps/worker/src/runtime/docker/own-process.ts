// Processes that outlive whoever started them: found by pid file and command line, waited for, ended. Reads /proc.
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

const POLL_MS = 50

/** The process that a pid file names and whose command line has `word`; `undefined` when the number is another's by now. */
export function findProcess(pidFile: string, word: string): number | undefined {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8'))
    if (!Number.isSafeInteger(pid) || pid < 2) return undefined
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(word) ? pid : undefined
  } catch {
    return undefined
  }
}

/** Sends a signal and waits at most `graceMs`; then SIGKILL, and as long again. Another process's child cannot be waited for but by looking. */
export async function endProcess(
  pid: number,
  signal: 'SIGTERM' | 'SIGKILL',
  graceMs: number,
): Promise<void> {
  for (const sent of new Set([signal, 'SIGKILL'] as const)) {
    if (!isAlive(pid)) return
    process.kill(pid, sent)
    const deadlineMs = performance.now() + graceMs
    while (isAlive(pid) && performance.now() < deadlineMs) await delay(POLL_MS)
  }
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
