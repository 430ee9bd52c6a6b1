// The node's shares over the epochs: opened from their files, made from the chain while the node has its key in the session, erased when they are old. I/O by its parts.
import { codeOf, messageOf, type Condition, type Log } from '@wetee/daemon'
import type { Group, NetworkKey } from '@wetee/threshold'
import type {
  Activation,
  Block,
  ChainView,
  Committee,
  ConfirmationFacts,
} from '../chain/chain-view.ts'
import { sameBytes } from '../session/place.ts'
import type { OwnShare, ShareStore } from '../shares/share-store.ts'
import { nameOf, type EpochKeys } from './epoch-keys.ts'
import { HeldShares, type HeldShare } from './share-holder.ts'

/** What the shares are kept with. */
export type EpochSharesParts = {
  readonly nodeId: bigint
  readonly group: Group
  readonly view: Pick<ChainView, 'committee' | 'confirmation' | 'liveKeys'>
  readonly keys: EpochKeys
  readonly store: ShareStore
  /** Makes the share of a confirmed epoch from the messages of its session, and stores it. */
  readonly remake: (confirmation: ConfirmationFacts, head: Block) => Promise<Remade>
  readonly monotonicMs: () => number
  readonly log: Log
}

/** What became of that: `never` where this node has no key in the session any more, or never had; `later` where something is missing yet. */
export type Remade = 'stored' | 'later' | 'never'

/** The epoch before releases for so long after the active one began, seconds; as in the Quorum. */
export const OVERLAP_SECONDS = 900n
/** A share that could not be opened is tried again after this, milliseconds. */
const RETRY_MS = 15_000

const FROZEN_MISSING =
  'the share of an older key is not on this disk: other members of its last epoch release without this node until it ends'

/** Shares of one node. Calls must not overlap. */
export class EpochShares {
  readonly held = new HeldShares()
  readonly #parts: EpochSharesParts
  #condition: Condition | undefined
  /** Epoch of which this node will have no share whatever it does. */
  #hopeless: bigint | undefined
  #failed: { readonly epoch: bigint; readonly atMs: number } | undefined
  /** The last epoch of an older key, where this node was seen to have no share of it. */
  #notFrozen: bigint | undefined

  constructor(parts: EpochSharesParts) {
    this.#parts = parts
  }

  /** Why the share of the active epoch is not here; undefined while it is, or none is expected. */
  get condition(): Condition | undefined {
    return this.#condition
  }

  /** Whether this node will have no share of an epoch whatever it does; known once that was tried. */
  isHopeless(epoch: bigint): boolean {
    return this.#hopeless === epoch
  }

  /** Holds what counts at a finalized block and erases what does not. */
  async follow(active: Committee | undefined, activation: Activation, head: Block): Promise<void> {
    if (active === undefined) return
    const { view } = this.#parts
    const confirmation = await view.confirmation(active.epoch, head.number)
    if (confirmation === undefined) return
    const live = await view.liveKeys(head.number)
    const frozen = live.find(({ lastEpoch }) => lastEpoch !== 0n)?.lastEpoch
    this.held.retire(active.epoch)
    this.held.freeze(frozen)
    await this.#holdCurrent(active, confirmation, head)
    if (frozen !== undefined) await this.#holdFrozen(frozen, head)
    const { previousEpoch, activatedAt } = activation
    const before = await view.confirmation(previousEpoch, head.number)
    // A share of a key that has ended goes at once: it may have leaked.
    const isLive = live.some(({ number }) => number === before?.key)
    const isOverlap = isLive && head.timestamp <= activatedAt + OVERLAP_SECONDS
    if (isOverlap) await this.#holdPrevious(activation, head)
    this.#erase(active.epoch, isOverlap ? previousEpoch : undefined, frozen)
  }

  /** Whether this node has what it needs of a confirmed epoch on disk; it is made where it has not. */
  async ensure(
    committee: Committee,
    confirmation: ConfirmationFacts,
    head: Block,
  ): Promise<boolean> {
    const { nodeId, store, keys } = this.#parts
    const place = committee.members.indexOf(nodeId)
    if (place < 0) return true
    const name = nameOf(committee.epoch, confirmation)
    const key = keys.known(name)
    if (key !== undefined && key.publicShares[place] === undefined) return true
    const stored = await store.readShare(name)
    if (stored !== undefined && stored !== 'unreadable') stored.share.fill(0)
    const isStored = stored !== undefined && stored !== 'unreadable'
    if (isStored && key !== undefined) return true
    return (await this.#remake(committee.epoch, confirmation, head)) || isStored
  }

  async #remake(epoch: bigint, confirmation: ConfirmationFacts, head: Block): Promise<boolean> {
    if (this.#hopeless === epoch) return false
    const remade = await this.#parts.remake(confirmation, head)
    if (remade === 'never') this.#hopeless = epoch
    return remade === 'stored'
  }

  async #holdCurrent(
    active: Committee,
    confirmation: ConfirmationFacts,
    head: Block,
  ): Promise<void> {
    const { nodeId, keys, monotonicMs } = this.#parts
    const { epoch } = active
    if (this.held.current()?.epoch === epoch) return
    const place = active.members.indexOf(nodeId)
    const known = keys.known(nameOf(epoch, confirmation))
    // Not a member, or one whose share is zero: there is nothing to hold.
    if (place < 0 || (known !== undefined && known.publicShares[place] === undefined)) {
      this.#condition = undefined
      return
    }
    const failed = this.#failed
    if (failed?.epoch === epoch && monotonicMs() - failed.atMs < RETRY_MS) return
    const opened = await this.#open(epoch, confirmation, head)
    if (opened !== undefined) {
      this.held.take(opened)
      this.#condition = undefined
      this.#failed = undefined
      return
    }
    this.#failed = { epoch, atMs: monotonicMs() }
  }

