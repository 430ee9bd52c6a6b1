// Finds processes of this devnet that should be gone: those that work in its folder. Reads /proc.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
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

/** One line for each process, this one and those above it left out, that has an argument, its working folder or its root in `folder`. */
export function processesIn(folder: string): string[] {
  const found: string[] = []
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue
    const command = read(`/proc/${pid}/cmdline`).split('\0')
    const places = [...command, linkOf(`/proc/${pid}/cwd`), linkOf(`/proc/${pid}/root`)]
    if (places.some((place) => place.startsWith(`${folder}/`)) && !isAncestor(Number(pid)))
      found.push(`${pid} ${command.join(' ').slice(0, 80)}`)
  }
  return found
}

function isAncestor(pid: number): boolean {
  let current = process.ppid
  for (let depth = 0; depth < 64 && current > 0; depth++) {
    if (current === pid) return true
    const stat = read(`/proc/${current}/stat`)
    current = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0)
  }
  return false
}
