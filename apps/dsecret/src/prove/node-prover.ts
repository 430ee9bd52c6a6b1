// Keeps the node's own machine proven: has it appraised by the committee and sends the proof before the old one ends. I/O by its parts.
import {
  assembleSignatures,
  nodeProofBatchTypedData,
  type NodeProof,
  recordText,
} from '@wetee/chain'
import { evidenceUri } from '@wetee/attestation'
import { codeOf, messageOf, type Condition, type KeptTexts, type Log } from '@wetee/daemon'
import { recoverTypedDataAddress } from 'viem'
import { freshHead, type Clock } from '../appraise/freshness.ts'
import {
  ROLE_DSECRET,
  type Block,
  type ChainView,
  type Committee,
  type Hex,
  type NodeFacts,
} from '../chain/chain-view.ts'
import { unable } from '../node-error.ts'
import type { BatchSignature } from '../sign/signer.ts'
import type { OwnEvidence } from './own-evidence.ts'
import type { Peer } from './peers.ts'

/** `IQuorum.Signed`. */
export type Signed = {
  readonly epoch: bigint
  readonly expiry: bigint
  readonly bitmap: bigint
  readonly signatures: Hex
}

/** What the prover works with. */
export type NodeProverParts = {
  readonly nodeId: bigint
  readonly view: ChainView
  readonly evidence: Pick<OwnEvidence, 'make'>
  /** This node as its own peer. */
  readonly self: Peer
  readonly openPeer: (node: NodeFacts) => Peer
  /** Where the evidence behind a proof stays to be read. */
  readonly shelf: Pick<KeptTexts, 'put'>
  /** Sends `Subnet.proveNodes`; resolves when it is mined. */
  readonly submit: (proof: NodeProof, evidenceUri: string, signed: Signed) => Promise<void>
  readonly clock: Pick<Clock, 'now' | 'sleep'>
  readonly log: Log
  readonly signal: AbortSignal
}

type Member = {
  readonly nodeId: bigint
  readonly index: number
  readonly statementKey: Hex
  readonly peer: Peer
}
type Quorum = { readonly committee: Committee; readonly members: readonly Member[] }

const RETRY_MS = 1_000
const LONGEST_RETRY_MS = 10_000
/** The proof may lapse for other reasons than time: new keys, a revocation. */
const LONGEST_WAIT_MS = 60_000

/** Proves one node. */
export class NodeProver {
  readonly #parts: NodeProverParts
  #condition: Condition | undefined
  #standing: Condition | undefined

  constructor(parts: NodeProverParts) {
    this.#parts = parts
  }

  /** Why the node is not proven; `undefined` while it is. */
  get condition(): Condition | undefined {
    return this.#condition
  }

  /** What the Subnet holds against the node: it is leaving, or was slashed. */
  get standing(): Condition | undefined {
    return this.#standing
  }

  /** Runs until the signal: proves when less than half of a proof's life is left. */
  async run(): Promise<void> {
    const { signal, clock } = this.#parts
    let failures = 0
    while (!signal.aborted) {
      let waitMs: number
      try {
        waitMs = await this.#round()
        failures = 0
      } catch (error) {
        if (signal.aborted) return
        failures++
        this.#report(error, failures)
        waitMs =
          codeOf(error) === 'committee.none'
            ? RETRY_MS
            : Math.min(RETRY_MS * 2 ** Math.min(failures - 1, 8), LONGEST_RETRY_MS)
      }
      const boundedMs = Math.min(Math.max(waitMs, RETRY_MS), LONGEST_WAIT_MS)
      await clock.sleep(boundedMs, signal).catch(() => undefined)
    }
  }

  /** Has the machine appraised and signed for by a threshold, and sends the proof. Throws NodeError and what the parts throw. */
  async prove(): Promise<void> {
    const head = await freshHead(this.#parts.view, this.#parts.clock)
    const quorum = await this.#quorum(head)
    const { view, nodeId, evidence, shelf, submit } = this.#parts
    const document = await evidence.make()
    const { proof, members } = await this.#appraised(quorum, document)
    const signed = await this.#signed({ ...quorum, members }, proof)
    const endpoint = (await view.node(nodeId, head.number))?.endpoint
    const uri = endpoint === undefined ? '' : evidenceUri(endpoint, proof.evidenceDigest)
    // Before it is named on chain: whoever follows the address finds it.
    shelf.put(proof.evidenceDigest.slice(2), document)
    await submit(proof, uri, signed)
  }

  /** Proves when it is time; milliseconds until it may be again. */
  async #round(): Promise<number> {
    const { view, nodeId, clock, log } = this.#parts
    const head = await freshHead(view, clock)
    const [until, lifetime, registered] = await Promise.all([
      view.liveProofUntil(ROLE_DSECRET, nodeId, head.number),
      view.nodeProofSeconds(head.number),
      view.node(nodeId, head.number),
    ])
    this.#standing = standingOf(registered)
    const leftSeconds = Number(until - head.timestamp)
    const halfSeconds = Number(lifetime) / 2
    if (leftSeconds > halfSeconds) {
      this.#condition = undefined
      return (leftSeconds - halfSeconds) * 1_000
    }
    await this.prove()
    this.#condition = undefined
    log.info({}, 'machine proven')
    // The proof counts once it is final; until then the old one would be read.
    return (halfSeconds / 2) * 1_000
  }

