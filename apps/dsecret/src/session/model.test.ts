// The machine against a model of the protocol's text, over histories of a board that nobody planned: honest nodes speak or do
// not, are restarted with and without what they kept, liars say what they like, blocks pass.
import { register, reveal } from '@wetee/threshold'
import { openNativeGroup } from '@wetee/threshold/native'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dealWrong, secretOf, type WrongShare } from '../testing/session-dealings.ts'
import { Hall } from '../testing/session-hall.ts'
import { bytesOf, makePeople, openingOf } from '../testing/session-people.ts'
import type { Board, SessionMessage } from './board.ts'
import type { Step } from './key-session.ts'
import { dealingCheck, placeOf, registrationPlace, sameBytes } from './place.ts'
import type { SessionState } from './state.ts'

const group = openNativeGroup()
const people = makePeople(5, 'model')
const threshold = 3
const opening = openingOf(people, threshold)
const honest = [1, 2, 3]
const liars = [4, 5]

/** What liars did; all else is on the board. */
type Model = {
  /** Of a liar that registered: whether its key counts. */
  readonly registered: Map<number, boolean>
  /** Of a liar's dealing: members with wrong shares, or that it is none. */
  readonly dealt: Map<number, ReadonlySet<number> | 'malformed'>
  readonly revealed: Map<number, boolean>
  readonly last: Map<number, { readonly rank: number; readonly step: Step }>
  readonly bodies: Map<string, string>
}

type Real = { readonly hall: Hall }

/** States that a node was seen in, over all histories. */
const reached = new Set<SessionState>()

/** States in the order in which a node may go through them. */
const ranks: Readonly<Partial<Record<SessionState, number>>> = {
  registering: 0,
  registered: 1,
  dealing: 2,
  waiting: 3,
  'not-a-member': 3,
  checking: 4,
  revealing: 5,
  recovering: 6,
  confirming: 7,
  'without-share': 7,
  failed: 7,
  expired: 8,
}

/** Whether a member has registered a key that counts. */
function hasKey(model: Model, board: Board, member: number): boolean {
  return liars.includes(member)
    ? model.registered.get(member) === true
    : board.registrations.has(member)
}

/** Whether an honest node has the secret of the key that is registered for it. */
function isOwn({ hall }: Real, board: Board, member: number): boolean {
  const secret = hall.secretOf(BigInt(member))
  const body = board.registrations.get(member)
  if (secret === undefined || body === undefined) return false
  return sameBytes(body.subarray(0, 33), group.encode(group.multiplyBase(secret)))
}

/** Dealers that are in when complaints have ended: threshold.md, "Complaint". */
function qualifiedOf(model: Model, board: Board): number[] {
  const counts = (dealer: number) =>
    hasKey(model, board, dealer) &&
    board.dealings.has(dealer) &&
    model.dealt.get(dealer) !== 'malformed'
  const out = new Set<number>()
  for (const { dealer, member } of board.complaints) {
    if (!counts(dealer)) continue
    // Honest ones are right; liars here have nothing to show.
    out.add(honest.includes(member) ? dealer : member)
  }
  return people.map((_, at) => at + 1).filter((dealer) => counts(dealer) && !out.has(dealer))
}

function isWrongFor(model: Model, dealer: number, member: number): boolean {
  const dealt = model.dealt.get(dealer)
  return dealt instanceof Set && dealt.has(member)
}

/** Dealers of the set whose part cannot be computed from the board yet. */
function missingOf(model: Model, board: Board): number[] {
  return qualifiedOf(model, board).filter((dealer) => {
    const isShown = board.reveals.has(dealer) && model.revealed.get(dealer) !== false
    // Liars here never show a share that holds.
    const shares = board.recoveries.filter(
      (one) => one.dealer === dealer && honest.includes(one.member),
    )
    return !isShown && shares.length < threshold
  })
}

