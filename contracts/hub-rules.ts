// What the Hub asks of contracts beyond Ethereum's rules, checked over sources and artifacts. Pure.
import { codeLimits, type AbiItem, type AbiParameter, type Artifact } from './build.ts'

/** Sources by path, artifacts by name. */
export type Project = {
  readonly sources: ReadonlyMap<string, string>
  readonly artifacts: ReadonlyMap<string, Artifact>
}

/** A broken rule. */
export type Violation = { readonly rule: RuleName; readonly where: string; readonly what: string }

/** Every rule by its name. */
export type RuleName =
  | 'code size'
  | 'event size'
  | 'calldata size'
  | 'immutables'
  | 'opcodes'
  | 'native transfer'
  | 'gas constants'
  | 'randomness'
  | 'block numbers'
  | 'assembly'
  | 'transient storage'
  | 'call depth'
  | 'parts'

/** Limits of the Hub, the smaller where its versions differ; bytes where nothing else is said. */
export const hubLimits = {
  ...codeLimits,
  eventBytes: 416,
  calldataBytes: 131_072,
  immutableBytes: 4_096,
  transientSlots: 20,
  callDepth: 20,
} as const

/** The most elements or bytes that the contracts take in a field without a length of its own. */
export const bounds: Readonly<Record<string, number>> = {
  endpoint: 128,
  uri: 128,
  evidenceUri: 128,
  name: 64,
  evidenceUris: 64,
  'evidenceUris[]': 128,
  encryptionKey: 64,
  verificationKey: 64,
  body: 8_192,
  possession: 65,
  signature: 65,
  signatures: 64 * 65,
  ready: 64 * 65,
  manifest: 65_536,
  configuration: 16_384,
  leases: 64,
  proofs: 64,
  revocations: 64,
  hashes: 64,
  members: 64,
  nodeIds: 64,
  appIds: 64,
  items: 8_192,
  release: 1_024,
  publicShares: 64 * 33,
  products: 32,
  slopes: 31,
  definition: 4_096,
  args: 4_096,
  chunk: 320,
  payload: 16_384,
  failure: 320,
  callers: 64,
  data: 16_384,
}

/** Lists that a caller splits over as many calls as it likes: one entry has to fit. */
const splitLists: ReadonlySet<string> = new Set(['answers', 'callIds'])

/**
 * OpenZeppelin's events that carry what a caller sends: they need the 64 KiB of newer Hub versions, where the DAO's proposals
 * are bounded by the size of a transaction.
 */
export const unboundedEvents: ReadonlySet<string> = new Set([
  'Authority.OperationScheduled',
  'Authority.RoleLabel',
  'Timelock.CallExecuted',
  'Timelock.CallScheduled',
  'WeteeGovernor.ProposalCreated',
  'WeteeGovernor.VoteCast',
  'WeteeGovernor.VoteCastWithParams',
])

/** Where a block number is read: as the age of evidence, the place of calldata or of a state, never as a time. */
const blockNumberUses: Readonly<Record<string, number>> = {
  'src/bridge/Apis.sol': 1,
  'src/bridge/Subscriptions.sol': 2,
  'src/cloud/Leases.sol': 1,
  'src/cloud/Ownership.sol': 1,
  'src/cloud/Versions.sol': 1,
  'src/keys/Keys.sol': 2,
  'src/subnet/Machines.sol': 1,
  'src/subnet/References.sol': 2,
}

/**
 * Calls of contracts that nobody here knows, with exactly the gas that was paid for. Such a source reads once
 * what gas is left, and has the one call in assembly, as Solidity would copy whatever comes back.
 */
const exactGasCalls: ReadonlySet<string> = new Set([
  'src/bridge/Calls.sol',
  'src/bridge/Forwarder.sol',
])

/** Contracts that pass calls to parts, in the order of the calls. */
const partsOf: Readonly<Record<string, readonly string[]>> = {
  Cloud: ['Applications', 'Moves', 'Deliveries'],
  Subnet: ['Registry'],
}

/** Behind a contract's name: reached by functions that it answers itself, without its parts. */
const alone = ' itself'