  #report(error: unknown, failures: number): void {
    const code = codeOf(error)
    this.#condition = {
      code: 'node.not-proven',
      severity: 'error',
      text: `this machine could not be proven (${code}, ${failures} tries): ${messageOf(error)}`,
      remedy: 'without a live proof its signatures do not count; it is tried again by itself',
    }
    this.#parts.log.warn({ code, error: messageOf(error), failures }, 'proof failed')
  }

  /** Who can vouch now: at genesis the newest named committee, else the live members of the active one. */
  async #quorum({ number, timestamp }: Block): Promise<Quorum> {
    const { view, nodeId, self, openPeer } = this.#parts
    const { active, latest, genesisOpen, reopened } = await view.committees(number)
    const committee = genesisOpen ? (reopened ?? latest) : active
    if (committee === undefined) throw unable('committee.none', 'no committee has been named yet')
    const members = await Promise.all(
      committee.members.map(async (id, index): Promise<Member | undefined> => {
        const live =
          genesisOpen || (await view.liveProofUntil(ROLE_DSECRET, id, number)) > timestamp
        const node = live ? await view.node(id, number) : undefined
        if (node === undefined) return undefined
        const peer = id === nodeId ? self : openPeer(node)
        return { nodeId: id, index, statementKey: node.statementKey, peer }
      }),
    )
    return { committee, members: members.filter((member) => member !== undefined) }
  }

  /** The proof that a threshold names alike, and who does. */
  async #appraised(
    { committee, members }: Quorum,
    document: string,
  ): Promise<{ proof: NodeProof; members: readonly Member[] }> {
    const { signal } = this.#parts
    const answers = new Map<string, { proof: NodeProof; members: Member[] }>()
    const refusals: string[] = []
    await Promise.all(
      members.map(async (member) => {
        try {
          const proof = await member.peer.appraiseNode(document, signal)
          const known = answers.get(recordText(proof)) ?? { proof, members: [] }
          known.members.push(member)
          answers.set(recordText(proof), known)
        } catch (error) {
          refusals.push(`node ${member.nodeId} ${codeOf(error)}`)
        }
      }),
    )
    for (const answer of answers.values())
      if (answer.members.length >= committee.threshold) return answer
    throw tooFew(committee, 'appraised this machine alike', refusals)
  }

  async #signed({ committee, members }: Quorum, proof: NodeProof): Promise<Signed> {
    const { view, signal } = this.#parts
    const { epoch } = committee
    const expiry = proof.notAfter
    const typedData = nodeProofBatchTypedData(view.network, { epoch, expiry, proofs: [proof] })
    const refusals: string[] = []
    const parts: { index: number; signature: Hex }[] = []
    await Promise.all(
      members.map(async ({ nodeId, index, statementKey, peer }) => {
        try {
          const answer = await peer.signProofs([proof], signal)
          const signer = await signerOf(typedData, answer)
          const same = answer.epoch === epoch && answer.expiry === expiry
          if (same && signer === statementKey.toLowerCase())
            parts.push({ index, signature: answer.signature })
          else refusals.push(`node ${nodeId} peer.signature-wrong`)
        } catch (error) {
          refusals.push(`node ${nodeId} ${codeOf(error)}`)
        }
      }),
    )
    if (parts.length < committee.threshold)
      throw tooFew(committee, 'signed for this machine', refusals)
    const enough = parts.sort((a, b) => a.index - b.index).slice(0, committee.threshold)
    return { epoch, expiry, ...assembleSignatures(enough) }
  }
}

function standingOf(node: NodeFacts | undefined): Condition | undefined {
  if (node?.status === 'leaving')
    return {
      code: 'node.leaving',
      severity: 'warning',
      text: 'this node takes no new seat: it was told to leave',
      remedy: 'leave it running while a committee seats it; then withdraw the stake and stop it',
    }
  if (node?.status === 'slashed')
    return {
      code: 'node.slashed',
      severity: 'error',
      text: 'this node was proven to have contradicted itself: its signatures count nowhere',
      remedy: 'stop it; find out who had its keys before another one is registered',
    }
  return undefined
}

async function signerOf(
  typedData: ReturnType<typeof nodeProofBatchTypedData>,
  { signature }: BatchSignature,
): Promise<string | undefined> {
  const signer = await recoverTypedDataAddress({ ...typedData, signature }).catch(() => undefined)
  return signer?.toLowerCase()
}

function tooFew({ threshold, members }: Committee, what: string, refusals: readonly string[]) {
  return unable(
    'quorum.too-few',
    `fewer than ${threshold} of ${members.length} nodes ${what}: ${refusals.join(', ')}`,
  )
}
