// The release: shares of secrets and derived keys for one appraised instance, sealed to it and signed. I/O by its parts.
import { randomBytes } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { releaseReplyTypedData, releaseRequestTypedData } from '@wetee/chain'
import { sealTo, SealingError } from '@wetee/sealing'
import { encodeAnswer, replyInfo, type ReleaseAnswer, type ReleaseItems } from '@wetee/secrets'
import {
  releaseDerivedShares,
  releaseDigest,
  releaseQuestionDigest,
  releaseShares,
  type CheckedCiphertext,
  type DerivedKeyName,
  type Group,
  type Member,
} from '@wetee/threshold'
import { bytesToHex, hexToBytes } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import type { AppraisalContext } from '../appraise/context.ts'
import { freshHead } from '../appraise/freshness.ts'
import { appraiseReader, type AppraisedInstance } from '../appraise/instance.ts'
import type { Library } from '../ciphertexts/library.ts'
import type { KnownSecret, NamedVersion } from '../ciphertexts/verify.ts'
import type { Hex } from '../chain/chain-view.ts'
import { NodeError, unable } from '../node-error.ts'
import { sameBytes } from '../session/place.ts'
import type { ReceiptLog } from '../receipts/receipt-log.ts'
import { OwnProof } from '../watch/own-proof.ts'
import { recoverSigner } from '../sign/recover-signer.ts'
import { authorise, requirePolicy } from './authorise.ts'
import { AppRate, type ReleaseRate } from './rate.ts'
import { Room, type RoomLimits } from './room.ts'
import { parseReleaseCall, type ReleaseCall } from './release-call.ts'
import type { ReleasingShares } from './share-holder.ts'

/** What a releaser works with. */
export type ReleaserParts = AppraisalContext & {
  readonly nodeId: bigint
  /** Signs replies. */
  readonly account: PrivateKeyAccount
  readonly group: Group
  readonly shares: ReleasingShares
  readonly library: Library
  readonly receipts: ReceiptLog
  /** Resolves once receipts are numbered behind those on chain: also where the log was set back, or is a new one. */
  readonly numbered: () => Promise<void>
  /** Told of every release. */
  readonly onReleased?:
    | ((released: { readonly secrets: number; readonly keys: number }) => void)
    | undefined
  readonly rate?: ReleaseRate | undefined
  /** How many are worked on at the same time. */
  readonly room?: RoomLimits | undefined
}

/** Checks of ciphertexts between two turns of the event loop: about 1 ms. */
const CHECKS_PER_TURN = 4
const NOTHING = new Uint8Array(0)

type Granted = {
  readonly named: NamedVersion
  readonly known: KnownSecret
}

type ReleasingMember = Member & { readonly epoch: bigint }

/** Releases that nobody has but this process yet. */
type Made = {
  readonly epoch: bigint
  readonly index: number
  /** What was asked, in one digest. */
  readonly question: Uint8Array
  readonly answer: ReleaseAnswer
}

/** One node's releases. */
export class Releaser {
  readonly #parts: ReleaserParts
  readonly #rate: AppRate
  readonly #ownProof: OwnProof
  readonly #room: Room

  constructor(parts: ReleaserParts) {
    this.#parts = parts
    this.#room = new Room(parts.room)
    this.#rate = new AppRate(parts.clock.monotonicMs, parts.rate)
    this.#ownProof = new OwnProof(parts)
  }

  /**
   * Answers `POST /v1/release`: JSON in, JSON out. Checks, in this order: room, form, evidence, signature, request id, rate; then
   * for each secret manifest, grant, version, ciphertext, policy; at last this node's own proof. Throws NodeError, AttestationError and what the view throws.
   */
  async release(text: string, signal: AbortSignal): Promise<string> {
    const { cache } = this.#parts.trust
    return this.#room.run(() => this.#answer(parseReleaseCall(text, cache), signal))
  }

