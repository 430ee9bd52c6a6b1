// Signed requests to a CA (RFC 7515, RFC 8555, 6.2) and the thumbprint of an account key (RFC 7638). Pure.
import { createHash, createPublicKey, sign, type KeyObject } from 'node:crypto'

/** Who signs: by key for a new account, by its URL after that. */
export type Signer = { readonly key: KeyObject; readonly account?: string }

/** The public key as the members that a thumbprint is over, in their order. */
function publicJwk(key: KeyObject): {
  readonly crv: string
  readonly kty: string
  readonly x: string
  readonly y: string
} {
  const { crv = '', kty = '', x = '', y = '' } = createPublicKey(key).export({ format: 'jwk' })
  return { crv, kty, x, y }
}

/** A flattened JWS with ES256 as JSON text; without a payload it is a POST-as-GET (RFC 8555, 6.3). */
export function signRequest(
  { key, account }: Signer,
  request: { readonly url: string; readonly nonce: string; readonly payload?: unknown },
): string {
  const { url, nonce, payload } = request
  const who = account === undefined ? { jwk: publicJwk(key) } : { kid: account }
  const protectedHeader = encode(JSON.stringify({ alg: 'ES256', ...who, nonce, url }))
  const body = payload === undefined ? '' : encode(JSON.stringify(payload))
  const bytes = Buffer.from(`${protectedHeader}.${body}`)
  const signature = sign('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' })
  return JSON.stringify({
    protected: protectedHeader,
    payload: body,
    signature: signature.toString('base64url'),
  })
}

/** What a challenge is answered with (RFC 8555, 8.1). */
export function keyAuthorization(key: KeyObject, token: string): string {
  const thumbprint = createHash('sha256').update(JSON.stringify(publicJwk(key)))
  return `${token}.${thumbprint.digest('base64url')}`
}

const encode = (text: string): string => Buffer.from(text).toString('base64url')
