// Intel's identity of a quoting enclave (version 2), of TDX or of SGX. Pure.
import { AttestationError } from '../../error.ts'
import type { IntelTee } from '../../evidence/intel/tee.ts'
import { parseJson } from '../../json.ts'
import { JsonFields } from './json-fields.ts'
import { readIsvLevels, type IsvLevel } from './tcb-level.ts'

/** Parsed QE identity. */
export type QeIdentity = {
  readonly issuedAtMs: number
  readonly nextUpdateMs: number
  readonly evaluationNumber: number
  readonly miscSelect: Uint8Array
  readonly miscSelectMask: Uint8Array
  readonly attributes: Uint8Array
  readonly attributesMask: Uint8Array
  readonly mrSigner: Uint8Array
  readonly isvProdId: number
  /** Newest first. */
  readonly levels: readonly IsvLevel[]
}

const IDS: Readonly<Record<IntelTee, string>> = { tdx: 'TD_QE', sgx: 'QE' }

/**
 * Reads an identity. Throws AttestationError `qe-identity.malformed`, or `qe-identity.mismatch`
 * when it is that of another TEE.
 */
export function parseQeIdentity(text: string, tee: IntelTee): QeIdentity {
  const code = 'qe-identity.malformed'
  const fields = new JsonFields(parseJson(text, code), code, 'QE identity')
  if (fields.text('id') !== IDS[tee])
    throw new AttestationError('qe-identity.mismatch', `QE identity: expected id ${IDS[tee]}`)
  if (fields.integer('version', 99) !== 2) throw fields.fault('expected version 2')
  return {
    issuedAtMs: fields.instantMs('issueDate'),
    nextUpdateMs: fields.instantMs('nextUpdate'),
    evaluationNumber: fields.integer('tcbEvaluationDataNumber', 0xffff_ffff),
    miscSelect: fields.hex('miscselect', 4),
    miscSelectMask: fields.hex('miscselectMask', 4),
    attributes: fields.hex('attributes', 16),
    attributesMask: fields.hex('attributesMask', 16),
    mrSigner: fields.hex('mrsigner', 32),
    isvProdId: fields.integer('isvprodid', 0xffff),
    levels: readIsvLevels(fields),
  }
}
