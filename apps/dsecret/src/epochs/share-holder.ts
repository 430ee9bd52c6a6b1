// The shares that this node releases with: that of the active epoch, and for a while that of the one before. In memory.
import type { NetworkKey, SecretScalar } from '@wetee/threshold'

/** A share that counts, with its key. `share` becomes zeros when the epoch is over: use it at once, or copy it. */
export type HeldShare = {
  readonly epoch: bigint
  /** Of the member, from 1. */
  readonly index: number
  readonly share: SecretScalar
  readonly key: NetworkKey
  readonly threshold: number
}

/** What releases read. */
export type ShareHolder = {
  /** Of the active epoch; undefined while this node has none. */
  current(): HeldShare | undefined
  /** Of the epoch before, within 15 minutes of the active one's beginning. */
  previous(): HeldShare | undefined
}

/** Holds them; each share is the holder's own from `take` on. */
export class HeldShares implements ShareHolder {
  #current: HeldShare | undefined
  #previous: HeldShare | undefined

  current(): HeldShare | undefined {
    return this.#current
  }

  previous(): HeldShare | undefined {
    return this.#previous
  }

  /** The share of the active epoch; that of an older one becomes the previous. */
  take(held: HeldShare): void {
    if (this.#current !== undefined && this.#current.epoch < held.epoch) {
      this.#previous?.share.fill(0)
      this.#previous = this.#current
    } else {
      this.#current?.share.fill(0)
    }
    this.#current = held
  }

  /** The share of the epoch before the active one, after a restart. */
  takePrevious(held: HeldShare): void {
    this.#previous?.share.fill(0)
    this.#previous = held
  }

  /** Whether a share of that epoch is held. */
  has(epoch: bigint): boolean {
    return this.#current?.epoch === epoch || this.#previous?.epoch === epoch
  }

  /** The active epoch is another one, in which this node has no share yet. */
  retire(active: bigint): void {
    if (this.#current === undefined || this.#current.epoch === active) return
    this.#previous?.share.fill(0)
    this.#previous = this.#current
    this.#current = undefined
  }

  /** Fills with zeros what is older than `epoch`. */
  eraseBelow(epoch: bigint): void {
    if (this.#previous !== undefined && this.#previous.epoch < epoch) {
      this.#previous.share.fill(0)
      this.#previous = undefined
    }
    if (this.#current !== undefined && this.#current.epoch < epoch) {
      this.#current.share.fill(0)
      this.#current = undefined
    }
  }

  /** Fills everything with zeros. */
  close(): void {
    this.eraseBelow(2n ** 64n)
  }
}
