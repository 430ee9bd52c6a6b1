// `npm run test:images`: builds the images of deploy/Dockerfile on an engine of its own, looks at each, and lets them run a network together.
// Root, dockerd, docker and debootstrap; no registry. Starts processes, writes below a temporary folder that is gone afterwards.
import { execFileSync } from 'node:child_process'
import { accessSync, constants, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { privateEngine } from '@wetee/worker/engine'
import { assembleBase } from './images/base.ts'
import { checkCommands } from './images/command-checks.ts'
import { openDocker, type Docker } from './images/docker.ts'
import { checkImage, imageNames, type Built, type ImageName } from './images/image-checks.ts'
import { checkNetwork, checkOnce } from './images/network-checks.ts'
import { Report } from './images/report.ts'
import { root } from './run.ts'

const usage = `usage: npm run test:images [-- --json] [--only NAME,NAME] [--no-network] [--engine SOCKET [--built]]

  --json           one JSON document on stdout, progress on stderr
  --only NAMES     of ${imageNames.join(', ')}; then no network is started
  --no-network     builds and looks at images, starts no network
  --engine SOCKET  an engine that runs, which keeps images and layers for the next time (default: one of its own)
  --built          takes the images as that engine has them, tagged wetee-NAME:test
`
const buildMs = 900_000
const tagOf = (name: ImageName): string => `wetee-${name}:test`

/** An image with its figures. */
type Figures = { readonly name: ImageName; readonly buildSeconds: number; readonly bytes: number }

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      only: { type: 'string' },
      'no-network': { type: 'boolean', default: false },
      engine: { type: 'string' },
      built: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const names = (values.only?.split(',') ?? imageNames) as readonly ImageName[]
  const isWrong = names.some((name) => !imageNames.includes(name))
  if (values.help || isWrong) {
    process[isWrong ? 'stderr' : 'stdout'].write(usage)
    return isWrong ? 2 : 0
  }
  const missing = ['dockerd', 'docker', 'debootstrap', 'npm'].filter((name) => !isThere(name))
  if (process.getuid?.() !== 0) missing.push('root')
  if (missing.length > 0) {
    console.error(`missing: ${missing.join(', ')} (Debian: apt-get install docker.io debootstrap)`)
    return 3
  }
  const say = (line: string) => (values.json ? console.error(line) : console.log(line))
  const report = new Report(say)
  const figures: Figures[] = []
  const withNetwork = values.only === undefined && !values['no-network']
  const startedAtMs = performance.now()
  await onEngine(values.engine, async (docker, folder, socketPath) => {
    if (!values.built) {
      await requireBase(docker, join(folder, 'base'), say)
      for (const name of names) figures.push(await build(docker, name, say))
    }
    for (const name of names) {
      const built: Built = { name, tag: tagOf(name), base: baseTag() }
      await checkImage(docker, report, built, join(folder, 'layers'))
      await checkCommands(docker, report, built)
    }
    if (!withNetwork) return
    const stage = { docker, report, tagOf, socketPath, folder }
    await checkNetwork(stage)
    await checkOnce(stage)
  })
  const seconds = Math.round((performance.now() - startedAtMs) / 1_000)
  const failed = report.checks.filter(({ ok }) => !ok).length
  if (values.json)
    console.log(
      JSON.stringify({ ok: report.ok, seconds, images: figures, checks: report.checks }, null, 2),
    )
  say(`${report.checks.length - failed} passed, ${failed} failed, in ${seconds} s`)
  return report.ok ? 0 : 1
}

/** The engine of a socket, or one that nobody else uses, with a folder; what was made here is gone afterwards. */
async function onEngine(
  socket: string | undefined,
  act: (docker: Docker, folder: string, socketPath: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'wetee-images-'))
  const abort = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => abort.abort(new Error('stopped by a signal')))
  const quiet = () => undefined
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet }
  const engine: ReturnType<typeof privateEngine> =
    socket === undefined
      ? privateEngine(folder, log, abort.signal)
      : { socketPath: resolve(socket) }
  try {
    await engine.own?.ensure()
    await act(openDocker(engine.socketPath, abort.signal), folder, engine.socketPath)
  } finally {
    await engine.own?.stop()
    unmountBelow(folder)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Containers in the host's network leave a handle of it mounted. */
function unmountBelow(folder: string): void {
  const targets = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
  const left = targets.filter((target) => target.startsWith(`${folder}/`))
  for (const target of left.toReversed()) execFileSync('umount', [target])
}

/** What deploy/Dockerfile is built from. */
function baseTag(): string {
  const [, tag] =
    /^ARG NODE=(\S+)$/m.exec(readFileSync(join(root, 'deploy/Dockerfile'), 'utf8')) ?? []
  if (tag === undefined) throw new Error('deploy/Dockerfile names no NODE')
  return tag
}

/** Assembles the base where the engine does not have it. */
async function requireBase(docker: Docker, folder: string, say: (line: string) => void) {
  const base = baseTag()
  const { code } = await docker(['image', 'inspect', base], { mayFail: true })
  if (code === 0) return
  say(`assembling ${base}`)
  await assembleBase(docker, base, folder)
}

async function build(
  docker: Docker,
  name: ImageName,
  say: (line: string) => void,
): Promise<Figures> {
  const startedAtMs = performance.now()
  const which = ['-f', join(root, 'deploy/Dockerfile'), '--target', name, '-t', tagOf(name)]
  await docker(['build', '--network', 'host', ...which, root], { timeoutMs: buildMs })
  const buildSeconds = Math.round((performance.now() - startedAtMs) / 1_000)
  const { stdout } = await docker(['image', 'inspect', '--format', '{{.Size}}', tagOf(name)])
  const bytes = Number(stdout)
  say(`built ${name}: ${(bytes / 1e6).toFixed(0)} MB in ${buildSeconds} s`)
  return { name, buildSeconds, bytes }
}

function isThere(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

process.exitCode = await main()
