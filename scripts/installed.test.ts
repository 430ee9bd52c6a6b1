// The sdk as a stranger has it: packed, installed into an empty project, run, type-checked and bundled from there. Takes other people's
// packages from npm's cache or its registry; where neither has them, only continuous integration fails.
import { execFile, type ExecFileOptions } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compiler, root } from './run.ts'
import { publishedPackages, stagePackage } from './stage.ts'

const SDK_TARBALL_BYTES = 400_000
const INSTALLED_PACKAGES = 40
const INSTALL_MS = 90_000

type Packed = { name: string; filename: string; size: number; files: { path: string }[] }

const folder = mkdtempSync(join(tmpdir(), 'wetee-installed-'))
const project = join(folder, 'project')
afterAll(() => rmSync(folder, { recursive: true }))

type Ended = {
  /** Exit code; `null`: it was ended by a signal. */
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end, which may take minutes: this process must answer its test runner meanwhile. */
const end = (program: string, words: readonly string[], options: ExecFileOptions) =>
  new Promise<Ended>((resolve, reject) => {
    const child = execFile(program, words, options, (error, stdout, stderr) => {
      const said = { stdout: String(stdout), stderr: String(stderr) }
      if (error !== null && typeof error.code === 'string')
        reject(new Error(program, { cause: error }))
      else resolve({ status: child.exitCode, ...said })
    })
  })

/** What `npm pack` makes of a package; its tarball lies in `folder`. */
async function pack(name: string): Promise<Packed> {
  const cwd = stagePackage(name, join(folder, name))
  const arguments_ = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]
  const { stdout, stderr } = await end('npm', arguments_, { cwd })
  if (stdout === '') throw new Error(`npm packed nothing in ${name}: ${stderr}`)
  // A list, or since npm 12 an object by name.
  const [packed] = Object.values(JSON.parse(stdout) as object) as Packed[]
  if (packed === undefined) throw new Error(`npm packed nothing in ${name}`)
  return packed
}
const packages: Packed[] = []
for (const name of publishedPackages) packages.push(await pack(name))
const tarballOf = ({ filename }: Packed) => `file:${join(folder, filename)}`

test.each(packages)(
  'the tarball of $name has code, types, a license and a change log, and nothing for us',
  (packed) => {
    const paths = packed.files.map(({ path }) => path)
    expect(paths).toContain('LICENSE')
    expect(paths).toContain('README.md')
    expect(paths).toContain('CHANGELOG.md')
    expect(paths.filter((path) => /^dist\/.*\.js$/.test(path))).not.toEqual([])
    const code = paths.filter((path) => path.endsWith('.js'))
    expect(code.filter((path) => !paths.includes(path.replace(/\.js$/, '.d.ts')))).toEqual([])
    const known = /^(LICENSE|(README|CHANGELOG)\.md|package\.json|dist\/.*\.(js|d\.ts|json))$/
    expect(paths.filter((path) => !known.test(path))).toEqual([])
    expect(paths.filter((path) => /\.test\.|fuzz|tsbuildinfo/.test(path))).toEqual([])
  },
)

test('the tarball of the sdk is small', () => {
  const sdk = packages.find(({ name }) => name === '@wetee/sdk')
  expect(sdk?.size).toBeLessThanOrEqual(SDK_TARBALL_BYTES)
})

/** Whether everything could be installed: false where no registry answers and the cache lacks a package. */
async function install(): Promise<boolean> {
  mkdirSync(project)
  const others = packages.filter(({ name }) => name !== '@wetee/sdk')
  const sdk = packages.filter(({ name }) => name === '@wetee/sdk')
  const byName = (list: Packed[]) => Object.fromEntries(list.map((p) => [p.name, tarballOf(p)]))
  const manifest = {
    private: true,
    type: 'module',
    dependencies: byName(sdk),
    overrides: byName(others),
  }
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest))
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts']
  // Without a registry npm tries each package for minutes.
  const npm = await end('npm', ['install', ...flags], { cwd: project, timeout: INSTALL_MS })
  if (npm.status === 0) return true
  const noRegistry = /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH/
  const isSilent = npm.status === null || noRegistry.test(npm.stderr)
  if (process.env['CI'] === undefined && isSilent) return false
  throw new Error(`npm install: ${npm.stderr || 'not done in time'}`)
}

/** Runs a module in the project. */
function run(code: string) {
  const flags = ['--input-type=module', '--eval', code]
  return end(process.execPath, flags, { cwd: project })
}

/** What of `code` a bundler for browsers keeps: bytes, and the packages that they are from. */
async function bundle(code: string) {
  const { metafile } = await build({
    stdin: { contents: code, resolveDir: project },
    ...{ bundle: true, minify: true, write: false, metafile: true, logLevel: 'silent' },
    ...{ format: 'esm', platform: 'browser', target: 'es2022' },
  })
  const [output] = Object.values(metafile.outputs)
  const kept = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput)
  const owner = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/
  const from = new Set(kept.map(([path]) => owner.exec(path)?.[1] ?? path))
  return { bytes: output?.bytes ?? 0, from: [...from].sort() }
}

