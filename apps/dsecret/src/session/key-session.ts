// The key session of one node: a pure function of what the finalized board says, the node's own secrets and what it kept. No
// clock, no I/O. It remembers what it found out, so that a board with nothing new costs nothing.
import type { Group } from '@wetee/threshold'
import type { Board } from './board.ts'
import { faultsOf } from './faults.ts'
import { Findings } from './findings.ts'
import type { Outcome, Result } from './outcome.ts'
import { OwnMessages, type KeptDealing } from './own-messages.ts'
import { placeOf, sameBytes, type OwnSecrets } from './place.ts'
import { say, type Said } from './say.ts'
import { SessionError } from './session-error.ts'
import type { SessionFault } from './state.ts'

/**
 * What one board means for this node. `messages` are what it should have on the board now and has not: to be sent, and sent
 * again where that was lost; the bytes stay the same. `keep`: to be stored for good, then the same board is stepped again
 * with it and gives the message.
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
  #number: bigint | undefined
  /** `unusable` where the members make no session. */
  #opened: Opened | 'unusable' | undefined

  /** `group` is the native one: it handles secrets. `own` stays the caller's and has to last until `close`. */
  constructor(group: Group, own: OwnSecrets) {
    this.#group = group
    this.#own = own
  }

  /**
   * What a board means. `kept` is what an earlier step gave to keep, read back. Throws SessionError for a board that no
   * contract makes, of another session, or with an old key that is not the confirmed one.
   */
  step(board: Board, kept?: KeptDealing): Step {
    const opened = this.#open(board)
    if (opened === 'unusable') {
      const state = board.phase === 'expired' ? 'expired' : 'failed'
      return { state, trouble: 'members.unusable', messages: [], faults: [] }
    }
    const { findings, made } = opened
    if (board.phase === 'expired')
      return { state: 'expired', messages: [], faults: faultsOf(board, findings) }
    findings.read(board)
    const isOfThis = kept !== undefined && sameBytes(kept.sessionId, findings.place.session.id)
    const speaker = {
      group: this.#group,
      own: this.#own,
      made,
      kept: isOfThis ? kept : undefined,
    }
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

  /** Fills every secret of the session with zeros, the outcome's share and the dealing to keep as well. */
  close(): void {
    if (this.#opened !== undefined && this.#opened !== 'unusable') {
      this.#opened.findings.close()
      this.#opened.made.close()
    }
    this.#opened = undefined
  }

  #open(board: Board): Opened | 'unusable' {
    if (this.#number !== undefined && this.#number !== board.session)
      throw new SessionError('session.board-invalid', `expected session ${this.#number}`)
    this.#number = board.session
    if (this.#opened !== undefined) return this.#opened
    const place = placeOf(this.#group, board, this.#own)
    this.#opened =
      place === undefined
        ? 'unusable'
        : {
            findings: new Findings(this.#group, this.#own, place),
            made: new OwnMessages(this.#group, place.session, this.#own.encryptionSecret),
          }
    return this.#opened
  }
}
