// The main process of each container of an instance in the sandbox, by control groups. Reads /proc.
import { readdirSync, readFileSync } from 'node:fs'

/**
 * By container, `pid start` of its oldest process, the start in ticks since boot: another one once the container was started anew,
 * whatever its healthchecks start meanwhile. `pod` is the pod's whole id.
 */
export function mainProcesses(pod: string): Record<string, string> {
  const oldest = new Map<string, { readonly pid: string; readonly start: number }>()
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const found = read(pid)
    const at = found?.group.lastIndexOf(`-${pod}-`) ?? -1
    if (found === undefined || at < 0) continue
    const container = found.group.slice(at + pod.length + 2)
    const known = oldest.get(container)
    if (known === undefined || found.start < known.start)
      oldest.set(container, { pid, start: found.start })
  }
  return Object.fromEntries([...oldest].map(([name, { pid, start }]) => [name, `${pid} ${start}`]))
}

/** `undefined`: it has ended meanwhile. */
function read(pid: string): { readonly group: string; readonly start: number } | undefined {
  try {
    const groups = readFileSync(`/proc/${pid}/cgroup`, 'utf8').trimEnd().split('\n')
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const start = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
    return { group: groups.find((line) => line.includes('wetee-')) ?? '', start }
  } catch {
    return undefined
  }
}
