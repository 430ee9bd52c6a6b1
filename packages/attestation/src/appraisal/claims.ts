// What authentic evidence says: the input of policies. Types only.
import type { Hex } from '../bytes.ts'

/** Kinds of evidence that are appraised. */
export type Platform = 'tdx' | 'sgx' | 'sev-snp' | 'nitro'

/** Intel's word on a trusted computing base; `Revoked` never reaches claims. */
export type TcbStatus =
  | 'UpToDate'
  | 'SWHardeningNeeded'
  | 'ConfigurationNeeded'
  | 'ConfigurationAndSWHardeningNeeded'
  | 'OutOfDate'
  | 'OutOfDateConfigurationNeeded'
  | 'TDRelaunchAdvised'
  | 'TDRelaunchAdvisedConfigurationNeeded'

/**
 * Facts that are no fault of the evidence but that a strict policy refuses. TD_DEBUG, SGX_DEBUG,
 * DEBUG (SEV-SNP) and NITRO_DEBUG: the host can read the guest; NO_SEPT_VE_DISABLE: it can make the
 * guest fault on its own memory; SERVICE_TD and MIGRATE_MA: another guest may move this one;
 * NO_ALIAS_CHECK: nothing says that each of the machine's memory cells has one address alone;
 * SGX_PROVISION_KEY and SGX_LAUNCH_KEY: the enclave may derive keys that are for Intel's provisioning
 * and launch enclaves; UNKNOWN_ATTRIBUTES: a TD or an enclave has an attribute whose meaning is not
 * known here; VMPLn: a report asked for at a privilege level below the highest.
 */
export type ClaimFlag =
  | 'TD_DEBUG'
  | 'NO_SEPT_VE_DISABLE'
  | 'SERVICE_TD'
  | 'SGX_DEBUG'
  | 'SGX_PROVISION_KEY'
  | 'SGX_LAUNCH_KEY'
  | 'UNKNOWN_ATTRIBUTES'
  | 'DEBUG'
  | 'MIGRATE_MA'
  | 'NO_ALIAS_CHECK'
  | 'VMPL1'
  | 'VMPL2'
  | 'VMPL3'
  | 'NITRO_DEBUG'

/** What claims of every platform have. Hex fields are lower case. */
export type CommonClaims = {
  readonly flags: readonly ClaimFlag[]
  /** What the guest asked to have signed, 64 bytes; for Nitro its user data, of any length. */
  readonly reportData: Hex
  /** Name of the root in the trust store that the evidence chains to. */
  readonly trustRoot: string
  readonly simulated: boolean
}

/** What Intel's collateral says of a platform, TDX and SGX alike. */
export type IntelClaims = CommonClaims & {
  readonly tcbStatus: TcbStatus
  /** Date of the platform's TCB level, ISO 8601, as the vendor wrote it. */
  readonly tcbDate: string
  /**
   * The oldest date among that level and the levels of TDX module and quoting enclave that are out of
   * date: what grace is counted from. ISO 8601, as the vendor wrote it.
   */
  readonly oldestTcbDate: string
  readonly advisoryIds: readonly string[]
  /** The lower `tcbEvaluationDataNumber` of TCB info and QE identity. */
  readonly evaluationNumber: number
  /** When the oldest of TCB info, QE identity and PCK CRL was issued, milliseconds. */
  readonly collateralIssuedAtMs: number
  /** 16 bytes. */
  readonly ppid: Hex
  /** 6 bytes. */
  readonly fmspc: Hex
}

/** A TDX guest. Registers have 48 bytes. */
export type TdxClaims = IntelClaims & {
  readonly platform: 'tdx'
  readonly mrtd: Hex
  readonly rtmr: readonly [Hex, Hex, Hex, Hex]
  readonly mrConfigId: Hex
  /** `tdxMeasurementId` of MRTD and RTMR0 to 2. */
  readonly measurementId: Hex
}

/** An SGX enclave. */
export type SgxClaims = IntelClaims & {
  readonly platform: 'sgx'
  /** 32 bytes. */
  readonly mrEnclave: Hex
  /** 32 bytes. */
  readonly mrSigner: Hex
  readonly isvProdId: number
  readonly isvSvn: number
  /** 64 bytes; zero without key separation and sharing (KSS). */
  readonly configId: Hex
  /** ATTRIBUTES, 16 bytes. */
  readonly attributes: Hex
  /** `sgxMeasurementId`. */
  readonly measurementId: Hex
}

/** AMD's processor families that have a chain of their own; Bergamo and Siena are Genoa. */
export type SnpProduct = 'Milan' | 'Genoa' | 'Turin'

/** Security version numbers of a SEV-SNP platform, 0 to 255 each. */
export type SnpTcb = {
  /** Turin only. */
  readonly fmc?: number
  readonly bootloader: number
  readonly tee: number
  readonly snp: number
  readonly microcode: number
}

/** A SEV-SNP guest. */
export type SevSnpClaims = CommonClaims & {
  readonly platform: 'sev-snp'
  readonly product: SnpProduct
  readonly signedBy: 'VCEK' | 'VLEK'
  /** The TCB that the signing key is bound to: the one to judge. */
  readonly reportedTcb: SnpTcb
  readonly currentTcb: SnpTcb
  readonly committedTcb: SnpTcb
  readonly launchTcb: SnpTcb
  readonly vmpl: number
  readonly guestSvn: number
  /** Guest policy, 8 bytes, big-endian. */
  readonly guestPolicy: Hex
  /** 48 bytes. */
  readonly measurement: Hex
  /** 32 bytes. */
  readonly hostData: Hex
  /** 16 bytes each. */
  readonly familyId: Hex
  readonly imageId: Hex
  /** 48 bytes each; zero where the guest was launched without. */
  readonly idKeyDigest: Hex
  readonly authorKeyDigest: Hex
  /**
   * 64 bytes, by the VCEK's certificate where that is who signed: a host can mask it in reports
   * only. Undefined where a VLEK signed and the report has none.
   */
  readonly chipId: Hex | undefined
  /** Processor by CPUID; left out by reports of version 2, which do not have it. */
  readonly cpuid?: { readonly family: number; readonly model: number; readonly stepping: number }
  /** When the revocation list was issued, milliseconds; undefined where none was given. */
  readonly collateralIssuedAtMs: number | undefined
  /** `snpMeasurementId`. */
  readonly measurementId: Hex
}

/** An AWS Nitro enclave. */
export type NitroClaims = CommonClaims & {
  readonly platform: 'nitro'
  readonly moduleId: string
  /** When the document was made, milliseconds. */
  readonly timestampMs: number
  /** Platform configuration registers by number, 48 bytes each. */
  readonly pcrs: Readonly<Record<number, Hex>>
  readonly nonce: Hex | undefined
  readonly publicKey: Hex | undefined
}

/** Claims by platform. */
export type ClaimsOf = {
  readonly tdx: TdxClaims
  readonly sgx: SgxClaims
  readonly 'sev-snp': SevSnpClaims
  readonly nitro: NitroClaims
}

/** What the hardware vouches for. */
export type Claims = ClaimsOf[Platform]
