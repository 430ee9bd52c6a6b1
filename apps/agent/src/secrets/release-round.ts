// One request to all nodes: epochs and releases as they come in, combined as soon as they are enough. Pure; fills what it
// was given with zeros when it is done.
import {
  ThresholdError,
  checkCiphertext,
  checkDerivedRelease,
  checkPublicShares,
  checkRelease,
  combine,
  combineDerived,
  releaseDigest,
  releaseQuestionDigest,
  secretLabel,
  type CheckedCiphertext,
  type Combined,
  type Committee,
  type DerivedKeyName,
  type DerivedKeys,
  type Group,
  type Holder,
  type Member,
  type ReleaseRequest,
  type Reply,
} from '@wetee/threshold'
import { releaseReplyTypedData } from '@wetee/chain'
import { parseSealedSecret, type ReleaseAnswer, type WrongRelease } from '@wetee/secrets'
import type { EpochMembers, KnownMember } from '../committee/committee-book.ts'
import { wrongRelease } from '../committee/misconduct.ts'
import { isSignedBy } from '../committee/signed-by.ts'
import { SecretError } from './secret-error.ts'
import type { EpochAnswer, NamedSecret } from './wire.ts'

/** What was asked, by whom, of which network. */
export type RoundRequest = {
  readonly chainId: bigint
  readonly cloud: `0x${string}`
  /** In its domain replies are signed. */
  readonly quorum: `0x${string}`
  /** Of this instance. */
  readonly appId: bigint
  /** S of the instance's own launch configuration, or of `olderKey`, 33 bytes. */
  readonly networkKey: Uint8Array
  /** 32 bytes. */
  readonly requestId: Uint8Array
  /** HPKE key of the evidence, 32 bytes. */
  readonly readerKey: Uint8Array
  readonly secrets: readonly NamedSecret[]
  /** Paths of derived keys. */
  readonly keys: readonly string[]
  /** S of the older key that they are asked under. */
  readonly olderKey?: `0x${string}` | undefined
}

/** A node's release with its seal opened. */
export type OpenedReply = {
  readonly nodeId: bigint
  readonly epoch: bigint
  readonly index: number
  /** Over ReleaseReply. */
  readonly signature: `0x${string}`
  readonly answer: ReleaseAnswer
}

/** In the order asked for; whoever takes them fills them with zeros after use. */
export type Released = {
  readonly secrets: readonly Uint8Array[]
  readonly keys: readonly Uint8Array[]
}

/** A fault of a node: its number and a stable code. */
export type Fault = {
  readonly nodeId: bigint
  readonly code: 'node.secret-invalid' | 'node.release-invalid' | 'node.signature-invalid'
}

/** Who hears of a round what is not its result. */
export type RoundListener = {
  /** Once of each node that lied. */
  fault(fault: Fault): void
  /** A signed release that does not verify, as anybody can report it; at most one of each node. */
  misconduct(nodeId: bigint, found: WrongRelease): void
  /** Members of an epoch of this network key whose keys their own proofs bind: at least the threshold, then each later one. */
  proven(members: EpochMembers): void
}

type KnownEpoch = {
  readonly answer: EpochAnswer
  votes: number
  committee?: Committee | 'invalid'
  /** Of each reply, whether its proofs hold. */
  readonly checked: Map<OpenedReply, boolean>
}
type Asked = {
  readonly request: ReleaseRequest
  readonly ciphertexts: readonly CheckedCiphertext[]
  readonly names: readonly DerivedKeyName[]
}

const NOTHING = new Uint8Array(0)

/**
 * A host relays everything and may play every node. So no share counts before its own proof has held against a public share, and
 * no public share before all of them were found to be a sharing of the launch's own network key. Also not where a body
 * opens: whoever made a ciphertext can make shares that add up to its key.
 */
export class ReleaseRound {
  readonly #group: Group
  readonly #request: RoundRequest
  readonly #listener: RoundListener
  readonly #epochs = new Map<string, KnownEpoch>()
  readonly #replies: OpenedReply[] = []
  readonly #ciphertexts: (CheckedCiphertext | undefined)[]
  readonly #blamed = new Set<bigint>()
  readonly #signed = new Map<OpenedReply, boolean>()
  #won: KnownEpoch | undefined
  #problem: unknown

  constructor(group: Group, request: RoundRequest, listener: RoundListener) {
    this.#group = group
    this.#request = request
    this.#listener = listener
    this.#ciphertexts = request.secrets.map(() => undefined)
  }

