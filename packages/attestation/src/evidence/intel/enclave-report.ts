// Reports of SGX enclaves (384 bytes): of an enclave that is attested, and of the quoting enclave.
// Pure.

/** Fields of an enclave report that a verifier reads. */
export type EnclaveReport = {
  /** The signed bytes. */
  readonly bytes: Uint8Array
  readonly miscSelect: Uint8Array
  /** Flags (8 bytes), then XFRM (8 bytes). */
  readonly attributes: Uint8Array
  readonly mrEnclave: Uint8Array
  readonly mrSigner: Uint8Array
  /** 64 bytes, zero without key separation and sharing. */
  readonly configId: Uint8Array
  readonly isvProdId: number
  readonly isvSvn: number
  readonly reportData: Uint8Array
}

/** Size, bytes. */
export const ENCLAVE_REPORT_BYTES = 384

/** Reads a report of 384 bytes. */
export function readEnclaveReport(bytes: Uint8Array): EnclaveReport {
  const at = (offset: number, size: number) => bytes.subarray(offset, offset + size)
  const u16 = (offset: number) => (bytes[offset] ?? 0) + 256 * (bytes[offset + 1] ?? 0)
  return {
    bytes,
    miscSelect: at(16, 4),
    attributes: at(48, 16),
    mrEnclave: at(64, 32),
    mrSigner: at(128, 32),
    configId: at(192, 64),
    isvProdId: u16(256),
    isvSvn: u16(258),
    reportData: at(320, 64),
  }
}