const readme = readFileSync(join(root, 'packages/sdk/README.md'), 'utf8')
const [look, deploy] = [...readme.matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1] ?? '')

describe('installed in an empty project', () => {
  let isInstalled = false
  beforeAll(async () => {
    isInstalled = await install()
    if (!isInstalled) console.log('skipped: no npm registry is reachable from here')
  }, 120_000)

  test('the sdk brings few packages, and none that wants to run a program', ({ skip }) => {
    if (!isInstalled) skip()
    const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { hasInstallScript?: boolean }>
    }
    const { '': own, ...installed } = lock.packages
    expect(own).toBeDefined()
    expect(Object.keys(installed).length).toBeLessThanOrEqual(INSTALLED_PACKAGES)
    expect(Object.values(installed).filter((one) => one.hasInstallScript)).toEqual([])
  })

  test("the README's first program runs up to the network that is not there", async ({ skip }) => {
    if (!isInstalled) skip()
    expect((await run(look ?? '')).stderr).toContain("code: 'network.not-found'")
  })

  test('evidence is judged, a manifest gets its digest, a missing native library is said', async ({
    skip,
  }) => {
    if (!isInstalled) skip()
    const { stdout, stderr } = await run(`
import { appraise, developmentPolicy, evaluate } from '@wetee/attestation'
import { createSimulatedVendor } from '@wetee/attestation/simulated'
import { buildManifest, manifestDigest } from '@wetee/manifest'
import { openNativeGroup, openNativeRecovery, openNativeSigning } from '@wetee/threshold/native'
const atMs = Date.now()
const vendor = createSimulatedVendor({ atMs })
const guest = vendor.createChip().launch({ mrtd: '0x' + '11'.repeat(48), mrConfigId: '0x' + '22'.repeat(48) })
const trustStore = { roots: [{ name: vendor.name, der: vendor.rootDer, simulated: true }] }
const quote = guest.quote('0x' + '33'.repeat(64))
const claims = await appraise({ platform: 'tdx', quote }, vendor.collateral(atMs), trustStore, atMs)
const { text, digest } = await buildManifest('name: a\\nservices: { web: { image: "a:1" } }', {
  resolveImage: async () => 'sha256:' + '1a'.repeat(32),
})
const code = (open) => { try { return open() } catch (error) { return error.code } }
console.log(claims.tcbStatus, evaluate(claims, developmentPolicy(), atMs).accepted, digest === manifestDigest(text))
console.log(...[openNativeGroup, openNativeRecovery, openNativeSigning].map(code))`)
    expect(stderr).toBe('')
    expect(stdout).toBe('UpToDate true true\nnative.missing native.missing native.missing\n')
  })

  test("the README's programs have the types that they need, declarations checked too", async ({
    skip,
  }) => {
    if (!isInstalled) skip()
    writeFileSync(join(project, 'look.ts'), look ?? '')
    const given = `declare const profile: Parameters<typeof openNetwork>[0]
declare const account: import('viem').LocalAccount
declare const composeText: string\n`
    writeFileSync(join(project, 'deploy.ts'), given + (deploy ?? ''))
    const compilerOptions = {
      ...{ module: 'nodenext', target: 'es2023', lib: ['es2024', 'dom', 'dom.iterable'] },
      ...{ strict: true, noEmit: true, skipLibCheck: false, moduleDetection: 'force' },
      ...{ types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
    }
    const settings = JSON.stringify({ compilerOptions, files: ['look.ts', 'deploy.ts'] })
    writeFileSync(join(project, 'tsconfig.json'), settings)
    const said = await end(process.execPath, [compiler, '-p', project], { cwd: project })
    expect(said.stdout).toBe('')
    expect(said.status).toBe(0)
  })

  test('a bundle for browsers keeps what is used: 1.2 kB of the sdk for a function, 10 kB for a policy', async ({
    skip,
  }) => {
    if (!isInstalled) skip()
    const whole = await bundle(`export * from '@wetee/sdk'`)
    expect(whole.from).toContain('viem')
    const prices = await bundle(`export { describePrices } from '@wetee/sdk'`)
    expect(prices.from).toEqual(['@wetee/sdk', 'viem'])
    expect(prices.bytes).toBeLessThan(2_000)
    const policy = await bundle(`export { evaluate } from '@wetee/attestation'`)
    expect(policy.from).toEqual(['@wetee/attestation'])
    expect(policy.bytes).toBeLessThan(15_000)
    expect((await bundle(`export { manifestDigest } from '@wetee/manifest'`)).from).not.toContain(
      'viem',
    )
  })
})
