// Builds the launcher, the one program here that is not TypeScript: `node apps/agent/launcher/build.ts` writes `launch` and
// `toolchain.json`. The same compiler and linker give the same bytes. Runs gcc; reads and writes files.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Which tools made the committed program, in their own words, and its digest. */
export type Toolchain = {
  readonly compiler: string
  readonly linker: string
  readonly sha256: string
}

/** The committed program. */
export const launcherPath = join(import.meta.dirname, 'launch')
/** What it was built with. */
export const toolchainPath = join(import.meta.dirname, 'toolchain.json')

const flags = [
  ...['-std=c17', '-Wall', '-Wextra', '-Werror', '-m64', '-march=x86-64', '-Os'],
  // No libc and nothing that the compiler would call in one.
  ...[
    '-ffreestanding',
    '-fno-builtin',
    '-fno-stack-protector',
    '-fno-tree-loop-distribute-patterns',
  ],
  ...['-nostdlib', '-static', '-fno-pie', '-no-pie'],
  // Nothing in the file that is not run, and nothing that differs from one machine to the next.
  ...['-fno-asynchronous-unwind-tables', '-fno-ident', '-fcf-protection=none', '-s'],
  ...['-Wl,--build-id=none', '-Wl,-z,noexecstack', '-Wl,-z,noseparate-code', '-Wl,-z,norelro'],
]

/** The tools of this machine: first lines of `gcc --version` and `ld --version`; undefined without an x86-64 gcc. */
export function findToolchain(): Omit<Toolchain, 'sha256'> | undefined {
  const ask = (program: string, argument: string) =>
    execFileSync(program, [argument], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      .split('\n')[0]
      ?.trim() ?? ''
  try {
    if (!ask('gcc', '-dumpmachine').startsWith('x86_64')) return undefined
    return { compiler: ask('gcc', '--version'), linker: ask('ld', '--version') }
  } catch {
    return undefined
  }
}

/** Compiles `launch.c` and returns the program's bytes. Throws where gcc does. */
export function buildLauncher(): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'wetee-launch-'))
  try {
    const output = join(folder, 'launch')
    execFileSync('gcc', [...flags, '-o', output, 'launch.c'], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'ignore', 'pipe'],
      // Messages and settings of whoever builds have no part in it.
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    })
    return readFileSync(output)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** SHA-256 in hex. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const tools = findToolchain()
  if (tools === undefined) throw new Error('expected gcc for x86-64: install it (Debian: gcc)')
  const bytes = buildLauncher()
  writeFileSync(launcherPath, bytes, { mode: 0o755 })
  const toolchain: Toolchain = { ...tools, sha256: sha256(bytes) }
  writeFileSync(toolchainPath, `${JSON.stringify(toolchain, undefined, 2)}\n`)
  process.stdout.write(`${bytes.length} bytes, sha256 ${toolchain.sha256}\n`)
}