/** State and messages that the text asks for. */
function expected(
  model: Model,
  real: Real,
  board: Board,
  member: number,
): { state: string; says: string[] } {
  if (board.phase === 'expired') return { state: 'expired', says: [] }
  const isTaken = board.registrations.has(member)
  if (board.phase === 'register' && !isTaken) return { state: 'registering', says: ['register 0'] }
  if (board.phase === 'register')
    return { state: isOwn(real, board, member) ? 'registered' : 'waiting', says: [] }
  const keys = people.filter((_, at) => hasKey(model, board, at + 1)).length
  if (keys < threshold) return { state: 'failed', says: [] }
  if (!isOwn(real, board, member)) return { state: 'not-a-member', says: [] }
  const qualified = qualifiedOf(model, board)
  switch (board.phase) {
    case 'deal': {
      const isThere = board.dealings.has(member)
      return isThere ? { state: 'waiting', says: [] } : { state: 'dealing', says: ['deal 0'] }
    }
    case 'complain': {
      const said = (dealer: number) =>
        board.complaints.some((one) => one.dealer === dealer && one.member === member)
      const wrong = [...board.dealings.keys()].filter(
        (dealer) =>
          hasKey(model, board, dealer) && isWrongFor(model, dealer, member) && !said(dealer),
      )
      return { state: 'checking', says: wrong.map((dealer) => `complain ${dealer}`) }
    }
    default:
  }
  if (qualified.length < threshold) return { state: 'failed', says: [] }
  const missing = missingOf(model, board)
  if (missing.length === 0) {
    const isWrong = qualified.some((dealer) => isWrongFor(model, dealer, member))
    return { state: isWrong ? 'without-share' : 'confirming', says: [] }
  }
  if (board.phase === 'confirm') return { state: 'failed', says: [] }
  if (board.phase === 'reveal') {
    const says = qualified.includes(member) && !board.reveals.has(member) ? ['reveal 0'] : []
    return { state: 'revealing', says }
  }
  const says = missing
    .filter((dealer) => !isWrongFor(model, dealer, member))
    .filter(
      (dealer) => !board.recoveries.some((one) => one.dealer === dealer && one.member === member),
    )
    .map((dealer) => `recover ${dealer}`)
  return { state: 'recovering', says }
}

/** Looks at one node, compares it with the model and with what it was before. */
function look(model: Model, real: Real, member: number): Step {
  const { hall } = real
  const board = hall.board()
  const step = hall.step(BigInt(member))
  const { state, says } = expected(model, real, board, member)
  expect(step.state).toBe(state)
  expect(step.messages.map(({ kind, subject }) => `${kind} ${subject}`).sort()).toEqual(says.sort())
  for (const { kind, sender, subject, body } of step.messages) {
    expect(sender).toBe(member)
    const name = `${member} ${kind} ${subject}`
    const bytes = Buffer.from(body).toString('hex')
    expect(model.bodies.get(name) ?? bytes).toBe(bytes)
    model.bodies.set(name, bytes)
  }
  const before = model.last.get(member)
  const rank = ranks[step.state]!
  expect(rank).toBeGreaterThanOrEqual(before?.rank ?? 0)
  expect(step.faults.filter(({ index }) => !liars.includes(index))).toEqual([])
  if (state !== 'expired') {
    expect(step.faults).toEqual(expect.arrayContaining([...(before?.step.faults ?? [])]))
    if (before?.step.outcome) expect(step.outcome).toEqual(before.step.outcome)
  }
  expect(step.outcome !== undefined).toBe(state === 'confirming')
  model.last.set(member, { rank, step })
  reached.add(step.state)
  return step
}

/** Once registering is over and there are enough keys. */
function sessionOf(hall: Hall) {
  const board = hall.board()
  if (board.phase === 'register') return undefined
  return placeOf(group, board, people[0]!.own, undefined)?.session
}

type Command = fc.Command<Model, Real> & { readonly run: (model: Model, real: Real) => void }

function command(name: string, run: (model: Model, real: Real) => void): Command {
  return { check: () => true, run, toString: () => name }
}

const block = command('a block', (_, { hall }) => hall.chain.mine())
const speak = (member: number) =>
  command(`node ${member} speaks`, (model, real) => {
    for (const message of look(model, real, member).messages) real.hall.chain.send(message)
  })
const restart = (member: number, forgets: boolean) =>
  command(`node ${member} starts anew${forgets ? ' and has lost all' : ''}`, (model, real) => {
    real.hall.restart(BigInt(member), forgets)
    if (forgets) {
      // It has no share any more, and makes another key where none of it is on the board yet.
      model.last.delete(member)
      model.bodies.delete(`${member} register 0`)
    }
    look(model, real, member)
  })

/** A liar says something at once, so that the model knows what the board takes. */
function lie(hall: Hall, message: SessionMessage): boolean {
  const { kind, sender, subject } = message
  const count = () => {
    const { registrations, dealings, complaints, reveals, recoveries } = hall.board()
    return registrations.size + dealings.size + complaints.length + reveals.size + recoveries.length
  }
  while (hall.chain.waiting.length > 0) hall.chain.mine()
  const before = count()
  hall.chain.send({ kind, sender, subject, body: message.body })
  hall.chain.mine()
  return count() > before
}

