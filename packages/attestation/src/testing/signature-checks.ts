// Signature checks as JSON, for the back end of wherever this runs: node:crypto or WebCrypto. Pure.
import { platformCrypto } from '#crypto'
import { parseBareHex } from '../bytes.ts'
import type { CryptoBackend, KeyKind } from '../crypto/backend.ts'

/** One check and what must come of it. Bytes are hex without prefix. */
export type SignatureCheck = {
  readonly name: string
  readonly kind: KeyKind
  readonly key: string
  readonly message: string
  readonly signature: string
  readonly holds: boolean
}

/** Names of the checks whose result is not the one that must come. */
export async function wrongSignatureChecks(
  checks: readonly SignatureCheck[],
  crypto: CryptoBackend = platformCrypto,
): Promise<string[]> {
  const wrong: string[] = []
  for (const { name, kind, key, message, signature, holds } of checks) {
    const publicKey = { kind, bytes: bytesOf(key) }
    if ((await crypto.verify(publicKey, bytesOf(message), bytesOf(signature))) !== holds)
      wrong.push(name)
  }
  return wrong
}

function bytesOf(hex: string): Uint8Array {
  const bytes = parseBareHex(hex)
  if (bytes === undefined) throw new RangeError(`not hex: ${hex.slice(0, 20)}`)
  return bytes
}
