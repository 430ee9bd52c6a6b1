// What authentic evidence says: the input of policies. Types only.
import type { Hex } from '../bytes.ts'

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

/** Facts that are no fault of the evidence but that a strict policy refuses. */
export type ClaimFlag = 'TD_DEBUG' | 'NO_SEPT_VE_DISABLE' | 'SERVICE_TD'

/** What the hardware vouches for. Hex fields are lower case; registers have 48 bytes. */
export type Claims = {
  readonly platform: 'tdx'
  readonly tcbStatus: TcbStatus
  /** Date of the platform's TCB level, ISO 8601, as the vendor wrote it. */
  readonly tcbDate: string
  readonly advisoryIds: readonly string[]
  /** The lower `tcbEvaluationDataNumber` of TCB info and QE identity. */
  readonly evaluationNumber: number
  /** When the oldest of TCB info, QE identity and PCK CRL was issued, milliseconds. */
  readonly collateralIssuedAtMs: number
  readonly flags: readonly ClaimFlag[]
  readonly mrtd: Hex
  readonly rtmr: readonly [Hex, Hex, Hex, Hex]
  readonly mrConfigId: Hex
  /** `tdxMeasurementId` of MRTD and RTMR0 to 2. */
  readonly measurementId: Hex
  /** 64 bytes. */
  readonly reportData: Hex
  /** 16 bytes. */
  readonly ppid: Hex
  /** 6 bytes. */
  readonly fmspc: Hex
  /** Name of the root in the trust store that the evidence chains to. */
  readonly trustRoot: string
  readonly simulated: boolean
}
