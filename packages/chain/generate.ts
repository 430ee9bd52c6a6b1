// Writes src/generated/*.ts (typed ABIs, bytecode) from contracts/artifacts; with --check compares instead of writing.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const artifacts = join(import.meta.dirname, '../../contracts/artifacts')
const folder = join(import.meta.dirname, 'src/generated')
const contracts = ['Quorum', 'Subnet', 'Cloud', 'Complaints', 'Misconduct', 'Members']

type Artifact = { abi: { type: string; name?: string; inputs?: unknown[] }[]; bytecode: string }
const read = (name: string): Artifact | undefined => {
  const path = join(artifacts, `${name}.json`)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Artifact) : undefined
}

/** The text of every generated file, by file name. */
function render(): Map<string, string> {
  const files = new Map<string, string>()
  for (const name of contracts) {
    const implementation = read(name)
    const artifact = read(`I${name}`) ?? implementation
    if (!artifact) throw new Error(`no artifact of ${name}: run npm run contracts:build first`)
    const value = name.toLowerCase()
    files.set(
      `${value}.ts`,
      `// GENERATED from contracts/artifacts/${name}.json by packages/chain/generate.ts. Do not edit.\n` +
        `export const ${value}Abi = ${JSON.stringify(artifact.abi, null, 1)} as const\n`,
    )
    files.set(
      `${value}-bytecode.ts`,
      `// GENERATED from contracts/artifacts/${name}.json by packages/chain/generate.ts. Do not edit.\n` +
        `export const ${value}Bytecode = '${implementation?.bytecode ?? '0x'}' as const\n`,
    )
  }
  return files
}

if (import.meta.main) {
  const check = process.argv.includes('--check')
  mkdirSync(folder, { recursive: true })
  let stale = 0
  for (const [file, text] of render()) {
    const path = join(folder, file)
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue
    if (check) {
      console.error(`packages/chain/src/generated/${file} is stale: run npm run bindings`)
      stale++
    } else writeFileSync(path, text)
  }
  if (stale > 0) process.exit(1)
}
