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
import type { KeptDealing } from '../session/own-messages.ts'
import { dealingCheck, placeOf, type Place } from '../session/place.ts'
import type { SessionChain } from './session-chain.ts'
import { dealWrong, secretOf, type WrongShare } from './session-dealings.ts'
import { bytesOf, type Person } from './session-people.ts'

/** How each kind of message is made. */
export const lies = {
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

type Waiting = { readonly chain: SessionChain; readonly board: Board; readonly place: Place }

/** One liar in one session. */
export class SessionLiar {
  readonly person: Person
  /** Of the machine that it runs beside its lies, as of the newest block. */
  step: Step | undefined
  readonly #lie: Lie
  readonly #bodies = new Map<string, Uint8Array>()
  #session: KeySession
  #kept: KeptDealing | undefined
  #place: Place | undefined

  constructor(lie: Lie) {
    this.#lie = lie
    this.person = lie.person
    this.#session = this.#machine()
  }

  /** Reads the newest block and what waits, and says what it wants. */
  act(chain: SessionChain): void {
    const board = chain.board(chain.head, this.#lie.previous)
    const place = (this.#place ??= placeOf(this.#lie.group, board, this.#lie.person.own))
    if (place === undefined) return
    try {
      this.step = this.#session.step(board, this.#kept)
    } catch {
      // The newest block went away and another came: it begins anew.
      this.#session = this.#machine()
      this.step = this.#session.step(board, this.#kept)
    }
    this.#speak({ chain, board, place })
  }

  /** Index and plan of those who sign, undefined for one that does not. */
  get confirms(): Plan['confirm'] {
    return this.#lie.plan.confirm
  }

  #machine(): KeySession {
    const { group, person, previousShare } = this.#lie
    return new KeySession(group, { ...person.own, previousShare })
  }

  #speak(now: Waiting): void {
    const { phase } = now.board
    const { dealer, member } = now.place
    if (phase === 'deal' && dealer !== undefined) this.#deal(now, dealer)
    if (phase === 'complain' && member !== undefined) this.#complain(now, member)
    if (phase === 'reveal' && dealer !== undefined) this.#reveal(now, dealer)
    if (phase === 'recover' && member !== undefined) this.#recover(now, member)
  }

  #deal(now: Waiting, dealer: number): void {
    const { plan, seed, group, previousShare } = this.#lie
    const others = now.chain.waiting.filter((one) => 'kind' in one && one.kind === 'deal').length
    const isLast = now.board.dealings.size + others >= now.board.dealers.length - 1
    const waits = plan.deal === 'rushing' || plan.deal === 'copied'
    if (plan.deal === 'silent' || (waits && !isLast && !this.#isLate(now))) return
    const secret = previousShare ?? secretOf(group, `${seed} constant`)
    const body = this.#body('deal', 0, () => this.#dealing(now, dealer, secret))
    if (body === undefined) return
    this.#kept = {
      sessionId: now.place.session.id,
      bytes: body,
      constant: plan.deal === 'other-body' ? secretOf(group, `${seed} other`) : secret,
    }
    this.#send(now, { kind: 'deal', sender: dealer, subject: 0, body })
    if (plan.deal === 'two-bodies')
      this.#send(now, {
        kind: 'deal',
        sender: dealer,
        subject: 0,
        body: dealWrong(group, now.place.session, dealer, secret, { seed: `${seed} second` }),
      })
  }

  #dealing(
    { board, place }: Waiting,
    dealer: number,
    secret: SecretScalar,
  ): Uint8Array | undefined {
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

  #complain(now: Waiting, member: number): void {
    const { plan, seed, group, person } = this.#lie
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
        const { encryptionSecret } = person.own
        return complain(group, now.place.session, dealing, member, encryptionSecret, bytesOf(seed))
      })
  }

  #reveal(now: Waiting, dealer: number): void {
    const { plan, seed, group } = this.#lie
    const honest = this.step?.messages.find(({ kind }) => kind === 'reveal')?.body
    const isLate = plan.reveal === 'late' || plan.reveal === 'copied'
    if (plan.reveal === 'silent' || (isLate && !this.#isLate(now))) return
    const body = this.#body('reveal', 0, () => {
      const own = this.#dealings(now).find((dealing) => dealing.dealer === dealer)
      if (plan.reveal === 'malformed') return bytesOf(seed)(97)
      if (plan.reveal === 'copied') return [...now.board.reveals.values()][0]
      if (own === undefined) return undefined
      if (plan.reveal === 'other' || plan.deal === 'other-body')
        return reveal(group, now.place.session, own, 0, secretOf(group, seed), bytesOf(seed))
      return honest
    })
    if (body !== undefined) this.#send(now, { kind: 'reveal', sender: dealer, subject: 0, body })
  }

  #recover(now: Waiting, member: number): void {
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
  #dealings({ board, place }: Waiting): Dealing[] {
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
