// For tests: a member of a key session that lies. It sees every message before it is in a block, speaks first, and runs the real
// machine for what it says honestly. Pure; what it does follows from its plan and its seed.
import {
  complain,
  ORDER,
  reveal,
  type Dealing,
  type Group,
  type SecretScalar,
} from '@wetee/threshold'
import type { Board, PreviousEpoch, SessionMessage } from '../session/board.ts'
import { KeySession, type Step } from '../session/key-session.ts'
import { ownRegistration } from '../session/own-messages.ts'
import { dealingCheck, placeOf, registrationPlace, seatOf, type Place } from '../session/place.ts'
import type { SessionChain } from './session-chain.ts'
import { dealWrong, secretOf, type WrongShare } from './session-dealings.ts'
import { bytesOf, type Person } from './session-people.ts'

/** How each kind of message is made. */
export const lies = {
  register: [
    ...(['honest', 'honest', 'honest', 'honest', 'honest', 'honest'] as const),
    'silent',
    'malformed',
    'unproven',
    'copied',
    'replayed',
    'two-bodies',
    'shared',
    'late',
  ],
  deal: [
    'honest',
    'silent',
    'malformed',
    'long',
    'unproven',
    'garbage-shares',
    'wrong-shares',
    'copied',
    'rushing',
    'other-body',
    'two-bodies',
    'other-key',
    'replayed',
    'cancelling',
  ],
  complain: ['honest', 'false', 'garbage', 'everybody', 'copied', 'late'],
  reveal: ['honest', 'silent', 'malformed', 'other', 'copied', 'late'],
  recover: ['honest', 'silent', 'malformed', 'other', 'everybody'],
  confirm: ['honest', 'silent', 'forged'],
} as const

/** One way for each kind. */
export type Plan = { readonly [K in keyof typeof lies]: (typeof lies)[K][number] }

/** Who lies, and how. */
export type Lie = {
  readonly group: Group
  readonly person: Person
  readonly plan: Plan
  readonly seed: string
  /** Index of the honest member that is to be hurt. */
  readonly victim: number
  /** Nodes that lie together. */
  readonly gang: readonly bigint[]
  /** Messages of an earlier session, to be played again. */
  readonly recorded: readonly SessionMessage[]
  readonly previousShare?: SecretScalar | undefined
  readonly previous?: PreviousEpoch | undefined
}

type Waiting = { readonly chain: SessionChain; readonly board: Board }
type Placed = Waiting & { readonly place: Place }

/** One liar in one session. */
export class SessionLiar {
  readonly person: Person
  /** Of the machine that it runs beside its lies, as of the newest block. */
  step: Step | undefined
  readonly #lie: Lie
  readonly #bodies = new Map<string, Uint8Array>()
  #session: KeySession
  #kept: SecretScalar | undefined
  #place: Place | undefined
  /** Registrations that the machine and the place are of. */
  #registered: string | undefined

  constructor(lie: Lie) {
    this.#lie = lie
    this.person = lie.person
    this.#session = this.#machine()
  }

  /** Reads the newest block and what waits, and says what it wants. */
  act(chain: SessionChain): void {
    const board = chain.board(chain.head, this.#lie.previous)
    this.#follow(board)
    try {
      this.step = this.#stepped(board)
    } catch {
      // The newest block went away and another came: it begins anew.
      this.#session = this.#machine()
      this.step = this.#stepped(board)
    }
    if (board.phase === 'register') return this.#register({ chain, board })
    const { group, person } = this.#lie
    const place = (this.#place ??= placeOf(group, board, person.own, this.#kept))
    if (place !== undefined) this.#speak({ chain, board, place })
  }

  /** What was registered in blocks that went away counts no longer. */
  #follow({ phase, registrations }: Board): void {
    const registered = phase === 'register' ? undefined : [...registrations].join()
    if (registered === this.#registered) return
    this.#registered = registered
    this.#place = undefined
    this.#session = this.#machine()
  }

  #stepped(board: Board): Step {
    const step = this.#session.step(board, this.#kept)
    if (step.keep === undefined) return step
    this.#kept = Uint8Array.from(step.keep) as SecretScalar
    return this.#session.step(board, this.#kept)
  }

  /** Index and plan of those who sign, undefined for one that does not. */
  get confirms(): Plan['confirm'] {
    return this.#lie.plan.confirm
  }

  #machine(): KeySession {
    const { group, person, previousShare, plan, gang, seed } = this.#lie
    const keys = plan.register === 'shared' ? `key of ${gang.join()}` : `${seed} key`
    return new KeySession(group, { ...person.own, previousShare }, bytesOf(keys))
  }

