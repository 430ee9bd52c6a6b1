// The end of a process and of all that it has started, told by parents and sessions. Reads /proc, sends signals.
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

type Entry = { readonly pid: number; readonly parent: number; readonly session: number }

const ROUNDS = 40
const PAUSE_MS = 25

/**
 * Kills a process, its descendants and what is left of the sessions that those lead; processes for which `isMember` is
 * false are spared. Looks again until there are none, at most for a second.
 */
export async function killTree(
  root: number,
  isMember: (pid: number) => boolean = () => true,
): Promise<void> {
  const sessions = new Set<number>()
  for (let round = 0; round < ROUNDS; round++) {
    const found = treeOf(root, sessions, entries()).filter(isMember)
    if (found.length === 0) return
    for (const pid of found) kill(pid)
    await delay(PAUSE_MS)
  }
}

/** Adds the sessions led by members to `sessions`: a later look finds by them what has lost its parent. */
function treeOf(root: number, sessions: Set<number>, all: readonly Entry[]): number[] {
  const members = new Set([root])
  for (let size = 0; size !== members.size;) {
    size = members.size
    for (const { pid, parent, session } of all) {
      if (!members.has(pid) && !members.has(parent) && !sessions.has(session)) continue
      members.add(pid)
      if (session === pid) sessions.add(session)
    }
  }
  return all.flatMap(({ pid }) => (members.has(pid) ? [pid] : []))
}

function entries(): Entry[] {
  return readdirSync('/proc').flatMap((name): Entry[] => {
    if (!/^[0-9]+$/.test(name)) return []
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      // The program's name may hold anything.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      if (fields[0] === 'Z' || fields[0] === 'X') return []
      return [{ pid: Number(name), parent: Number(fields[1]), session: Number(fields[3]) }]
    } catch {
      return []
    }
  })
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}
