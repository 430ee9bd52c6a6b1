// A repository on this machine whose branch is pushed to, and `wetee watch` that follows it. Starts processes, does file I/O.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A bare repository with one branch, `main`. */
export type PushedRepository = {
  readonly url: string
  /** Commits these files on top of what there is and pushes that; answers the commit. */
  push(files: Readonly<Record<string, string>>): string
}

/** Makes it in a folder, under a name. */
export function makePushedRepository(folder: string, name = 'app'): PushedRepository {
  const [bare, work] = [join(folder, `${name}.git`), join(folder, name)]
  const git = (...words: readonly string[]) => {
    const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org']
    const { PATH } = process.env
    const env = { PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }
    return execFileSync('git', ['-C', work, ...who, ...words], { encoding: 'utf8', env }).trim()
  }
  mkdirSync(work)
  git('init', '-q', '--bare', '-b', 'main', bare)
  git('init', '-q', '-b', 'main')
  return {
    url: `file://${bare}`,
    push: (files) => {
      for (const [name, text] of Object.entries(files)) writeFileSync(join(work, name), text)
      git('add', '-A')
      git('commit', '-q', '-m', 'change')
      git('push', '-q', bare, 'main')
      return git('rev-parse', 'HEAD')
    },
  }
}

/** One line of `wetee watch --json`. */
export type WatchLine = { readonly event: string; readonly commit?: string; readonly text?: string }

/** `wetee watch` as a process, with what it says. */
export function startWatch(command: readonly string[], env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [...command], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: WatchLine[] = []
  let errors = ''
  let wake: () => void = () => undefined
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  createInterface({ input: child.stdout }).on('line', (line) => {
    try {
      lines.push(JSON.parse(line) as WatchLine)
    } catch {
      errors += `${line}\n`
    }
    wake()
  })
  const ended = once(child, 'close')
  void ended.then(() => wake())
  return {
    lines,
    /** Until it has said this of the commit. Throws when it ends before. */
    said: async (event: string, commit: string): Promise<void> => {
      while (!lines.some((line) => line.event === event && line.commit === commit)) {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`ended without ${event}: ${JSON.stringify(lines)} ${errors}`)
        await new Promise<void>((resolve) => (wake = resolve))
      }
    },
    /** Until it ends by itself; its exit code, and what it said beside its events. */
    ended: async (): Promise<{ readonly code: number | null; readonly errors: string }> => {
      await ended
      return { code: child.exitCode, errors }
    },
    stop: async (): Promise<number | null> => {
      child.kill('SIGTERM')
      await ended
      return child.exitCode
    },
  }
}
