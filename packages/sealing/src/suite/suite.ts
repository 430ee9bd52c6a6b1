// The port to RFC 9180, base mode with DHKEM(X25519, HKDF-SHA256) and HKDF-SHA256, one message of each encapsulation: two back ends,
// node.ts and web.ts. Types only.

/** An X25519 key, of use to the back end that made it and to nobody else. */
export type Key = { readonly type: 'public' | 'private'; readonly extractable: boolean }

/** X25519 keys of a reader. */
export type ReaderKeys = { readonly publicKey: Key; readonly privateKey: Key }

/** The same as bytes, 32 each; the private one is secret. */
export type StoredKeys = { readonly publicKey: Uint8Array; readonly privateKey: Uint8Array }

/** How the message is encrypted (RFC 9180 section 7.3). */
export type Cipher = 'ChaCha20-Poly1305' | 'AES-256-GCM'

/** What a message is bound to. */
export type Context = { readonly info: Uint8Array; readonly aad: Uint8Array }

/** What travels to the reader. */
export type Sealed = {
  /** Encapsulated secret, 32 bytes. */
  readonly enc: Uint8Array
  /** Ciphertext and tag. */
  readonly sealed: Uint8Array
}

/** Each call rejects where keys are none, where the shared secret is zero, and where a message is not authentic. */
export type Suite = {
  makeKeys(extractable: boolean): Promise<ReaderKeys>
  /** Private keys that cannot be exported again. */
  readKeys(stored: StoredKeys): Promise<ReaderKeys>
  publicBytes(keys: ReaderKeys): Promise<Uint8Array>
  privateBytes(keys: ReaderKeys): Promise<Uint8Array>
  seal(cipher: Cipher, reader: Uint8Array, context: Context, plain: Uint8Array): Promise<Sealed>
  open(cipher: Cipher, keys: ReaderKeys, context: Context, sealed: Sealed): Promise<Uint8Array>
}
