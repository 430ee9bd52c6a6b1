// Builds the console's static files, once for the same sources; `node apps/console/build.ts DIR` writes them into a folder. Files.
import { createHash } from 'node:crypto'
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build, type BuildEnvironmentOptions, type InlineConfig } from 'vite'

const root = import.meta.dirname
const repository = join(root, '../..')

/** JavaScript of the first load, gzip. */
export const firstLoadBudgetBytes = 250_000

/** What the site is made of: the same bytes give the same folder. */
const sources = [
  'apps/console/{src,public}/**/*.{ts,tsx,css,svg}',
  'apps/console/{index.html,build.ts,package.json}',
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

/** The folder with the built site, made when these sources have not been built yet. */
export async function buildConsole(): Promise<string> {
  const folder = join(root, 'dist', `site-${sourceHash()}`)
  if (existsSync(folder)) return folder
  const unfinished = `${folder}.${process.pid}`
  await buildSite(unfinished)
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
export async function buildSite(folder: string): Promise<void> {
  await build({ ...shared, build: { ...siteOutput, outDir: folder, emptyOutDir: true } })
  await build({ ...shared, build: badgeOutput(folder) })
}

/** The site's files with the modules that they are made of, in memory. */
export function bundleSite() {
  return build({ ...shared, build: { ...siteOutput, write: false } })
}

function sourceHash(): string {
  const hash = createHash('sha256')
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

if (import.meta.main) {
  const [target] = process.argv.slice(2)
  if (target === undefined) {
    console.error('expected a folder: node apps/console/build.ts DIR')
    process.exit(2)
  }
  mkdirSync(resolve(target), { recursive: true })
  cpSync(await buildConsole(), resolve(target), { recursive: true })
}
