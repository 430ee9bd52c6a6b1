// The base image of deploy/Dockerfile, assembled on this machine under the same tag: Debian by debootstrap, this Node, this npm. For tests,
// where no registry is reachable. Files, starts processes.
import { execFile } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Docker } from './docker.ts'

const run = promisify(execFile)

/** Known certificates, and where Node is told of them: a machine behind a proxy of its own passes that on to `npm ci`. */
const certificates = '/etc/ssl/certs/ca-certificates.crt'
/** Takes no part in running programs. */
const leftOut = ['var/cache/apt/*', 'var/lib/apt/lists/*', 'usr/share/{doc,man,locale,info}/*']

/** Makes `tag` in the engine, by way of `folder`, which is gone afterwards. Throws where a program is missing. */
export async function assembleBase(docker: Docker, tag: string, folder: string): Promise<void> {
  const npm = findNpm()
  const root = join(folder, 'root')
  try {
    await run('nice', ['-n', '10', 'debootstrap', '--variant=minbase', 'bookworm', root], {
      timeout: 600_000,
      maxBuffer: 16 << 20,
    })
    for (const path of globSync(leftOut, { cwd: root }))
      rmSync(join(root, path), { recursive: true, force: true })
    const local = join(root, 'usr/local')
    cpSync(realpathSync(process.execPath), join(local, 'bin/node'))
    cpSync(npm, join(local, 'lib/node_modules/npm'), { recursive: true })
    for (const name of ['npm', 'npx'])
      symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(local, 'bin', name))
    mkdirSync(join(root, dirname(certificates)), { recursive: true })
    if (existsSync(certificates)) cpSync(realpathSync(certificates), join(root, certificates))
    const archive = join(folder, 'root.tar')
    await run('tar', ['-C', root, '-cf', archive, '.'])
    await docker(['import', '--change', `ENV NODE_EXTRA_CA_CERTS=${certificates}`, archive, tag])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The folder of the npm on the PATH. */
function findNpm(): string {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, 'npm')
    if (existsSync(path)) return dirname(dirname(realpathSync(path)))
  }
  throw new Error('npm is not on the PATH')
}
