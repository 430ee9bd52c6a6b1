// Where the evidence behind a digest on chain can be fetched, from the daemon that made it. Pure.
import type { Hex } from '../bytes.ts'

/** `Subnet.proveNodes` takes no longer ones, bytes. */
const MAX_URI_BYTES = 128

/**
 * `<endpoint>/v1/evidence/<64 hex digits>`; `endpoint` as registered, `https://` where it names no scheme. Empty when that is too
 * long for the contract: the address is a hint, the digest decides.
 */
export function evidenceUri(endpoint: string, digest: Hex): string {
  const base = endpoint.includes('://') ? endpoint : `https://${endpoint}`
  const uri = `${base.replace(/\/+$/, '')}/v1/evidence/${digest.slice(2)}`
  return new TextEncoder().encode(uri).length <= MAX_URI_BYTES ? uri : ''
}
