// What an engine enforces, read from the kernel's side of a container that runs with everything asked for. Reads /proc.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Capabilities, Limits } from '../runtime.ts'
import { isHolder } from './network-guard.ts'

/** Limits of the probe's container. */
export const PROBE_LIMITS: Limits = { cpuMilli: 250, memoryBytes: 64 << 20, pids: 33 }

type Enforced = Omit<
  Capabilities,
  'egress' | 'hostFolders' | 'singleContainers' | 'isolation' | 'warnings'
>

const infoSchema = z.object({
  MemoryLimit: z.boolean().catch(false),
  CpuCfsQuota: z.boolean().catch(false),
  PidsLimit: z.boolean().catch(false),
  SecurityOptions: z.array(z.string()).catch([]),
})

/** By the kernel where the process can be seen; in an engine's own virtual machine by what the engine says of it. */
export function enforcedFor(pid: number, info: unknown): Enforced {
  if (isHolder(pid)) return readProcess(pid)
  const { MemoryLimit, CpuCfsQuota, PidsLimit, SecurityOptions } = infoSchema.parse(info)
  return {
    memoryLimit: MemoryLimit,
    cpuLimit: CpuCfsQuota,
    pidsLimit: PidsLimit,
    readOnlyRoot: true,
    seccomp: SecurityOptions.some((option) => option.includes('seccomp')),
    dropCapabilities: true,
  }
}

/** One sentence for each thing that is not enforced. */
export function warningsFor(enforced: Enforced & { readonly egress: boolean }): string[] {
  const texts: Readonly<Record<keyof typeof enforced, string>> = {
    memoryLimit: 'memory limits are not enforced: one application can take all memory',
    cpuLimit: 'CPU limits are not enforced: one application can slow all others down',
    pidsLimit: 'process limits are not enforced: one application can exhaust the process table',
    readOnlyRoot: 'read-only roots are not enforced: applications can fill the disk',
    seccomp: 'system calls are not filtered: a flaw of the kernel is easier to reach',
    dropCapabilities: 'capabilities are not dropped: applications have rights of root',
    egress:
      'applications have no way out to the internet: that needs a worker run as root with iptables and nsenter on ' +
      "the engine's own machine, so that the host itself can be kept out of reach",
  }
  const names = Object.keys(texts) as (keyof typeof enforced)[]
  return names.filter((name) => !enforced[name]).map((name) => texts[name])
}

function readProcess(pid: number): Enforced {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1]
  const { memoryBytes, pids } = PROBE_LIMITS
  const quota = cgroupFile(pid, 'cpu', 'cpu.cfs_quota_us', 'cpu.max')
  const root = readFileSync(`/proc/${pid}/mountinfo`, 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .find((words) => words[4] === '/')
  return {
    memoryLimit:
      cgroupFile(pid, 'memory', 'memory.limit_in_bytes', 'memory.max') === `${memoryBytes}`,
    cpuLimit: quota !== undefined && !/^(-1|max)/.test(quota),
    pidsLimit: cgroupFile(pid, 'pids', 'pids.max', 'pids.max') === `${pids}`,
    readOnlyRoot: root?.[5]?.split(',').includes('ro') === true,
    seccomp: field('Seccomp') === '2',
    dropCapabilities: field('NoNewPrivs') === '1' && /^0+$/.test(field('CapBnd') ?? ''),
  }
}

/** A file of the process's cgroup, of version 1 or 2; `undefined` when it is not where it is on most machines. */
function cgroupFile(pid: number, controller: string, v1: string, v2: string): string | undefined {
  const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().split('\n')
  for (const line of lines) {
    const [, names = '', ...rest] = line.split(':')
    const path = rest.join(':')
    const file = names.split(',').includes(controller)
      ? join('/sys/fs/cgroup', controller, path, v1)
      : names === ''
        ? join('/sys/fs/cgroup', path, v2)
        : undefined
    if (file === undefined) continue
    try {
      return readFileSync(file, 'utf8').trim()
    } catch {
      continue
    }
  }
  return undefined
}
