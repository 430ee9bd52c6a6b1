// What can be seen of an image alone: its user, its files, its parts, its commands. Starts containers, reads layers.
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Docker } from './docker.ts'
import { must, type Report } from './report.ts'

const run = promisify(execFile)

/** An image as it was built, with the one that its Dockerfile begins from. */
export type Built = { readonly name: ImageName; readonly tag: string; readonly base: string }

/** Targets of deploy/Dockerfile. */
export const imageNames = ['worker', 'dsecret', 'agent', 'console', 'devnet'] as const
export type ImageName = (typeof imageNames)[number]

/** A container without any rights. */
export const confined = [
  ...['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
  ...['--network', 'none', '--rm'],
]

/** Of keys and tokens, as they look in files; those of Node's own tests of formats have no body. */
const secretPatterns = [
  '-----BEGIN ([A-Z]+ )?PRIVATE KEY-----[[:space:]]*[A-Za-z0-9+/]{40}',
  ':_authToken *=',
  ':_password *=',
  'npm_[A-Za-z0-9]{36}',
  'gh[pousr]_[A-Za-z0-9]{36}',
]
const secretFiles = /(^|\/)(\.git|\.npmrc|\.env[^/]*|id_[a-z0-9]+|[^/]+\.(key|p12|keystore))$/
const builders = ['bin/sh', 'usr/bin/sh', 'usr/local/bin/npm', 'usr/bin/apt', 'usr/bin/gcc']

/** Looks at one image; `folder` is used for its layers and gone afterwards. */
export async function checkImage(docker: Docker, report: Report, built: Built, folder: string) {
  const { name, tag } = built
  const check = (what: string, look: () => Promise<string>) => report.check(name, what, look)
  await check('is made for a user who is not root, with labels and a health check', async () => {
    const { stdout } = await docker(['image', 'inspect', tag])
    const [{ Config: config }] = JSON.parse(stdout) as [{ Config: ImageConfig }]
    must(/^[1-9]\d*:[1-9]\d*$/.test(config.User), `its user is ${config.User}`)
    must(config.Healthcheck !== undefined, 'it has no health check')
    for (const label of ['title', 'description', 'source', 'licenses'])
      must((config.Labels[`org.opencontainers.image.${label}`] ?? '') !== '', `no label ${label}`)
    return `user ${config.User}`
  })
  await check('runs as that user, and cannot write to its root', async () => {
    const { uid, error } = JSON.parse(await evaluate(docker, tag, probe)) as Probed
    must(uid > 0, `it runs as ${uid}`)
    must(error === 'EROFS' || error === 'EACCES', `writing to / ended with ${error}`)
    return `user ${uid}, ${error}`
  })
  await check('lists its parts', async () => {
    const text = await evaluate(
      docker,
      tag,
      'console.log(require("fs").readFileSync("/sbom.cdx.json","utf8"))',
    )
    const { bomFormat, components } = JSON.parse(text) as Sbom
    const names = components.map((part) => part.name)
    must(bomFormat === 'CycloneDX' && names.includes('node'), 'no CycloneDX with Node in it')
    must(name === 'devnet' || !names.includes('vitest'), 'it lists what only development needs')
    return `${components.length} parts`
  })
  await check('holds no secret, and no tool to build with', () =>
    checkLayers(docker, built, folder),
  )
}

type ImageConfig = {
  readonly User: string
  readonly Healthcheck?: object
  readonly Labels: Readonly<Record<string, string>>
}
type Saved = { readonly Layers: readonly string[] }
type Probed = { readonly uid: number; readonly error: string }
type Sbom = { readonly bomFormat: string; readonly components: readonly { name: string }[] }

const probe = `let error = 'nothing'
try { require('fs').writeFileSync('/written', '') } catch (e) { error = e.code }
console.log(JSON.stringify({ uid: process.getuid(), error }))`

/** What a line of JavaScript prints in a container of an image. */
async function evaluate(docker: Docker, tag: string, script: string): Promise<string> {
  const entry = ['--entrypoint', '/usr/local/bin/node', tag, '-e', script]
  return (await docker(['run', ...confined, ...entry])).stdout
}

/** Layers of an image, the lowest first, by the digest of what is in them. */
async function layersOf(docker: Docker, tag: string): Promise<readonly string[]> {
  const { stdout } = await docker(['image', 'inspect', '--format', '{{json .RootFS.Layers}}', tag])
  return JSON.parse(stdout) as string[]
}

/**
 * Every layer by itself: what a later one hides is still there. Those of the base are its makers': libraries of Debian hold keys for
 * tests of themselves.
 */
async function checkLayers(
  docker: Docker,
  { name, tag, base }: Built,
  folder: string,
): Promise<string> {
  mkdirSync(folder)
  try {
    const archive = join(folder, 'image.tar')
    await docker(['save', '-o', archive, tag])
    await run('tar', ['-C', folder, '-xf', archive])
    const patterns = join(folder, 'patterns')
    writeFileSync(patterns, `${secretPatterns.join('\n')}\n`)
    const [saved] = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as [Saved]
    const [of, below] = await Promise.all([layersOf(docker, tag), layersOf(docker, base)])
    must(saved.Layers.length === of.length, `the engine has saved ${saved.Layers.length} layers`)
    const layers = saved.Layers.filter((_, place) => of[place] !== below[place])
    must(layers.length > 0, 'it has no layers of its own')
    for (const layer of layers) {
      const path = join(folder, layer)
      const { stdout } = await run('tar', ['-tf', path], { maxBuffer: 64 << 20 })
      const files = stdout.split('\n').map((line) => line.replace(/^\.\//, ''))
      const secret = files.find((file) => secretFiles.test(file))
      must(secret === undefined, `it holds ${secret}`)
      const builder = name === 'devnet' ? undefined : files.find((file) => builders.includes(file))
      must(builder === undefined, `it holds ${builder}`)
      const grep = ['-a', '-o', '-m', '1', '-z', '-E', '-f', patterns, path]
      const found = await run('grep', grep).then(
        ({ stdout: text }) => text,
        (error: { code?: unknown }) => {
          // 1: nothing found.
          if (error.code !== 1) throw error
          return ''
        },
      )
      must(found === '', `it holds what looks like a key: ${found.slice(0, 30)}`)
    }
    const { stdout: history } = await docker([
      'history',
      '--no-trunc',
      '--format',
      '{{.CreatedBy}}',
      tag,
    ])
    must(!/token|password/i.test(history), 'its history names a token')
    return `${layers.length} layers`
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
