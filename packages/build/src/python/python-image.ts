// The python preset: locked wheels, unpacked and not run, and the program above a CPython. Network and file I/O.
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { filesLayer, writeImage } from '@wetee/image'
import type { TakenBase } from '../base.ts'
import { BuildError } from '../error.ts'
import type { Material } from '../material.ts'
import type { Recipe, Workshop } from '../recipe.ts'
import type { Source } from '../source/source.ts'
import { chooseWheels, fetchWheels, type ChosenWheel } from './choose-wheels.ts'
import { machinePython, pulledPython, pythonPath } from './interpreter.ts'
import { maxRequirementsBytes, parseRequirements, type LockedDistribution } from './requirements.ts'
import { unpackWheels } from './unpack-wheels.ts'

/** What a Python program is built from beside its source. */
export type PythonOptions = {
  readonly index: string
  readonly base?: TakenBase
  /** Folder of the Python to use. */
  readonly pythonFolder?: string
}

/** In images: where imports find packages, and nothing but files. */
const packagesPath = '/packages'
const entries = ['main.py', 'app.py', 'server.py', '__main__.py']

/** Plans a Python program. Throws BuildError. */
export async function pythonRecipe(
  source: Source,
  workshop: Workshop,
  { index, base: pulled, pythonFolder }: PythonOptions,
): Promise<Recipe> {
  const locked = await lockedPackages(source)
  const entry = entryOf(source)
  const { cache, offline, signal, onStep } = workshop
  const base =
    pulled === undefined ? await machinePython(workshop, pythonFolder) : await pulledPython(pulled)
  const places = {
    cache: cache.wheels,
    index,
    offline,
    ...(signal === undefined ? {} : { signal }),
  }
  const wheels = await chooseWheels(locked, base.minor, places)
  return {
    materials: [base.material, ...wheels.map(wheelMaterial)],
    write: async (layout) => {
      if (wheels.length > 0) {
        onStep(`fetching ${wheels.length} wheels`)
        await fetchWheels(wheels, places)
      }
      const folder = join(workshop.scratch, 'wheels')
      await unpackWheels(wheels, join(folder, packagesPath), cache.wheels)
      const { port, timeSeconds, labels } = workshop
      onStep('writing the image')
      return writeImage({
        ...{ layout, timeSeconds, base: base.image },
        layers: [
          ...(wheels.length > 0 ? [filesLayer(folder)] : []),
          { ...filesLayer(join(source.folder, '..')), timeSeconds },
        ],
        config: {
          entrypoint: [pythonPath, `/app/${entry}`],
          environment: {
            ...{ PORT: String(port), PYTHONPATH: packagesPath },
            // The root is read-only, and logs are read while they are written.
            ...{ PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1', LANG: 'C.UTF-8' },
          },
          ports: [port],
          user: '1000:1000',
          workingDirectory: '/app',
          labels,
        },
      })
    },
  }
}

async function lockedPackages({ folder, files }: Source): Promise<LockedDistribution[]> {
  const name = 'requirements.txt'
  const found = files.find(({ path, mode }) => path === name && mode !== '120000')
  if (found === undefined)
    throw new BuildError(
      'build.lock-missing',
      `the python preset needs ${name} at the root, every package with its version and hashes (\`uv pip compile --generate-hashes\`); an empty one where there are none`,
    )
  const { size } = await stat(join(folder, name))
  if (size > maxRequirementsBytes)
    throw new BuildError('build.lock-invalid', `${name} is too large`)
  return parseRequirements(await readFile(join(folder, name), 'utf8'))
}

function entryOf({ files }: Source): string {
  const paths = new Set(files.map(({ path }) => path))
  const entry = entries.find((path) => paths.has(path))
  if (entry !== undefined) return entry
  throw new BuildError(
    'build.entry-missing',
    `there is no program to start: expected ${entries.join(', ')} at the root`,
  )
}

function wheelMaterial({ name, version, file, sha256 }: ChosenWheel): Material {
  return {
    uri: `pkg:pypi/${name}@${version}?file_name=${encodeURIComponent(file)}`,
    digest: { sha256 },
  }
}
