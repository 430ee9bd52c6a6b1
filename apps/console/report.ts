// `npm run bundle [-- --json]`: the console's JavaScript by files, what the first load is made of, and how much of its budget that takes.
// Builds in memory; exit code 1 above the budget.
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { bundleSite, firstLoadBudgetBytes } from './build.ts'

/** A file or a package, in bytes. */
type Share = { readonly name: string; readonly bytes: number }

/** What was built, the largest first. */
type BundleReport = {
  readonly budgetBytes: number
  /** All files of the first load, gzip. */
  readonly firstLoadBytes: number
  /** Gzip each. */
  readonly firstLoad: readonly Share[]
  /** Packages in these files, before names are shortened and before gzip. */
  readonly packages: readonly Share[]
  /** Files of views and tools that are fetched when they are wanted, gzip each. */
  readonly later: readonly Share[]
}

async function reportBundle(): Promise<BundleReport> {
  const built = await bundleSite()
  if (!('output' in built)) throw new Error('the bundler gave no output')
  const chunks = built.output.filter((file) => file.type === 'chunk')
  const first = new Set(chunks.filter(({ isEntry }) => isEntry))
  for (const { imports } of first)
    for (const chunk of chunks) if (imports.includes(chunk.fileName)) first.add(chunk)
  const sizes = new Map(chunks.map((chunk) => [chunk, gzipSync(chunk.code).length]))
  const sizesOf = (wanted: (chunk: (typeof chunks)[number]) => boolean) =>
    largestFirst(chunks.filter(wanted).map((one) => [one.fileName, sizes.get(one) ?? 0]))
  const packages = new Map<string, number>()
  for (const { modules } of first)
    for (const [id, { renderedLength }] of Object.entries(modules))
      packages.set(packageOf(id), (packages.get(packageOf(id)) ?? 0) + renderedLength)
  const firstLoad = sizesOf((chunk) => first.has(chunk))
  return {
    budgetBytes: firstLoadBudgetBytes,
    firstLoadBytes: firstLoad.reduce((sum, { bytes }) => sum + bytes, 0),
    firstLoad,
    packages: largestFirst([...packages]),
    later: sizesOf((chunk) => !first.has(chunk)),
  }
}

function largestFirst(shares: readonly (readonly [string, number])[]): Share[] {
  return shares
    .map(([name, bytes]) => ({ name, bytes }))
    .toSorted((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1))
}

function packageOf(id: string): string {
  const [, outside] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id) ?? []
  const [, own] = /\/packages\/([^/]+)\//.exec(id) ?? []
  if (outside !== undefined) return outside
  return own !== undefined ? `@wetee/${own}` : id.includes('/apps/console/') ? 'console' : 'bundler'
}

function print({ budgetBytes, firstLoadBytes, firstLoad, packages, later }: BundleReport): void {
  const kilo = (bytes: number) => `${(bytes / 1_000).toFixed(1).padStart(8)} kB`
  const list = (title: string, shares: readonly Share[]) =>
    `${title}\n${shares.map(({ name, bytes }) => `${kilo(bytes)}  ${name}`).join('\n')}\n`
  const share = ((100 * firstLoadBytes) / budgetBytes).toFixed(1)
  console.log(`first load:${kilo(firstLoadBytes)} gzip, ${share} % of its budget\n`)
  console.log(list('Files of the first load, gzip', firstLoad))
  console.log(list('Packages in them, before names are shortened and before gzip', packages))
  console.log(list('Files that are fetched when they are wanted, gzip', later))
}

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } })
const report = await reportBundle()
if (values.json) console.log(JSON.stringify(report, null, 2))
else print(report)
if (report.firstLoadBytes > firstLoadBudgetBytes) process.exitCode = 1
