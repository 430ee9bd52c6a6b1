// Which TCB level a platform has reached, and one status out of platform, TDX module and QE. Pure.
import type { PckPlatform } from '../../endorsement/intel/sgx-extension.ts'
import type { PlatformLevel, PlatformStatus, TcbInfo } from '../../endorsement/intel/tcb-info.ts'
import type { IsvStatus } from '../../endorsement/intel/tcb-level.ts'
import { AttestationError } from '../../error.ts'
import type { TcbStatus } from '../claims.ts'

/** An SVN that a level asks for and that a platform does not reach. */
export type MissingSvn = {
  /** Which list of TCB info it is in; the PCE has one SVN, of index 0. */
  readonly of: 'sgx' | 'tdx' | 'pce'
  readonly index: number
  readonly have: number
  readonly need: number
}

/**
 * What a platform lacks of a level, in the order of TCB info; TEE_TCB_SVN is of TDX alone. Its
 * components 0 and 1 are the TDX module itself and do not count when byte 1 names a module
 * generation: that has levels of its own.
 */
export function missingSvns(
  { sgxSvns, tdxSvns, pceSvn }: PlatformLevel,
  platform: PckPlatform,
  teeTcbSvn: Uint8Array | undefined,
): MissingSvn[] {
  const missing: MissingSvn[] = []
  const compare = (of: MissingSvn['of'], index: number, have: number, need: number) => {
    if (have < need) missing.push({ of, index, have, need })
  }
  const firstTdx = (teeTcbSvn?.[1] ?? 0) > 0 ? 2 : 0
  for (const [i, need] of sgxSvns.entries())
    compare('sgx', i, platform.componentSvns[i] ?? -1, need)
  for (const [i, need] of tdxSvns.entries())
    if (i >= firstTdx) compare('tdx', i, teeTcbSvn?.[i] ?? -1, need)
  compare('pce', 0, platform.pceSvn, pceSvn)
  return missing
}

/** The newest level of which a platform lacks nothing. Throws AttestationError `tcb.unsupported`. */
export function findPlatformLevel(
  tcbInfo: TcbInfo,
  platform: PckPlatform,
  teeTcbSvn: Uint8Array | undefined,
): PlatformLevel {
  const level = tcbInfo.levels.find(
    (candidate) => missingSvns(candidate, platform, teeTcbSvn).length === 0,
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
 * started before an update is advised to relaunch, one that has come to run on an older TCB, such as
 * another generation of the TDX module, is as good as that. Throws AttestationError `tcb.revoked`.
 */
export function finalStatus(atLaunch: PlatformStatus, now: PlatformStatus | undefined): TcbStatus {
  if (atLaunch === 'Revoked' || now === 'Revoked')
    throw new AttestationError('tcb.revoked', 'the TCB level is revoked')
  if (!isOutOfDate(atLaunch)) return isOutOfDate(now) ? now : atLaunch
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

function isOutOfDate(
  status: PlatformStatus | undefined,
): status is 'OutOfDate' | 'OutOfDateConfigurationNeeded' {
  return status === 'OutOfDate' || status === 'OutOfDateConfigurationNeeded'
}
