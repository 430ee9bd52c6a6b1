// Builds the console's static files, once for the same sources; `node apps/console/build.ts DIR` writes them into a folder. Files.
import { createHash } from 'node:crypto'
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { build, mergeConfig, type BuildEnvironmentOptions, type InlineConfig } from 'vite'
import {
  walletConnectConfig,
  walletConnectIdentity,
  walletConnectNames,
  type WalletConnectOptions,
} from './walletconnect.ts'

const root = import.meta.dirname
const repository = join(root, '../..')

/** JavaScript of the first load, gzip. */
export const firstLoadBudgetBytes = 250_000

/** What the site is made of: the same bytes give the same folder. */
const sources = [
  'apps/console/{src,public}/**/*.{ts,tsx,css,svg}',
  'apps/console/{index.html,build.ts,walletconnect.ts,package.json}',
  'packages/*/{package.json,src/**/*.ts}',
  '{tsconfig.base.json,{packages/*,apps/console}/tsconfig.json}',
  'package-lock.json',
]

const shared = {
  root,
  configFile: false,
  logLevel: 'error',
  // Paths in the site are relative: it works below any address.
  base: './',
  // Whatever program builds it: users get what is quick.
  mode: 'production',
  define: { 'process.env.NODE_ENV': '"production"' },
  // Packages have other files for who develops: else it is NODE_ENV that decides.
  resolve: { conditions: ['module', 'browser', 'production'] },
  oxc: { jsx: { runtime: 'automatic', development: false } },
} as const satisfies InlineConfig

const output = {
  target: 'es2023',
  assetsInlineLimit: 0,
  modulePreload: { polyfill: false },
  reportCompressedSize: false,
  chunkSizeWarningLimit: 2_000,
} as const satisfies BuildEnvironmentOptions

/** One file: a page that embeds it can pin all of it by its hash. */
function badgeOutput(outDir: string): BuildEnvironmentOptions {
  const entry = join(root, 'src/badge/wetee-verify.ts')
  return {
    ...output,
    ...{ outDir, emptyOutDir: false, copyPublicDir: false },
    lib: { entry, formats: ['es'], fileName: () => 'wetee-verify.js' },
    rolldownOptions: {
      output: { codeSplitting: false },
      // Else it names each module by its path from the current folder, and the same sources give other bytes elsewhere.
      experimental: { attachDebugInfo: 'none' },
    },
  }
}

/** What the first view needs is one file, not a dozen that are asked for one by one. */
const siteOutput = {
  ...output,
  rolldownOptions: {
    output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } },
  },
} satisfies BuildEnvironmentOptions

/** What may be added to a site. */
export type SiteOptions = {
  /** Wallets on other devices, through a relay; without it the site has nothing of that. */
  readonly walletConnect?: WalletConnectOptions | undefined
}

/** The folder with the built site, made when these sources have not been built yet. */
export async function buildConsole(options: SiteOptions = {}): Promise<string> {
  const folder = join(root, 'dist', `site-${sourceHash(options)}`)
  if (existsSync(folder)) return folder
  const unfinished = `${folder}.${process.pid}`
  await buildSite(unfinished, options)
  try {
    renameSync(unfinished, folder)
  } catch (error) {
    // Another process was quicker.
    rmSync(unfinished, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
  return folder
}

/** Builds the site into a folder, which is emptied first; the same sources give the same files on every machine. */
export async function buildSite(folder: string, options: SiteOptions = {}): Promise<void> {
  const out = { outDir: folder, emptyOutDir: true }
  await build(mergeConfig(siteConfig(options), { build: out }))
  await build({ ...shared, build: badgeOutput(folder) })
}

/** The site's files with the modules that they are made of, in memory. */
export function bundleSite() {
  return build(mergeConfig(siteConfig(), { build: { write: false } }))
}

function siteConfig({ walletConnect }: SiteOptions = {}): InlineConfig {
  const site = { ...shared, build: siteOutput }
  return mergeConfig(
    site,
    walletConnect === undefined
      ? { define: walletConnectNames() }
      : walletConnectConfig(walletConnect),
  )
}

function sourceHash({ walletConnect }: SiteOptions): string {
  const hash = createHash('sha256')
  if (walletConnect !== undefined) hash.update(walletConnectIdentity(walletConnect))
  for (const path of globSync(sources, { cwd: repository }).sort()) {
    if (path.endsWith('.test.ts')) continue
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(repository, path)))
      .update('\0')
  }
  return hash.digest('hex').slice(0, 16)
}

const usage = `usage: node apps/console/build.ts DIR [--walletconnect PROJECT_ID [--walletconnect-relay URL]]

Writes the static files of the web console into a folder.

  --walletconnect PROJECT_ID   offer WalletConnect, for a project of yours at Reown (32 hexadecimal digits); its packages are
                               no part of this project and have to be installed first: it says how
  --walletconnect-relay URL    a relay other than the company's
`

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      walletconnect: { type: 'string' },
      'walletconnect-relay': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const { walletconnect: projectId, 'walletconnect-relay': relayUrl } = values
  const [target, ...more] = positionals
  if (values.help || target === undefined || more.length > 0) {
    process[values.help ? 'stdout' : 'stderr'].write(usage)
    return values.help ? 0 : 2
  }
  if (projectId === undefined && relayUrl !== undefined)
    throw new Error('expected --walletconnect PROJECT_ID beside --walletconnect-relay')
  const options = projectId === undefined ? {} : { walletConnect: { projectId, relayUrl } }
  const site = await buildConsole(options)
  mkdirSync(resolve(target), { recursive: true })
  cpSync(site, resolve(target), { recursive: true })
  return 0
}

if (import.meta.main)
  main().then(
    (code) => {
      process.exitCode = code
    },
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
      process.exitCode = 1
    },
  )
