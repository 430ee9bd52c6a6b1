// Builds a Kubernetes control plane, etcd and kwok from their Go modules, once, into a cache outside of the tree. Starts processes.
import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { goMod, programNames, type Program, type WrapperModule } from './recipe.ts'

/** Which of the programs a folder does not have yet. */
export function missingPrograms(folder: string, names: readonly string[] = programNames): string[] {
  return names.filter((name) => !existsSync(join(folder, name)))
}

/**
 * Builds what is missing, with two compilers at most and the lowest priority; each program that is done stays done. Throws with the
 * last lines of Go when it cannot: no Go (1.24 or newer) on the PATH, or modules that no proxy serves.
 */
export async function buildPrograms(
  folder: string,
  modules: readonly WrapperModule[],
  say: (line: string) => void,
): Promise<void> {
  const missing = new Set(missingPrograms(folder))
  for (const module of modules) {
    const programs = module.programs.filter(({ name }) => missing.has(name))
    if (programs.length === 0) continue
    const source = await prepare(folder, module, say)
    for (const program of programs)
      await build(folder, source, module.source === undefined ? program.package : '.', program, say)
  }
}

async function prepare(
  folder: string,
  module: WrapperModule,
  say: (line: string) => void,
): Promise<string> {
  const source = join(folder, 'modules', module.name)
  mkdirSync(source, { recursive: true })
  if (module.source !== undefined)
    copyFileSync(join(import.meta.dirname, module.source), join(source, 'main.go'))
  const packages = module.programs.map((program) => `${program.package}@${program.version}`)
  const done = join(source, 'resolved.txt')
  if (existsSync(done)) return source
  say(`${module.name}: resolving modules`)
  writeFileSync(join(source, 'go.mod'), goMod(module))
  await go(source, ['get', ...(module.source === undefined ? ['-tool'] : []), ...packages])
  writeFileSync(done, `${packages.join('\n')}\n`)
  return source
}

async function build(
  folder: string,
  source: string,
  path: string,
  { name, set }: Program,
  say: (line: string) => void,
): Promise<void> {
  const startedAtMs = performance.now()
  say(`${name}: building`)
  const settings = Object.entries(set).map(([key, value]) => `-X ${key}=${value}`)
  const partial = join(folder, `.${name}.partial`)
  await go(source, [
    ...['build', '-mod=mod', '-p', '2', '-pgo=off', '-trimpath', '-buildvcs=false'],
    ...['-ldflags', ['-s', '-w', ...settings].join(' '), '-o', partial, path],
  ])
  renameSync(partial, join(folder, name))
  say(`${name}: built in ${Math.round((performance.now() - startedAtMs) / 1_000)} s`)
}

/** Runs Go in a folder and passes on what it says about modules that it downloads. */
function go(cwd: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('nice', ['-n', '19', 'go', ...args], {
      cwd,
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' },
      stdio: ['ignore', 'inherit', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => {
      said = `${said}${chunk.toString()}`.slice(-8_000)
    })
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`go ${args[0]} has ended with ${code}:\n${said}`))
    })
  })
}
