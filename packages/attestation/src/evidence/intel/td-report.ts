// TD reports inside a quote: TD 1.0 (584 bytes) and TD 1.5 (648 bytes). Pure.

/** Fields of a TD report; registers have 48 bytes. */
export type TdReport = {
  readonly teeTcbSvn: Uint8Array
  readonly mrSignerSeam: Uint8Array
  readonly seamAttributes: Uint8Array
  readonly tdAttributes: Uint8Array
  readonly mrtd: Uint8Array
  readonly mrConfigId: Uint8Array
  readonly rtmr: readonly [Uint8Array, Uint8Array, Uint8Array, Uint8Array]
  readonly reportData: Uint8Array
  /** TD 1.5 only: the TCB as it is now, not as it was at launch. */
  readonly teeTcbSvn2: Uint8Array | undefined
  /** TD 1.5 only. */
  readonly mrServiceTd: Uint8Array | undefined
}

/** Sizes of the two bodies, bytes. */
export const TD10_BYTES = 584
export const TD15_BYTES = 648

/** Reads a body of 584 or 648 bytes. */
export function readTdReport(body: Uint8Array): TdReport {
  const at = (offset: number, size: number) => body.subarray(offset, offset + size)
  const extended = body.length === TD15_BYTES
  return {
    teeTcbSvn: at(0, 16),
    mrSignerSeam: at(64, 48),
    seamAttributes: at(112, 8),
    tdAttributes: at(120, 8),
    mrtd: at(136, 48),
    mrConfigId: at(184, 48),
    rtmr: [at(328, 48), at(376, 48), at(424, 48), at(472, 48)],
    reportData: at(520, 64),
    teeTcbSvn2: extended ? at(584, 16) : undefined,
    mrServiceTd: extended ? at(600, 48) : undefined,
  }
}