const liarRegisters = (member: number, isRight: boolean) =>
  command(`liar ${member} registers ${isRight ? 'a key' : 'none'}`, (model, { hall }) => {
    const place = registrationPlace(hall.board())
    const seat = opening.members[member - 1]!
    const secret = secretOf(group, `key of liar ${member}`)
    const made = register(group, place, seat, secret, bytesOf('register'))
    const body = isRight ? made : made.slice(1)
    if (lie(hall, { kind: 'register', sender: member, subject: 0, body }))
      model.registered.set(member, isRight)
  })
const liarDeals = (dealer: number, wrong: readonly number[] | 'malformed') =>
  command(`liar ${dealer} deals: ${String(wrong)}`, (model, { hall }) => {
    const session = sessionOf(hall)
    if (session === undefined) return
    const seed = `liar ${dealer}`
    const changes = new Map<number, WrongShare>(
      wrong === 'malformed'
        ? []
        : wrong.map((member) => [member, member === 1 ? 'garbage' : secretOf(group, seed)]),
    )
    const bytes = dealWrong(group, session, dealer, secretOf(group, seed), { seed, wrong: changes })
    const body = wrong === 'malformed' ? bytes.slice(1) : bytes
    if (lie(hall, { kind: 'deal', sender: dealer, subject: 0, body }))
      model.dealt.set(dealer, wrong === 'malformed' ? wrong : new Set(wrong))
  })
const liarReveals = (dealer: number, isRight: boolean) =>
  command(`liar ${dealer} reveals ${isRight ? 'its part' : 'another'}`, (model, { hall }) => {
    const board = hall.board()
    const place = placeOf(group, board, people[0]!.own, undefined)
    const bytes = board.dealings.get(dealer)
    if (place === undefined || bytes === undefined || !hasKey(model, board, dealer)) return
    if (model.dealt.get(dealer) === 'malformed') return
    const dealing = dealingCheck(group, place, undefined)!(dealer, bytes)
    const secret = secretOf(group, isRight ? `liar ${dealer}` : 'another')
    const body = reveal(group, place.session, dealing, 0, secret, bytesOf('reveal'))
    if (lie(hall, { kind: 'reveal', sender: dealer, subject: 0, body }))
      model.revealed.set(dealer, isRight)
  })
const liarSays = (kind: 'complain' | 'recover', member: number, dealer: number) =>
  command(`liar ${member}: false ${kind} of ${dealer}`, (_, { hall }) => {
    lie(hall, { kind, sender: member, subject: dealer, body: bytesOf(`${member} ${dealer}`)(97) })
  })

const member = fc.constantFrom(...honest)
const liar = fc.constantFrom(...liars)
const anybody = fc.constantFrom(...honest, ...liars)
const commands = fc.commands(
  [
    fc.constant(block),
    member.map(speak),
    member.map(speak),
    member.map(speak),
    fc.tuple(member, fc.boolean()).map(([who, forgets]) => restart(who, forgets)),
    fc.tuple(liar, fc.boolean()).map(([who, isRight]) => liarRegisters(who, isRight)),
    fc
      .tuple(liar, fc.oneof(fc.subarray(honest), fc.constant('malformed' as const)))
      .map(([who, wrong]) => liarDeals(who, wrong)),
    fc.tuple(liar, fc.boolean()).map(([who, isRight]) => liarReveals(who, isRight)),
    fc
      .tuple(fc.constantFrom('complain' as const, 'recover' as const), liar, anybody)
      .map(([kind, who, about]) => liarSays(kind, who, about)),
  ],
  { maxCommands: 60, size: 'max' },
)

test(
  'whatever comes on the board, each node is in the state and says what the text has for it',
  { timeout: 120_000 },
  () => {
    fc.assert(
      fc.property(commands, fc.nat(3), (history, beginning) => {
        const model: Model = {
          ...{
            registered: new Map(),
            dealt: new Map(),
            revealed: new Map(),
            last: new Map(),
            bodies: new Map(),
          },
        }
        const hall = new Hall(group, people, opening)
        // Mostly all have registered before.
        if (beginning > 0) {
          for (const who of honest) speak(who).run(model, { hall })
          for (const who of liars) liarRegisters(who, true).run(model, { hall })
        }
        fc.modelRun(() => ({ model, real: { hall } }), history)
      }),
      { numRuns: 80, seed: 5 },
    )
    for (const state of [
      'registering',
      'registered',
      'not-a-member',
      'dealing',
      'waiting',
      'checking',
      'revealing',
      'recovering',
      'failed',
      'confirming',
    ])
      expect([...reached]).toContain(state)
  },
)
