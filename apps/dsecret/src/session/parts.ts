// The dealers' parts of the public key of a new key, shown by themselves or by members: each message is checked once. Pure;
// keeps what it found out.
import {
  checkReveal,
  revealedConstant,
  ThresholdError,
  type Dealing,
  type Group,
  type Point,
  type Session,
} from '@wetee/threshold'
import type { Board } from './board.ts'

/** Who showed something that is not what was dealt: a dealer its own part (member 0), or a member its share. */
export type WrongPart = { readonly dealer: number; readonly member: number }

type Known = {
  readonly dealing: Dealing
  constant: Point | undefined
  /** Members' bodies that hold, by index. */
  readonly shown: Map<number, Uint8Array>
  readonly seen: Set<number>
}

/** The parts of the qualified dealers. */
export class Parts {
  readonly #group: Group
  readonly #session: Session
  readonly #known: ReadonlyMap<number, Known>
  readonly #wrong: WrongPart[] = []

  constructor(group: Group, session: Session, qualified: readonly Dealing[]) {
    this.#group = group
    this.#session = session
    this.#known = new Map(
      qualified.map((dealing) => [
        dealing.dealer,
        { dealing, constant: undefined, shown: new Map(), seen: new Set() },
      ]),
    )
  }

  /** Checks those that are new. Recoveries of a dealer whose part is known are not looked at. */
  take({ reveals, recoveries }: Board): void {
    for (const [dealer, body] of reveals) this.#look(dealer, 0, body)
    for (const { dealer, member, body } of recoveries) this.#look(dealer, member, body)
  }

  /** Every qualified dealing with the dealer's part; undefined while one is missing. */
  contributions(): { readonly dealing: Dealing; readonly constant: Point }[] | undefined {
    const all = [...this.#known.values()].flatMap(({ dealing, constant }) =>
      constant ? [{ dealing, constant }] : [],
    )
    return all.length === this.#known.size ? all : undefined
  }

  /** Dealings whose dealer's part is missing, ascending. */
  missing(): Dealing[] {
    return [...this.#known.values()].flatMap(({ dealing, constant }) => (constant ? [] : [dealing]))
  }

  /** Messages that do not hold, in the order they came. */
  wrong(): readonly WrongPart[] {
    return this.#wrong
  }

  #look(dealer: number, member: number, body: Uint8Array): void {
    const known = this.#known.get(dealer)
    if (known === undefined || known.constant !== undefined || known.seen.has(member)) return
    known.seen.add(member)
    const point = this.#check(known.dealing, member, body)
    if (point === undefined) {
      this.#wrong.push({ dealer, member })
      return
    }
    if (member === 0) known.constant = point
    else known.shown.set(member, body)
    if (known.shown.size >= this.#session.threshold)
      known.constant = revealedConstant(this.#group, this.#session, known.dealing, {
        byMember: known.shown,
      })
  }

  #check(dealing: Dealing, at: number, body: Uint8Array): Point | undefined {
    try {
      return checkReveal(this.#group, this.#session, dealing, at, body)
    } catch (error) {
      if (error instanceof ThresholdError) return undefined
      throw error
    }
  }
}
