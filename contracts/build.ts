// Compiles the contracts with solc from npm into contracts/artifacts; with --check compares instead of writing.
import { readdirSync, readFileSync, mkdirSync, writeFileSync, existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, relative } from 'node:path'

const root = import.meta.dirname
const require = createRequire(import.meta.url)

/** Contracts whose artifacts are committed: interfaces for bindings, implementations for deployment. */
const published = ['IQuorum', 'ISubnet', 'ICloud', 'Quorum', 'Subnet', 'Cloud']

/** Runtime code that the Hub takes, in bytes. */
const maxRuntimeBytes = 24_576

type Output = {
  errors?: { severity: string; formattedMessage: string }[]
  contracts: Record<
    string,
    Record<
      string,
      {
        abi: unknown[]
        evm: { bytecode: { object: string }; deployedBytecode: { object: string } }
      }
    >
  >
}

/** Compiles every source below contracts/src; throws with the compiler's message on an error. */
function compile(): Map<string, { abi: unknown[]; bytecode: string; runtimeBytes: number }> {
  const solc = require('solc') as {
    compile(input: string, callbacks: { import(path: string): { contents: string } }): string
  }
  const sources: Record<string, { content: string }> = {}
  for (const entry of readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })) {
    if (!entry.name.endsWith('.sol')) continue
    const path = join(entry.parentPath, entry.name)
    sources[relative(root, path)] = { content: readFileSync(path, 'utf8') }
  }
  const input = {
    language: 'Solidity',
    sources,
    settings: {
      evmVersion: 'cancun',
      // Through the intermediate representation: the Cloud stays below the Hub's limit of 24,576 bytes.
      viaIR: true,
      optimizer: { enabled: true, runs: 200 },
      metadata: { bytecodeHash: 'none', appendCBOR: false },
      outputSelection: {
        'src/*': {},
        '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] },
      },
    },
  }
  const output = JSON.parse(
    solc.compile(JSON.stringify(input), {
      import: (path) => ({ contents: readFileSync(require.resolve(path), 'utf8') }),
    }),
  ) as Output
  const failures = (output.errors ?? []).filter((e) => e.severity === 'error')
  if (failures.length > 0) throw new Error(failures.map((e) => e.formattedMessage).join('\n'))
  const artifacts = new Map<string, { abi: unknown[]; bytecode: string; runtimeBytes: number }>()
  for (const [file, contracts] of Object.entries(output.contracts)) {
    if (!file.startsWith('src/')) continue
    for (const [name, { abi, evm }] of Object.entries(contracts)) {
      if (!published.includes(name)) continue
      artifacts.set(name, {
        abi,
        bytecode: `0x${evm.bytecode.object}`,
        runtimeBytes: evm.deployedBytecode.object.length / 2,
      })
    }
  }
  return artifacts
}

if (import.meta.main) {
  const check = process.argv.includes('--check')
  const folder = join(root, 'artifacts')
  mkdirSync(folder, { recursive: true })
  let stale = 0
  for (const [name, artifact] of compile()) {
    if (artifact.runtimeBytes > maxRuntimeBytes)
      throw new Error(
        `${name} has ${artifact.runtimeBytes} bytes of code, at most ${maxRuntimeBytes}`,
      )
    const path = join(folder, `${name}.json`)
    const text = JSON.stringify(artifact, null, 1) + '\n'
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue
    if (check) {
      console.error(`contracts/artifacts/${name}.json is stale: run npm run contracts:build`)
      stale++
    } else writeFileSync(path, text)
  }
  if (stale > 0) process.exit(1)
}
