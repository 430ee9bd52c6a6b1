// What a node does for others: appraises evidence, remembers it, signs what it has appraised. I/O through its parts.
import { parseEvidenceDocument } from '@wetee/attestation'
import type { AttestationLease, NodeProof } from '@wetee/chain'
import type { AppraisalContext } from './appraise/context.ts'
import { appraiseInstance } from './appraise/instance.ts'
import { appraiseMachine } from './appraise/machine.ts'
import type { Hex } from './chain/chain-view.ts'
import { Signer, type BatchSignature, type SignerParts } from './sign/signer.ts'
import { Appraised } from './store/appraised.ts'

/** What a judge works with. */
export type JudgeParts = AppraisalContext &
  Pick<SignerParts, 'nodeId' | 'account' | 'ledger'> & {
    /** Told of every statement that was signed. */
    readonly onSigned?: (kind: 'lease' | 'proof', count: number) => void
  }

/** One node's word on evidence. Every call throws NodeError, AttestationError, ChainError. */
export class Judge {
  readonly #parts: JudgeParts
  readonly #leases: Appraised<AttestationLease>
  readonly #proofs: Appraised<NodeProof>
  readonly #signer: Signer

  constructor(parts: JudgeParts) {
    this.#parts = parts
    const { monotonicMs } = parts.clock
    this.#leases = new Appraised(monotonicMs)
    this.#proofs = new Appraised(monotonicMs)
    this.#signer = new Signer({ ...parts, leases: this.#leases, proofs: this.#proofs })
  }

  /** The lease that this node will sign within the next 5 minutes. `evidence`: an EvidenceDocument as JSON text. */
  async appraise(
    evidence: string,
    operatorSignature: Hex,
    signal: AbortSignal,
  ): Promise<AttestationLease> {
    const document = parseEvidenceDocument(evidence)
    const lease = await appraiseInstance(this.#parts, document, operatorSignature, signal)
    this.#leases.remember(lease)
    return lease
  }

  /** The proof that this node will sign within the next 5 minutes. */
  async appraiseNode(evidence: string, signal: AbortSignal): Promise<NodeProof> {
    const proof = await appraiseMachine(this.#parts, parseEvidenceDocument(evidence), signal)
    this.#proofs.remember(proof)
    return proof
  }

  /** Signs leases that it has appraised. */
  async signLeases(leases: readonly AttestationLease[]): Promise<BatchSignature> {
    const signed = await this.#signer.signLeases(leases)
    this.#parts.onSigned?.('lease', leases.length)
    return signed
  }

  /** Signs proofs that it has appraised. */
  async signProofs(proofs: readonly NodeProof[]): Promise<BatchSignature> {
    const signed = await this.#signer.signProofs(proofs)
    this.#parts.onSigned?.('proof', proofs.length)
    return signed
  }
}
