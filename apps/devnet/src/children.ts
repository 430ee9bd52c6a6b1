// Child processes of the devnet: logs to files, a record on disk so that a crashed start leaves none behind.
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

type Recorded = { readonly name: string; readonly pid: number; readonly startTime: string }

/** Start time of a process in clock ticks since boot: with the pid it names a process for good. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie is no longer running anything.
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

/** How long a child has to end, milliseconds: a worker stops its instances first, the chain writes hundreds of megabytes. */
const graceOf = (name: string): number => {
  if (name === 'chain') return 60_000
  return name.startsWith('worker') ? 40_000 : 15_000
}

/** The processes of one devnet, stopped in reverse order of their start. */
export class Children {
  readonly #stateDir: string
  readonly #running = new Map<string, { process: ChildProcess; exited: Promise<void> }>()
  /** Called when a child ends without being asked to. */
  onUnexpectedExit: (name: string, how: string) => void = () => undefined

  constructor(stateDir: string) {
    this.#stateDir = stateDir
  }

  get #recordFile(): string {
    return join(this.#stateDir, 'children.json')
  }

  /** Ends what an earlier, crashed start of this devnet left running. */
  async stopLeftovers(): Promise<number> {
    if (!existsSync(this.#recordFile)) return 0
    const recorded = JSON.parse(readFileSync(this.#recordFile, 'utf8')) as Recorded[]
    const alive = recorded.filter((r) => startTimeOf(r.pid) === r.startTime)
    for (const { name, pid } of alive.reverse()) await endProcess(pid, graceOf(name))
    rmSync(this.#recordFile)
    return alive.length
  }

  /** Starts a program; its output goes to `logs/<name>.log`. */
  start(name: string, program: string, args: readonly string[], environment = {}): ChildProcess {
    const log = openSync(join(this.#stateDir, 'logs', `${name}.log`), 'a', 0o600)
    const child = spawn(program, args, {
      stdio: ['ignore', log, log],
      env: { ...process.env, ...environment },
      // Its own group: Ctrl-C in the terminal reaches the devnet alone, which stops children in order.
      detached: true,
    })
    closeSync(log)
    const exited = new Promise<void>((resolve) => {
      child.once('error', () => resolve())
      child.once('exit', (code, signal) => {
        const asked = !this.#running.has(name)
        this.#running.delete(name)
        this.#record()
        if (!asked) this.onUnexpectedExit(name, signal ?? `exit code ${code}`)
        resolve()
      })
    })
    this.#running.set(name, { process: child, exited })
    this.#record()
    return child
  }

  isRunning(name: string): boolean {
    return this.#running.has(name)
  }

  /** How many run now. */
  get count(): number {
    return this.#running.size
  }

  /** SIGTERM, then SIGKILL after a while. */
  async stop(name: string): Promise<void> {
    const entry = this.#running.get(name)
    if (!entry) return
    this.#running.delete(name)
    entry.process.kill('SIGTERM')
    const timer = setTimeout(() => entry.process.kill('SIGKILL'), graceOf(name))
    await entry.exited
    clearTimeout(timer)
    this.#record()
  }

  /** SIGKILL, for tests of what a crash leaves behind. */
  async kill(name: string): Promise<void> {
    const entry = this.#running.get(name)
    this.#running.delete(name)
    entry?.process.kill('SIGKILL')
    await entry?.exited
  }

  /** Stops every child, the last started first; those whose state nobody wants are killed. */
  async stopAll(unwanted: readonly string[] = []): Promise<void> {
    for (const name of [...this.#running.keys()].reverse())
      await (unwanted.includes(name) ? this.kill(name) : this.stop(name))
    rmSync(this.#recordFile, { force: true })
  }

  #record(): void {
    const list: Recorded[] = []
    for (const [name, { process: child }] of this.#running) {
      const startTime = child.pid === undefined ? undefined : startTimeOf(child.pid)
      if (child.pid !== undefined && startTime !== undefined)
        list.push({ name, pid: child.pid, startTime })
    }
    writeFileSync(this.#recordFile, JSON.stringify(list), { mode: 0o600 })
  }
}

/** Ends a process that is not a child of ours: SIGTERM, then SIGKILL after `graceMs`. */
async function endProcess(pid: number, graceMs: number): Promise<void> {
  const startTime = startTimeOf(pid)
  process.kill(pid, 'SIGTERM')
  const deadline = Date.now() + graceMs
  let killed = false
  while (startTime !== undefined && startTimeOf(pid) === startTime) {
    if (!killed && Date.now() > deadline) {
      process.kill(pid, 'SIGKILL')
      killed = true
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
