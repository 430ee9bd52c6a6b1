// The programs of the host that the sandbox is built from. Looks for files.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { RuntimeError } from '../runtime-error.ts'

const REQUIRED = [
  'chmod',
  'cp',
  'mkfifo',
  'mount',
  'nsenter',
  'perl',
  'rm',
  'sh',
  'unshare',
] as const
const PLACES = ['/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** Absolute paths; every one of them is in a minimal Debian. */
export type Tools = Readonly<Record<(typeof REQUIRED)[number], string>>

/** What the programs run with: nothing of the worker's own, and messages that can be read by machines. */
export const TOOL_ENVIRONMENT = { PATH: PLACES.join(':'), LC_ALL: 'C' }

/** Looks in the usual places, then in those of a PATH. Throws RuntimeError `engine.missing` that names what to install. */
export function findTools(path: string, places: readonly string[] = PLACES): Tools {
  const folders = [...places, ...path.split(delimiter)]
  const found = REQUIRED.map((name) => [name, findTool(name, folders)] as const)
  const missing = found.flatMap(([name, tool]) => (tool === undefined ? [name] : []))
  if (missing.length > 0)
    throw new RuntimeError(
      'engine.missing',
      `the sandbox needs ${missing.join(', ')}: install coreutils, util-linux, mount and perl (Debian: perl-base)`,
    )
  return Object.fromEntries(found) as Tools
}

function findTool(name: string, folders: readonly string[]): string | undefined {
  for (const folder of folders) {
    if (!folder.startsWith('/')) continue
    try {
      accessSync(join(folder, name), constants.X_OK)
      return join(folder, name)
    } catch {
      continue
    }
  }
  return undefined
}
