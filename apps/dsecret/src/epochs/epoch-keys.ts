// The public part of confirmed epochs: kept on disk, or asked of their members and checked against the chain. I/O by its parts.
import { codeOf, type KeptTexts, type Log } from '@wetee/daemon'
import type { Group, NetworkKey } from '@wetee/threshold'
import { hexToBytes } from 'viem'
import {
  ROLE_DSECRET,
  type ChainView,
  type ConfirmationFacts,
  type NodeFacts,
} from '../chain/chain-view.ts'
import { NodeError, unable } from '../node-error.ts'
import type { PreviousEpoch } from '../session/board.ts'
import { isConfirmedKey } from '../session/place.ts'
import { parseEpoch, readEpoch, serializeEpoch } from './epoch-document.ts'
import type { EpochPeer } from './epoch-peers.ts'

/** What the keys are found with. */
export type EpochKeysParts = {
  readonly nodeId: bigint
  readonly group: Group
  readonly view: Pick<ChainView, 'committee' | 'node' | 'block' | 'liveProofUntil'>
  /** Documents by transcript digest. */
  readonly kept: KeptTexts
  readonly openPeer: (node: NodeFacts) => EpochPeer
  readonly log: Log
  readonly signal: AbortSignal
}

/** Epochs whose key stays in memory. */
const MAX_IN_MEMORY = 8
/** Peers that are asked at the same time. */
const PARALLEL_PEERS = 8

/** What an epoch came to, as the chain names it. */
export type EpochName = Omit<PreviousEpoch, 'key'>

/** The name of a confirmed epoch. */
export function nameOf(epoch: bigint, confirmation: ConfirmationFacts): EpochName {
  return {
    epoch,
    sessionId: hexToBytes(confirmation.sessionId),
    transcriptDigest: hexToBytes(confirmation.transcriptDigest),
  }
}

/** Public parts of epochs as one node knows them. */
export class EpochKeys {
  readonly #parts: EpochKeysParts
  readonly #known = new Map<string, NetworkKey>()
  readonly #waiting = new Set<() => void>()

  constructor(parts: EpochKeysParts) {
    this.#parts = parts
  }

  /** Keeps a key under the name that it has; one of another name is not kept. */
  remember(name: EpochName, key: NetworkKey): void {
    const { group, kept } = this.#parts
    const digest = digestOf(name)
    if (this.#known.has(digest) || !isConfirmedKey(group, name, key)) return
    kept.put(digest, serializeEpoch(group, { epoch: name.epoch, key }))
    this.#hold(digest, key)
  }

  /** What is known here, without asking anybody. */
  known(name: EpochName): NetworkKey | undefined {
    const digest = digestOf(name)
    const held = this.#known.get(digest)
    if (held !== undefined) return held
    const text = this.#parts.kept.get(digest)
    if (text === undefined) return undefined
    try {
      const { key } = parseEpoch(this.#parts.group, text)
      if (!isConfirmedKey(this.#parts.group, name, key)) return undefined
      this.#hold(digest, key)
      return key
    } catch {
      return undefined
    }
  }

  /** The document of an epoch that is known here. Throws NodeError `epoch.not-here`. */
  document(name: EpochName): string {
    const key = this.known(name)
    if (key !== undefined) return serializeEpoch(this.#parts.group, { epoch: name.epoch, key })
    throw unable('epoch.not-here', `this node does not have the public part of epoch ${name.epoch}`)
  }

  /**
   * Resolves once an epoch is known here, or with the signal: an epoch may begin together with its confirmation, a moment before its last
   * members have computed it.
   */
  async settled(name: EpochName, signal: AbortSignal): Promise<void> {
    while (this.known(name) === undefined && !signal.aborted) await this.#another(signal)
  }

  /** Resolves with the next epoch that becomes known here, or with the signal. */
  #another(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        this.#waiting.delete(end)
        signal.removeEventListener('abort', end)
        resolve()
      }
      this.#waiting.add(end)
      signal.addEventListener('abort', end, { once: true })
    })
  }

  /** The same, asked of the epoch's members where it is not known; undefined when none of them has it now. `at`: a finalized block. */
  async find(name: EpochName, at: bigint): Promise<NetworkKey | undefined> {
    const { view, nodeId } = this.#parts
    const known = this.known(name)
    if (known !== undefined) return known
    const members = (await view.committee(name.epoch, at))?.members ?? []
    const others = members.filter((id) => id !== nodeId)
    for (let first = 0; first < others.length; first += PARALLEL_PEERS) {
      const some = others.slice(first, first + PARALLEL_PEERS)
      const answers = await Promise.all(some.map((id) => this.#ask(id, name, at)))
      const found = answers.find((key) => key !== undefined)
      if (found === undefined) continue
      this.remember(name, found)
      return found
    }
    return undefined
  }

  async #ask(id: bigint, name: EpochName, at: bigint): Promise<NetworkKey | undefined> {
    const { view, group, openPeer, log, signal } = this.#parts
    try {
      const { timestamp } = await view.block(at)
      // Its answer is checked against the chain; but a machine that counts for nothing is asked for nothing.
      if ((await view.liveProofUntil(ROLE_DSECRET, id, at)) <= timestamp) return undefined
      const node = await view.node(id, at)
      if (node === undefined) return undefined
      const { key } = readEpoch(group, await openPeer(node).epoch(name.epoch, signal))
      if (isConfirmedKey(group, name, key)) return key
      throw new NodeError('epoch.document-differs', 'its answer is not what the chain confirmed')
    } catch (error) {
      log.debug({ nodeId: String(id), code: codeOf(error) }, 'peer does not have the epoch')
      return undefined
    }
  }

  #hold(digest: string, key: NetworkKey): void {
    this.#known.set(digest, key)
    for (const wake of this.#waiting) wake()
    for (const known of this.#known.keys()) {
      if (this.#known.size <= MAX_IN_MEMORY) break
      this.#known.delete(known)
    }
  }
}

function digestOf({ transcriptDigest }: EpochName): string {
  return Buffer.from(transcriptDigest).toString('hex')
}
