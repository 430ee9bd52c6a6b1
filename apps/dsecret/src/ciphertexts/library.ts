// The sealed secrets that this node knows: from memory, from disk, from its peers, each checked against the chain. I/O by its parts.
import { randomInt } from 'node:crypto'
import { codeOf, messageOf, type Log } from '@wetee/daemon'
import type { Group } from '@wetee/threshold'
import { freshHead, type Clock } from '../appraise/freshness.ts'
import {
  ROLE_DSECRET,
  type Block,
  type ChainView,
  type Hex,
  type NodeFacts,
} from '../chain/chain-view.ts'
import { NodeError, unable } from '../node-error.ts'
import type { CiphertextStore } from './ciphertext-store.ts'
import type { AskForCiphertext } from './peer-fetch.ts'
import { verifySealed, type KnownSecret, type NamedVersion } from './verify.ts'

/** What the library works with. */
export type LibraryParts = {
  readonly nodeId: bigint
  readonly view: ChainView
  readonly group: Group
  readonly store: CiphertextStore
  readonly ask: AskForCiphertext
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
}

/** Secrets in memory at most, and their bytes. */
const MAX_KNOWN = 4_096
const MAX_KNOWN_BYTES = 64 * 2 ** 20
/** Digests that are fetched at the same time; more are refused, to be asked for again. */
const MAX_FETCHES = 16
/** All peers together, milliseconds. */
const FETCH_TIMEOUT_MS = 15_000

/** Every call throws NodeError and what the view throws. */
export class Library {
  readonly #parts: LibraryParts
  /** By digest: what a digest is, the chain says once and for good. */
  readonly #known = new Map<string, KnownSecret>()
  readonly #fetches = new Map<string, Promise<KnownSecret>>()
  #knownBytes = 0

  constructor(parts: LibraryParts) {
    this.#parts = parts
  }

  /** The version that a digest names at a block. Throws NodeError `ciphertext.not-on-chain`. */
  async named(digest: string, at: bigint): Promise<NamedVersion> {
    const { view } = this.#parts
    const found = await view.secretOf(`0x${digest}`, at)
    const version = found && (await view.secretVersion(found.appId, found.name, found.version, at))
    if (found === undefined || version === undefined || version.ciphertextDigest !== `0x${digest}`)
      throw new NodeError(
        'ciphertext.not-on-chain',
        `no secret has the ciphertext ${digest} at block ${at}: set it first, or wait until that is final`,
        { status: 404 },
      )
    const { policyDigest, owner } = version
    return { ...found, digest, policyDigest, owner }
  }

  /** Keeps bytes that the chain names. Throws NodeError `view.stale`, what `named`, `verifySealed` and the store throw. */
  async accept(digest: string, bytes: Uint8Array): Promise<void> {
    if (this.#parts.store.has(digest)) return
    const head = await freshHead(this.#parts.view, this.#parts.clock)
    const named = await this.named(digest, head.number)
    const known = verifySealed(this.#parts.group, this.#parts.view.network, named, bytes)
    await this.#keep(named, known, head.number)
  }

  /** Bytes that this node keeps. Throws NodeError `ciphertext.unknown`. */
  read(digest: string): Uint8Array {
    const bytes = this.#parts.store.get(digest)
    if (bytes !== undefined) return bytes
    throw new NodeError('ciphertext.unknown', `this node does not keep ${digest}`, { status: 404 })
  }

  /** The secret of a version when it is here, without a wait. */
  at(named: NamedVersion): KnownSecret | undefined {
    const { store, group, view } = this.#parts
    const known = this.#known.get(named.digest)
    if (known !== undefined) {
      this.#remember(named.digest, known)
      return known
    }
    const bytes = store.get(named.digest)
    if (bytes === undefined) {
      store.remove(named.digest)
      return undefined
    }
    try {
      const checked = verifySealed(group, view.network, named, bytes)
      this.#remember(named.digest, checked)
      return checked
    } catch (error) {
      // The file has rotted: peers have it still.
      this.#parts.log.error(
        { code: codeOf(error), digest: named.digest },
        'stored secret is damaged',
      )
      store.remove(named.digest)
      return undefined
    }
  }

  /** The secret of a version from the first peer that has it. Throws NodeError `ciphertext.missing`, `ciphertext.busy`. */
  async fetch(named: NamedVersion, head: Block, signal: AbortSignal): Promise<KnownSecret> {
    const running = this.#fetches.get(named.digest)
    if (running !== undefined) return running
    if (this.#fetches.size >= MAX_FETCHES)
      throw unable('ciphertext.busy', 'too many secrets are being fetched: ask again in a second')
    // Not the asker's signal: others may wait for the same one.
    const fetching = this.#fetch(named, head, AbortSignal.timeout(FETCH_TIMEOUT_MS)).finally(() =>
      this.#fetches.delete(named.digest),
    )
    this.#fetches.set(named.digest, fetching)
    const found = await fetching
    signal.throwIfAborted()
    return found
  }

  /**
   * Removes what can be current no more: of secrets that are removed, of applications that have ended, and what the chain does
   * not name. Older versions stay: one may become current again. Throws what the view throws; `signal` ends it early.
   */
  async sweep(signal: AbortSignal): Promise<number> {
    const { store, view, clock, log } = this.#parts
    const head = await freshHead(view, clock)
    const ended = new Map<bigint, boolean>()
    let removed = 0
    for (const { digest, appId } of store.list()) {
      signal.throwIfAborted()
      if (!ended.has(appId)) {
        const app = await view.app(appId, head.number)
        ended.set(appId, app === undefined || app.state === 'ended')
      }
      const wanted = ended.get(appId) !== true && (await this.#isSet(digest, appId, head.number))
      if (wanted) continue
      store.remove(digest)
      this.#forget(digest)
      removed++
    }
    if (removed > 0) log.info({ removed }, 'secrets that are no more were removed')
    return removed
  }

  async #isSet(digest: string, appId: bigint, at: bigint): Promise<boolean> {
    const { view } = this.#parts
    const found = await view.secretOf(`0x${digest}`, at)
    if (found?.appId !== appId) return false
    return (await view.secret(found.appId, found.name, at)) !== undefined
  }

  async #fetch(named: NamedVersion, head: Block, signal: AbortSignal): Promise<KnownSecret> {
    const { ask, group, view, log } = this.#parts
    for (const [nodeId, node] of await this.#peers(head)) {
      if (signal.aborted) break
      const bytes = await ask(node, named.digest, signal).catch(() => undefined)
      if (bytes === undefined) continue
      try {
        const known = verifySealed(group, view.network, named, bytes)
        await this.#keep(named, known, head.number).catch((error: unknown) =>
          log.warn({ code: codeOf(error), error: messageOf(error) }, 'fetched secret is not kept'),
        )
        this.#remember(named.digest, known)
        return known
      } catch (error) {
        log.warn({ code: codeOf(error), nodeId: String(nodeId) }, 'peer gave a wrong ciphertext')
      }
    }
    throw unable(
      'ciphertext.missing',
      `neither this node nor a peer has the ciphertext ${named.digest}: its owner has to send it again`,
    )
  }

