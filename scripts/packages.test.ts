// What would be published is well-formed: built JavaScript, types, exports. Stages into a temporary folder.
import { execFileSync } from 'node:child_process'
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, expect, test } from 'vitest'
import { bundleForBrowser } from '../tests/browser/bundle.ts'
import { root } from './run.ts'
import { publishedPackages, stagePackage } from './stage.ts'

const folder = mkdtempSync(join(tmpdir(), 'wetee-stage-'))
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
afterAll(() => rmSync(folder, { recursive: true }))

test.each(publishedPackages)('%s is publishable', async (name) => {
  const pkgDir = stagePackage(name, join(folder, name))
  const { messages, pkg } = await publint({ pkgDir, pack: false, level: 'warning' })
  expect(messages.map((message) => formatMessage(message, pkg ?? {}))).toEqual([])
})

test('what is published needs nothing of ours that is not', () => {
  const read = (folder: string) =>
    JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
      name: string
      dependencies?: Record<string, string>
    }
  const packages = publishedPackages.map(read)
  const names = new Set(packages.map(({ name }) => name))
  const needed = packages.flatMap(({ dependencies }) => Object.keys(dependencies ?? {}))
  expect(needed.filter((name) => name.startsWith('@wetee/') && !names.has(name))).toEqual([])
})

test('all packages have one version, take each other in it, and say in their change log what it has', () => {
  const read = (path: string) =>
    JSON.parse(readFileSync(join(root, path), 'utf8')) as {
      version: string
      dependencies?: Record<string, string>
      devDependencies?: Record<string, string>
    }
  const { version } = read('package.json')
  const manifests = globSync('{contracts,{packages,apps,examples}/*}/package.json', { cwd: root })
  expect(manifests.length).toBeGreaterThan(30)
  const others = manifests.flatMap((path) => {
    const { version: own, dependencies, devDependencies } = read(path)
    const ours = Object.entries({ ...dependencies, ...devDependencies }).filter(([name]) =>
      name.startsWith('@wetee/'),
    )
    const said: [string, string][] = [['version', own], ...ours]
    return said.filter(([, one]) => one !== version).map((one) => `${path}: ${one.join(' ')}`)
  })
  expect(others).toEqual([])
  for (const name of publishedPackages) {
    const log = readFileSync(join(root, name, 'CHANGELOG.md'), 'utf8')
    expect(/^## (.+)$/m.exec(log)?.[1], name).toBe(version)
  }
})

/** Sealed by the sdk's packages, as the owner's machine does; opened by the native back end. */
const sealAndOpen = `
const { encrypt, nobleGroup, keyBase, checkCiphertext } = await import('@wetee/threshold')
const { openNativeGroup } = await import('@wetee/threshold/native')
const { encodeSealedSecret, parseSealedSecret, serializePolicy } = await import('@wetee/secrets')
const { makeReaderKeys, openWith, sealTo } = await import('@wetee/sealing')
const { sealSecret } = await import('@wetee/sdk')
const draw = (size) => crypto.getRandomValues(new Uint8Array(size))
const native = openNativeGroup()
const key = native.multiplySecret(keyBase(), native.randomSecret(draw))
const label = new Uint8Array([1])
const networkKey = nobleGroup.decode(native.encode(key))
const ciphertext = encrypt(nobleGroup, { networkKey, label, plaintext: draw(9) }, draw)
const policyText = serializePolicy({ measurements: 'dao', minLevel: 0, teeClasses: 1 })
const sealed = parseSealedSecret(encodeSealedSecret({ policyText, ciphertext }))
checkCiphertext(native, label, sealed.ciphertext)
const keys = await makeReaderKeys()
const none = new Uint8Array(0)
const made = await sealTo(keys.bytes, none, none, label)
const opened = await openWith(keys, made.enc, none, none, made.sealed)
console.log(typeof sealSecret, opened.join())`

test('the packages of secrets as published work together, without what only tests need', () => {
  const packages = publishedPackages.filter((name) => name.startsWith('packages/'))
  const scope = join(folder, 'packages/node_modules/@wetee')
  mkdirSync(scope, { recursive: true })
  for (const name of packages) {
    stagePackage(name, join(folder, name))
    symlinkSync(join(folder, name), join(scope, name.replace('packages/', '')))
  }
  const files = globSync(['packages/*/dist/**/*'], { cwd: folder })
  expect(files.filter((path) => /fuzz|\.test\./.test(path))).toEqual([])
  expect(files.filter((path) => /(threshold|secrets|sealing)\/.*testing/.test(path))).toEqual([])
  const cwd = join(folder, 'packages')
  const run = ['--input-type=module', '--eval', sealAndOpen]
  expect(execFileSync('node', run, { cwd, encoding: 'utf8' })).toBe('function 1\n')
})

test('the attestation package as published loads in Node, and bundles for browsers without Node', async () => {
  const target = stagePackage('packages/attestation', join(folder, 'installed'))
  const entry = join(target, 'dist/index.js')
  const script = `import(${JSON.stringify(entry)}).then(({ appraise }) => console.log(typeof appraise))`
  expect(execFileSync('node', ['--eval', script], { encoding: 'utf8' })).toBe('function\n')
  const { text, inputs } = await bundleForBrowser(entry)
  expect(inputs.filter((path) => path.endsWith('/web-crypto.js'))).toHaveLength(1)
  expect(text).not.toMatch(/['"]node:/)
})
