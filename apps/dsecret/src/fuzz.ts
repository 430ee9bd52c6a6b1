// Fuzz targets of everything that a node reads from outside, and valid inputs to mutate. Only NodeError may escape a target. No I/O.
import {
  AttestationError,
  parseEvidenceDocument,
  serializeEvidenceDocument,
} from '@wetee/attestation'
import { type AttestationLease, recordText, toWire, type StatementRecord } from '@wetee/chain'
import {
  appraiseNodeSchema,
  appraiseSchema,
  parseRequest,
  signLeasesSchema,
  signProofsSchema,
} from './api/wire.ts'
import { appraiseInstance } from './appraise/instance.ts'
import { appraiseMachine } from './appraise/machine.ts'
import { epochSeeds, epochTargets } from './fuzz/epochs.ts'
import { secretSeeds, secretTargets } from './fuzz/secrets.ts'
import { NodeError } from './node-error.ts'
import { TestNetwork } from './testing/test-network.ts'

const network = new TestNetwork()
const offered = await network.instanceEvidence()
const { signal } = new AbortController()
const lease = await appraiseInstance(
  network.context,
  offered.document,
  offered.operatorSignature,
  signal,
)
const machine = network.workerEvidence()
const proof = await appraiseMachine(network.context, machine, signal)
const text = (input: Uint8Array) => new TextDecoder().decode(input)

/**
 * A request as the API judges it; an answer other than that to the original request is a finding. Signatures and PEM texts have
 * several spellings, so the digest of evidence may differ.
 */
async function judged(
  work: () => Promise<StatementRecord>,
  expected: StatementRecord,
): Promise<void> {
  let answer: StatementRecord
  try {
    answer = await work()
  } catch (error) {
    if (!(error instanceof AttestationError)) throw error
    throw new NodeError(error.code, error.message, { cause: error })
  }
  const same = { ...answer, evidenceDigest: expected.evidenceDigest }
  if (recordText(same) !== recordText(expected))
    throw new Error(`a changed request was accepted: ${recordText(answer)}`)
}

/** Targets by name. */
export const fuzzTargets: Record<string, (input: Uint8Array) => void | Promise<void>> = {
  ...epochTargets,
  ...secretTargets,
  'request-appraise': (input) =>
    judged(async () => {
      const request = parseRequest(appraiseSchema, text(input))
      const document = parseEvidenceDocument(JSON.stringify(request.evidence))
      return appraiseInstance(network.context, document, request.operatorSignature, signal)
    }, lease),
  'request-appraise-node': (input) =>
    judged(async () => {
      const { evidence } = parseRequest(appraiseNodeSchema, text(input))
      const document = parseEvidenceDocument(JSON.stringify(evidence))
      return appraiseMachine(network.context, document, signal)
    }, proof),
  'request-sign-leases'(input) {
    const { leases } = parseRequest(signLeasesSchema, text(input))
    const again = parseRequest(signLeasesSchema, JSON.stringify({ leases: leases.map(toWire) }))
    if (again.leases.map(recordText).join() !== leases.map(recordText).join())
      throw new Error('leases that were read differ once written and read again')
  },
  'request-sign-proofs'(input) {
    const { proofs } = parseRequest(signProofsSchema, text(input))
    const again = parseRequest(signProofsSchema, JSON.stringify({ proofs: proofs.map(toWire) }))
    if (again.proofs.map(recordText).join() !== proofs.map(recordText).join())
      throw new Error('proofs that were read differ once written and read again')
  },
}

const encode = (value: string) => new TextEncoder().encode(value)
const largest: AttestationLease = { ...lease, appId: 2n ** 64n - 1n, replica: 0xffff }

/** Valid inputs to mutate, by target. */
export const fuzzSeeds: Record<string, readonly Uint8Array[]> = {
  ...epochSeeds,
  ...secretSeeds,
  'request-appraise': [
    encode(`{"evidence":${offered.text},"operatorSignature":"${offered.operatorSignature}"}`),
  ],
  'request-appraise-node': [encode(`{"evidence":${serializeEvidenceDocument(machine)}}`)],
  'request-sign-leases': [encode(JSON.stringify({ leases: [lease, largest].map(toWire) }))],
  'request-sign-proofs': [encode(JSON.stringify({ proofs: [toWire(proof)] }))],
}
