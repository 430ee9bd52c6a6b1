// The shares that this node releases with: of the active epoch, for a while of the one before, and of an older key's last. In memory.
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
  /** Of the last epoch of an older key, until that ends; also while it is one of the others. */
  frozen(): HeldShare | undefined
}

/** Holds them; each share is the holder's own from `take` on. */
export class HeldShares implements ShareHolder {
  readonly #held = new Map<bigint, HeldShare>()
  #current: bigint | undefined
  #previous: bigint | undefined
  #frozen: bigint | undefined

  current(): HeldShare | undefined {
    return this.#of(this.#current)
  }

  previous(): HeldShare | undefined {
    return this.#of(this.#previous)
  }

  frozen(): HeldShare | undefined {
    return this.#of(this.#frozen)
  }

  /** The share of the active epoch; that of an older one becomes the previous. */
  take(held: HeldShare): void {
    if (this.#current !== undefined && this.#current < held.epoch) this.#previous = this.#current
    this.#current = held.epoch
    this.#put(held)
  }

  /** The share of the epoch before the active one, after a restart. */
  takePrevious(held: HeldShare): void {
    this.#previous = held.epoch
    this.#put(held)
  }

  /** The share of the frozen epoch, after a restart. */
  takeFrozen(held: HeldShare): void {
    this.#frozen = held.epoch
    this.#put(held)
  }

  /** Whether a share of that epoch is held. */
  has(epoch: bigint): boolean {
    return this.#held.has(epoch)
  }

  /** The share of this epoch stays, whatever epochs follow; undefined: none does. */
  freeze(epoch: bigint | undefined): void {
    this.#frozen = epoch
    this.#fill()
  }

  /** The active epoch is another one, in which this node has no share yet. */
  retire(active: bigint): void {
    if (this.#current === undefined || this.#current === active) return
    this.#previous = this.#current
    this.#current = undefined
    this.#fill()
  }

  /** Fills with zeros what is older than `epoch`, but `previous` and the frozen one. */
  eraseBelow(epoch: bigint, previous?: bigint): void {
    const isOld = this.#previous !== undefined && this.#previous < epoch
    if (isOld && this.#previous !== previous) this.#previous = undefined
    if (this.#current !== undefined && this.#current < epoch) this.#current = undefined
    this.#fill()
  }

  /** Fills everything with zeros. */
  close(): void {
    this.#frozen = undefined
    this.eraseBelow(2n ** 64n)
  }

  #of(epoch: bigint | undefined): HeldShare | undefined {
    return epoch === undefined ? undefined : this.#held.get(epoch)
  }

  #put(held: HeldShare): void {
    this.#held.get(held.epoch)?.share.fill(0)
    this.#held.set(held.epoch, held)
    this.#fill()
  }

  /** What counts no more. */
  #fill(): void {
    for (const [epoch, { share }] of this.#held) {
      if ([this.#current, this.#previous, this.#frozen].includes(epoch)) continue
      share.fill(0)
      this.#held.delete(epoch)
    }
  }
}
