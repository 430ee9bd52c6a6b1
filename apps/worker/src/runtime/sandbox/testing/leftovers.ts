// For tests: what this machine still holds of a pod of the sandbox. Reads /proc, /sys/fs/cgroup and the state folder.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Processes, mounts, control groups and folders that carry a pod's id. */
export function leftovers(stateDir: string, podId: string): string[] {
  const found: string[] = []
  const note = (what: string, text: string) => {
    if (text.includes(podId)) found.push(`${what}: ${text.slice(0, 300)}`)
  }
  for (const pid of readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name))) {
    if (Number(pid) === process.pid) continue
    for (const file of ['cmdline', 'cgroup', 'mountinfo']) {
      try {
        note(`process ${pid}`, readFileSync(`/proc/${pid}/${file}`, 'utf8').replaceAll('\0', ' '))
      } catch {
        // It has ended meanwhile, or is not ours to look at.
      }
    }
  }
  for (const path of folders('/sys/fs/cgroup', 6)) note('cgroup', path)
  for (const path of folders(join(stateDir, 'runtime'), 2)) note('folder', path)
  return found
}

function folders(folder: string, depth: number): string[] {
  if (depth === 0) return []
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap(({ name }) => [join(folder, name), ...folders(join(folder, name), depth - 1)])
  } catch {
    return []
  }
}
