// The roots that a verifier trusts, and which of them are simulated. Types only.

/** A pinned root certificate. */
export type TrustRoot = {
  /** Shown in claims, e.g. `intel-sgx-root-ca`. */
  readonly name: string
  readonly der: Uint8Array
  /** True when no hardware vendor stands behind it; claims under it say so. */
  readonly simulated: boolean
}

/**
 * The only thing that decides which evidence can be authentic: the verifier has no other branch.
 */
export type TrustStore = { readonly roots: readonly TrustRoot[] }
