// Dealings as they come: each is checked once, and the own share of it opened and checked once. Pure; keeps what it found out.
import {
  openShare,
  ThresholdError,
  verifyShare,
  type CheckDealing,
  type Dealing,
  type Group,
  type SecretScalar,
  type Session,
} from '@wetee/threshold'
import { sameBytes } from './place.ts'
import { SessionError } from './session-error.ts'

/** What dealings are read with. */
export type Reader = {
  readonly group: Group
  readonly session: Session
  readonly check: CheckDealing
  /** Own index among the members; undefined where the node gets no share. */
  readonly member?: number | undefined
  /** Of this session; undefined where `member` is. */
  readonly sessionSecret?: SecretScalar | undefined
}

type Read = {
  readonly bytes: Uint8Array
  /** Undefined where the dealing does not count. */
  readonly dealing: Dealing | undefined
}

/** The dealings of one session as one member sees them. */
export class Dealings {
  readonly #reader: Reader
  readonly #read = new Map<number, Read>()
  readonly #shares = new Map<number, SecretScalar>()

  constructor(reader: Reader) {
    this.#reader = reader
  }

  /** Looks at those that are new. */
  take(bodies: ReadonlyMap<number, Uint8Array>): void {
    for (const [dealer, bytes] of bodies) {
      const before = this.#read.get(dealer)
      if (before === undefined) this.#takeOne(dealer, bytes)
      else if (!sameBytes(before.bytes, bytes))
        throw new SessionError('session.board-invalid', `dealer ${dealer}: another dealing`)
    }
  }

  /** The dealing of a dealer where it counts. */
  dealing(dealer: number): Dealing | undefined {
    return this.#read.get(dealer)?.dealing
  }

  /** Dealings that count, ascending. */
  counted(): Dealing[] {
    return [...this.#read.values()]
      .flatMap(({ dealing }) => dealing ?? [])
      .sort((a, b) => a.dealer - b.dealer)
  }

  /** Dealers whose dealing does not count, ascending. */
  refused(): number[] {
    return [...this.#read]
      .flatMap(([dealer, { dealing }]) => (dealing === undefined ? [dealer] : []))
      .sort((a, b) => a - b)
  }

  /** Dealers whose dealing counts and who gave this member no share, or a wrong one; ascending. */
  wrongShares(): number[] {
    if (this.#reader.member === undefined) return []
    return this.counted().flatMap(({ dealer }) => (this.#shares.has(dealer) ? [] : [dealer]))
  }

  /** The own share of a dealing, where it is right. */
  share(dealer: number): SecretScalar | undefined {
    return this.#shares.get(dealer)
  }

  /** All own shares that are right, by dealer. */
  shares(): ReadonlyMap<number, SecretScalar> {
    return this.#shares
  }

  /** `CheckDealing` from what is known: throws again what the check threw. */
  readonly known: CheckDealing = (dealer) => {
    const dealing = this.dealing(dealer)
    if (dealing === undefined) throw new ThresholdError('dealing.invalid', 'was refused before')
    return dealing
  }

  /** Fills all shares with zeros. */
  close(): void {
    for (const share of this.#shares.values()) share.fill(0)
    this.#shares.clear()
  }

  #takeOne(dealer: number, bytes: Uint8Array): void {
    const { group, session, check, member, sessionSecret } = this.#reader
    let dealing: Dealing | undefined
    try {
      dealing = check(dealer, bytes)
    } catch (error) {
      if (!(error instanceof ThresholdError)) throw error
    }
    this.#read.set(dealer, { bytes, dealing })
    if (dealing === undefined || member === undefined || sessionSecret === undefined) return
    // Each alone, not their sum: of two that cancel one may go when complaints have ended.
    const share = openShare(group, session, dealing, member, sessionSecret)
    if (share === undefined) return
    if (verifyShare(group, dealing, member, share)) this.#shares.set(dealer, share)
    else share.fill(0)
  }
}
