// Compiles the contracts with solc from npm into contracts/artifacts and prints their sizes; --check compares instead.
import {
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parentPort, Worker, workerData } from 'node:worker_threads'

const root = import.meta.dirname
const require = createRequire(import.meta.url)

/** What the Hub takes at most, in bytes (EIP-170, EIP-3860). */
export const codeLimits = { runtimeBytes: 24_576, initcodeBytes: 49_152 } as const

/** A compiled contract or interface as it is committed. */
export type Artifact = {
  /** Its source, below contracts/. */
  readonly source: string
  readonly abi: readonly AbiItem[]
  /** Creation code without constructor arguments; `0x` of an interface. */
  readonly bytecode: string
  readonly runtimeBytes: number
  /** Where the runtime code stands within `bytecode`, in bytes. */
  readonly runtimeOffset: number
  /** [start, length] of every place in the runtime code that the constructor fills in, in bytes. */
  readonly immutables: readonly (readonly [number, number])[]
  /** Its storage, a variable each: name, slot, offset, type. */
  readonly storage: readonly string[]
}

/** An entry of an ABI as solc writes it. */
export type AbiItem = {
  readonly type: string
  readonly name?: string
  readonly inputs?: readonly AbiParameter[]
}

/** A parameter; tuples have components. */
export type AbiParameter = {
  readonly name: string
  readonly type: string
  readonly indexed?: boolean
  readonly components?: readonly AbiParameter[]
}

type Output = {
  errors?: { severity: string; formattedMessage: string }[]
  contracts: Record<
    string,
    Record<
      string,
      {
        abi: AbiItem[]
        storageLayout?: {
          storage: { label: string; slot: string; offset: number; type: string }[]
        }
        evm: {
          bytecode: { object: string }
          deployedBytecode: {
            object: string
            immutableReferences?: Record<string, { start: number; length: number }[]>
          }
        }
      }
    >
  >
}

/** Every Solidity file below contracts/src and contracts/examples, by its path below contracts/. */
export function readSources(): Map<string, string> {
  return new Map(
    globSync('{src,examples}/**/*.sol', { cwd: root })
      .sort()
      .map((path) => [path, readFileSync(join(root, path), 'utf8')]),
  )
}

/** What gets an artifact, name to file: every interface and every contract that is not abstract. */
function listPublished(sources: ReadonlyMap<string, string>): Map<string, string> {
  const published = new Map<string, string>()
  for (const [path, text] of sources)
    for (const [, name = ''] of text.matchAll(/^(?:contract|interface) (\w+)/gm)) {
      if (published.has(name))
        throw new Error(`two sources declare ${name}: ${path} is one of them`)
      published.set(name, path)
    }
  return published
}

/** Compiles these contracts; throws with the compiler's message on an error. */
function compile(published: ReadonlyMap<string, string>): Map<string, Artifact> {
  const solc = require('solc') as {
    compile(input: string, callbacks: { import(path: string): { contents: string } }): string
  }
  const read = (path: string) => readFileSync(require.resolve(path), 'utf8')
  const texts = readSources()
  const outputs = ['abi', 'storageLayout', 'evm.bytecode.object', 'evm.deployedBytecode']
  const outputSelection: Record<string, Record<string, string[]>> = {}
  for (const [name, path] of published) (outputSelection[path] ??= {})[name] = outputs
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries([...texts].map(([path, content]) => [path, { content }])),
    settings: {
      evmVersion: 'cancun',
      // Through the intermediate representation: smaller code, and no "stack too deep".
      viaIR: true,
      optimizer: { enabled: true, runs: 200 },
      metadata: { bytecodeHash: 'none', appendCBOR: false },
      outputSelection,
    },
  }
  const callbacks = { import: (path: string) => ({ contents: read(path) }) }
  const output = JSON.parse(solc.compile(JSON.stringify(input), callbacks)) as Output
  const failures = (output.errors ?? []).filter((e) => e.severity === 'error')
  if (failures.length > 0) throw new Error(failures.map((e) => e.formattedMessage).join('\n'))
  const artifacts = new Map<string, Artifact>()
  for (const [name, source] of published) {
    const compiled = output.contracts[source]?.[name]
    if (compiled === undefined) throw new Error(`the compiler left out ${name} of ${source}`)
    artifacts.set(name, toArtifact(source, compiled))
  }
  return artifacts
}

