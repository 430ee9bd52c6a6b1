// Finds processes of this devnet that should be gone: those that mention its folder. Reads /proc.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}

const linkOf = (path: string): string => {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

/** One line for each process, this one left out, whose command line, working folder or root lies in `folder`. */
export function processesIn(folder: string): string[] {
  const found: string[] = []
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue
    const command = read(`/proc/${pid}/cmdline`).trim()
    const places = [command, linkOf(`/proc/${pid}/cwd`), linkOf(`/proc/${pid}/root`)]
    // The launcher that started this process (npm, a shell) may name the folder too: it is above us, not left behind.
    if (places.some((place) => place.includes(`${folder}/`)) && !isAncestor(Number(pid)))
      found.push(`${pid} ${command.slice(0, 80)}`)
  }
  return found
}

function isAncestor(pid: number): boolean {
  let current = process.ppid
  for (let depth = 0; depth < 64 && current > 1; depth++) {
    if (current === pid) return true
    const stat = read(`/proc/${current}/stat`)
    current = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0)
  }
  return false
}
