// For tests: the nodes of one key session on a chain in memory that is final at once, block by block, each message open to change.
// Pure.
import type { Group, SecretScalar } from '@wetee/threshold'
import type { SessionPhase } from '../chain/chain-view.ts'
import type { Board, PreviousEpoch, SessionMessage } from '../session/board.ts'
import { KeySession, type Step } from '../session/key-session.ts'
import type { Outcome } from '../session/outcome.ts'
import { SessionChain, type Opening, type Windows } from './session-chain.ts'
import { bytesOf, openingOf, type Person } from './session-people.ts'

/** What becomes of a message on its way: itself, others, or nothing. */
export type Change = (message: SessionMessage, nodeId: bigint) => readonly SessionMessage[]

/** The key and shares of an epoch, by node. */
export type OldEpoch = {
  readonly opening: Opening
  readonly previous: PreviousEpoch
  readonly shares: ReadonlyMap<bigint, SecretScalar>
}

type Seat = { readonly person: Person; session: KeySession; kept: SecretScalar | undefined }

const windows: Windows = { register: 4, deal: 4, complain: 3, reveal: 4, recover: 4, confirm: 4 }
const unchanged: Change = (message) => [message]

/** One session with those people. */
export class Hall {
  readonly chain: SessionChain
  readonly opening: Opening
  readonly old: OldEpoch | undefined
  readonly #group: Group
  readonly #seats: Map<bigint, Seat>
  /** Processes so far: each makes other keys. */
  #processes = 0

  constructor(group: Group, people: readonly Person[], opening: Opening, old?: OldEpoch) {
    this.#group = group
    this.opening = opening
    this.old = old
    this.chain = new SessionChain(opening, windows)
    this.#seats = new Map(
      people.map((person) => [
        person.nodeId,
        { person, session: this.#machine(person), kept: undefined },
      ]),
    )
  }

  /** As of the newest block. */
  board(): Board {
    return this.chain.board(this.chain.head, this.old?.previous)
  }

  /** What the newest board means for a node; what is to be kept is kept. */
  step(nodeId: bigint, board = this.board()): Step {
    const seat = this.#seats.get(nodeId)!
    const step = seat.session.step(board, seat.kept)
    if (step.keep === undefined) return step
    seat.kept = step.keep
    return seat.session.step(board, seat.kept)
  }

  /** Of the key that a node has made for this session; undefined before. */
  secretOf(nodeId: bigint): SecretScalar | undefined {
    return this.#seats.get(nodeId)!.kept
  }

  /** A new process of a node: `forgets` also what was kept. */
  restart(nodeId: bigint, forgets = false): void {
    const seat = this.#seats.get(nodeId)!
    seat.session = this.#machine(seat.person)
    if (forgets) seat.kept = undefined
  }

  /** Every node steps and speaks, and there is a block. */
  round(change: Change = unchanged): void {
    for (const nodeId of this.#seats.keys())
      for (const message of this.step(nodeId).messages)
        for (const sent of change(message, nodeId)) this.chain.send(sent)
    this.chain.mine()
  }

  /** Rounds until the newest board has a phase, or one that only comes after it. */
  until(phase: SessionPhase, change: Change = unchanged): void {
    while (this.board().phase !== phase) {
      if (this.chain.head > 50) throw new Error(`no phase ${phase}`)
      this.round(change)
    }
  }

  /** Rounds until all of those members confirm; their outcomes. */
  outcomes(nodeIds: readonly bigint[], change: Change = unchanged): Outcome[] {
    for (;;) {
      const steps = nodeIds.map((nodeId) => this.step(nodeId))
      if (steps.every(({ state }) => state === 'confirming'))
        return steps.map(({ outcome }) => outcome!)
      if (this.chain.head > 50)
        throw new Error(steps.map(({ state, trouble }) => `${state} ${trouble ?? ''}`).join())
      this.round(change)
    }
  }

  /** The epoch that this session made, for a resharing. */
  epoch(nodeIds: readonly bigint[], change: Change = unchanged): OldEpoch {
    const outcomes = this.outcomes(nodeIds, change)
    const { sessionId, transcriptDigest, key } = outcomes[0]!
    return {
      opening: this.opening,
      previous: { epoch: this.opening.epoch, sessionId, transcriptDigest, key },
      shares: new Map(outcomes.map(({ share }, at) => [nodeIds[at]!, share])),
    }
  }

  #machine({ nodeId, own }: Person): KeySession {
    const random = bytesOf(`process ${++this.#processes} of session ${this.opening.session}`)
    const previousShare = this.old?.shares.get(nodeId)
    return new KeySession(this.#group, { ...own, previousShare }, random)
  }
}

/** Opening of a resharing of that epoch to those people. */
export function resharingOf(old: OldEpoch, people: readonly Person[], threshold: number): Opening {
  const { epoch, sessionId, transcriptDigest } = old.previous
  return openingOf(people, threshold, {
    dealers: old.opening.members,
    previous: { epoch, sessionId, transcriptDigest },
    session: old.opening.session + 1n,
  })
}
