// How large requests may be. Pure.
import { MAX_EVIDENCE_BYTES } from '@wetee/attestation'

/** An appraisal request: the document and a signature around it. */
export const MAX_APPRAISE_BYTES = MAX_EVIDENCE_BYTES + 1_024
/** 64 records of at most 1 KiB. */
export const MAX_SIGN_BYTES = 65_536