  /** Takes a node's epoch. The result once there is one. */
  addEpoch(answer: EpochAnswer): Released | undefined {
    const text = JSON.stringify([String(answer.epoch), answer.threshold, answer.publicShares])
    const known = this.#epochs.get(text)
    if (known !== undefined) {
      known.votes++
      return undefined
    }
    if (this.#won !== undefined) return undefined
    this.#epochs.set(text, { answer, votes: 1, checked: new Map() })
    return this.#attempt()
  }

  /** Takes a node's release. The result once there is one; what comes after it says who else is a member. */
  addReply(reply: OpenedReply): Released | undefined {
    this.#replies.push(reply)
    if (this.#won !== undefined) {
      this.#late(this.#won, reply)
      return undefined
    }
    this.#takeCiphertexts(reply)
    return this.#attempt()
  }

  /**
   * Why there is no result, and whether there were enough releases of one epoch to try; else the nodes' own reasons say more.
   * Fills all shares with zeros.
   */
  failure(): { readonly error: SecretError; readonly tried: boolean } {
    this.end()
    const problem = this.#problem
    const tried = problem !== undefined
    if (problem instanceof ThresholdError && problem.code === 'plaintext.unauthentic')
      return { error: new SecretError('secrets.unauthentic', problem.message), tried }
    const reason = problem instanceof Error ? `: ${problem.message}` : ''
    const message = `${this.#replies.length} releases, ${this.#epochs.size} epochs${reason}`
    return { error: new SecretError('secrets.too-few', message), tried }
  }

  /** Fills all shares with zeros. */
  end(): void {
    for (const reply of this.#replies) wipe(reply)
  }

  /** Sealed secrets named by their digest on chain; policy and owner count once the ciphertext's proof binds them. */
  #takeCiphertexts({ nodeId, answer }: OpenedReply): void {
    for (const [place, secret] of this.#request.secrets.entries()) {
      const bytes = answer.ciphertexts.get(secret.digest)
      if (bytes === undefined || this.#ciphertexts[place] !== undefined) continue
      try {
        this.#ciphertexts[place] = this.#checkSealed(secret, bytes)
      } catch {
        this.#blame(nodeId, 'node.secret-invalid')
      }
    }
  }

  #checkSealed(secret: NamedSecret, bytes: Uint8Array): CheckedCiphertext {
    const sealed = parseSealedSecret(bytes)
    if (sealed.digest !== secret.digest)
      throw new SecretError('node.secret-invalid', 'another ciphertext')
    const { chainId, cloud } = this.#request
    const label = secretLabel({
      chainId,
      cloud: bytesOf(cloud),
      owner: bytesOf(secret.owner),
      appId: BigInt(secret.appId),
      name: secret.name,
      version: secret.version,
      policyDigest: bytesOf(sealed.policyDigest),
    })
    return checkCiphertext(this.#group, label, sealed.ciphertext)
  }

  /** Epochs that more nodes name go first: an invented one costs its turn and nothing else. */
  #attempt(): Released | undefined {
    const known = [...this.#epochs.values()].sort((a, b) => b.votes - a.votes)
    for (const epoch of known) {
      const { answer } = epoch
      // Of no member that this epoch has: whoever says so must not stop the others.
      const replies = this.#replies.filter(
        ({ epoch: of, index }) => of === answer.epoch && index <= answer.publicShares.length,
      )
      if (replies.length < answer.threshold) continue
      epoch.committee ??= this.#checkEpoch(answer)
      if (epoch.committee === 'invalid') continue
      try {
        return this.#combine(epoch.committee, epoch, replies)
      } catch (error) {
        this.#problem = error
      }
    }
    return undefined
  }

  #checkEpoch({ publicShares, threshold }: EpochAnswer): Committee | 'invalid' {
    const group = this.#group
    try {
      const points = publicShares.map((share) => share && group.decode(bytesOf(share)))
      const key = group.decode(this.#request.networkKey)
      return checkPublicShares(
        group,
        points.map((point) => point || undefined),
        threshold,
        key,
      )
    } catch (error) {
      this.#problem = error
      return 'invalid'
    }
  }

  #combine(
    committee: Committee,
    known: KnownEpoch,
    replies: readonly OpenedReply[],
  ): Released | undefined {
    const asked = this.#asked(known.answer)
    if (asked === undefined) return undefined
    const group = this.#group
    const signed = replies.filter((reply) => this.#isSigned(asked, reply))
    const proven = signed.filter((reply) => this.#isProven(known, asked, reply))
    // Where several nodes say that they are one member, each with a proof, they have one share and one voice.
    const members = [...new Map(proven.map((reply) => [reply.index, reply])).values()]
    let secrets: Combined | undefined
    let derived: DerivedKeys | undefined
    const given = { committee, ...asked, checkEveryProof: true }
    try {
      if (asked.ciphertexts.length > 0)
        secrets = combine(group, { ...given, replies: repliesOf(members, 'secrets') })
      if (asked.names.length > 0)
        derived = combineDerived(group, { ...given, replies: repliesOf(members, 'keys') })
    } catch (error) {
      for (const plaintext of secrets?.plaintexts ?? []) plaintext.fill(0)
      throw error
    }
    this.#won = known
    for (const reply of signed) if (!proven.includes(reply)) this.#convict(known, asked, reply)
    this.#listener.proven(membersOf(known.answer, members))
    this.end()
    return { secrets: secrets?.plaintexts ?? [], keys: derived?.keys ?? [] }
  }

  /** A release that nothing waits for any more. */
  #late(won: KnownEpoch, reply: OpenedReply): void {
    const asked = this.#asked(won.answer)
    const { epoch, publicShares } = won.answer
    const isOfIt = reply.epoch === epoch && reply.index <= publicShares.length
    if (asked !== undefined && isOfIt && this.#isSigned(asked, reply)) {
      if (this.#isProven(won, asked, reply)) this.#listener.proven(membersOf(won.answer, [reply]))
      else this.#convict(won, asked, reply)
    }
    wipe(reply)
  }

  /** What all of the epoch's members were asked; undefined while a ciphertext is missing. */
  #asked({ epoch }: EpochAnswer): Asked | undefined {
    const { requestId, readerKey, chainId, cloud, appId, keys } = this.#request
    const ciphertexts = this.#ciphertexts.filter((ciphertext) => ciphertext !== undefined)
    if (ciphertexts.length < this.#request.secrets.length) {
      this.#problem = new SecretError('secrets.pending', 'a ciphertext is missing')
      return undefined
    }
    const names = keys.map((path) => ({ chainId, cloud: bytesOf(cloud), appId, path }))
    return { request: { epoch, requestId, readerKey }, ciphertexts, names }
  }

  /** Whether the key that a reply names has signed it: without that, nobody could be shown what the node did. */
  #isSigned({ request, ciphertexts, names }: Asked, reply: OpenedReply): boolean {
    const known = this.#signed.get(reply)
    if (known !== undefined) return known
    const { chainId, quorum } = this.#request
    const { epoch, nodeId, signature, answer } = reply
    const question = releaseQuestionDigest(this.#group, { request, ciphertexts, names })
    const statement = releaseReplyTypedData(
      { chainId: Number(chainId), contracts: { quorum } },
      {
        ...{ epoch, nodeId },
        requestDigest: hexOf(question),
        releaseDigest: hexOf(releaseDigest(answer)),
      },
    )
    const signed = isSignedBy(answer.statementKey, statement, signature)
    if (!signed) this.#blame(nodeId, 'node.signature-invalid')
    this.#signed.set(reply, signed)
    return signed
  }

  /** Whether the reply's proofs hold: its shares are right, and the share's own holder names this node and this key. */
  #isProven({ answer: epoch, checked }: KnownEpoch, asked: Asked, reply: OpenedReply): boolean {
    const known = checked.get(reply)
    if (known !== undefined) return known
    const publicShare = epoch.publicShares[reply.index - 1]
    const proven = publicShare ? this.#check(publicShare, asked, reply) : false
    checked.set(reply, proven)
    return proven
  }