/** What every part has from AccessManaged. */
const inherited = ['authority', 'isConsumingScheduledOp', 'setAuthority']

/** Everything that breaks a rule. */
export function findViolations(project: Project): Violation[] {
  return [
    ...checkArtifacts(project.artifacts),
    ...checkParts(project),
    ...[...project.sources].flatMap(([path, text]) => checkSource(path, text)),
    ...checkTransient(project.sources),
    ...checkDepth(project),
  ]
}

function checkArtifacts(artifacts: ReadonlyMap<string, Artifact>): Violation[] {
  const found: Violation[] = []
  for (const [name, { abi, bytecode, runtimeBytes, runtimeOffset, immutables }] of artifacts) {
    const limit = (rule: RuleName, what: string, bytes: number, most: number, where = name) => {
      if (bytes > most)
        found.push({ rule, where, what: `${what}: ${bytes} bytes, at most ${most}` })
    }
    limit('code size', 'runtime code', runtimeBytes, hubLimits.runtimeBytes)
    limit('code size', 'creation code', (bytecode.length - 2) / 2, hubLimits.initcodeBytes)
    // Every place counts, though one immutable may be written to several: the bound is the safer one.
    const written = immutables.reduce((sum, [, length]) => sum + length, 0)
    limit('immutables', 'filled in by the constructor', written, hubLimits.immutableBytes)
    for (const item of abi) {
      const where = `${name}.${item.name ?? ''}`
      if (item.type === 'event' && !unboundedEvents.has(where))
        limit('event size', 'event data', eventBytes(item), hubLimits.eventBytes, where)
      if (item.type === 'function' && name.startsWith('I'))
        limit('calldata size', 'calldata', callBytes(item), hubLimits.calldataBytes, where)
    }
    const opcode = forbiddenOpcode(bytecode.slice(2), runtimeOffset, runtimeBytes)
    if (opcode !== undefined) found.push({ rule: 'opcodes', where: name, what: opcode })
  }
  return found
}

/** Bytes of an event's data; Infinity where a field has no bound. */
export function eventBytes({ inputs = [] }: AbiItem): number {
  return encodedBytes(inputs.filter(({ indexed }) => indexed !== true))
}

/** Bytes of a call with the largest arguments that the contracts take. */
export function callBytes({ inputs = [] }: AbiItem): number {
  return 4 + encodedBytes(inputs)
}

/** Size of a tuple in the ABI's encoding: heads, and tails of what is dynamic. */
function encodedBytes(parameters: readonly AbiParameter[]): number {
  return parameters.reduce((sum, one) => sum + parameterBytes(one), 0)
}

function parameterBytes(parameter: AbiParameter): number {
  const { name, type, components } = parameter
  const bound = splitLists.has(name) ? 1 : (bounds[name.replace(/_$/, '')] ?? Infinity)
  const list = /^(.*)\[(\d*)\]$/.exec(type)
  if (list !== null) {
    const [, element = '', fixed = ''] = list
    const count = fixed === '' ? bound : Number(fixed)
    const one = parameterBytes({ ...parameter, type: element, name: `${name}[]` })
    return (fixed === '' ? 64 : 0) + count * one
  }
  if (type === 'bytes' || type === 'string') return 64 + Math.ceil(bound / 32) * 32
  if (components === undefined) return 32
  const inner = encodedBytes(components)
  return isDynamic(parameter) ? 32 + inner : inner
}

const isDynamic = ({ type, components = [] }: AbiParameter): boolean =>
  /^(bytes|string)$|\[\]/.test(type) || components.some(isDynamic)

/** Instructions that the Hub lacks or gives another meaning, and those that the contracts have sworn off. */
const opcodes: Readonly<Record<number, string>> = {
  0xf0: 'CREATE',
  0xf2: 'CALLCODE',
  0xf5: 'CREATE2',
  0xff: 'SELFDESTRUCT',
}

