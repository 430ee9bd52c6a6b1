// Fuzzes the parsers: `npm run fuzz -- <target...> --inputs N [--seed S] [--seconds T]`, at most T seconds for each target;
// `--list` for the targets. Exit 1 on a finding.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { makeRandom, type Random } from './random.ts'

type FuzzModule = {
  readonly fuzzTargets: Record<string, (input: Uint8Array) => void | Promise<void>>
  /** Valid inputs to mutate; a target without any gets random bytes only. */
  readonly fuzzSeeds?: Record<string, readonly Uint8Array[]>
}
type Target = {
  readonly allowed: readonly string[]
  readonly run: (input: Uint8Array) => void | Promise<void>
  readonly seeds: readonly Uint8Array[]
}

/** Modules with targets; those of a part that is not here are left out. The names are of the errors that may escape. */
const MODULES = [
  { path: 'packages/attestation/src/fuzz.ts', allowed: ['AttestationError'] },
  { path: 'packages/bridge/src/fuzz.ts', allowed: ['BridgeError'] },
  { path: 'packages/build/src/fuzz.ts', allowed: ['BuildError'] },
  { path: 'packages/endorsements/src/fuzz.ts', allowed: ['EndorsementError'] },
  { path: 'packages/manifest/src/fuzz.ts', allowed: ['ManifestError'] },
  { path: 'packages/secrets/src/fuzz.ts', allowed: ['SecretsError'] },
  { path: 'packages/tee-device/src/fuzz.ts', allowed: ['TeeError'] },
  { path: 'packages/threshold/src/fuzz.ts', allowed: ['ThresholdError'] },
  { path: 'packages/sealing/src/fuzz.ts', allowed: ['SealingError'] },
  {
    path: 'apps/agent/src/fuzz.ts',
    allowed: ['AgentError', 'NodeRefusal', 'SecretsError', 'TeeError'],
  },
  { path: 'apps/dsecret/src/fuzz.ts', allowed: ['NodeError'] },
  { path: 'apps/worker/src/fuzz.ts', allowed: [] },
]
const MAX_INPUT_BYTES = 300_000
const MAX_FINDINGS = 10
const SLOW_MS = 1_000
/** Bytes at which lengths and signs change their meaning. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    inputs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '86400' },
    list: { type: 'boolean', default: false },
  },
})
const targets = await loadTargets()
if (values.list) {
  console.log([...targets.keys()].join('\n'))
} else {
  const asked = positionals[0] === 'all' ? [...targets.keys()] : positionals
  const known = asked.length > 0 && asked.every((one) => targets.has(one))
  const inputs = Number(values.inputs)
  const seed = Number(values.seed)
  const seconds = Number(values.seconds)
  if (!known || !(Number.isSafeInteger(inputs) && inputs > 0 && inputs <= 1e9)) {
    console.error(
      `usage: npm run fuzz -- <all|${[...targets.keys()].join('|')}...> --inputs N [--seed S] [--seconds T]`,
    )
    process.exit(64)
  }
  if (!Number.isSafeInteger(seed) || !(seconds > 0)) {
    console.error('--seed: expected an integer; --seconds: expected a positive number')
    process.exit(64)
  }
  let findings = 0
  for (const one of asked) {
    const target = targets.get(one)
    if (target !== undefined) findings += await fuzz(one, target, { inputs, seed, seconds })
  }
  process.exitCode = findings === 0 ? 0 : 1
}

async function loadTargets(): Promise<Map<string, Target>> {
  const found = new Map<string, Target>()
  for (const { path, allowed } of MODULES) {
    const file = join(import.meta.dirname, '..', path)
    if (!existsSync(file)) continue
    const { fuzzTargets, fuzzSeeds } = (await import(file)) as FuzzModule
    for (const [name, run] of Object.entries(fuzzTargets))
      found.set(name, { run, seeds: fuzzSeeds?.[name] ?? [], allowed })
  }
  return found
}

/** Runs `inputs` inputs and returns the number of findings. */
async function fuzz(
  name: string,
  { run, seeds, allowed }: Target,
  { inputs, seed, seconds: limit }: { inputs: number; seed: number; seconds: number },
): Promise<number> {
  const random = makeRandom(seed)
  const startedAt = performance.now()
  let findings = 0
  let refused = 0
  let done = 0
  for (; done < inputs && findings < MAX_FINDINGS; done++) {
    if (done % 64 === 0 && performance.now() - startedAt > limit * 1_000) break
    // The seeds themselves come first: a target that refuses them is fuzzed for nothing.
    const original = seeds[done]
    const input = original ?? makeInput(seeds, random)
    // Not the time on the clock: what else runs on this machine is no finding.
    const before = process.cpuUsage()
    let problem: string | undefined
    try {
      await run(input)
    } catch (error) {
      const known = error instanceof Error && allowed.includes(error.name)
      if (known) refused++
      if (!known) problem = error instanceof Error ? (error.stack ?? error.message) : String(error)
    }
    const { user, system } = process.cpuUsage(before)
    const tookMs = (user + system) / 1_000
    if (tookMs > SLOW_MS) problem ??= `took ${Math.round(tookMs)} ms of CPU`
    if (problem === undefined) continue
    findings++
    const hex = Buffer.from(input).toString('hex')
    console.error(`finding: ${name}, seed ${seed}, input ${done}: ${problem}\n  bytes: ${hex}`)
  }
  const seconds = (performance.now() - startedAt) / 1000
  console.log(
    `${name}: ${done} inputs, ${refused} refused, ${Math.round(done / seconds)} inputs/s, ${findings} findings (seed ${seed})`,
  )
  return findings
}

function makeInput(seeds: readonly Uint8Array[], random: Random): Uint8Array {
  const base = seeds[random(seeds.length)]
  if (base === undefined || random(10) === 0) return randomBytes(random(512), random)
  let input = new Uint8Array(base)
  for (let left = 1 + random(4); left > 0; left--)
    input = new Uint8Array(mutate(input, base, random))
  return input.subarray(0, MAX_INPUT_BYTES)
}

function randomBytes(length: number, random: Random): Uint8Array {
  return Uint8Array.from({ length }, () => random(256))
}

/** One change: a bit, a byte, a length-like field, a cut, an insertion, a repetition, a swap with another place. */
function mutate(input: Uint8Array, base: Uint8Array, random: Random): Uint8Array {
  const at = random(input.length + 1)
  const span = 1 + random(random(8) === 0 ? 256 : 8)
  const before = input.subarray(0, at)
  const after = input.subarray(Math.min(at + span, input.length))
  switch (random(8)) {
    case 0:
      return input.map((byte, index) => (index === at ? byte ^ (1 << random(8)) : byte))
    case 1:
      return input.map((byte, index) => (index === at ? random(256) : byte))
    case 2:
      return input.map((byte, index) => (index === at ? (EDGES[random(EDGES.length)] ?? 0) : byte))
    case 3:
      return before
    case 4:
      return Buffer.concat([before, after])
    case 5:
      return Buffer.concat([before, randomBytes(span, random), input.subarray(at)])
    case 6:
      return Buffer.concat([input.subarray(0, at + span), input.subarray(at)])
    default: {
      const from = random(base.length)
      return Buffer.concat([before, base.subarray(from, from + span), after])
    }
  }
}