  async #holdPrevious({ previousEpoch }: Activation, head: Block): Promise<void> {
    if (previousEpoch === 0n || this.held.has(previousEpoch)) return
    const { view, store, keys } = this.#parts
    const confirmation = await view.confirmation(previousEpoch, head.number)
    if (confirmation === undefined) return
    const name = nameOf(previousEpoch, confirmation)
    const stored = await store.readShare(name)
    const key = keys.known(name)
    if (stored === undefined || stored === 'unreadable') return
    const held = key && this.#checked(previousEpoch, stored, key)
    if (held === undefined) stored.share.fill(0)
    else this.held.takePrevious(held)
  }

  /** After a restart. */
  async #holdFrozen(epoch: bigint, head: Block): Promise<void> {
    if (this.held.has(epoch) || this.#notFrozen === epoch) return
    const { view, store, keys, nodeId, log } = this.#parts
    const confirmation = await view.confirmation(epoch, head.number)
    const committee = await view.committee(epoch, head.number)
    if (confirmation === undefined || committee?.members.includes(nodeId) !== true) {
      this.#notFrozen = epoch
      return
    }
    const name = nameOf(epoch, confirmation)
    const stored = await store.readShare(name)
    if (stored === undefined || stored === 'unreadable') {
      this.#notFrozen = epoch
      log.error({ code: 'share.frozen-missing', epoch: String(epoch) }, FROZEN_MISSING)
      return
    }
    const key = await keys.find(name, head.number)
    const held = key && this.#checked(epoch, stored, key)
    if (held === undefined) stored.share.fill(0)
    else this.held.takeFrozen(held)
  }

  #erase(active: bigint, previous: bigint | undefined, frozen: bigint | undefined): void {
    const { store, log } = this.#parts
    this.held.eraseBelow(active, previous)
    for (const epoch of store.epochs()) {
      if (epoch >= active || epoch === previous || epoch === frozen) continue
      store.removeShare(epoch)
      log.info({ epoch: String(epoch) }, 'old share erased')
    }
  }

  /** From its file; else made again from the chain, once, and then from its file. */
  async #open(
    epoch: bigint,
    confirmation: ConfirmationFacts,
    head: Block,
  ): Promise<HeldShare | undefined> {
    const { store, keys, log } = this.#parts
    const name = nameOf(epoch, confirmation)
    try {
      let stored = await store.readShare(name)
      if (stored === undefined || stored === 'unreadable') {
        const condition = stored === undefined ? this.#missing(epoch) : unreadable(epoch)
        // An epoch may begin with its confirmation: with its key of that session here, this node is only a little behind.
        const isBehind = stored === undefined && store.sessions().includes(confirmation.session)
        if (!isBehind) this.#tell(epoch, condition)
        if (!(await this.#remake(epoch, confirmation, head))) {
          if (isBehind) this.#tell(epoch, condition)
          return undefined
        }
        stored = await store.readShare(name)
        if (stored === undefined || stored === 'unreadable') return undefined
        log.info({ epoch: String(epoch) }, 'share made from the chain')
      }
      const key = await keys.find(name, head.number)
      const held = key && this.#checked(epoch, stored, key)
      if (held !== undefined) return held
      stored.share.fill(0)
      this.#condition = key === undefined ? keyMissing(epoch) : unreadable(epoch)
    } catch (error) {
      this.#condition = failing(epoch, error)
      log.warn({ code: codeOf(error), epoch: String(epoch) }, 'share not opened')
    }
    return undefined
  }

  #tell(epoch: bigint, condition: Condition): void {
    this.#condition = condition
    this.#parts.log.warn({ code: condition.code, epoch: String(epoch) }, condition.text)
  }

  #missing(epoch: bigint): Condition {
    const older = this.#parts.store.epochs().filter((known) => known < epoch)
    const found = older.length === 0 ? 'has none' : `has only that of epoch ${older.at(-1)}`
    return {
      code: 'share.restored-older',
      severity: 'error',
      text: `the chain has confirmed epoch ${epoch}, of which this node should have a share: its state folder ${found}`,
      remedy:
        'put the newer shares folder back where it was lost; else wait for the next epoch: what was dealt to this node cannot be opened any more',
    }
  }

  #checked(epoch: bigint, { index, share }: OwnShare, key: NetworkKey): HeldShare | undefined {
    const { group } = this.#parts
    const expected = key.publicShares[index - 1]
    if (expected === undefined || !sameBytes(group.multiplyBase(share), expected)) return undefined
    return { epoch, index, share, key, threshold: key.threshold }
  }
}

function unreadable(epoch: bigint): Condition {
  return {
    code: 'share.unreadable',
    severity: 'error',
    text: `the share of epoch ${epoch} cannot be opened: changed, of another machine, or of another epoch`,
    remedy:
      'restore the file, or wait for the next epoch: what was dealt to this node cannot be opened any more',
  }
}

function keyMissing(epoch: bigint): Condition {
  return {
    code: 'epoch.not-here',
    severity: 'error',
    text: `no member gives this node the public part of epoch ${epoch}: it cannot release`,
    remedy: 'it is asked for again; check that other members can be reached',
  }
}

function failing(epoch: bigint, error: unknown): Condition {
  return {
    code: codeOf(error),
    severity: 'error',
    text: `the share of epoch ${epoch} is not ready: ${messageOf(error)}`,
    remedy: 'it is tried again',
  }
}
