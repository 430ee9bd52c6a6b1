// The port between a guest and the TEE it runs in. Types only.

/** A lower-case hex string with `0x` before it. */
export type Hex = `0x${string}`

/** The platforms a guest can run on. */
export type TeePlatform = 'tdx' | 'sev-snp' | 'sgx'

/** What a TDX guest (TD) can read about itself; registers of 48 bytes. */
export type TdxReport = {
  readonly mrConfigId: Hex
  readonly mrtd: Hex
  readonly rtmr: readonly [Hex, Hex, Hex, Hex]
  readonly debug: boolean
}

/** What an SEV-SNP guest can read about itself. */
export type SnpReport = {
  /** 32 bytes, set by the host at launch. */
  readonly hostData: Hex
  /** Launch measurement, 48 bytes. */
  readonly measurement: Hex
  /** 64 bytes; absent where the platform masks it. */
  readonly chipId?: Hex
  /** Privilege level that the report was asked at, 0 to 3. */
  readonly vmpl: number
  readonly debug: boolean
}

/** What an SGX enclave can read about itself. */
export type SgxReport = {
  /** 64 bytes, set by the host at launch. */
  readonly configId: Hex
  /** 32 bytes. */
  readonly mrEnclave: Hex
  /** 32 bytes. */
  readonly mrSigner: Hex
  readonly debug: boolean
}

/** A call that may be given up. */
export type CallOptions = { readonly signal?: AbortSignal }

/** DER certificates that the host has put beside an SNP report. Nothing in here is authenticated. */
export type SnpCertificates = {
  readonly vcek?: Uint8Array
  readonly vlek?: Uint8Array
  /** Issuer of the VCEK or VLEK. */
  readonly ask?: Uint8Array
  readonly ark?: Uint8Array
  /** Revocation list of the ARK. */
  readonly crl?: Uint8Array
}

/**
 * The TEE as its guest sees it. Modelled on Linux: `report` is a local report, `extend` writes to an RTMR (tsm-mr),
 * `quote` is configfs-tsm's inblob to outblob. Every call throws TeeError.
 */
type Device<Platform extends TeePlatform, Report> = {
  readonly platform: Platform
  /** True when no hardware stands behind it. */
  readonly simulated: boolean
  /** The guest's own registers, among them the configuration that the host set at launch. */
  report(options?: CallOptions): Promise<Report>
  /**
   * Extends a run-time register (2 or 3) by a SHA-384 digest of 48 bytes; not to be undone. TeeError `tee.no-registers`
   * where there are none, `tee.register-differs` when the register is not afterwards what the extension makes of it.
   */
  extend(register: number, digest: Hex, options?: CallOptions): Promise<void>
  /** A quote over 64 bytes of report data; on SEV-SNP the report. TeeError `request.invalid` for another length. */
  quote(reportData: Hex, options?: CallOptions): Promise<Uint8Array>
  /**
   * A key of 32 bytes that depends on chip, measurement and `context` (1 to 256 characters); TeeError
   * `tee.no-sealing-key` where there is none, as on real TDX.
   */
  sealingKey(context: string, options?: CallOptions): Promise<Uint8Array>
}

/** An Intel TDX guest. */
export type TdxDevice = Device<'tdx', TdxReport>

/** An AMD SEV-SNP guest. */
export type SnpDevice = Device<'sev-snp', SnpReport> & {
  /** A report with the certificates that came with it; TeeError `tee.certificates-invalid` for a malformed table. */
  quoteWithCertificates(
    reportData: Hex,
    options?: CallOptions,
  ): Promise<{ readonly quote: Uint8Array; readonly certificates: SnpCertificates }>
}

/** An Intel SGX enclave. */
export type SgxDevice = Device<'sgx', SgxReport>

/** Any TEE; told apart by `platform`. */
export type AnyTeeDevice = TdxDevice | SnpDevice | SgxDevice

/** The TEE of one platform; TDX unless another is named. */
export type TeeDevice<Platform extends TeePlatform = 'tdx'> = Extract<
  AnyTeeDevice,
  { readonly platform: Platform }
>

/** The report of one platform; TDX unless another is named. */
export type TeeReport<Platform extends TeePlatform = 'tdx'> = Awaited<
  ReturnType<TeeDevice<Platform>['report']>
>
