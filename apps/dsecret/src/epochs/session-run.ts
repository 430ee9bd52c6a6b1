// One key session of this node from its first board to its last: reads, steps, and keeps what has to last. I/O by its parts.
import { codeOf, type Log } from '@wetee/daemon'
import type { Group, RandomBytes, SecretScalar } from '@wetee/threshold'
import { hexToBytes } from 'viem'
import type { ChainBoards } from '../board/chain-board.ts'
import type { Block, ChainView, Hex, SessionFacts } from '../chain/chain-view.ts'
import { unable } from '../node-error.ts'
import type { Board, PreviousEpoch } from '../session/board.ts'
import { KeySession, type Step } from '../session/key-session.ts'
import type { ShareStore } from '../shares/share-store.ts'
import { nameOf, type EpochKeys } from './epoch-keys.ts'

/** What a run works with. */
export type SessionRunParts = {
  readonly group: Group
  readonly view: Pick<ChainView, 'confirmation'>
  readonly boards: ChainBoards
  readonly keys: EpochKeys
  readonly store: ShareStore
  /** Address of the statement key. */
  readonly account: Hex
  /** Makes the key of this node in a session. */
  readonly random: RandomBytes
  readonly log: Log
}

/** A step, and the board that it was made from. */
export type Stepped = Step & { readonly board: Board }

/** Runs one session. Calls must not overlap. */
export class SessionRun {
  readonly number: bigint
  readonly #parts: SessionRunParts
  #session: KeySession | undefined
  #previousShare: SecretScalar | undefined
  #previous: PreviousEpoch | undefined
  #kept: SecretScalar | undefined

  constructor(parts: SessionRunParts, number: bigint) {
    this.#parts = parts
    this.number = number
  }

  /** What a finalized block says about the session. Throws NodeError of boards and files, SessionError, what the view throws. */
  async step(facts: SessionFacts, head: Block): Promise<Stepped> {
    const previous = await this.#previousEpoch(facts, head)
    const board = await this.#parts.boards.read(facts, head, previous)
    const session = (this.#session ??= await this.#open(previous))
    const step = session.step(board, this.#kept)
    if (step.keep === undefined) return { ...step, board }
    // On disk before anybody hears of it.
    await this.#parts.store.writeSessionKey(this.number, step.keep)
    this.#kept = step.keep
    return { ...session.step(board, this.#kept), board }
  }

  /** Fills every secret with zeros; the files stay. */
  close(): void {
    this.#session?.close()
    this.#session = undefined
    this.#kept?.fill(0)
    this.#kept = undefined
    this.#previousShare?.fill(0)
    this.#previousShare = undefined
  }

  async #open(previous: PreviousEpoch | undefined): Promise<KeySession> {
    const { group, store, account, random, log } = this.#parts
    if (previous !== undefined) {
      const stored = await store.readShare(previous)
      if (stored === 'unreadable')
        log.error({ code: 'share.unreadable', epoch: String(previous.epoch) }, 'cannot hand on')
      else this.#previousShare = stored?.share
    }
    const kept = await store.readSessionKey(this.number)
    if (kept === 'unreadable')
      log.warn({ session: String(this.number) }, 'key of the session not readable')
    else this.#kept = kept
    const own = { account: hexToBytes(account), previousShare: this.#previousShare }
    return new KeySession(group, own, random)
  }

  /** Undefined for a new key; without the key while nobody has given it. */
  async #previousEpoch(
    { epoch, dealersEpoch }: SessionFacts,
    head: Block,
  ): Promise<PreviousEpoch | undefined> {
    if (dealersEpoch === epoch || this.#previous?.key !== undefined) return this.#previous
    const { view, keys, log } = this.#parts
    const confirmation = await view.confirmation(dealersEpoch, head.number)
    if (confirmation === undefined)
      throw unable('board.unreadable', `epoch ${dealersEpoch} deals, but is not confirmed`)
    const name = nameOf(dealersEpoch, confirmation)
    const key = await keys.find(name, head.number).catch((error: unknown) => {
      log.warn({ code: codeOf(error), epoch: String(dealersEpoch) }, 'old key not found')
      return undefined
    })
    this.#previous = { ...name, ...(key === undefined ? {} : { key }) }
    return this.#previous
  }
}
