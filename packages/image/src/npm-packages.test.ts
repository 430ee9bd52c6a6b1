// Packages as npm has put them: with all they depend on, in their places, and nothing else.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { npmPackagesLayer } from './npm-packages.ts'
import { temporaryFolder } from './testing/raw-image.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.dispose())

function install(place: string, manifest: object): void {
  const file = join(folder.path, place, 'package.json')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify(manifest))
  writeFileSync(join(dirname(file), 'index.js'), '')
}
const pathsOf = async (from: string, names: readonly string[]) =>
  (await npmPackagesLayer(join(folder.path, from), names).entries()).map(({ path }) => path).sort()

test('a package comes with what it depends on, each where it was found', async () => {
  install('node_modules/a', { dependencies: { b: '2', '@s/c': '1' } })
  install('node_modules/a/node_modules/b', { dependencies: { d: '1' } })
  install('node_modules/b', {})
  install('node_modules/@s/c', { optionalDependencies: { away: '1', d: '1' } })
  install('node_modules/d', { dependencies: { a: '1' } })
  const at = (place: string) => [`/app/${place}/index.js`, `/app/${place}/package.json`]
  expect(await pathsOf('examples/x', ['a'])).toEqual(
    [
      ...at('node_modules/@s/c'),
      ...at('node_modules/a'),
      ...at('node_modules/a/node_modules/b'),
      ...at('node_modules/d'),
    ].sort(),
  )
})

test('what is not installed is named', async () => {
  install('node_modules/a', { dependencies: { b: '1' } })
  const refusal = expect.objectContaining({ code: 'layer.package-missing' }) as unknown
  await expect(pathsOf('.', ['a'])).rejects.toEqual(refusal)
  await expect(pathsOf('.', ['b'])).rejects.toThrow('the package b is not installed')
})
