// Endorsements for evidence: reads whom to ask out of the evidence itself, and asks. Network.
import {
  AttestationError,
  describeEvidence,
  type AmdNeeds,
  type EndorsementsOf,
  type Evidence,
  type Platform,
  type SnpProduct,
} from '@wetee/attestation'
import type { AmdRequest, EndorsementClient, Fetched } from './endorsement-client.ts'
import { EndorsementError } from './error.ts'
import type { Evaluation } from './intel/pcs.ts'

/** What evidence may need beside itself. */
export type FetchEndorsementsOptions = {
  readonly client: EndorsementClient
  readonly signal?: AbortSignal
  /** Asks servers even if what is kept is young. */
  readonly fresh?: boolean
  /** Intel: `standard` when absent. */
  readonly evaluation?: Evaluation
  /** AMD: needed for reports of version 2, which do not say it. */
  readonly product?: SnpProduct
  /**
   * AMD: the certificate of the key that signed, lower-case hex of DER. Needed for a VLEK and for a
   * masked chip; hosts hand it out beside the report.
   */
  readonly leaf?: string
}

/**
 * Endorsements ready for `appraise`, which verifies them; nothing here does. Throws
 * EndorsementError: `evidence.*` when the evidence does not say enough, else as the client does.
 */
export async function fetchEndorsements<P extends Platform>(
  evidence: Evidence<P>,
  options: FetchEndorsementsOptions,
): Promise<Fetched<EndorsementsOf[P]>> {
  const fetched = await fetchFor(evidence, options)
  // `describeEvidence` goes by the platform, and each vendor's shape is its platforms'.
  return fetched as Fetched<EndorsementsOf[P]>
}

async function fetchFor(
  evidence: Evidence,
  { client, signal, fresh, evaluation, product, leaf }: FetchEndorsementsOptions,
): Promise<Fetched<EndorsementsOf[Platform]>> {
  const needs = describe(evidence, product)
  const how = { signal, fresh }
  switch (needs.vendor) {
    case 'aws':
      return { endorsements: {}, parts: [] }
    case 'intel': {
      const { tee, fmspc, ca } = needs
      const request = { tee, fmspc: fmspc.slice(2), ca }
      return client.intel(evaluation === undefined ? request : { ...request, evaluation }, how)
    }
    case 'amd':
      return client.amd(amdRequest(needs, leaf), how)
  }
}

function describe(evidence: Evidence, product: SnpProduct | undefined) {
  try {
    return describeEvidence(evidence, { product })
  } catch (cause) {
    if (!(cause instanceof AttestationError)) throw cause
    const code = cause.code.endsWith('unsupported') ? 'evidence.unsupported' : 'evidence.malformed'
    throw new EndorsementError(code, `evidence: ${cause.message}`, { cause })
  }
}

function amdRequest(needs: AmdNeeds, leaf: string | undefined): AmdRequest {
  const { product, signedBy, hardwareId, reportedTcb } = needs
  if (product === undefined || reportedTcb === undefined)
    throw new EndorsementError(
      'evidence.product-unknown',
      'evidence: a SEV-SNP report of version 2 does not say its product; give it in the options',
    )
  const signer = signedBy === 'VLEK' ? 'vlek' : 'vcek'
  if (leaf !== undefined) return { product, signer, leaf }
  if (signer === 'vlek')
    throw new EndorsementError(
      'evidence.vlek',
      'evidence: signed by a VLEK, whose certificate AMD gives to its cloud alone; the host has it',
    )
  if (hardwareId === undefined)
    throw new EndorsementError(
      'evidence.chip-masked',
      'evidence: the host masks the chip, so its VCEK cannot be asked for; the host has it',
    )
  return { product, signer, hwId: hardwareId.slice(2), tcb: reportedTcb }
}