  /** Members of the active and the newest committee whose machines count, but this node, in any order. */
  async #peers({ number, timestamp }: Block): Promise<(readonly [bigint, NodeFacts])[]> {
    const { view, nodeId } = this.#parts
    const { active, latest } = await view.committees(number)
    const ids = new Set([...(active?.members ?? []), ...(latest?.members ?? [])])
    ids.delete(nodeId)
    const found = await Promise.all(
      [...ids].map(async (id) => {
        const until = await view.liveProofUntil(ROLE_DSECRET, id, number)
        return [id, until > timestamp ? await view.node(id, number) : undefined] as const
      }),
    )
    const peers = found.flatMap(([id, node]) => (node === undefined ? [] : [[id, node] as const]))
    return peers
      .map((peer) => ({ peer, at: randomInt(2 ** 32) }))
      .sort((a, b) => a.at - b.at)
      .map(({ peer }) => peer)
  }

  /** Into the store; where an application has no room, its oldest versions of the same secret go first. */
  async #keep(named: NamedVersion, known: KnownSecret, at: bigint): Promise<void> {
    const { store, view } = this.#parts
    const over = store.excess(named.appId, known.bytes.length)
    if (over.files > 0 || over.bytes > 0) {
      const current = await this.#current(named, at)
      const older: { digest: string; version: number }[] = []
      for (const { digest } of store.listOf(named.appId)) {
        const found = await view.secretOf(`0x${digest}`, at)
        const same = found?.name === named.name && !current.has(`0x${digest}`)
        if (same && found.version < named.version) older.push({ digest, version: found.version })
      }
      older.sort((a, b) => a.version - b.version)
      for (const { digest } of older) {
        const left = store.excess(named.appId, known.bytes.length)
        if (left.files <= 0 && left.bytes <= 0) break
        store.remove(digest)
        this.#forget(digest)
      }
    }
    store.put(named.appId, named.digest, known.bytes)
    this.#remember(named.digest, known)
  }

  /** What is current of a secret under any key that lives. */
  async #current({ appId, name }: NamedVersion, at: bigint): Promise<ReadonlySet<Hex>> {
    const { view } = this.#parts
    const found = await Promise.all(
      (await view.liveKeys(at)).map(({ number }) => view.secretUnder(appId, name, number, at)),
    )
    return new Set(found.flatMap((secret) => secret?.version.ciphertextDigest ?? []))
  }

  #remember(digest: string, known: KnownSecret): void {
    this.#forget(digest)
    this.#known.set(digest, known)
    this.#knownBytes += known.bytes.length
    for (const [oldest] of this.#known) {
      if (this.#known.size <= MAX_KNOWN && this.#knownBytes <= MAX_KNOWN_BYTES) break
      this.#forget(oldest)
    }
  }

  #forget(digest: string): void {
    const known = this.#known.get(digest)
    if (known === undefined) return
    this.#known.delete(digest)
    this.#knownBytes -= known.bytes.length
  }
}

/** A digest on chain without `0x`. */
export function bareDigest(digest: Hex): string {
  return digest.slice(2)
}
