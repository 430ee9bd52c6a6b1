// Control groups of containers: found by trying, made with limits, taken away. Writes below /sys/fs/cgroup.
import { accessSync, constants, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Limits } from '../runtime.ts'
import { planCgroups, type Controller, type Hierarchy } from './cgroup-plan.ts'

/** A folder in which groups with these controllers can be made. */
export type CgroupBase = {
  readonly version: 1 | 2
  readonly folder: string
  readonly controllers: readonly Controller[]
}

const WANTED: readonly Controller[] = ['memory', 'cpu', 'pids']
const PERIOD_US = 100_000
const MIN_QUOTA_US = 1_000
const REMOVE_TRIES = 200
const REMOVE_PAUSE_MS = 25
/** Where the processes of a delegated group go, so that the group itself may have children with limits. */
const LEAF = 'wetee-host'

/** Folders that take groups of this process; none where it may not make any. */
export function findCgroupBases(): CgroupBase[] {
  let plan: Hierarchy[]
  try {
    plan = planCgroups(
      readFileSync('/proc/self/mountinfo', 'utf8'),
      readFileSync('/proc/self/cgroup', 'utf8'),
    )
  } catch {
    return []
  }
  return plan.flatMap((hierarchy) => {
    const found = hierarchy.version === 1 ? tryFolder(hierarchy) : tryUnified(hierarchy.folders)
    return found === undefined || found.controllers.length === 0 ? [] : [found]
  })
}

/** Folder of a container's group below each base. */
export function cgroupFolders(bases: readonly CgroupBase[], name: string): string[] {
  return bases.map(({ folder }) => join(folder, name))
}

/** Makes the groups anew and limits them. Throws the error of the write that was refused. */
export async function makeCgroups(
  bases: readonly CgroupBase[],
  name: string,
  { memoryBytes, cpuMilli, pids }: Limits,
): Promise<void> {
  const quotaUs = Math.max(MIN_QUOTA_US, cpuMilli * (PERIOD_US / 1_000))
  for (const { version, folder, controllers } of bases) {
    const group = join(folder, name)
    await removeCgroup(group)
    mkdirSync(group)
    const put = (file: string, value: number | string) =>
      writeFileSync(join(group, file), String(value), { flag: 'r+' })
    if (controllers.includes('memory')) {
      put(version === 1 ? 'memory.limit_in_bytes' : 'memory.max', memoryBytes)
      // Without swap accounting there is no such file, and no swap to account for.
      const [file, value] =
        version === 1 ? ['memory.memsw.limit_in_bytes', memoryBytes] : ['memory.swap.max', 0]
      if (exists(join(group, String(file)))) put(String(file), value ?? 0)
    }
    if (controllers.includes('cpu')) {
      if (version === 2) put('cpu.max', `${quotaUs} ${PERIOD_US}`)
      else {
        put('cpu.cfs_period_us', PERIOD_US)
        put('cpu.cfs_quota_us', quotaUs)
      }
    }
    if (controllers.includes('pids')) put('pids.max', pids)
  }
}

/** Whether the kernel has ended a process of these groups for want of memory. */
export function sawOutOfMemory(folders: readonly string[]): boolean {
  return folders.some((folder) =>
    ['memory.events', 'memory.oom_control'].some((file) => {
      try {
        const count = /^oom_kill ([0-9]+)$/m.exec(readFileSync(join(folder, file), 'utf8'))?.[1]
        return count !== undefined && count !== '0'
      } catch {
        return false
      }
    }),
  )
}

/** Ends what is in a group and removes it; does nothing when it is gone. Throws when it does not become empty in 5 s. */
export async function removeCgroup(folder: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return rmdirSync(folder)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
      if (tries >= REMOVE_TRIES) throw error
    }
    for (const pid of readPids(folder)) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It has ended meanwhile.
      }
    }
    await delay(REMOVE_PAUSE_MS)
  }
}

function tryUnified(folders: readonly string[]): CgroupBase | undefined {
  const best = mostOf(
    folders.map((folder) => tryFolder({ version: 2, folder, controllers: WANTED })),
  )
  const [own] = folders
  if (own === undefined || !hasMore(own, best)) return best
  // No parent is ours: a group with processes of its own cannot limit children, so the processes move down.
  try {
    mkdirSync(join(own, LEAF), { recursive: true })
    for (const pid of readPids(own))
      writeFileSync(join(own, LEAF, 'cgroup.procs'), String(pid), { flag: 'r+' })
  } catch {
    return best
  }
  return mostOf([tryFolder({ version: 2, folder: own, controllers: WANTED }), best])
}

/** Whether a group that is not the top of all has controllers that it does not pass on yet. */
function hasMore(folder: string, best: CgroupBase | undefined): boolean {
  try {
    accessSync(join(folder, 'cgroup.type'))
    const given = readFileSync(join(folder, 'cgroup.controllers'), 'utf8').trim().split(' ')
    return WANTED.some((name) => given.includes(name) && best?.controllers.includes(name) !== true)
  } catch {
    return false
  }
}

function mostOf(bases: readonly (CgroupBase | undefined)[]): CgroupBase | undefined {
  return bases.reduce(
    (best, next) =>
      (next?.controllers.length ?? 0) > (best?.controllers.length ?? 0) ? next : best,
    undefined,
  )
}

/** What a group made in this folder could be limited by; `undefined` when none can be made. */
function tryFolder(base: CgroupBase): CgroupBase | undefined {
  const { version, folder, controllers } = base
  const trial = join(folder, `wetee-trial-${process.pid}`)
  try {
    accessSync(join(folder, 'cgroup.procs'), constants.W_OK)
    if (version === 2) passOn(folder, controllers)
    mkdirSync(trial)
  } catch {
    return undefined
  }
  try {
    accessSync(join(trial, 'cgroup.procs'), constants.W_OK)
    if (version === 1) return base
    if (readFileSync(join(trial, 'cgroup.type'), 'utf8').trim() !== 'domain') return undefined
    const given = readFileSync(join(trial, 'cgroup.controllers'), 'utf8').trim().split(' ')
    return { ...base, controllers: controllers.filter((name) => given.includes(name)) }
  } catch {
    return undefined
  } finally {
    rmdirSync(trial)
  }
}

/**
 * Asks a v2 group to give controllers to its children; what came of it is read from a child. A group with processes of its own
 * is not asked: it would become a threaded one, whose children take no processes. The top of all may have both.
 */
function passOn(folder: string, controllers: readonly Controller[]): void {
  if (exists(join(folder, 'cgroup.type')) && readPids(folder).length > 0) return
  for (const controller of controllers) {
    try {
      writeFileSync(join(folder, 'cgroup.subtree_control'), `+${controller}`, { flag: 'r+' })
    } catch {
      // Not delegated to us.
    }
  }
}

function readPids(folder: string): number[] {
  try {
    return readFileSync(join(folder, 'cgroup.procs'), 'utf8')
      .split('\n')
      .filter((line) => /^[0-9]+$/.test(line))
      .map(Number)
  } catch {
    return []
  }
}

function exists(path: string): boolean {
  try {
    accessSync(path)
    return true
  } catch {
    return false
  }
}