  async #answer(call: ReleaseCall, signal: AbortSignal): Promise<string> {
    const { document, operatorSignature, items, requestId } = call
    const reader = await appraiseReader(this.#parts, document, operatorSignature, signal)
    this.#requireSignature(call, reader)
    // Before the rate: what was answered already uses nothing of it up.
    if (this.#parts.receipts.has(requestId)) throw replayed(requestId)
    this.#rate.take(reader.lease.appId)
    const granted = await this.#granted(reader, items, signal)
    signal.throwIfAborted()
    const { view, clock } = this.#parts
    await this.#ownProof.require(await freshHead(view, clock))
    await this.#parts.numbered()
    const networkKey = await this.#keyOf(items, reader)
    const made = this.#shares(call, reader, { granted, networkKey })
    return await this.#sealed(call, reader, made)
  }

  /** Throws NodeError `release.signature`. */
  #requireSignature(call: ReleaseCall, { lease }: AppraisedInstance): void {
    const { requestId, itemsDigest, signature } = call
    const { appId, version, replica, instanceKey } = lease
    const { nodeId, view } = this.#parts
    const asked = { nodeId, appId, version, replica, requestId, itemsDigest }
    const typedData = releaseRequestTypedData(view.network, asked)
    const signer = recoverSigner(typedData, signature)
    if (signer !== instanceKey)
      throw new NodeError(
        'release.signature',
        `the instance ${instanceKey} of the evidence has not signed this request (${signer ?? 'nobody'} has)`,
      )
  }

