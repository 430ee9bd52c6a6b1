// `npm run test:ink`: builds the ink! consumer, and holds what ink! says of it against our ABI. Starts cargo.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { toFunctionSelector, toFunctionSignature, type AbiFunction } from 'viem'

const root = join(import.meta.dirname, '..')
const folder = join(root, 'contracts/ink')
/** Debian's compiler and the sources of its standard library: of one version, they build for PolkaVM. */
const debian = { rustc: '/usr/bin/rustc', cargo: '/usr/bin/cargo', sources: '/usr/lib/rustlib/src' }
/** Outside of the tree: a build of ink! has hundreds of megabytes. */
const builds = { CARGO_TARGET_DIR: join(homedir(), '.cache/wetee/ink') }
/** Where a polkavm-linker has put its targets; see contracts/ink/README.md. */
const targetFile = process.env['POLKAVM_TARGET'] ?? ''

type Parameter = { readonly name: string; readonly ty: string }
type Metadata = {
  readonly contract: {
    readonly functions: readonly { readonly name: string; readonly inputs: readonly Parameter[] }[]
  }
  readonly calls: Readonly<Record<string, string>>
  readonly callback: readonly number[]
}

/** Exit codes: 0 all fits, 1 something does not, 3 there is no cargo. */
function main(): number {
  if (spawnSync('cargo', ['--version']).status !== 0) {
    process.stderr.write('missing: cargo (Rust 1.88 or newer)\n')
    return 3
  }
  const problems = compare(readMetadata())
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  if (problems.length > 0) return 1
  process.stdout.write('ink!: what it calls and how it is called back fit our ABI\n')
  return buildForPolkaVm()
}

/** Runs the contract's metadata program on this machine. */
function readMetadata(): Metadata {
  const { status, stdout } = spawnSync(
    'cargo',
    ['run', '--locked', '--quiet', '--bin', 'metadata'],
    {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, ...builds, RUSTFLAGS: '--cfg ink_abi="sol"' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  if (status !== 0) throw new Error(`cargo ended with ${status}`)
  return JSON.parse(stdout) as Metadata
}

/** What does not fit, a sentence each. */
function compare({ contract, calls, callback }: Metadata): string[] {
  const problems: string[] = []
  const expectSame = (what: string, got: string, expected: string) => {
    if (got !== expected) problems.push(`${what}: ink! has ${got}, we have ${expected}`)
  }
  for (const name of ['call', 'quote'])
    expectSame(name, `${name}${calls[name]}`, toFunctionSignature(functionOf('IBridge', name)))
  const ours = functionOf('PriceFeed', 'onWeteeAnswer')
  const theirs = contract.functions.find(({ name }) => name === ours.name)
  const types = theirs?.inputs.map(({ ty }) => ty).join(',')
  expectSame('the callback', `${theirs?.name}(${types})`, toFunctionSignature(ours))
  const selector = `0x${Buffer.from(callback).toString('hex')}`
  expectSame("the callback's selector", selector, toFunctionSelector(ours))
  return problems
}

function functionOf(artifact: string, name: string): AbiFunction {
  const text = readFileSync(join(root, `contracts/artifacts/${artifact}.json`), 'utf8')
  const { abi } = JSON.parse(text) as { abi: readonly (AbiFunction | { type: 'other' })[] }
  const found = abi.find((item) => item.type === 'function' && item.name === name)
  if (found?.type !== 'function') throw new Error(`${artifact} has no function ${name}`)
  return found
}

/** Compiles the contract itself where the machine has what that takes; else says what is missing. */
function buildForPolkaVm(): number {
  if (!Object.values(debian).every((path) => existsSync(path)) || !existsSync(targetFile)) {
    process.stdout.write(
      'not built for PolkaVM: that takes rustc-web, cargo-web and rust-web-src of Debian, and POLKAVM_TARGET\n',
    )
    return 0
  }
  const args = ['build', '--release', '--locked', '--bin', 'price-reader']
  const features = ['--no-default-features', '--features', 'contract']
  const core = ['-Z', 'build-std=core,alloc', '-Z', 'json-target-spec', '--target', targetFile]
  const { status } = spawnSync(debian.cargo, [...args, ...features, ...core], {
    cwd: folder,
    env: {
      ...process.env,
      ...builds,
      RUSTC: debian.rustc,
      RUSTC_BOOTSTRAP: '1',
      RUSTFLAGS:
        '--cfg ink_abi="sol" --cfg substrate_runtime -Cpanic=immediate-abort -Zunstable-options',
    },
    stdio: 'inherit',
  })
  return status === 0 ? 0 : 1
}

process.exitCode = main()
