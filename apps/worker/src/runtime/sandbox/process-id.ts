// Processes by more than their number: a number is used again, number and start time together are not. Reads /proc.
import { readFileSync } from 'node:fs'

/** A process of this boot; `startTicks` since boot, as in /proc/<pid>/stat. */
export type ProcessId = {
  readonly pid: number
  readonly startTicks: string
  readonly bootId: string
}

/** Identity of a running process; `undefined` when there is none, or only what is left of one. */
export function identify(pid: number): ProcessId | undefined {
  try {
    const startTicks = parseStartTicks(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    return startTicks === undefined ? undefined : { pid, startTicks, bootId: bootId() }
  } catch {
    return undefined
  }
}

/** Whether this very process still runs. */
export function isAlive(process: ProcessId): boolean {
  const found = identify(process.pid)
  return found?.startTicks === process.startTicks && found.bootId === process.bootId
}

/** Sends a signal to this very process; whether it was there. */
export function signalProcess(target: ProcessId, signal: NodeJS.Signals): boolean {
  if (!isAlive(target)) return false
  try {
    return process.kill(target.pid, signal)
  } catch {
    return false
  }
}

/** Field 22 of a stat line; `undefined` for a zombie. The name, field 2, may hold anything. */
export function parseStartTicks(stat: string): string | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = fields[19]
  if (fields[0] === 'Z' || fields[0] === 'X' || ticks === undefined) return undefined
  return /^[0-9]{1,20}$/.test(ticks) ? ticks : undefined
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}
