// X25519 of WebCrypto: browsers. No other I/O.
export { KEM_DHKEM_X25519_HKDF_SHA256 as x25519 } from 'hpke'
