// What containers of the sandbox have used: files of their control groups, and of /proc for their network. Does file I/O.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ContainerUsage } from '../runtime.ts'
import { isAlive, type ProcessId } from './process-id.ts'
import type { ContainerRecord } from './state.ts'

/** Above this a v1 group has no limit, bytes. */
const NO_LIMIT_BYTES = 2 ** 60

type Counted = Pick<ContainerUsage, 'cpuMicros' | 'memoryBytes' | 'memoryLimitBytes'>

/** Processor time and memory of a container's groups, v1 and v2; what no group of it counts is absent. */
export function readGroupUsage({ cgroups }: Pick<ContainerRecord, 'cgroups'>): Counted {
  const first = <T>(read: (folder: string) => T | undefined): T | undefined => {
    for (const folder of cgroups) {
      const value = read(folder)
      if (value !== undefined) return value
    }
    return undefined
  }
  const cpuMicros = first((folder) => {
    const nanos = readNumber(join(folder, 'cpuacct.usage'))
    return nanos === undefined
      ? readField(join(folder, 'cpu.stat'), 'usage_usec')
      : Math.floor(nanos / 1_000)
  })
  const memoryBytes = first((folder) => {
    const v1 = readNumber(join(folder, 'memory.usage_in_bytes'))
    const all = v1 ?? readNumber(join(folder, 'memory.current'))
    if (all === undefined) return undefined
    const name = v1 === undefined ? 'inactive_file' : 'total_inactive_file'
    return Math.max(0, all - (readField(join(folder, 'memory.stat'), name) ?? 0))
  })
  const memoryLimitBytes = first(
    (folder) =>
      readNumber(join(folder, 'memory.limit_in_bytes')) ?? readNumber(join(folder, 'memory.max')),
  )
  return {
    ...(cpuMicros === undefined ? {} : { cpuMicros }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(memoryLimitBytes === undefined || memoryLimitBytes >= NO_LIMIT_BYTES
      ? {}
      : { memoryLimitBytes }),
  }
}

/** Bytes through the network of a process, loopback left out; nothing when the process is gone. */
export function readNetwork(
  holder: ProcessId,
): Pick<ContainerUsage, 'networkRxBytes' | 'networkTxBytes'> {
  if (!isAlive(holder)) return {}
  try {
    return parseNetDev(readFileSync(`/proc/${holder.pid}/net/dev`, 'utf8'))
  } catch {
    return {}
  }
}

/** Sums of received and sent bytes in the text of /proc/PID/net/dev, loopback left out. */
export function parseNetDev(text: string): { networkRxBytes: number; networkTxBytes: number } {
  const sums = { networkRxBytes: 0, networkTxBytes: 0 }
  for (const line of text.split('\n')) {
    const [, name, rest] = /^\s*([^:\s]+):\s*([0-9 ]+)$/.exec(line) ?? []
    if (rest === undefined || name === 'lo') continue
    const fields = rest.trim().split(/ +/).map(Number)
    sums.networkRxBytes += fields[0] ?? 0
    sums.networkTxBytes += fields[8] ?? 0
  }
  return sums
}

function readNumber(path: string): number | undefined {
  const text = readText(path)?.trim()
  return text !== undefined && /^[0-9]{1,20}$/.test(text) ? Number(text) : undefined
}

function readField(path: string, name: string): number | undefined {
  const found = readText(path)
    ?.split('\n')
    .find((line) => line.startsWith(`${name} `))
  const text = found?.slice(name.length + 1)
  return text !== undefined && /^[0-9]{1,20}$/.test(text) ? Number(text) : undefined
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
