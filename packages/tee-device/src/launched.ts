// What a report of any platform says of the launch. Pure.
import type { Hex, SgxReport, SnpReport, TdxReport, TeePlatform } from './device.ts'

/** The report of any platform. */
export type AnyTeeReport = TdxReport | SnpReport | SgxReport

/** Platform and launch field: MRCONFIGID (48 bytes), HOST_DATA (32 bytes) or CONFIGID (64 bytes). */
export function launchedAs(report: AnyTeeReport): {
  readonly platform: TeePlatform
  readonly configuration: Hex
} {
  if ('mrConfigId' in report) return { platform: 'tdx', configuration: report.mrConfigId }
  if ('hostData' in report) return { platform: 'sev-snp', configuration: report.hostData }
  return { platform: 'sgx', configuration: report.configId }
}
