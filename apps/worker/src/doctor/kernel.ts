// What the kernel of this machine offers to containers. Reads /proc and /sys.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SECCOMP_DIGEST } from '../runtime/docker/seccomp-profile.ts'
import { error, ok, warning, type Row } from './row.ts'

const CONTROLLERS = ['memory', 'cpu', 'pids'] as const
/** Sockets, images, logs and connections of many applications. */
const WANTED_FILES = 65_536
const LEAST_FILES = 4_096

/** Reads below `root`, which is `/` but in tests. */
export function kernelRows(root = '/'): Row[] {
  const read = (path: string) => readText(join(root, path))
  return [controlGroups(read), seccomp(read), userNamespaces(read), overlay(read), openFiles(read)]
}

type Read = (path: string) => string | undefined

function controlGroups(read: Read): Row {
  const unified = read('sys/fs/cgroup/cgroup.controllers')?.trim().split(/\s+/)
  // Version 1: `name hierarchy groups enabled`.
  const enabled = (read('proc/cgroups') ?? '')
    .split('\n')
    .map((line) => line.split(/\s+/))
    .filter((words) => words[3] === '1')
    .map((words) => words[0] ?? '')
  const version = unified === undefined ? 1 : 2
  const missing = CONTROLLERS.filter((name) => !(unified ?? enabled).includes(name))
  if (missing.length === 0)
    return ok('kernel.control-groups', `control groups version ${version}: memory, cpu, pids`)
  return error(
    'kernel.control-groups',
    `control groups (version ${version}) lack ${missing.join(', ')}: applications could not be limited`,
    'boot with "cgroup_enable=memory systemd.unified_cgroup_hierarchy=1" (Debian: /etc/default/grub, then update-grub)',
  )
}

function seccomp(read: Read): Row {
  const actions = read('proc/sys/kernel/seccomp/actions_avail') ?? ''
  if (actions.includes('errno'))
    return ok('kernel.seccomp', `system calls are filtered; profile for engines: ${SECCOMP_DIGEST}`)
  return error(
    'kernel.seccomp',
    'system calls of applications cannot be filtered: the kernel has no seccomp',
    'take a kernel with CONFIG_SECCOMP_FILTER=y; those of all distributions have it',
  )
}

function userNamespaces(read: Read): Row {
  const most = Number(read('proc/sys/user/max_user_namespaces') ?? 0)
  if (most > 0) return ok('kernel.user-namespaces', 'user namespaces are there')
  return warning(
    'kernel.user-namespaces',
    'there are no user namespaces: a worker that is not root cannot run containers',
    'sysctl -w user.max_user_namespaces=15000',
  )
}

function overlay(read: Read): Row {
  if (/\boverlay$/m.test(read('proc/filesystems') ?? ''))
    return ok('kernel.overlay', 'overlay file systems are there')
  return warning(
    'kernel.overlay',
    'there are no overlay file systems: an engine copies every image for every container',
    'modprobe overlay; echo overlay > /etc/modules-load.d/overlay.conf',
  )
}

function openFiles(read: Read): Row {
  const words = /^Max open files\s+(\S+)\s+(\S+)/m.exec(read('proc/self/limits') ?? '')
  const hard = words?.[2] === 'unlimited' ? Number.POSITIVE_INFINITY : Number(words?.[2] ?? 0)
  if (hard >= WANTED_FILES) return ok('host.open-files', `${hard} open files at once`)
  const row = hard >= LEAST_FILES ? warning : error
  return row(
    'host.open-files',
    `this process may have ${hard} files open at once: too few for many connections (${WANTED_FILES})`,
    `systemd: LimitNOFILE=${WANTED_FILES} in the unit; a shell: ulimit -n ${WANTED_FILES}`,
  )
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
