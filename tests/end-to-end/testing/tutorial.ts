// Runs the commands of a page of docs/tutorial against a devnet, as its reader types them. Starts processes.
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { RunningDevnet } from './running-devnet.ts'

const root = join(import.meta.dirname, '../../..')
/** The folder of its pages. */
export const tutorial = join(root, 'docs/tutorial')
const LIMIT_MS = 480_000

/** Fenced blocks of a language in a page. */
const blocksOf = (page: string, language: string): string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map(
    ([, text = '']) => text,
  )

const readPage = (name: string) => readFileSync(join(tutorial, name), 'utf8')

/** The Compose file of a page, with the registry of this network; undefined where it has none. */
export function composeOf(name: string, { ports }: RunningDevnet['network']): string | undefined {
  const [compose] = blocksOf(readPage(name), 'yaml')
  return compose?.replaceAll('127.0.0.1:5780', `127.0.0.1:${ports.registry}`)
}

/** The devnet runs already, and examples have tests of their own. */
const isDone = (line: string) => /^npm (ci|start|run example)\b/.test(line)

/**
 * Saves the Compose file of a page under the name that it gives, and runs all its commands in the devnet's folder, one after the
 * other. Returns what they print; throws with it at the first that fails.
 */
export async function runTutorial(name: string, { folder, network }: RunningDevnet) {
  const page = readPage(name)
  const compose = composeOf(name, network)
  const file = /[Ss]ave (?:this|it) as\s+`([a-z]+\.yaml)`/.exec(page)?.[1]
  if (compose !== undefined && file !== undefined) writeFileSync(join(folder, file), compose)
  const lines = blocksOf(page, 'sh')
    .flatMap((block) => block.trim().split('\n'))
    .filter((line) => !isDone(line))
  const script = ['set -euo pipefail', 'npx() { shift; "$NODE" "$WETEE" "$@"; }', ...lines]
  const env = {
    ...process.env,
    NODE: process.execPath,
    WETEE: join(root, 'apps/cli/bin/wetee.mjs'),
    WETEE_NETWORK: join(folder, 'network.json'),
    WETEE_HOME: join(folder, 'home'),
  }
  const options = { cwd: folder, env, timeout: LIMIT_MS, maxBuffer: 16_777_216 }
  const { stdout } = await promisify(execFile)('bash', ['-c', script.join('\n')], options)
  return { output: stdout, commands: lines.length }
}