/** Compiles on every core: the compiler uses one, and most of its time goes into the code of single contracts. */
async function compileAll(): Promise<Map<string, Artifact>> {
  const sources = readSources()
  const published = [...listPublished(sources)]
  // By the size of their files, the largest first, each to the least loaded core.
  const loads = Array.from({ length: Math.min(availableParallelism(), 4) }, () => ({
    bytes: 0,
    contracts: [] as [string, string][],
  }))
  const sizeOf = (path: string) => sources.get(path)?.length ?? 0
  for (const entry of published.sort(([, a], [, b]) => sizeOf(b) - sizeOf(a))) {
    const load = loads.reduce((a, b) => (b.bytes < a.bytes ? b : a))
    load.bytes += sizeOf(entry[1])
    load.contracts.push(entry)
  }
  const parts = await Promise.all(
    loads.map(
      ({ contracts }) =>
        new Promise<Map<string, Artifact>>((resolve, reject) => {
          const worker = new Worker(import.meta.filename, { workerData: new Map(contracts) })
          worker.once('message', resolve)
          worker.once('error', reject)
        }),
    ),
  )
  return new Map(parts.flatMap((part) => [...part]).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function toArtifact(source: string, compiled: Output['contracts'][string][string]): Artifact {
  const { abi, evm, storageLayout } = compiled
  const { bytecode, deployedBytecode: runtime } = evm
  const at = bytecode.object.indexOf(runtime.object)
  if (at < 0) throw new Error(`${source}: the creation code does not contain the runtime code`)
  return {
    source,
    abi,
    bytecode: `0x${bytecode.object}`,
    runtimeBytes: runtime.object.length / 2,
    runtimeOffset: at / 2,
    immutables: Object.values(runtime.immutableReferences ?? {})
      .flat()
      .map(({ start, length }) => [start, length] as const)
      .sort(([a], [b]) => a - b),
    storage: (storageLayout?.storage ?? []).map(
      // Without the compiler's own numbers in the names of types: they change with any source.
      ({ label, slot, offset, type }) =>
        `${label} ${slot} ${offset} ${type.replace(/\)\d+/g, ')')}`,
    ),
  }
}

/** Names of the contracts that the Hub would not take, each with why. */
function oversized(artifacts: ReadonlyMap<string, Artifact>): string[] {
  return [...artifacts].flatMap(([name, { bytecode, runtimeBytes }]) => {
    const { runtime, initcode } = sizes({ bytecode, runtimeBytes })
    return [
      ...(runtime > codeLimits.runtimeBytes
        ? [`${name} has ${runtime} bytes of code, at most ${codeLimits.runtimeBytes}`]
        : []),
      ...(initcode > codeLimits.initcodeBytes
        ? [`${name} has ${initcode} bytes of creation code, at most ${codeLimits.initcodeBytes}`]
        : []),
    ]
  })
}

const sizes = (artifact: Pick<Artifact, 'bytecode' | 'runtimeBytes'>) => ({
  runtime: artifact.runtimeBytes,
  initcode: (artifact.bytecode.length - 2) / 2,
})

/** One entry of a list to a line: an ABI stays readable and its changes small. */
const render = (artifact: Artifact) => {
  const { abi, ...rest } = artifact
  const lines = abi.map((item) => `  ${JSON.stringify(item)}`).join(',\n')
  const fields = Object.entries(rest).map(([key, value]) => ` "${key}": ${JSON.stringify(value)}`)
  return `{\n "abi": [\n${lines}\n ],\n${fields.join(',\n')}\n}\n`
}

async function main(): Promise<number> {
  const check = process.argv.includes('--check')
  const folder = join(root, 'artifacts')
  mkdirSync(folder, { recursive: true })
  const artifacts = await compileAll()
  let stale = 0
  const complain = (text: string) => {
    console.error(`${text}: run npm run contracts:build`)
    stale++
  }
  for (const file of readdirSync(folder)) {
    if (artifacts.has(file.replace(/\.json$/, ''))) continue
    if (check) complain(`contracts/artifacts/${file} has no source any more`)
    else rmSync(join(folder, file))
  }
  for (const [name, artifact] of artifacts) {
    const path = join(folder, `${name}.json`)
    const text = render(artifact)
    const { runtime, initcode } = sizes(artifact)
    if (runtime > 0)
      console.log(`${name.padEnd(20)} runtime ${runtime} bytes, creation code ${initcode} bytes`)
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue
    if (check) complain(`contracts/artifacts/${name}.json is stale`)
    else writeFileSync(path, text)
  }
  const tooLarge = oversized(artifacts)
  for (const text of tooLarge) console.error(text)
  return stale + tooLarge.length > 0 ? 1 : 0
}

if (workerData instanceof Map) parentPort?.postMessage(compile(workerData as Map<string, string>))
else if (import.meta.main) process.exit(await main())
