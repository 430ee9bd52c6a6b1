// What a build script finds as its machine: Node, a shell and small tools, each by its bytes. Does file I/O.
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { nodeRuntimeLayer, programsLayer, writeImage, type WrittenImage } from '@wetee/image'

const tools = (
  'basename cat chmod cp cut date dirname env expr find grep head ln ls mkdir mktemp mv nproc printf pwd readlink realpath rm ' +
  'rmdir sed sh sleep sort tail tee test touch tr true uname uniq wc xargs'
).split(' ')

/** Writes an image of this machine's Node and tools into a layout; its digest names the build environment. */
export async function writeBuildRoot(layout: string): Promise<WrittenImage> {
  const programs = Object.fromEntries(
    tools.flatMap((name) => {
      const program = findProgram(name)
      return program === undefined ? [] : [[`/usr/bin/${name}`, program] as const]
    }),
  )
  const links = {
    entries: () =>
      Promise.resolve([{ kind: 'symlink', path: '/bin', mode: 0o777, target: 'usr/bin' } as const]),
  }
  return writeImage({
    layout,
    tag: 'build-root',
    layers: [await nodeRuntimeLayer(), await programsLayer(programs), links],
    config: {},
  })
}

function findProgram(name: string): string | undefined {
  for (const folder of ['/usr/bin', '/bin'])
    try {
      accessSync(join(folder, name), constants.X_OK)
      return join(folder, name)
    } catch {
      continue
    }
  return undefined
}
