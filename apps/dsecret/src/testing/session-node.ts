// For tests: an honest node in a key session, with a disk that outlives it, crashes at every point where it has written or said
// something, and a view of the chain that is late. Pure; chance comes from outside.
import type { Group, RandomBytes, SecretScalar } from '@wetee/threshold'
import type { Board, PreviousEpoch, SessionMessage } from '../session/board.ts'
import { KeySession, type Step } from '../session/key-session.ts'
import type { SessionChain } from './session-chain.ts'
import type { Person } from './session-people.ts'

/** A whole number from 0 to below `below`. */
export type Random = (below: number) => number

/** Where a node may die. */
export const crashPoints = [
  'before the key is kept',
  'after the key is kept',
  'before a message is sent',
  'after a message is sent',
  'before the share is kept',
  'after the share is kept',
] as const

/** One of those. */
export type CrashPoint = (typeof crashPoints)[number]

/** What becomes of an honest node. */
export type Fate = {
  /** It is down from the first block to the last. */
  readonly isAway: boolean
  /** Points at which it dies, each once. */
  readonly crashes: readonly CrashPoint[]
  /** After a death its disk is that of the session's beginning: the key that it made is lost. */
  readonly isRestored: boolean
  /** A second process runs from a copy of its disk. */
  readonly hasTwin: boolean
  /** Block from which it has the old key, in a resharing. */
  readonly knowsOldKeyFrom: number
}

/** What a node has stored. */
export type Disk = {
  kept: SecretScalar | undefined
  share: SecretScalar | undefined
}

/** Blocks after which a message that is not final is sent again. */
const SEND_AGAIN = 4
const LONGEST_DOWN = 3
const LONGEST_LAG = 2

class Death extends Error {
  readonly point: CrashPoint
  constructor(point: CrashPoint) {
    super(point)
    this.point = point
  }
}

/** What a node and its world need from one another. */
export type Surroundings = {
  readonly group: Group
  readonly random: Random
  /** Of the keys that this process makes. */
  readonly draw: RandomBytes
  readonly chain: SessionChain
  readonly previous?: PreviousEpoch | undefined
  readonly previousShare?: SecretScalar | undefined
  readonly log: (line: string) => void
  /** Called for every message that leaves a node. */
  readonly said: (node: SessionNode, message: SessionMessage) => void
}

/** One process of an honest node. */
export class SessionNode {
  readonly person: Person
  readonly fate: Fate
  readonly disk: Disk = { kept: undefined, share: undefined }
  /** The newest, while the process lives. */
  step: Step | undefined
  readonly #around: Surroundings
  readonly #crashes: Set<CrashPoint>
  readonly #sentAt = new Map<string, number>()
  #session: KeySession | undefined
  #downUntil = 0
  #view = 0

  constructor(person: Person, fate: Fate, around: Surroundings) {
    this.person = person
    this.fate = fate
    this.#around = around
    this.#crashes = new Set(fate.crashes)
  }

  /** One look at the chain, whose newest final block is `final`. */
  tick(final: number): void {
    const { chain, random } = this.#around
    if (this.fate.isAway || chain.head < this.#downUntil) return
    this.#see(final - random(LONGEST_LAG + 1))
  }

  /** Reads the newest block as final, as often as it takes to be done with dying. */
  readEnd(): void {
    for (let again = 0; again <= crashPoints.length; again++) this.#see(this.#around.chain.head)
  }

  /** Fills what is in memory with zeros; the disk stays. */
  close(): void {
    this.#session?.close()
    this.#session = undefined
  }

  #see(block: number): void {
    this.#view = Math.max(this.#view, block)
    try {
      this.#look(this.#board())
    } catch (error) {
      if (!(error instanceof Death)) throw error
      this.#die(error.point)
    }
  }

  #board(): Board {
    const { chain, previous } = this.#around
    const knows = this.#view >= this.fate.knowsOldKeyFrom
    return chain.board(
      this.#view,
      knows || previous === undefined ? previous : { ...previous, key: undefined },
    )
  }

  #look(board: Board): void {
    const { group, previousShare, chain, draw } = this.#around
    this.#session ??= new KeySession(group, { ...this.person.own, previousShare }, draw)
    let step = this.#session.step(board, this.disk.kept)
    if (step.keep !== undefined) {
      if (step.messages.length > 0) throw new Error('a message comes before what it needs is kept')
      this.#mayDie('before the key is kept')
      this.disk.kept = Uint8Array.from(step.keep) as SecretScalar
      this.#mayDie('after the key is kept')
      step = this.#session.step(board, this.disk.kept)
    }
    for (const message of step.messages) {
      const name = `${message.kind} ${message.subject}`
      if (chain.head - (this.#sentAt.get(name) ?? -Infinity) < SEND_AGAIN) continue
      this.#mayDie('before a message is sent')
      this.#around.said(this, message)
      chain.send(message)
      this.#sentAt.set(name, chain.head)
      this.#mayDie('after a message is sent')
    }
    if (step.outcome !== undefined && this.disk.share === undefined) {
      this.#mayDie('before the share is kept')
      this.disk.share = Uint8Array.from(step.outcome.share) as SecretScalar
      this.#mayDie('after the share is kept')
    }
    if (step.state !== this.step?.state)
      this.#around.log(`node ${this.person.nodeId} is ${step.state} ${step.trouble ?? ''}`)
    this.step = step
  }

  #mayDie(point: CrashPoint): void {
    if (this.#crashes.delete(point)) throw new Death(point)
  }

  #die(point: CrashPoint): void {
    const { chain, random, log } = this.#around
    log(
      `node ${this.person.nodeId} dies ${point}${this.fate.isRestored ? ', its disk is set back' : ''}`,
    )
    this.close()
    this.step = undefined
    this.#sentAt.clear()
    if (this.fate.isRestored) Object.assign(this.disk, { kept: undefined, share: undefined })
    this.#downUntil = chain.head + 1 + random(LONGEST_DOWN)
  }
}