/** Reads the runtime code instruction by instruction; what PUSH carries is data, and so is what follows INVALID. */
function forbiddenOpcode(hex: string, offset: number, length: number): string | undefined {
  const at = (i: number) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16)
  for (let i = offset; i < offset + length; i++) {
    const code = at(i)
    if (code === 0xfe) return undefined
    const name = opcodes[code]
    if (name !== undefined) return `${name} at byte ${i - offset} of the runtime code`
    if (code >= 0x60 && code <= 0x7f) i += code - 0x5f
  }
  return undefined
}

/** Solidity without comments and texts, of the same length and lines. */
export function codeOnly(text: string): string {
  return text.replace(
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g,
    (found) => found.replace(/[^\n]/g, ' '),
  )
}

const patterns: readonly (readonly [RuleName, RegExp, string])[] = [
  ['native transfer', /\.(?:transfer|send)\s*\(/g, 'relies on the 2300 stipend: use call'],
  ['gas constants', /[{,]\s*gas\s*:|\bgasleft\s*\(/g, 'reckons with gas'],
  ['randomness', /\bprevrandao\b|\bblock\s*\.\s*difficulty\b|\bblockhash\s*\(/g, 'constant there'],
  ['assembly', /\bassembly\b|\bselfdestruct\b|\bClones\b|\bcreate2?\s*\(\s*0/g, 'refused here'],
]

function checkSource(path: string, text: string): Violation[] {
  const code = codeOnly(text)
  const lineOf = (index: number) => code.slice(0, index).split('\n').length
  const found = patterns.flatMap(([rule, pattern, why]) => {
    const matches = [...code.matchAll(pattern)]
    const exact = exactGasCalls.has(path) && (rule === 'assembly' || rule === 'gas constants')
    if (exact && matches.length === 1) return []
    return matches.map((match) => ({
      rule,
      where: `${path}:${lineOf(match.index)}`,
      what: `${match[0].trim()}: ${why}`,
    }))
  })
  const uses = [...code.matchAll(/\bblock\s*\.\s*number\b/g)].length
  const allowed = blockNumberUses[path] ?? 0
  const report = (what: string) => found.push({ rule: 'block numbers', where: path, what })
  if (uses !== allowed) report(`${uses} uses of block.number, ${allowed} are known`)
  if (/\bblock\s*\.\s*number\s*[-+*/%]|[-+*/%]\s*block\s*\.\s*number\b/.test(code))
    report('reckons with block numbers: blocks have no fixed spacing')
  return found
}

/** One slot for each guard, and what the sources declare themselves. */
function checkTransient(sources: ReadonlyMap<string, string>): Violation[] {
  let slots = 0
  for (const text of sources.values()) {
    const code = codeOnly(text)
    slots += [...code.matchAll(/\btransient\b|\bcontract\b[^{]*\bReentrancyGuardTransient\b/g)]
      .length
    if (/\bTransientSlot\b|\btstore\b/.test(code)) slots = Infinity
  }
  if (slots <= hubLimits.transientSlots) return []
  const what = `${slots} slots, at most ${hubLimits.transientSlots}`
  return [{ rule: 'transient storage', where: 'src', what }]
}

/** Parts declare no storage of their own, and no function twice but getters of the state that they share. */
function checkParts({ sources, artifacts }: Project): Violation[] {
  const found: Violation[] = []
  const shared = new Set(inherited)
  for (const [path, text] of sources)
    if (path.endsWith('State.sol'))
      for (const [, name = ''] of text.matchAll(/^ {4}\S[^\n(]* public [^\n(]*?(\w+);$/gm))
        shared.add(name)
  for (const [whole, parts] of Object.entries(partsOf)) {
    const owners = new Map<string, string>()
    for (const name of [whole, ...parts]) {
      const artifact = artifacts.get(name)
      if (artifact === undefined) continue
      const report = (what: string) => found.push({ rule: 'parts', where: name, what })
      const { abi, storage } = artifact
      if (storage.join() !== (artifacts.get(whole)?.storage ?? []).join())
        report(`its storage differs from that of ${whole}`)
      for (const { type, name: functionName = '' } of abi) {
        if (type !== 'function' || shared.has(functionName)) continue
        const owner = owners.get(functionName)
        if (owner === undefined) owners.set(functionName, name)
        else if (owner !== name) report(`${functionName} is answered by ${owner} before it`)
      }
    }
  }
  return found
}

/** The longest chain of calls, each contract entered at most twice: states that call back are guarded or only read. */
export function longestChain({ sources, artifacts }: Project): string[] {
  const edges = new Map<string, Set<string>>()
  const connect = (from: string, to: string) => {
    if (!edges.has(from)) edges.set(from, new Set())
    edges.get(from)?.add(to)
  }
  for (const [name, { source, bytecode }] of artifacts) {
    if (bytecode === '0x') continue
    const texts = sourcesOf(source, sources)
    for (const target of new Set(texts.flatMap(codeImports))) {
      const called = functionsCalled(target, texts)
      const own = artifacts.get(target)?.abi.map((item) => item.name)
      if (own === undefined || called.length === 0) continue
      connect(name, called.every((one) => own.includes(one)) ? `${target}${alone}` : target)
    }
  }
  for (const [whole, parts] of Object.entries(partsOf))
    [whole, ...parts].reduce((from, to) => (connect(from, to), to))
  // Restricted functions ask the authority; a timelock calls anything; money goes to whoever it belongs to.
  for (const name of [...edges.keys()]) {
    connect(name, 'Authority')
    connect(name, 'receiver')
    connect('Timelock', name)
  }
  for (const [name, next] of [...edges])
    for (const to of next) if (!partsOf[name]?.includes(to)) connect(`${name}${alone}`, to)
  connect('WeteeGovernor', 'Timelock')
  const visits = new Map<string, number>()
  const from = (name: string): string[] => {
    const contract = name.replace(alone, '')
    visits.set(contract, (visits.get(contract) ?? 0) + 1)
    let longest: string[] = []
    for (const next of edges.get(name) ?? []) {
      const most = ['WeteeGovernor', 'Timelock'].includes(next) ? 1 : 2
      if ((visits.get(next.replace(alone, '')) ?? 0) >= most) continue
      const chain = from(next)
      if (chain.length > longest.length) longest = chain
    }
    visits.set(contract, (visits.get(contract) ?? 1) - 1)
    return [contract, ...longest]
  }
  return ['WeteeGovernor', ...[...edges.keys()]]
    .map(from)
    .reduce((a, b) => (b.length > a.length ? b : a))
}

/** A source and what it is made of from its own folder, interfaces left out. */
function sourcesOf(path: string, sources: ReadonlyMap<string, string>): string[] {
  const folder = path.replace(/[^/]+$/, '')
  const found = new Set([path])
  for (const one of found)
    for (const [, name = ''] of (sources.get(one) ?? '').matchAll(/from "\.\/(\w+)\.sol"/g))
      if (!/^I[A-Z]/.test(name)) found.add(`${folder}${name}.sol`)
  return [...found].map((one) => sources.get(one) ?? '')
}

/** Names of contracts by their interfaces that a source imports from another folder. */
const codeImports = (text: string) =>
  [...text.matchAll(/from "\.\.\/\w+\/I(\w+)\.sol"/g)].map(([, name = '']) => name)

/** What sources call of a contract: of a cast to its interface, or of something of that type. */
function functionsCalled(target: string, texts: readonly string[]): string[] {
  const typed = new RegExp(`\\bI${target}\\s+(?:\\w+\\s+)*(\\w+)\\s*[;,)=]`, 'g')
  const names = texts.flatMap((text) => [...text.matchAll(typed)].map(([, name = '']) => name))
  const callees = [`\\bI${target}\\([^()]*(?:\\(\\))?\\)`, ...names.map((name) => `\\b${name}`)]
  const calls = new RegExp(`(?:${callees.join('|')})\\.(\\w+)\\s*[({]`, 'g')
  return texts.flatMap((text) => [...text.matchAll(calls)].map(([, name = '']) => name))
}

function checkDepth(project: Project): Violation[] {
  const chain = longestChain(project)
  if (chain.length <= hubLimits.callDepth) return []
  const what = `${chain.length} calls deep, at most ${hubLimits.callDepth}`
  return [{ rule: 'call depth', where: chain.join(' > '), what }]
}
