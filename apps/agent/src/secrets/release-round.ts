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
  secretLabel,
  type CheckedCiphertext,
  type Combined,
  type Committee,
  type DerivedKeyName,
  type DerivedKeys,
  type Group,
  type Reply,
} from '@wetee/threshold'
import { parseSealedSecret, type ReleaseAnswer } from '@wetee/secrets'
import { SecretError } from './secret-error.ts'
import type { EpochAnswer, NamedSecret } from './wire.ts'

/** What was asked, by whom, of which network. */
export type RoundRequest = {
  readonly chainId: bigint
  readonly cloud: `0x${string}`
  /** Of this instance. */
  readonly appId: bigint
  /** S of the instance's own launch configuration, 33 bytes. */
  readonly networkKey: Uint8Array
  /** 32 bytes. */
  readonly requestId: Uint8Array
  /** HPKE key of the evidence, 32 bytes. */
  readonly readerKey: Uint8Array
  readonly secrets: readonly NamedSecret[]
  /** Paths of derived keys. */
  readonly keys: readonly string[]
}

/** A node's release with its seal opened. */
export type OpenedReply = {
  readonly nodeId: bigint
  readonly epoch: bigint
  readonly index: number
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
  readonly code: 'node.secret-invalid' | 'node.release-invalid'
}

type KnownEpoch = { readonly answer: EpochAnswer; votes: number; committee?: Committee | 'invalid' }

/**
 * A host relays everything and may play every node. So no share counts before its own proof has held against a public share, and
 * no public share before all of them were found to be a sharing of the launch's own network key. Also not where a body
 * opens: whoever made a ciphertext can make shares that add up to its key.
 */
export class ReleaseRound {
  readonly #group: Group
  readonly #request: RoundRequest
  readonly #fault: (fault: Fault) => void
  readonly #epochs = new Map<string, KnownEpoch>()
  readonly #replies: OpenedReply[] = []
  readonly #ciphertexts: (CheckedCiphertext | undefined)[]
  readonly #blamed = new Set<bigint>()
  #problem: unknown

  /** `fault` hears once of each node that lied. */
  constructor(group: Group, request: RoundRequest, fault: (fault: Fault) => void) {
    this.#group = group
    this.#request = request
    this.#fault = fault
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
    this.#epochs.set(text, { answer, votes: 1 })
    return this.#attempt()
  }

  /** Takes a node's release. The result once there is one. */
  addReply(reply: OpenedReply): Released | undefined {
    this.#replies.push(reply)
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
    for (const { answer } of this.#replies) {
      answer.secrets?.fill(0)
      answer.keys?.fill(0)
    }
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
        return this.#combine(epoch.committee, answer, replies)
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
    epoch: EpochAnswer,
    replies: readonly OpenedReply[],
  ): Released | undefined {
    const group = this.#group
    const { requestId, readerKey, chainId, cloud, appId, keys } = this.#request
    const request = { epoch: epoch.epoch, requestId, readerKey }
    const ciphertexts = this.#ciphertexts.filter((ciphertext) => ciphertext !== undefined)
    if (ciphertexts.length < this.#request.secrets.length) {
      this.#problem = new SecretError('secrets.pending', 'a ciphertext is missing')
      return undefined
    }
    const names: DerivedKeyName[] = keys.map((path) => ({
      chainId,
      cloud: bytesOf(cloud),
      appId,
      path,
    }))
    const member = (index: number) => {
      const share = epoch.publicShares[index - 1]
      return share && { index, publicShare: group.decode(bytesOf(share)) }
    }
    const secretReplies = oneEach(replies, 'secrets', (index, bytes) => {
      const of = member(index)
      if (of) checkRelease(group, of, { request, ciphertexts }, bytes)
    })
    const keyReplies = oneEach(replies, 'keys', (index, bytes) => {
      const of = member(index)
      if (of) checkDerivedRelease(group, of, { request, names }, bytes)
    })
    let secrets: Combined | undefined
    let derived: DerivedKeys | undefined
    try {
      if (ciphertexts.length > 0)
        secrets = combine(group, {
          ...{ committee, request, ciphertexts, replies: secretReplies.replies },
          checkEveryProof: true,
        })
      if (names.length > 0)
        derived = combineDerived(group, { committee, request, names, replies: keyReplies.replies })
    } catch (error) {
      for (const plaintext of secrets?.plaintexts ?? []) plaintext.fill(0)
      throw error
    }
    const culprits = new Set([...(secrets?.culprits ?? []), ...(derived?.culprits ?? [])])
    for (const { nodeId, index } of replies)
      if (culprits.has(index)) this.#blame(nodeId, 'node.release-invalid')
    for (const nodeId of [...secretReplies.liars, ...keyReplies.liars])
      this.#blame(nodeId, 'node.release-invalid')
    this.end()
    return { secrets: secrets?.plaintexts ?? [], keys: derived?.keys ?? [] }
  }

  #blame(nodeId: bigint, code: Fault['code']): void {
    if (this.#blamed.has(nodeId)) return
    this.#blamed.add(nodeId)
    this.#fault({ nodeId, code })
  }
}

/**
 * One release for each index. Where several nodes say that they are one member, the first whose proof holds is: the others speak in
 * its name.
 */
function oneEach(
  replies: readonly OpenedReply[],
  part: 'secrets' | 'keys',
  check: (index: number, bytes: Uint8Array) => void,
): { replies: Reply[]; liars: bigint[] } {
  const chosen: Reply[] = []
  const liars: bigint[] = []
  for (const index of new Set(replies.map((reply) => reply.index))) {
    const rivals = replies.filter((reply) => reply.index === index)
    let found: Reply | undefined
    for (const { nodeId, answer } of rivals) {
      const bytes = answer[part]
      if (bytes === undefined) continue
      if (rivals.length > 1)
        try {
          check(index, bytes)
        } catch {
          liars.push(nodeId)
          continue
        }
      found ??= { index, bytes }
    }
    if (found !== undefined) chosen.push(found)
  }
  return { replies: chosen, liars }
}

function bytesOf(hex: `0x${string}`): Uint8Array {
  return new Uint8Array(Buffer.from(hex.slice(2), 'hex'))
}
