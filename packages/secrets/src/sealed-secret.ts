// A ciphertext with the policy that its label binds, as nodes keep it and owners send it. Pure.
import { bytesToHex } from '@noble/hashes/utils.js'
import { CIPHERTEXT_OVERHEAD_BYTES, MAX_CIPHERTEXT_BYTES, ciphertextDigest } from '@wetee/threshold'
import { SecretsError } from './error.ts'
import { MAX_POLICY_BYTES, parsePolicy, policyDigest, type Policy } from './policy.ts'
import type { Hex } from './fields.ts'

/** A sealed secret's parts; nothing says yet that the ciphertext is one. */
export type SealedSecret = {
  /** RFC 8785 text. */
  readonly policyText: string
  /** As in @wetee/threshold, 179 to 65,715 bytes. */
  readonly ciphertext: Uint8Array
}

/** What reading one gives beside its parts. */
export type ParsedSealedSecret = SealedSecret & {
  readonly policy: Policy
  readonly policyDigest: Hex
  /** Names it: 64 hex digits without `0x`. */
  readonly digest: string
}

const LENGTH_BYTES = 4
/** Bytes of a sealed secret at most. */
export const MAX_SEALED_SECRET_BYTES = LENGTH_BYTES + MAX_POLICY_BYTES + MAX_CIPHERTEXT_BYTES

/** Length of the policy (32 bits, big-endian), policy, ciphertext. Throws SecretsError. */
export function encodeSealedSecret({ policyText, ciphertext }: SealedSecret): Uint8Array {
  const policy = new TextEncoder().encode(policyText)
  const bytes = new Uint8Array(LENGTH_BYTES + policy.length + ciphertext.length)
  new DataView(bytes.buffer).setUint32(0, policy.length)
  bytes.set(policy, LENGTH_BYTES)
  bytes.set(ciphertext, LENGTH_BYTES + policy.length)
  parseSealedSecret(bytes)
  return bytes
}

/** Reads one, as copies. Throws SecretsError `sealed-secret.malformed`, `policy.invalid`. */
export function parseSealedSecret(bytes: Uint8Array): ParsedSealedSecret {
  if (bytes.length < LENGTH_BYTES || bytes.length > MAX_SEALED_SECRET_BYTES)
    throw malformed(`${LENGTH_BYTES} to ${MAX_SEALED_SECRET_BYTES} bytes`)
  const size = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0)
  if (size > MAX_POLICY_BYTES) throw malformed(`a policy of at most ${MAX_POLICY_BYTES} bytes`)
  const ciphertextAt = LENGTH_BYTES + size
  const ciphertextBytes = bytes.length - ciphertextAt
  if (ciphertextBytes < CIPHERTEXT_OVERHEAD_BYTES || ciphertextBytes > MAX_CIPHERTEXT_BYTES)
    throw malformed(
      `a ciphertext of ${CIPHERTEXT_OVERHEAD_BYTES} to ${MAX_CIPHERTEXT_BYTES} bytes after it`,
    )
  let policyText: string
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    policyText = decoder.decode(bytes.subarray(LENGTH_BYTES, ciphertextAt))
  } catch (cause) {
    throw malformed('a policy in UTF-8', cause)
  }
  const policy = parsePolicy(policyText)
  const ciphertext = new Uint8Array(bytes.subarray(ciphertextAt))
  return {
    policyText,
    ciphertext,
    policy,
    policyDigest: policyDigest(policyText),
    digest: bytesToHex(ciphertextDigest(ciphertext)),
  }
}

function malformed(expected: string, cause?: unknown): SecretsError {
  const message = `a sealed secret: expected ${expected}`
  return new SecretsError('sealed-secret.malformed', message, { cause })
}
