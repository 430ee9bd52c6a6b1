// For tests: one key session in a world of honest nodes, liars, late views and blocks that vanish, from its opening until it is
// confirmed or expired. Pure; chance comes from outside.
import type { CommitteeConfirmed } from '@wetee/chain'
import type { Group, SecretScalar } from '@wetee/threshold'
import type { PreviousEpoch, SessionMessage } from '../session/board.ts'
import type { Step } from '../session/key-session.ts'
import { SessionChain, type Opening, type Windows } from './session-chain.ts'
import { lies, SessionLiar, type Plan } from './session-liar.ts'
import { crashPoints, SessionNode, type Fate, type Random } from './session-node.ts'
import { bytesOf, type Person } from './session-people.ts'

/** Long enough for the longest delays that are played, one after another. */
const windows: Windows = {
  register: 22,
  deal: 22,
  complain: 22,
  reveal: 22,
  recover: 22,
  confirm: 24,
}
const MOST_REORGANIZATIONS = 3
const DEEPEST_FINALITY = 3

/** Who takes part, and what for. */
export type Cast = {
  readonly group: Group
  readonly random: Random
  readonly opening: Opening
  readonly people: readonly Person[]
  /** Nodes that lie. */
  readonly liars: ReadonlySet<bigint>
  /** Honest nodes that are away. */
  readonly away: ReadonlySet<bigint>
  readonly seed: string
  readonly previous?: PreviousEpoch
  readonly shares?: ReadonlyMap<bigint, SecretScalar>
  readonly recorded: readonly SessionMessage[]
  readonly log: (line: string) => void
}

/** How a session ended. */
export type Ending = {
  readonly phase: 'confirmed' | 'expired'
  readonly chain: SessionChain
  /** Of honest nodes that are not away, by node. */
  readonly steps: ReadonlyMap<bigint, Step>
  /** What honest nodes stored, and what liars know, by node. */
  readonly shares: ReadonlyMap<bigint, SecretScalar>
  readonly confirmed: CommitteeConfirmed | undefined
  /** Honest nodes that may have lost the key that they registered, or run twice and so have two. */
  readonly keyless: ReadonlySet<bigint>
  /** What honest nodes sent. */
  readonly messages: readonly SessionMessage[]
  readonly problems: readonly string[]
}

/** Plays one session to its end. */
export function playSession(cast: Cast): Ending {
  const { random, opening, people, liars, log } = cast
  const chain = new SessionChain(opening, windows)
  const finality = 1 + random(DEEPEST_FINALITY)
  let final = 0
  const watch = watchWords(chain, () => final)
  const honest = people.filter(({ nodeId }) => !liars.has(nodeId))
  const nodes = honest.flatMap((person) => nodesOf(cast, chain, person, watch.said))
  const lying = liarsOf(cast)
  let left = random(MOST_REORGANIZATIONS + 1)
  let collectedAt = -Infinity
  const isOver = () => ['confirmed', 'expired'].includes(chain.board(chain.head).phase)
  for (let spare = finality; spare >= 0; spare -= isOver() ? 1 : 0) {
    final = Math.max(final, chain.head - finality)
    for (const node of shuffled(nodes, random)) node.tick(final)
    for (const liar of lying) liar.act(chain)
    if (chain.head - collectedAt > 3 && collect(cast, chain, nodes, lying)) collectedAt = chain.head
    chain.mine()
    if (left > 0 && !isOver() && random(12) === 0) {
      const depth = 1 + random(chain.head - final)
      log(`the newest ${depth} blocks vanish`)
      chain.reorganize(depth, () => random(3) > 0)
      left--
    }
  }
  // Who was down or away reads it afterwards, some of them.
  for (const node of nodes) if (!node.fate.isAway || random(2) === 0) node.readEnd()
  const board = chain.board(chain.head)
  const ending = {
    phase: board.phase === 'confirmed' ? ('confirmed' as const) : ('expired' as const),
    chain,
    steps: stepsOf(nodes),
    keyless: new Set(nodes.filter(mayLoseKey).map(({ person }) => person.nodeId)),
    shares: sharesOf(nodes, lying),
    confirmed: chain.confirmation?.confirmed,
    messages: watch.messages,
    problems: watch.problems,
  }
  log(`session ${opening.session} is ${ending.phase} at block ${chain.head}`)
  return ending
}

function mayLoseKey({ fate }: SessionNode): boolean {
  return fate.hasTwin || (fate.isRestored && fate.crashes.length > 0)
}

/** Of two processes of a node the one with the share. */
function stepsOf(nodes: readonly SessionNode[]): Map<bigint, Step> {
  const steps = nodes.flatMap(({ person, step }) => (step ? [[person.nodeId, step] as const] : []))
  return new Map(steps.sort(([, a], [, b]) => Number(!!a.outcome) - Number(!!b.outcome)))
}

