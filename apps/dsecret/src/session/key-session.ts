// The key session of one node: a pure function of what the finalized board says, the node's own secrets and the key that it made
// for the session. No clock, no I/O. It remembers what it found out, so that a board with nothing new costs nothing.
import type { Group, RandomBytes, SecretScalar } from '@wetee/threshold'
import type { Board } from './board.ts'
import { faultsOf } from './faults.ts'
import { Findings } from './findings.ts'
import type { Outcome, Result } from './outcome.ts'
import { OwnMessages } from './own-messages.ts'
import { placeOf, type OwnSecrets } from './place.ts'
import { freshSecret, sayRegistration } from './register.ts'
import { say, type Said } from './say.ts'
import { SessionError } from './session-error.ts'
import type { SessionFault } from './state.ts'

/**
 * What one board means for this node. `messages` are what it should have on the board now and has not: to be sent, and sent
 * again where that was lost; the bytes stay the same. `keep`: the secret of this session's key, to be stored for good, then the
 * same board is stepped again with it and gives the message.
 */
export type Step = Said & {
  /** The key as everybody computes it, once the board has it. */
  readonly result?: Result
  /** That with the own share, where this node has one. */
  readonly outcome?: Outcome
  /** All that is known by now, in the order of the protocol; for logs. */
  readonly faults: readonly SessionFault[]
}

type Opened = { readonly findings: Findings; readonly made: OwnMessages }

/** One session of one node, from its first board to its last. */
export class KeySession {
  readonly #group: Group
  readonly #own: OwnSecrets
  readonly #fresh: ReturnType<typeof freshSecret>
  #number: bigint | undefined
  /** `unusable` where the members make no session. */
  #opened: Opened | 'unusable' | undefined

  /** `group` is the native one: it handles secrets. `own` stays the caller's and has to last until `close`. `random` makes the key. */
  constructor(group: Group, own: OwnSecrets, random: RandomBytes) {
    this.#group = group
    this.#own = own
    this.#fresh = freshSecret(group, random)
  }

  /**
   * What a board means. `kept` is what an earlier step gave to keep, read back; it stays the caller's, and has to last until `close`.
   * Throws SessionError for a board that no contract makes, of another session, or with an old key that is not the confirmed one.
   */
  step(board: Board, kept?: SecretScalar): Step {
    if (this.#number !== undefined && this.#number !== board.session)
      throw new SessionError('session.board-invalid', `expected session ${this.#number}`)
    this.#number = board.session
    if (board.phase === 'register') {
      const given = { group: this.#group, own: this.#own, kept, fresh: this.#fresh.get }
      return { ...sayRegistration(board, given), faults: [] }
    }
    const opened = this.#open(board, kept)
    if (opened === 'unusable') {
      const state = board.phase === 'expired' ? 'expired' : 'failed'
      return { state, trouble: 'members.unusable', messages: [], faults: [] }
    }
    const { findings, made } = opened
    if (board.phase === 'expired')
      return { state: 'expired', messages: [], faults: faultsOf(board, findings) }
    findings.read(board)
    const speaker = { group: this.#group, own: this.#own, made }
    const { result, outcome } = findings
    const said = say(board, findings, speaker)
    return {
      ...said,
      ...(result !== undefined && result !== 'none' && { result }),
      ...(outcome !== undefined &&
        outcome !== 'none' &&
        !findings.contradicts(board) && { outcome }),
      faults: faultsOf(board, findings),
    }
  }

  /** Fills every secret of the session with zeros, the outcome's share and the key to keep as well. */
  close(): void {
    this.#fresh.close()
    if (this.#opened !== undefined && this.#opened !== 'unusable') {
      this.#opened.findings.close()
      this.#opened.made.close()
    }
    this.#opened = undefined
  }

  #open(board: Board, kept: SecretScalar | undefined): Opened | 'unusable' {
    if (this.#opened !== undefined) return this.#opened
    const place = placeOf(this.#group, board, this.#own, kept)
    this.#opened =
      place === undefined
        ? 'unusable'
        : {
            findings: new Findings(this.#group, kept, place),
            made: new OwnMessages(this.#group, place.session, kept),
          }
    return this.#opened
  }
}
