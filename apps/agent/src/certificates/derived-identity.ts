// P-256 keys from derived keys of the application: the same in every replica, version and start, and nowhere outside TEEs. Pure.
import { createECDH, createPrivateKey, hkdfSync, type KeyObject } from 'node:crypto'

/** Paths of derived keys that begin so belong to the agent: the application is given none of them. */
export const AGENT_PATH_PREFIX = 'wetee/'
/** Of the TLS key that certificates are for. */
export const TLS_KEY_PATH = `${AGENT_PATH_PREFIX}tls`
/** Of the account at the CA. */
export const ACCOUNT_KEY_PATH = `${AGENT_PATH_PREFIX}acme-account`

const SCALAR_BYTES = 32
const SALT = 'wetee/p256-key/v1'

/**
 * A private key from 32 uniform bytes, by testing candidates (FIPS 186-5, A.2.2): HKDF with a counter until one is in
 * range, nearly always the first. What it computes with is filled with zeros; `seed` stays the caller's.
 */
export function p256KeyFrom(seed: Uint8Array): KeyObject {
  if (seed.length !== SCALAR_BYTES) throw new TypeError(`expected ${SCALAR_BYTES} bytes`)
  for (let counter = 0; counter < 256; counter++) {
    const scalar = Buffer.from(hkdfSync('sha256', seed, SALT, Buffer.of(counter), SCALAR_BYTES))
    const curve = createECDH('prime256v1')
    try {
      curve.setPrivateKey(scalar)
      const point = curve.getPublicKey()
      return createPrivateKey({
        format: 'jwk',
        key: {
          kty: 'EC',
          crv: 'P-256',
          d: scalar.toString('base64url'),
          x: point.subarray(1, 33).toString('base64url'),
          y: point.subarray(33).toString('base64url'),
        },
      })
    } catch (error) {
      if (
        !(error instanceof Error && 'code' in error && error.code === 'ERR_CRYPTO_INVALID_KEYTYPE')
      )
        throw error
    } finally {
      scalar.fill(0)
    }
  }
  throw new Error('no scalar in range')
}
