// Writes src/generated/*.ts (typed ABIs, and the errors of all contracts) from contracts/artifacts; with --check compares instead of writing.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const artifacts = join(import.meta.dirname, '../../contracts/artifacts')
const folder = join(import.meta.dirname, 'src/generated')

/**
 * What an address answers, by file name: the interface, the contract that stands at the address and the parts that it
 * passes calls to. Errors are part of it, those of libraries too, so that a refusal can be told by its name.
 */
const bindings: Readonly<Record<string, readonly string[]>> = {
  cloud: ['ICloud', 'Cloud', ...partsOf('src/cloud/', 'Cloud')],
  subnet: ['ISubnet', 'Subnet', ...partsOf('src/subnet/', 'Subnet')],
  quorum: ['IQuorum', 'Quorum'],
  keys: ['IKeys', 'Keys'],
  secrets: ['ISecrets', 'Secrets'],
  complaints: ['IComplaints', 'Complaints'],
  misconduct: ['IMisconduct', 'Misconduct'],
  apis: ['IApis', 'Apis'],
  bridge: ['IBridge', 'Bridge'],
  forwarder: ['IForwarder', 'Forwarder'],
  lens: ['Lens'],
  members: ['IMembers', 'Members'],
  token: ['WeteeToken'],
  governor: ['WeteeGovernor'],
  timelock: ['Timelock'],
  authority: ['Authority'],
}

type Parameter = { readonly type: string; readonly components?: readonly Parameter[] }
type Item = {
  readonly type: string
  readonly name?: string
  readonly inputs?: readonly Parameter[]
}
type Artifact = {
  readonly source: string
  readonly abi: readonly Item[]
  readonly bytecode: string
}

function read(name: string): Artifact {
  const path = join(artifacts, `${name}.json`)
  if (!existsSync(path))
    throw new Error(`no artifact of ${name}: run npm run contracts:build first`)
  return JSON.parse(readFileSync(path, 'utf8')) as Artifact
}

/** Deployable contracts of a folder beside the one that stands at the address. */
function partsOf(source: string, name: string): string[] {
  return readdirSync(artifacts)
    .map((file) => file.replace(/\.json$/, ''))
    .filter((other) => other !== name)
    .filter((other) => read(other).source.startsWith(source) && read(other).bytecode !== '0x')
    .sort()
}

const typeOf = ({ type, components }: Parameter): string =>
  components === undefined
    ? type
    : `(${components.map(typeOf).join(',')})${type.slice('tuple'.length)}`

/** Every function, event and error once, the interface's own first; no constructor, no fallback. */
function merge(names: readonly string[]): Item[] {
  const items = new Map<string, Item>()
  for (const item of names.flatMap((name) => read(name).abi)) {
    if (item.name === undefined) continue
    const key = `${item.type} ${item.name}(${(item.inputs ?? []).map(typeOf).join(',')})`
    if (!items.has(key)) items.set(key, item)
  }
  return [...items.values()]
}

/** solc's own names of types (`enum ICloud.AppState`) say nothing to TypeScript. */
const withoutInternalTypes = (key: string, value: unknown): unknown =>
  key === 'internalType' ? undefined : value

/** The text of every generated file, by file name. */
function render(): Map<string, string> {
  const errors = merge(Object.values(bindings).flat()).filter(({ type }) => type === 'error')
  const files = Object.entries(bindings).map(([name, sources]): [string, string] => [
    `${name}.ts`,
    `${head(sources.join(', '))}export const ${name}Abi = ${abiText(merge(sources))} as const\n`,
  ])
  // Nobody names one of them: they need no type each.
  const all = `import type { Abi } from 'viem'\n\nexport const errorsAbi: Abi = ${abiText(errors)}\n`
  return new Map([...files, ['errors.ts', head('the errors of all contracts') + all]])
}

const head = (source: string) =>
  `// GENERATED from contracts/artifacts (${source}) by packages/chain/generate.ts. Do not edit.\n`
const abiText = (items: readonly Item[]) => JSON.stringify(items, withoutInternalTypes, 1)

function main(): number {
  const check = process.argv.includes('--check')
  mkdirSync(folder, { recursive: true })
  const files = render()
  let stale = 0
  const complain = (file: string, what: string) => {
    console.error(`packages/chain/src/generated/${file} ${what}: run npm run bindings`)
    stale++
  }
  for (const file of readdirSync(folder)) {
    if (files.has(file)) continue
    if (check) complain(file, 'has no contract any more')
    else rmSync(join(folder, file))
  }
  for (const [file, text] of files) {
    const path = join(folder, file)
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue
    if (check) complain(file, 'is stale')
    else writeFileSync(path, text)
  }
  return stale > 0 ? 1 : 0
}

if (import.meta.main) process.exit(main())
