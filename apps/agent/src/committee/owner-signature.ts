// Whether the application's owner has signed something, be it an account or a contract. Network I/O by its parts.
import type { AppFacts, FactsSource } from './app-facts.ts'
import { signerOf } from './signed-by.ts'

/** What signatures are checked with. */
export type OwnerSignaturesParts = {
  readonly facts: Pick<FactsSource, 'latest'>
  /** Asks members whether a contract takes a signature (ERC-1271). */
  readonly askContract: (asked: {
    readonly owner: `0x${string}`
    readonly digest: `0x${string}`
    readonly signature: `0x${string}`
  }) => Promise<boolean>
}

/** Bytes of a signature at most. */
const MAX_SIGNATURE_BYTES = 8_192

/** Signatures of one application's owner. */
export class OwnerSignatures {
  readonly #parts: OwnerSignaturesParts

  constructor(parts: OwnerSignaturesParts) {
    this.#parts = parts
  }

  /**
   * The facts by which the owner has signed a digest of 32 bytes, undefined where it has not. An account's signature is recovered here;
   * of anything else the network is asked. Throws as FactsSource.latest does, and SecretError `facts.no-quorum`.
   */
  async verify(
    digest: `0x${string}`,
    signature: `0x${string}`,
    signal?: AbortSignal,
  ): Promise<AppFacts | undefined> {
    if (signature.length > 2 + 2 * MAX_SIGNATURE_BYTES) return undefined
    const facts = await this.#parts.facts.latest(signal)
    if (signerOf(digest, signature) === facts.owner) return facts
    const lower = signature.toLowerCase() as `0x${string}`
    const asked = { owner: facts.owner, digest, signature: lower }
    return (await this.#parts.askContract(asked)) ? facts : undefined
  }
}
