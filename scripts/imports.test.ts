// Imports run downwards only: packages never import apps, a package only what it declares, pure ones no Node built-ins.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const workspaces = globSync(['packages/*/package.json', 'apps/*/package.json'], { cwd: root }).map(
  (path) => ({
    folder: path.replace('/package.json', ''),
    manifest: JSON.parse(read(path)) as { name: string; dependencies?: Record<string, string> },
  }),
)
const importsOf = (path: string): string[] =>
  [...read(path).matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '')

const layers = [
  [
    'certificates',
    'tls',
    'door',
    'tee-device',
    'attestation',
    'manifest',
    'exceptions',
    'image',
    'chain',
    'threshold',
    'sealing',
    'sealed-log',
    'sign-in',
    'secrets',
  ],
  ['daemon', 'sdk', 'endorsements', 'build'],
  ['worker', 'agent', 'dsecret', 'builder', 'cli', 'console'],
  ['devnet'],
]
const layerOf = (name: string) => layers.findIndex((l) => l.includes(name.replace('@wetee/', '')))

test.each(workspaces)('$folder imports only what stands below it', ({ folder, manifest }) => {
  for (const dependency of Object.keys(manifest.dependencies ?? {}))
    if (dependency.startsWith('@wetee/'))
      expect(layerOf(dependency), `${folder} -> ${dependency}`).toBeLessThanOrEqual(
        layerOf(manifest.name),
      )
  for (const file of globSync(`${folder}/src/**/*.{ts,tsx}`, { cwd: root }))
    for (const specifier of importsOf(file)) {
      const wetee = /^@wetee\/[a-z-]+/.exec(specifier)?.[0]
      if (wetee !== undefined && wetee !== manifest.name && !file.endsWith('.test.ts'))
        expect(Object.keys(manifest.dependencies ?? {}), `${file} -> ${wetee}`).toContain(wetee)
      if (specifier.startsWith('.'))
        expect(join(file, '..', specifier), file).toMatch(new RegExp(`^${folder}/`))
    }
})

const pure: Record<string, RegExp> = {
  'packages/manifest/src': /^$/,
  'packages/attestation/src': /\/(crypto|simulated)\//,
  'packages/chain/src': /^$/,
  'packages/sdk/src': /\/node\//,
  'packages/sealing/src': /\/(suite\/node|hashing\/node-sha256)\.ts$/,
  'packages/sealed-log/src': /^$/,
  'packages/sign-in/src': /^$/,
  'packages/secrets/src': /^$/,
  'packages/threshold/src': /\/native-bindings\.ts$/,
}
test.each(Object.entries(pure))('%s runs in a browser: no Node built-ins', (folder, except) => {
  for (const file of globSync(`${folder}/**/*.ts`, { cwd: root }))
    if (!except.test(file) && !/\.test\.ts$|\/testing\//.test(file))
      expect(
        importsOf(file).filter((s) => s.startsWith('node:')),
        file,
      ).toEqual([])
})
