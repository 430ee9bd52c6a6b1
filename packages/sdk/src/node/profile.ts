// Finds the network profile that a command is about, and what lies beside it. Reads files.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseNetworkProfile, type NetworkProfile } from '@wetee/chain'
import { SdkError } from '../error.ts'

/** A profile and the file it came from. */
export type FoundProfile = { readonly profile: NetworkProfile; readonly path: string }

const devnetFile = join('.wetee', 'devnet', 'network.json')
const maxProfileBytes = 65_536
const maxDepth = 64

/**
 * `file` when given, then `$WETEE_NETWORK`, then `.wetee/devnet/network.json` in `cwd` or a folder above it.
 * Throws `network.not-found`, `network.profile-invalid`.
 */
export function findNetwork(options: {
  readonly file?: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
}): FoundProfile {
  const named = options.file ?? options.env['WETEE_NETWORK']
  if (named !== undefined && named !== '') return readNetwork(resolve(options.cwd, named))
  let folder = resolve(options.cwd)
  for (let depth = 0; depth < maxDepth; depth += 1) {
    const path = join(folder, devnetFile)
    if (existsSync(path)) return readNetwork(path)
    if (dirname(folder) === folder) break
    folder = dirname(folder)
  }
  throw new SdkError(
    'network.not-found',
    `no network is chosen: give --network FILE, set WETEE_NETWORK, or start a devnet (\`npm start\`), which writes ${devnetFile}`,
  )
}

/** Reads a profile file. Throws `network.not-found`, `network.profile-invalid`. */
export function readNetwork(path: string): FoundProfile {
  let text: string
  try {
    if (statSync(path).size > maxProfileBytes) throw new Error('it is larger than 65,536 bytes')
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new SdkError(
      'network.not-found',
      `the network profile ${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    )
  }
  try {
    return { profile: parseNetworkProfile(text), path }
  } catch (cause) {
    throw new SdkError(
      'network.profile-invalid',
      `${path} is not a network profile: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    )
  }
}