/** Notes every message of honest nodes, and whether one says two things or shows its part too early. */
function watchWords(chain: SessionChain, final: () => number) {
  const known = new Map<string, string>()
  const messages: SessionMessage[] = []
  const problems: string[] = []
  const said = ({ person, fate }: SessionNode, message: SessionMessage) => {
    const { kind, subject, body } = message
    const name = `node ${person.nodeId} ${kind} ${subject}`
    const bytes = Buffer.from(body).toString('hex')
    // A key that was lost is made again, which costs nothing; nothing else is said twice.
    const isRemade = kind === 'register' && (fate.hasTwin || fate.isRestored)
    if (known.has(name) && known.get(name) !== bytes && !isRemade)
      problems.push(`${name}: two bodies`)
    known.set(name, bytes)
    messages.push(message)
    const isShown = kind === 'reveal' || kind === 'recover'
    if (isShown && ['register', 'deal', 'complain'].includes(chain.board(final()).phase))
      problems.push(`${name}: before the set of dealers is final`)
  }
  return { said, messages, problems }
}

function nodesOf(
  { group, random, away, shares, previous, log, seed }: Cast,
  chain: SessionChain,
  person: Person,
  said: (node: SessionNode, message: SessionMessage) => void,
): SessionNode[] {
  const fate: Fate = {
    isAway: away.has(person.nodeId),
    crashes: crashPoints.filter(() => random(8) === 0).slice(0, 2),
    isRestored: random(5) === 0,
    hasTwin: random(12) === 0,
    knowsOldKeyFrom: random(4),
  }
  const previousShare = shares?.get(person.nodeId)
  const process = (name: string, own: Fate) => {
    const draw = bytesOf(`${seed} ${name} ${person.nodeId}`)
    const around = { group, random, draw, chain, previous, previousShare, log, said }
    return new SessionNode(person, own, around)
  }
  const node = process('node', fate)
  return fate.hasTwin ? [process('twin', { ...fate, crashes: [] }), node] : [node]
}

function liarsOf(cast: Cast): SessionLiar[] {
  const { group, random, opening, people, liars, seed, recorded, previous, shares } = cast
  const honest = opening.members.filter(({ nodeId }) => !liars.has(nodeId))
  const victim = honest[random(Math.max(1, honest.length))]?.index ?? 1
  const gang = [...liars]
  const together = gang.length > 1 && random(5) === 0
  return people
    .filter(({ nodeId }) => liars.has(nodeId))
    .map((person) => {
      const plan: Plan = {
        register: oneOf(lies.register, random),
        deal: together ? 'cancelling' : oneOf(lies.deal, random),
        complain: oneOf(lies.complain, random),
        reveal: oneOf(lies.reveal, random),
        recover: oneOf(lies.recover, random),
        confirm: oneOf(lies.confirm, random),
      }
      cast.log(`liar ${person.nodeId}: ${Object.entries(plan).join(' ')}`)
      const previousShare = shares?.get(person.nodeId)
      const lie = { group, person, plan, victim, gang, recorded, previous, previousShare }
      return new SessionLiar({ ...lie, seed: `${seed} liar ${person.nodeId}` })
    })
}

/** Whoever wants the confirmation asks all for their signatures; true where it sent a quorum's. */
function collect(
  { opening }: Cast,
  chain: SessionChain,
  nodes: readonly SessionNode[],
  lying: readonly SessionLiar[],
): boolean {
  if (['confirmed', 'expired'].includes(chain.board(chain.head).phase)) return false
  const signed = new Map<string, { confirmed: CommitteeConfirmed; signers: Set<number> }>()
  const sign = (step: Step | undefined, confirmed = step?.outcome?.confirmed) => {
    if (step?.outcome === undefined || confirmed === undefined) return
    const name = Object.values(confirmed).join()
    const entry = signed.get(name) ?? { confirmed, signers: new Set() }
    entry.signers.add(step.outcome.member)
    signed.set(name, entry)
  }
  // A node signs what it has stored its share of.
  for (const { step, disk } of nodes) if (disk.share !== undefined) sign(step)
  for (const { step, confirms } of lying) {
    const own = step?.outcome?.confirmed
    if (confirms === 'honest') sign(step)
    else if (confirms === 'forged' && own)
      sign(step, { ...own, networkKeyDigest: `0x${'11'.repeat(32)}` })
  }
  let sent = false
  for (const { confirmed, signers } of signed.values()) {
    if (signers.size < opening.threshold) continue
    chain.send({ confirmed, signers: [...signers] })
    sent = true
  }
  return sent
}

function sharesOf(
  nodes: readonly SessionNode[],
  lying: readonly SessionLiar[],
): Map<bigint, SecretScalar> {
  const stored = nodes.flatMap(({ person, disk }) =>
    disk.share ? [[person.nodeId, disk.share] as const] : [],
  )
  const stolen = lying.flatMap(({ person, step }) =>
    step?.outcome ? [[person.nodeId, step.outcome.share] as const] : [],
  )
  return new Map([...stored, ...stolen])
}

/** One of several. */
export function oneOf<T>(all: readonly T[], random: Random): T {
  return all[random(all.length)]!
}

/** The same in another order. */
export function shuffled<T>(all: readonly T[], random: Random): T[] {
  const copy = [...all]
  for (let at = copy.length - 1; at > 0; at--) {
    const other = random(at + 1)
    ;[copy[at], copy[other]] = [copy[other]!, copy[at]!]
  }
  return copy
}
