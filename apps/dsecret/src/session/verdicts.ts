// Verdicts on complaints: each is judged once. Pure; keeps what it found out.
import {
  judgeComplaint,
  type Dealing,
  type Group,
  type Session,
  type Verdict,
} from '@wetee/threshold'
import type { Board, BoardRemark } from './board.ts'
import type { Dealings } from './dealings.ts'

/** The complaints of one session; dealings are final before the first is judged. */
export class Verdicts {
  readonly #verdicts = new Map<string, BoardRemark & { readonly verdict: Verdict }>()
  readonly #group: Group
  readonly #session: Session

  constructor(group: Group, session: Session) {
    this.#group = group
    this.#session = session
  }

  /** Judges those that are new. */
  take({ complaints, dealings: bodies }: Board, dealings: Dealings): void {
    for (const complaint of complaints) {
      const { dealer, member: complainer, body: bytes } = complaint
      const key = `${dealer} ${complainer}`
      if (this.#verdicts.has(key)) continue
      const verdict = judgeComplaint(
        this.#group,
        this.#session,
        bodies.get(dealer),
        { dealer, complainer, bytes },
        dealings.known,
      )
      this.#verdicts.set(key, { ...complaint, verdict })
    }
  }

  /** Complaints with their verdicts, in the order they came. */
  all(): (BoardRemark & { readonly verdict: Verdict })[] {
    return [...this.#verdicts.values()]
  }

  /**
   * The dealings that remain once complaints have ended, as `qualified` has it: where members deal, a complainer that was
   * wrong is out as well.
   */
  qualified(dealings: Dealings, { complainerDeals }: { complainerDeals: boolean }): Dealing[] {
    const out = new Set(
      this.all().flatMap(({ dealer, member, verdict }) => {
        if (verdict === 'dealer') return [dealer]
        return complainerDeals ? [member] : []
      }),
    )
    return dealings.counted().filter(({ dealer }) => !out.has(dealer))
  }
}
