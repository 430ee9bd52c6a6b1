// What one node found out about a session from its boards: everything is computed once, when the board first has it. Pure.
import type { Dealing, Group, NetworkKey, SecretScalar } from '@wetee/threshold'
import type { Board } from './board.ts'
import { Dealings } from './dealings.ts'
import { confirmedOf, newKey, sameKey, shareOf, type Outcome, type Result } from './outcome.ts'
import { Parts } from './parts.ts'
import { dealingCheck, oldKeyOf, sameBytes, type Place } from './place.ts'
import { Verdicts } from './verdicts.ts'

/** `none`: nothing can come of it any more. */
type OrNone<T> = T | 'none' | undefined

/** Grows with the board. */
export class Findings {
  readonly place: Place
  readonly verdicts: Verdicts
  /** In a resharing, once a board has it and it was found to be the confirmed one. */
  oldKey: NetworkKey | undefined
  /** Undefined in a resharing while the old key is not known. */
  dealings: Dealings | undefined
  /** Once complaints have ended. */
  qualified: readonly Dealing[] | undefined
  /** Of a new key, once complaints have ended. */
  parts: Parts | undefined
  /** Undefined while it can still come. */
  result: OrNone<Result>
  /** `none` where the own share is not one of the key, or the chain confirmed another. */
  outcome: OrNone<Outcome>
  readonly #group: Group
  readonly #sessionSecret: SecretScalar | undefined

  /** `sessionSecret` is the one of the key that this node has registered. */
  constructor(group: Group, sessionSecret: SecretScalar | undefined, place: Place) {
    this.#group = group
    this.#sessionSecret = sessionSecret
    this.place = place
    this.verdicts = new Verdicts(group, place.session)
  }

  /** Takes what is new on a board. */
  read(board: Board): void {
    this.oldKey ??= oldKeyOf(this.#group, board)
    this.dealings ??= this.#openDealings()
    const { dealings, place } = this
    if (dealings === undefined) return
    dealings.take(board.dealings)
    if (board.phase === 'deal') return
    this.verdicts.take(board, dealings)
    if (board.phase === 'complain') return
    this.qualified ??= this.verdicts.qualified(dealings, { complainerDeals: !place.resharing })
    this.result ??= place.resharing
      ? this.#sameKey(this.qualified)
      : this.#newKey(board, this.qualified)
    const { result } = this
    if (result === undefined || result === 'none' || place.member === undefined) return
    this.outcome ??= this.#outcome(board, dealings, result, place.member)
  }

  /** Whether the chain confirmed another transcript than the board gives. */
  contradicts({ transcriptDigest }: Board): boolean {
    const { result } = this
    if (transcriptDigest === undefined || result === undefined) return false
    return result === 'none' || !sameBytes(result.transcriptDigest, transcriptDigest)
  }

  /** Fills every secret with zeros. */
  close(): void {
    this.dealings?.close()
    if (this.outcome !== undefined && this.outcome !== 'none') this.outcome.share.fill(0)
  }

  #openDealings(): Dealings | undefined {
    const check = dealingCheck(this.#group, this.place, this.oldKey)
    if (check === undefined) return undefined
    const { session, member } = this.place
    const sessionSecret = this.#sessionSecret
    return new Dealings({ group: this.#group, session, check, member, sessionSecret })
  }

  #sameKey(qualified: readonly Dealing[]): Result | 'none' {
    const { oldKey, place } = this
    return (oldKey && sameKey(this.#group, place.session, oldKey, qualified)) ?? 'none'
  }

  #newKey(board: Board, qualified: readonly Dealing[]): OrNone<Result> {
    const { session } = this.place
    if (qualified.length < session.threshold) return 'none'
    this.parts ??= new Parts(this.#group, session, qualified)
    this.parts.take(board)
    const contributions = this.parts.contributions()
    if (contributions !== undefined) return newKey(this.#group, session, contributions) ?? 'none'
    // Nobody may show a part any more.
    return board.phase === 'confirm' ? 'none' : undefined
  }

  #outcome(board: Board, dealings: Dealings, result: Result, member: number): Outcome | 'none' {
    const { session, resharing } = this.place
    const sessionSecret = this.#sessionSecret
    if (sessionSecret === undefined) return 'none'
    const given = { group: this.#group, session, resharing, sessionSecret }
    const share = shareOf(given, result, member, dealings)
    if (share === undefined) return 'none'
    const confirmed = confirmedOf(this.#group, session, board.members, result)
    return { ...result, sessionId: session.id, member, share, confirmed }
  }
}