  #register(now: Waiting): void {
    const { plan, seed, group, person, recorded } = this.#lie
    const seat = seatOf(now.board.members, person.own)
    const secret = this.#kept
    if (seat === undefined || secret === undefined || plan.register === 'silent') return
    const { board } = now
    if (plan.register === 'copied' && board.registrations.size === 0) return
    if (plan.register === 'late' && !this.#isLate(now)) return
    const made = (of: SecretScalar) => ownRegistration(group, registrationPlace(board), seat, of)
    const body = this.#body('register', 0, () => {
      switch (plan.register) {
        case 'malformed':
          return bytesOf(seed)(97)
        case 'unproven': {
          const [theirs] = board.registrations.values()
          return Buffer.concat([(theirs ?? made(secret)).slice(0, 33), bytesOf(seed)(64)])
        }
        case 'copied':
          return [...board.registrations].find(([index]) => index !== seat.index)?.[1]
        case 'replayed':
          return recorded.find(({ kind }) => kind === 'register')?.body
        default:
          return made(secret)
      }
    })
    if (body === undefined) return
    const message = { kind: 'register', sender: seat.index, subject: 0 } as const
    this.#send(now, { ...message, body })
    if (plan.register === 'two-bodies')
      this.#send(now, { ...message, body: made(secretOf(group, `${seed} other key`)) })
  }

  #speak(now: Placed): void {
    const { phase, dealers, members } = now.board
    const { own } = this.#lie.person
    const [dealer, member] = [seatOf(dealers, own)?.index, seatOf(members, own)?.index]
    if (phase === 'deal' && dealer !== undefined) this.#deal(now, dealer)
    if (phase === 'complain' && member !== undefined) this.#complain(now, member)
    if (phase === 'reveal' && dealer !== undefined) this.#reveal(now, dealer)
    if (phase === 'recover' && member !== undefined) this.#recover(now, member)
  }

  #deal(now: Placed, dealer: number): void {
    const { plan, seed, group, previousShare } = this.#lie
    const others = now.chain.waiting.filter((one) => 'kind' in one && one.kind === 'deal').length
    const isLast = now.board.dealings.size + others >= now.board.dealers.length - 1
    const waits = plan.deal === 'rushing' || plan.deal === 'copied'
    if (plan.deal === 'silent' || (waits && !isLast && !this.#isLate(now))) return
    const secret = previousShare ?? secretOf(group, `${seed} constant`)
    const body = this.#body('deal', 0, () => this.#dealing(now, dealer, secret))
    if (body === undefined) return
    this.#send(now, { kind: 'deal', sender: dealer, subject: 0, body })
    if (plan.deal === 'two-bodies')
      this.#send(now, {
        kind: 'deal',
        sender: dealer,
        subject: 0,
        body: dealWrong(group, now.place.session, dealer, secret, { seed: `${seed} second` }),
      })
  }

  #dealing({ board, place }: Placed, dealer: number, secret: SecretScalar): Uint8Array | undefined {
    const { plan, seed, group, victim, recorded } = this.#lie
    const { session } = place
    const other = secretOf(group, `${seed} another key`)
    const made = (wrong?: ReadonlyMap<number, WrongShare>, of = secret) =>
      dealWrong(group, session, dealer, of, { seed, ...(wrong && { wrong }) })
    const spoiled = (at: number) => {
      const bytes = made()
      bytes[at]! ^= 1
      return bytes
    }
    switch (plan.deal) {
      case 'malformed':
        return bytesOf(seed)(1 + (victim % 200))
      case 'long':
        return Buffer.concat([made(), new Uint8Array(1)])
      case 'unproven':
        return spoiled(33 * session.threshold + (victim % 64))
      case 'garbage-shares':
        return made(new Map([[victim, 'garbage']]))
      case 'wrong-shares':
        return made(new Map(session.members.map(({ index }) => [index, other])))
      case 'copied':
        return [...board.dealings].find(([index]) => index !== dealer)?.[1]
      case 'other-key':
        return made(undefined, other)
      case 'replayed':
        return recorded.find(({ kind }) => kind === 'deal')?.body
      case 'cancelling':
        return made(this.#cancelling(board))
      default:
        return made()
    }
  }

  /** What one of two that cancel gives: the victim more, or as much less; the second also gives the first nothing. */
  #cancelling({ members }: Board): ReadonlyMap<number, WrongShare> {
    const { group, gang, person, victim } = this.#lie
    const amount = secretOf(group, `together ${gang.join()}`)
    if (gang[0] === person.nodeId) return new Map([[victim, amount]])
    const wrong = new Map<number, WrongShare>([[victim, group.scaleSecret(amount, ORDER - 1n)]])
    const first = members.find(({ nodeId }) => nodeId === gang[0])
    return first ? wrong.set(first.index, 'garbage') : wrong
  }

  #complain(now: Placed, member: number): void {
    const { plan, seed, group } = this.#lie
    const send = (dealer: number, make: () => Uint8Array) => {
      const body = this.#body('complain', dealer, make)!
      this.#send(now, { kind: 'complain', sender: member, subject: dealer, body })
    }
    const isLate = plan.complain === 'late' || plan.deal === 'cancelling'
    if (isLate && !this.#isLate(now)) return
    for (const message of this.step?.messages ?? [])
      if (message.kind === 'complain') send(message.subject, () => message.body)
    const dealings = this.#dealings(now)
    const targets = plan.complain === 'everybody' ? dealings : dealings.slice(0, 1)
    const kind = plan.complain
    if (kind === 'honest' || kind === 'late') return
    for (const dealing of targets)
      send(dealing.dealer, () => {
        if (kind === 'garbage') return bytesOf(seed)(97)
        const known = now.board.complaints.find(({ dealer }) => dealer === dealing.dealer)
        if (kind === 'copied' && known !== undefined) return known.body
        const secret = this.#kept
        if (secret === undefined || now.place.member === undefined) return bytesOf(seed)(97)
        return complain(group, now.place.session, dealing, member, secret, bytesOf(seed))
      })
  }

  #reveal(now: Placed, dealer: number): void {
    const { plan, seed, group } = this.#lie
    const isLate = plan.reveal === 'late' || plan.reveal === 'copied'
    if (plan.reveal === 'silent' || (isLate && !this.#isLate(now))) return
    const body = this.#body('reveal', 0, () => {
      const own = this.#dealings(now).find((dealing) => dealing.dealer === dealer)
      if (plan.reveal === 'malformed') return bytesOf(seed)(97)
      if (plan.reveal === 'copied') return [...now.board.reveals.values()][0]
      if (own === undefined) return undefined
      const isOther = plan.reveal === 'other' || plan.deal === 'other-body'
      const constant = secretOf(group, isOther ? seed : `${seed} constant`)
      return reveal(group, now.place.session, own, 0, constant, bytesOf(seed))
    })
    if (body !== undefined) this.#send(now, { kind: 'reveal', sender: dealer, subject: 0, body })
  }

  #recover(now: Placed, member: number): void {
    const { plan, seed, group } = this.#lie
    if (plan.recover === 'silent') return
    const honest = new Map(
      (this.step?.messages ?? []).flatMap(({ kind, subject, body }) =>
        kind === 'recover' ? [[subject, body]] : [],
      ),
    )
    for (const dealing of this.#dealings(now)) {
      const { dealer } = dealing
      if (!honest.has(dealer) && plan.recover !== 'everybody') continue
      const body = this.#body('recover', dealer, () => {
        if (plan.recover === 'honest') return honest.get(dealer)
        if (plan.recover === 'malformed') return bytesOf(seed)(97)
        return reveal(
          group,
          now.place.session,
          dealing,
          member,
          secretOf(group, seed),
          bytesOf(seed),
        )
      })
      if (body !== undefined)
        this.#send(now, { kind: 'recover', sender: member, subject: dealer, body })
    }
  }

  /** Dealings on the board that count, of others than this gang first. */
  #dealings({ board, place }: Placed): Dealing[] {
    const { group, gang } = this.#lie
    const check = dealingCheck(group, place, board.previous?.key)
    const ofGang = (dealer: number) => gang.includes(board.dealers[dealer - 1]!.nodeId)
    return [...board.dealings]
      .flatMap(([dealer, bytes]) => {
        try {
          return check ? [check(dealer, bytes)] : []
        } catch {
          return []
        }
      })
      .sort((a, b) => Number(ofGang(a.dealer)) - Number(ofGang(b.dealer)))
  }

  /** Two blocks before the phase ends: one of them may go. */
  #isLate({ chain }: Waiting): boolean {
    return chain.head >= chain.until - 2
  }

  #body(kind: string, subject: number, make: () => Uint8Array | undefined): Uint8Array | undefined {
    const name = `${kind} ${subject}`
    const body = this.#bodies.get(name) ?? make()
    if (body !== undefined) this.#bodies.set(name, body)
    return body
  }

  /** Sends what is neither on the newest board nor on its way. */
  #send({ chain, board }: Waiting, message: SessionMessage): void {
    const { kind, sender, subject } = message
    const same = (dealer: number, member: number) => dealer === subject && member === sender
    const isThere = {
      register: () => board.registrations.has(sender),
      deal: () => board.dealings.has(sender),
      reveal: () => board.reveals.has(sender),
      complain: () => board.complaints.some(({ dealer, member }) => same(dealer, member)),
      recover: () => board.recoveries.some(({ dealer, member }) => same(dealer, member)),
    }
    const waits = chain.waiting.some(
      (one) =>
        'kind' in one &&
        one.kind === kind &&
        one.sender === sender &&
        one.subject === subject &&
        one.body === message.body,
    )
    if (!waits && !isThere[kind]()) chain.send(message, true)
  }
}
