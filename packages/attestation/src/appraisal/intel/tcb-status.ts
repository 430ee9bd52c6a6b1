// Which TCB level a platform has reached, and one status out of platform, TDX module and QE. Pure.
import type { PckPlatform } from '../../endorsement/intel/sgx-extension.ts'
import type { PlatformLevel, PlatformStatus, TcbInfo } from '../../endorsement/intel/tcb-info.ts'
import type { IsvStatus } from '../../endorsement/intel/tcb-level.ts'
import { AttestationError } from '../../error.ts'
import type { TcbStatus } from '../claims.ts'

/**
 * The newest level whose every SVN the platform reaches; TEE_TCB_SVN is of TDX alone. Its components
 * 0 and 1 are the TDX module itself and do not count when byte 1 names a module generation: that has
 * levels of its own. Throws AttestationError `tcb.unsupported`.
 */
export function findPlatformLevel(
  tcbInfo: TcbInfo,
  platform: PckPlatform,
  teeTcbSvn: Uint8Array | undefined,
): PlatformLevel {
  const firstTdx = (teeTcbSvn?.[1] ?? 0) > 0 ? 2 : 0
  const level = tcbInfo.levels.find(
    ({ sgxSvns, pceSvn, tdxSvns }) =>
      platform.pceSvn >= pceSvn &&
      sgxSvns.every((svn, i) => (platform.componentSvns[i] ?? -1) >= svn) &&
      tdxSvns.every((svn, i) => i < firstTdx || (teeTcbSvn?.[i] ?? -1) >= svn),
  )
  if (level === undefined)
    throw new AttestationError('tcb.unsupported', 'the platform is below every TCB level')
  return level
}

const OUT_OF_DATE: Readonly<Record<PlatformStatus, PlatformStatus>> = {
  UpToDate: 'OutOfDate',
  SWHardeningNeeded: 'OutOfDate',
  ConfigurationNeeded: 'OutOfDateConfigurationNeeded',
  ConfigurationAndSWHardeningNeeded: 'OutOfDateConfigurationNeeded',
  OutOfDate: 'OutOfDate',
  OutOfDateConfigurationNeeded: 'OutOfDateConfigurationNeeded',
  Revoked: 'Revoked',
}

/** The status of the whole: never better than any of its parts. */
export function mergeStatus(
  platform: PlatformStatus,
  ...others: readonly IsvStatus[]
): PlatformStatus {
  if (platform === 'Revoked' || others.includes('Revoked')) return 'Revoked'
  return others.includes('OutOfDate') ? OUT_OF_DATE[platform] : platform
}

/**
 * The status to report, given what it would be with the TCB as it is now (TD 1.5): a TD that was
 * started before an update is advised to relaunch. Throws AttestationError `tcb.revoked`.
 */
export function finalStatus(atLaunch: PlatformStatus, now: PlatformStatus | undefined): TcbStatus {
  if (atLaunch === 'Revoked' || now === 'Revoked')
    throw new AttestationError('tcb.revoked', 'the TCB level is revoked')
  if (atLaunch !== 'OutOfDate' && atLaunch !== 'OutOfDateConfigurationNeeded') return atLaunch
  switch (now) {
    case 'UpToDate':
    case 'SWHardeningNeeded':
      return 'TDRelaunchAdvised'
    case 'ConfigurationNeeded':
    case 'ConfigurationAndSWHardeningNeeded':
      return 'TDRelaunchAdvisedConfigurationNeeded'
    case 'OutOfDate':
    case 'OutOfDateConfigurationNeeded':
    case undefined:
      return atLaunch
  }
}