  /**
   * S of the key that is released with: the reader's own, or the older one that it names, while that lives. Throws NodeError
   * `key.not-older`, `share.none`.
   */
  async #keyOf({ olderKey }: ReleaseItems, { networkKey: own }: AppraisedInstance): Promise<Hex> {
    const { view, clock } = this.#parts
    const live = await view.liveKeys((await freshHead(view, clock)).number)
    const wanted = olderKey ?? own?.S
    const found = live.find(({ S }) => S === wanted)
    if (olderKey !== undefined && (found === undefined || found.number >= (own?.number ?? 0)))
      throw new NodeError(
        'key.not-older',
        `${olderKey} is no key before that of this instance, or it has ended`,
      )
    if (found === undefined) throw unable('share.none', 'the key of this instance has ended')
    return found.S
  }

  /** Every secret asked for with its ciphertext; nothing that was current before a wait is taken for current after it. */
  async #granted(
    reader: AppraisedInstance,
    { secrets }: ReleaseItems,
    signal: AbortSignal,
  ): Promise<readonly Granted[]> {
    const { view, clock, library } = this.#parts
    if (secrets.length === 0) return []
    let head = await freshHead(view, clock)
    let versions = await authorise(view, reader, secrets, head)
    const missing: NamedVersion[] = []
    const found = new Map<string, KnownSecret>()
    for (const [place, named] of versions.entries()) {
      if (place > 0 && place % CHECKS_PER_TURN === 0) await nextTurn()
      const known = library.at(named)
      if (known === undefined) missing.push(named)
      else found.set(named.digest, known)
    }
    for (const named of missing) found.set(named.digest, await library.fetch(named, head, signal))
    if (missing.length > 0) {
      head = await freshHead(view, clock)
      versions = await authorise(view, reader, secrets, head)
    }
    return versions.map((named) => {
      const known = found.get(named.digest)
      if (known === undefined) throw unable('ciphertext.missing', `${named.digest} is not here`)
      requirePolicy(reader, named, known.sealed.policy)
      return { named, known }
    })
  }

  /** No wait from the share to the receipt, and the receipt comes first. */
  #shares(
    call: ReleaseCall,
    reader: AppraisedInstance,
    { granted, networkKey }: { readonly granted: readonly Granted[]; readonly networkKey: Hex },
  ): Made {
    const { group, view } = this.#parts
    const member = this.#member(networkKey)
    const { lease } = reader
    const { keys } = call.items
    const request = {
      requestId: hexToBytes(call.requestId),
      readerKey: hexToBytes(lease.hpkeKey),
    }
    const ciphertexts = granted.map(({ known }): CheckedCiphertext => known.checked)
    const { chainId, contracts } = view.network
    const cloud = hexToBytes(contracts.cloud)
    const names = keys.map((path): DerivedKeyName => {
      return { chainId: BigInt(chainId), cloud, appId: lease.appId, path }
    })
    this.#receipt(call, reader, member)
    const asked = { ...request, epoch: member.epoch }
    const secrets =
      ciphertexts.length === 0
        ? undefined
        : releaseShares(group, member, { request: asked, ciphertexts }, randomBytes)
    const derived =
      names.length === 0
        ? undefined
        : releaseDerivedShares(group, member, { request: asked, names }, randomBytes)
    const question = releaseQuestionDigest(group, { request, ciphertexts, names })
    this.#parts.onReleased?.({ secrets: ciphertexts.length, keys: names.length })
    return {
      epoch: member.epoch,
      index: member.index,
      question,
      answer: {
        statementKey: lowerCase(this.#parts.account.address),
        secrets,
        keys: derived,
        ciphertexts: new Map(granted.map(({ named, known }) => [named.digest, known.bytes])),
      },
    }
  }

  /** Nodes that have heard of a new epoch later than others answer with the one before. Throws NodeError `share.none`. */
  #member(networkKey: Hex): ReleasingMember {
    const { shares, nodeId, account, group } = this.#parts
    const verificationKey = hexToBytes(networkKey)
    const held = [shares.current(), shares.previous(), shares.frozen()].find(
      (share) =>
        share !== undefined && sameBytes(group.encode(share.key.verificationKey), verificationKey),
    )
    const publicShare = held?.key.publicShares[held.index - 1]
    if (held === undefined || publicShare === undefined)
      throw unable('share.none', 'this node has no share of the epoch that releases this key now')
    const { epoch, index, share } = held
    const holder = { nodeId, statementKey: hexToBytes(account.address) }
    return { epoch, index, share, publicShare, holder }
  }

  /** Throws NodeError `release.replayed`. */
  #receipt(call: ReleaseCall, { lease, head }: AppraisedInstance, member: ReleasingMember): void {
    const { secrets, keys } = call.items
    this.#parts.receipts.append({
      at: Math.floor(this.#parts.clock.now() / 1_000),
      block: String(head.number),
      epoch: String(member.epoch),
      appId: String(lease.appId),
      version: lease.version,
      replica: lease.replica,
      instanceKey: lease.instanceKey,
      requestId: call.requestId,
      items: [
        ...secrets.map(({ appId, name, version, digest }) => ({
          kind: 'secret' as const,
          ...{ appId, name, version, digest },
        })),
        ...keys.map((path) => ({ kind: 'key' as const, path })),
      ],
    })
  }

  async #sealed(
    { requestId }: ReleaseCall,
    { lease }: AppraisedInstance,
    made: Made,
  ): Promise<string> {
    const { view, nodeId, account } = this.#parts
    const { epoch, index, question, answer } = made
    const { chainId, contracts } = view.network
    const context = { chainId: BigInt(chainId), cloud: contracts.cloud, nodeId, requestId }
    const releases = bytesToHex(releaseDigest(answer))
    const plain = encodeAnswer(answer)
    answer.secrets?.fill(0)
    answer.keys?.fill(0)
    try {
      const { enc, sealed } = await sealTo(
        hexToBytes(lease.hpkeKey),
        replyInfo(context),
        NOTHING,
        plain,
      )
      const requestDigest = bytesToHex(question)
      const signature = await account.signTypedData(
        releaseReplyTypedData(view.network, {
          epoch,
          nodeId,
          requestDigest,
          releaseDigest: releases,
        }),
      )
      return JSON.stringify({
        nodeId: String(nodeId),
        epoch: String(epoch),
        index,
        requestDigest,
        enc: Buffer.from(enc).toString('base64'),
        sealed: Buffer.from(sealed.buffer, sealed.byteOffset, sealed.length).toString('base64'),
        signature,
      })
    } catch (cause) {
      if (!(cause instanceof SealingError)) throw cause
      throw new NodeError('release.reader-key', 'the hpkeKey of the evidence is no key', { cause })
    } finally {
      plain.fill(0)
    }
  }
}

function lowerCase(address: string): `0x${string}` {
  return address.toLowerCase() as `0x${string}`
}

function replayed(requestId: string): NodeError {
  return new NodeError(
    'release.replayed',
    `request ${requestId} was answered already: a request id is used once`,
  )
}
