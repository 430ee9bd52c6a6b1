// How far one part of a platform is from being up to date: the platform itself, its TDX module, its
// quoting enclave. Pure.
import type { ComponentNames } from '../../endorsement/intel/component-names.ts'
import type { PckPlatform } from '../../endorsement/intel/sgx-extension.ts'
import type { PlatformLevel, PlatformStatus, TcbInfo } from '../../endorsement/intel/tcb-info.ts'
import { findIsvLevel, type IsvLevel } from '../../endorsement/intel/tcb-level.ts'
import { remedyFor, type TcbRemedy } from './remedies.ts'
import { missingSvns, type MissingSvn } from './tcb-status.ts'

/** A level of TCB info or QE identity, without its SVNs. */
export type LevelSummary = {
  readonly status: PlatformStatus
  /** ISO 8601, as the vendor wrote it. */
  readonly tcbDate: string
  readonly advisoryIds: readonly string[]
}

/** An SVN that is too low. */
export type Shortfall = {
  readonly of: MissingSvn['of'] | 'tdx-module' | 'quoting-enclave'
  /** Which of the 16 components; 0 for what has one SVN. */
  readonly index: number
  /** As TCB info names the component; null where it does not. */
  readonly category: string | null
  readonly type: string | null
  readonly have: number
  readonly need: number
  readonly shortBy: number
  readonly raisedBy: TcbRemedy
}

/** A part of a platform. */
export type PartAdvice = {
  readonly part: 'platform' | 'tdx-module' | 'quoting-enclave'
  /** FMSPC, `TDX_nn`, or `TD_QE` and `QE`. */
  readonly id: string
  /** `Unsupported`: below every level. */
  readonly status: PlatformStatus | 'Unsupported'
  /** The level it has reached; null where it is below every one. */
  readonly current: LevelSummary | null
  /**
   * The level to aim for: its own if that is up to date, else the newest that is, else the newest;
   * null where there are no levels.
   */
  readonly target: LevelSummary | null
  /** What it lacks of the target, in the order of TCB info. */
  readonly short: readonly Shortfall[]
  /** Advisories that no longer apply at the target. */
  readonly fixes: readonly string[]
  /** Below every level: the lowest level, and what it lacks of that. */
  readonly lowest: (LevelSummary & { readonly short: readonly Shortfall[] }) | null
}

/** TEE_TCB_SVN as of the launch of a guest and, where the report says so, as it is now. */
export type TeeSvns = { readonly atLaunch: Uint8Array; readonly now: Uint8Array | undefined }

/** The platform: SGX components, TDX components, PCE. */
export function advisePlatform(
  { levels }: TcbInfo,
  platform: PckPlatform,
  names: ComponentNames,
  { id, tee }: { readonly id: string; readonly tee: TeeSvns | undefined },
): PartAdvice {
  const missing = (level: PlatformLevel) => missingSvns(level, platform, tee?.atLaunch)
  const current = levels.find((level) => missing(level).length === 0)
  const settings = settingsIn(levels)
  const describe = (level: PlatformLevel): Shortfall[] => {
    const later = tee?.now && missingSvns(level, platform, tee.now)
    return missing(level).map((svn) => {
      const name = (svn.of === 'pce' ? undefined : names[svn.of][svn.index]) ?? NO_NAME
      const atLaunchOnly = later?.every(({ of, index }) => of !== svn.of || index !== svn.index)
      const setting = svn.of === 'sgx' && settings.has(svn.index)
      const raisedBy = atLaunchOnly === true ? 'relaunch' : remedyFor(svn, name, setting)
      return { ...svn, ...name, shortBy: svn.need - svn.have, raisedBy }
    })
  }
  return advise({ part: 'platform', id }, levels, current, describe)
}

const NO_NAME = { category: null, type: null } as const

/**
 * SGX components that stand for what is set, not for what is installed: the only thing that a level
 * which needs configuration has lower than one that does not.
 */
function settingsIn(levels: readonly PlatformLevel[]): ReadonlySet<number> {
  const settings = new Set<number>()
  const needs = ({ status }: PlatformLevel) => status.includes('Configuration')
  const svns = ({ sgxSvns, tdxSvns, pceSvn }: PlatformLevel) => [...sgxSvns, pceSvn, ...tdxSvns]
  const configured = levels.filter((level) => !needs(level)).map(svns)
  for (const low of levels.filter(needs).map(svns))
    for (const high of configured) {
      const [only, ...others] = high.flatMap((svn, index) => (svn === low[index] ? [] : [index]))
      if (only === undefined || others.length > 0) continue
      if ((low[only] ?? 0) < (high[only] ?? 0)) settings.add(only)
    }
  return settings
}

/** A part with one SVN: `have`, and `now` where a guest was launched under another one. */
export function adviseIsv(
  { part, id }: { readonly part: 'tdx-module' | 'quoting-enclave'; readonly id: string },
  levels: readonly IsvLevel[],
  { have, now }: { readonly have: number; readonly now?: number | undefined },
): PartAdvice {
  const describe = ({ isvSvn: need }: IsvLevel): Shortfall[] => {
    if (have >= need) return []
    const raisedBy = now !== undefined && now >= need ? 'relaunch' : part
    return [{ of: part, index: 0, ...NO_NAME, have, need, shortBy: need - have, raisedBy }]
  }
  return advise({ part, id }, levels, findIsvLevel(levels, have), describe)
}

function advise<L extends LevelSummary>(
  name: Pick<PartAdvice, 'part' | 'id'>,
  levels: readonly L[],
  current: L | undefined,
  describe: (level: L) => Shortfall[],
): PartAdvice {
  const newest = levels.find(({ status }) => status === 'UpToDate') ?? levels[0]
  const target = current?.status === 'UpToDate' ? current : newest
  const lowest = current === undefined ? levels.at(-1) : undefined
  // Each level names everything that the platforms at it are exposed to, not only what is new.
  const exposed = (current ?? lowest)?.advisoryIds ?? []
  return {
    ...name,
    status: current?.status ?? 'Unsupported',
    current: current === undefined ? null : summarise(current),
    target: target === undefined ? null : summarise(target),
    short: target === undefined ? [] : describe(target),
    fixes: exposed.filter((advisory) => target?.advisoryIds.includes(advisory) !== true),
    lowest: lowest === undefined ? null : { ...summarise(lowest), short: describe(lowest) },
  }
}

function summarise({ status, tcbDate, advisoryIds }: LevelSummary): LevelSummary {
  return { status, tcbDate, advisoryIds: [...advisoryIds] }
}
