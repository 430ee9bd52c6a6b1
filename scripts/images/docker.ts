// The docker command against one engine. Starts processes.
import { spawn } from 'node:child_process'

/** What a command of docker printed and how it ended. */
export type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string }

/** How a command is run. */
export type DockerOptions = {
  /** Taken for its exit code; else one that is not 0 is thrown. */
  readonly mayFail?: boolean
  /** Default two minutes. */
  readonly timeoutMs?: number
}

/** Runs one command of docker. */
export type Docker = (args: readonly string[], options?: DockerOptions) => Promise<Ended>

/** The docker of an engine's socket; its older builder, which needs no plugin, at a low priority. */
export function openDocker(socketPath: string, signal: AbortSignal): Docker {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: '/nonexistent',
    DOCKER_HOST: `unix://${socketPath}`,
    DOCKER_BUILDKIT: '0',
  }
  return (args, { mayFail = false, timeoutMs = 120_000 } = {}) =>
    new Promise((resolve, reject) => {
      const child = spawn('nice', ['-n', '10', 'docker', ...args], {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: timeoutMs,
        signal,
      })
      const said = { stdout: '', stderr: '' }
      for (const stream of ['stdout', 'stderr'] as const)
        child[stream].on('data', (chunk: Buffer) => {
          said[stream] = (said[stream] + chunk.toString()).slice(-4_000_000)
        })
      child.once('error', reject)
      child.once('close', (code, signal) => {
        if (code === 0 || (mayFail && signal === null)) return resolve({ code: code ?? 1, ...said })
        const how = signal === null ? `ended with ${code}` : `was ended by ${signal}`
        const end = `${said.stdout.slice(-2_000)}${said.stderr.slice(-2_000)}`
        reject(new Error(`docker ${args.slice(0, 4).join(' ')} ${how}:\n${end}`))
      })
    })
}
