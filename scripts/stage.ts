// Stages a publishable package: its source built by tsc, a package.json that points at the result. Reads and writes files.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compiler, root } from './run.ts'

/** Folder names of what strangers install. */
export const publishedPackages = [
  'packages/tls',
  'packages/chain',
  'packages/manifest',
  'packages/attestation',
  'packages/endorsements',
  'packages/threshold',
  'packages/sealing',
  'packages/sealed-log',
  'packages/sign-in',
  'packages/secrets',
  'packages/bridge',
  'packages/sdk',
  'packages/image',
  'packages/build',
  'apps/cli',
] as const

type PackageJson = {
  name: string
  description: string
  exports: Record<string, string>
  /** Modules of its own by condition. */
  imports?: Record<string, Record<string, string>>
  bin?: Record<string, string>
  [field: string]: unknown
}

/** Tests, what fuzzing loads, and what tsc keeps for itself. */
const notPublished = /\.test\.|\/fuzz(\.|\/|$)|\.tsbuildinfo$|\.map$/

const builtPath = (path: string) => path.replace('./src/', './dist/').replace(/\.ts$/, '.js')
const builtByCondition = (paths: Record<string, string>) =>
  Object.fromEntries(Object.entries(paths).map(([condition, path]) => [condition, builtPath(path)]))
const types = (path: string) => path.replace('./src/', './dist/').replace(/\.ts$/, '.d.ts')

/** Of a package that has no README of its own. */
const shortReadme = ({ name, description }: PackageJson) =>
  `# ${name}\n\n${description}\n\nA part of WeTEE that @wetee/sdk and the \`wetee\` command are made of.\n`

/** Builds `name` and writes what `npm publish` should take to `target`; returns `target`. */
export function stagePackage(name: string, target: string): string {
  const folder = join(root, name)
  execFileSync(process.execPath, [compiler, '-b', folder], { cwd: root })
  rmSync(target, { recursive: true, force: true })
  mkdirSync(target, { recursive: true })
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageJson
  // What tests need goes along where a package offers it to strangers, as `./testing`; under another name it is for this repository.
  const offersTesting = Object.keys(manifest.exports).some((name) => name.startsWith('./testing'))
  const built = join(folder, 'dist')
  cpSync(built, join(target, 'dist'), {
    recursive: true,
    filter: (path) =>
      !notPublished.test(path) && (offersTesting || !path.startsWith(join(built, 'testing'))),
  })
  const { bin, exports, imports, ...rest } = manifest
  const main = builtPath(exports['./main'] ?? '')
  delete rest['private']
  delete rest['devDependencies']
  const staged = {
    ...rest,
    files: ['dist', 'CHANGELOG.md'],
    exports: Object.fromEntries(
      Object.entries(exports)
        .filter(([, path]) => offersTesting || !path.includes('/testing/'))
        .map(([key, path]) => [key, { types: types(path), default: builtPath(path) }]),
    ),
    ...(imports === undefined
      ? {}
      : {
          imports: Object.fromEntries(
            Object.entries(imports).map(([key, paths]) => [key, builtByCondition(paths)]),
          ),
        }),
    // Here a launcher runs the source; a stranger's runs what was built.
    ...(bin === undefined
      ? {}
      : { bin: Object.fromEntries(Object.keys(bin).map((name) => [name, main])) }),
  }
  writeFileSync(join(target, 'package.json'), JSON.stringify(staged, null, 2) + '\n')
  cpSync(join(folder, 'CHANGELOG.md'), join(target, 'CHANGELOG.md'))
  const license = join(folder, 'LICENSE')
  cpSync(existsSync(license) ? license : join(root, 'LICENSE'), join(target, 'LICENSE'))
  const readme = join(folder, 'README.md')
  if (existsSync(readme)) cpSync(readme, join(target, 'README.md'))
  else writeFileSync(join(target, 'README.md'), shortReadme(manifest))
  return target
}

if (import.meta.main) {
  const target = process.argv[2] ?? 'dist'
  for (const name of publishedPackages)
    console.log(stagePackage(name, join(root, target, name.replace('/', '-'))))
}
