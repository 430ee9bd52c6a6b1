// What a ciphertext belongs to: bound by its proof, so that it is of no use anywhere else. Pure.
import { ThresholdError } from '../error.ts'
import { frame, unsigned } from '../transcript/transcript.ts'

const LABEL_TAG = 'wetee/threshold/v1 secret label'
/** Bytes of any label. */
export const MAX_LABEL_BYTES = 1024
/** Bytes of a secret's name, and of a derived key's path, in UTF-8. */
const MAX_NAME_BYTES = 256
/** Bytes of an account or a contract on chain. */
const ADDRESS_BYTES = 20
const DIGEST_BYTES = 32

/** One version of one secret of one application, and the policy under which it is released. */
export type SecretLabel = {
  readonly chainId: bigint
  /** Contract Cloud, 20 bytes. */
  readonly cloud: Uint8Array
  /** 20 bytes. */
  readonly owner: Uint8Array
  readonly appId: bigint
  /** From 1 to 256 bytes of UTF-8. */
  readonly name: string
  /** From 0, 32 bits. */
  readonly version: number
  /** 32 bytes. */
  readonly policyDigest: Uint8Array
}

/** The label's frame. Throws ThresholdError `argument.invalid` for a field out of its range. */
export function secretLabel(label: SecretLabel): Uint8Array {
  return frame(
    LABEL_TAG,
    unsigned(label.chainId, 32),
    exactly('cloud', label.cloud, ADDRESS_BYTES),
    exactly('owner', label.owner, ADDRESS_BYTES),
    unsigned(label.appId, 32),
    nameBytes('name', label.name),
    unsigned(label.version, 4),
    exactly('policyDigest', label.policyDigest, DIGEST_BYTES),
  )
}

/** A name in UTF-8. Throws ThresholdError `argument.invalid` for none, a long or a broken one. */
export function nameBytes(what: string, name: string): Uint8Array {
  // Half of a surrogate pair would become U+FFFD, and two names one.
  const bytes = name.isWellFormed() ? new TextEncoder().encode(name) : new Uint8Array(0)
  if (bytes.length < 1 || bytes.length > MAX_NAME_BYTES)
    throw new ThresholdError(
      'argument.invalid',
      `${what}: expected 1 to ${MAX_NAME_BYTES} bytes of UTF-8`,
    )
  return bytes
}

/** The bytes given. Throws ThresholdError `argument.invalid` for another number of them. */
export function exactly(what: string, bytes: Uint8Array, size: number): Uint8Array {
  if (bytes.length !== size)
    throw new ThresholdError('argument.invalid', `${what}: expected ${size} bytes`)
  return bytes
}