  #check(publicShare: `0x${string}`, asked: Asked, reply: OpenedReply): boolean {
    const group = this.#group
    const { secrets, keys } = reply.answer
    try {
      const member: Omit<Member, 'share'> = {
        index: reply.index,
        publicShare: group.decode(bytesOf(publicShare)),
        holder: holderOf(reply),
      }
      if (asked.ciphertexts.length > 0) checkRelease(group, member, asked, secrets ?? NOTHING)
      if (asked.names.length > 0) checkDerivedRelease(group, member, asked, keys ?? NOTHING)
      return true
    } catch (error) {
      if (error instanceof ThresholdError) return false
      throw error
    }
  }

  /** A release that is signed and wrong, while its bytes are still there. */
  #convict({ answer: epoch }: KnownEpoch, asked: Asked, reply: OpenedReply): void {
    const { nodeId } = reply
    if (this.#blamed.has(nodeId)) return
    this.#blame(nodeId, 'node.release-invalid')
    const { chainId, quorum } = this.#request
    const found = wrongRelease(this.#group, { chainId, quorum, epoch, ...asked, reply })
    if (found !== undefined) this.#listener.misconduct(nodeId, found)
  }

  #blame(nodeId: bigint, code: Fault['code']): void {
    if (this.#blamed.has(nodeId)) return
    this.#blamed.add(nodeId)
    this.#listener.fault({ nodeId, code })
  }
}

function repliesOf(replies: readonly OpenedReply[], part: 'secrets' | 'keys'): Reply[] {
  return replies.map((reply) => ({
    index: reply.index,
    holder: holderOf(reply),
    bytes: reply.answer[part] ?? NOTHING,
  }))
}

function holderOf({ nodeId, answer }: OpenedReply): Holder {
  return { nodeId, statementKey: bytesOf(answer.statementKey) }
}

function membersOf(
  { epoch, threshold }: EpochAnswer,
  replies: readonly OpenedReply[],
): EpochMembers {
  const members = replies.map(({ index, nodeId, answer }): KnownMember => {
    return { index, nodeId, statementKey: answer.statementKey }
  })
  return { epoch, threshold, members }
}

function wipe({ answer }: OpenedReply): void {
  answer.secrets?.fill(0)
  answer.keys?.fill(0)
}

function bytesOf(hex: `0x${string}`): Uint8Array {
  return new Uint8Array(Buffer.from(hex.slice(2), 'hex'))
}

function hexOf(bytes: Uint8Array): `0x${string}` {
  return `0x${Buffer.from(bytes).toString('hex')}`
}
