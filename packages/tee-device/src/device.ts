// The port between a guest and the TEE it runs in. Types only.

/** A lower-case hex string with `0x` before it. */
export type Hex = `0x${string}`

/** What a guest can read about itself without leaving the TEE; registers of 48 bytes. */
export type TeeReport = {
  readonly mrConfigId: Hex
  readonly mrtd: Hex
  readonly rtmr: readonly [Hex, Hex, Hex, Hex]
  readonly debug: boolean
}

/** A call that may be given up. */
export type CallOptions = { readonly signal?: AbortSignal }

/**
 * The TEE as its guest sees it. Modelled on Linux: `report` is a local report (TDREPORT), `extend` writes to an
 * RTMR (tsm-mr), `quote` is configfs-tsm's inblob to outblob. Every call throws TeeError.
 */
export type TeeDevice = {
  readonly platform: 'tdx'
  /** True when no hardware stands behind it. */
  readonly simulated: boolean
  /** The guest's own registers, among them MRCONFIGID, which the host set at launch. */
  report(options?: CallOptions): Promise<TeeReport>
  /** Extends a run-time register (2 or 3) by a SHA-384 digest of 48 bytes; not to be undone. */
  extend(register: number, digest: Hex, options?: CallOptions): Promise<void>
  /** A quote over 64 bytes of report data. */
  quote(reportData: Hex, options?: CallOptions): Promise<Uint8Array>
  /** A key of 32 bytes that depends on chip, MRTD and `context`; TeeError `tee.no-sealing-key` where there is none, as on real TDX. */
  sealingKey(context: string, options?: CallOptions): Promise<Uint8Array>
}
