// The engine that runs Dockerfiles: this machine's buildah, alone in a root of its own. Does file I/O, starts buildah.
import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import {
  emptyRootLayer,
  filesLayer,
  programsLayer,
  writeImage,
  type LayerSource,
} from '@wetee/image'
import { imageMaterial } from '../base.ts'
import { BuildError } from '../error.ts'
import type { Material } from '../material.ts'

/** Where the engine is in its root. */
export const enginePath = '/usr/bin/buildah'
/** The first with `--timestamp`, `--network none` in chroot isolation and images of OCI layouts in `FROM`, as tried. */
const oldest = [1, 28] as const
const timeoutMs = 20_000
const seccompPaths = ['/usr/share/containers/seccomp.json', '/etc/containers/seccomp.json']

/** A root folder with the engine and nothing else, as an image. */
export type Engine = {
  readonly layout: string
  readonly digest: string
  readonly material: Material
}

/** The buildah of the first folder that has one: of PATH, else of the system. Throws BuildError `build.engine-missing`. */
export async function findEngine(
  layout: string,
  folders: readonly string[] = usualFolders(),
): Promise<Engine> {
  const program = await findProgram(folders)
  const version = await versionOf(program)
  const seccomp = await seccompProfile()
  const layers = [
    emptyRootLayer(),
    await programsLayer({ [enginePath]: program }),
    filesLayer({ '/usr/share/containers/seccomp.json': { source: seccomp }, ...settings }),
    emptyFolders,
  ]
  const { digest } = await writeImage({ layout, tag: 'buildah', layers, config: {} })
  const material = imageMaterial(`urn:wetee:build-engine:buildah-${version}`, digest)
  return { layout, digest, material }
}

/** What a step may do as root of its users: install programs. Not change its root, make devices or craft packets. */
const stepRights =
  'CHOWN DAC_OVERRIDE FOWNER FSETID KILL NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID'
    .split(' ')
    .map((name) => `CAP_${name}`)

/** It asks no registry, and takes images of which it is told the folder. */
const settings = {
  '/etc/containers/policy.json': '{"default":[{"type":"insecureAcceptAnything"}]}\n',
  '/etc/containers/registries.conf': 'unqualified-search-registries = []\n',
  '/etc/containers/containers.conf': `[containers]\ndefault_capabilities = ${JSON.stringify(stepRights)}\n`,
  '/etc/containers/storage.conf':
    '[storage]\ndriver = "vfs"\nrunroot = "/tmp/run"\ngraphroot = "/source/storage"\n',
}

const emptyFolders: LayerSource = {
  entries: () =>
    Promise.resolve(
      ['/sys', '/run', '/var/tmp', '/var/lib'].map(
        (path) => ({ kind: 'directory', path, mode: 0o755 }) as const,
      ),
    ),
}

function usualFolders(): string[] {
  const named = (process.env['PATH'] ?? '').split(':').filter((folder) => folder.startsWith('/'))
  return [...named, '/usr/bin', '/usr/local/bin']
}

async function findProgram(folders: readonly string[]): Promise<string> {
  for (const folder of folders) {
    const path = `${folder}/buildah`
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return path
  }
  throw missing('there is no buildah on this machine')
}

async function versionOf(program: string): Promise<string> {
  const said = await promisify(execFile)(program, ['--version'], {
    ...{ timeout: timeoutMs, maxBuffer: 65_536 },
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
  }).then(
    ({ stdout }) => stdout,
    (cause: unknown) => {
      throw missing(`${program} does not start (${cause instanceof Error ? cause.message : ''})`)
    },
  )
  const [, version = '', major, minor] = /\bversion (([0-9]+)\.([0-9]+)[^\s]*)/.exec(said) ?? []
  const isNew =
    Number(major) > oldest[0] || (Number(major) === oldest[0] && Number(minor) >= oldest[1])
  if (isNew) return version
  throw missing(`${program} is buildah ${version === '' ? 'of no known version' : version}`)
}

async function seccompProfile(): Promise<string> {
  for (const path of seccompPaths)
    if ((await readFile(path).catch(() => undefined)) !== undefined) return path
  throw missing(`buildah's filter of system calls, ${seccompPaths[0]}, is not there`)
}

function missing(why: string): BuildError {
  return new BuildError(
    'build.engine-missing',
    `${why}: Dockerfiles are built by buildah ${oldest.join('.')} or later, install the package buildah (\`apt-get install --no-install-recommends buildah\`)`,
  )
}
