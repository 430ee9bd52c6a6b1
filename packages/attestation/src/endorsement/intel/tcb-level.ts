// Levels of enclave-like things (quoting enclave, TDX module) in signed collateral. Pure.
import type { JsonFields } from './json-fields.ts'

/** Status of a level of the QE or the TDX module. */
export type IsvStatus = 'UpToDate' | 'OutOfDate' | 'Revoked'

/** The status of every ISV SVN from `isvSvn` up to the level before. */
export type IsvLevel = {
  readonly isvSvn: number
  readonly tcbDate: string
  readonly status: IsvStatus
  readonly advisoryIds: readonly string[]
}

const MAX_LEVELS = 64
/** Most advisories of one level. */
export const MAX_ADVISORIES = 256

/** Reads `tcbLevels`, newest first. Throws AttestationError with the code of `fields`. */
export function readIsvLevels(fields: JsonFields): IsvLevel[] {
  return fields.objects('tcbLevels', MAX_LEVELS).map((level) => ({
    isvSvn: level.object('tcb').integer('isvsvn', 0xffff),
    tcbDate: level.instant('tcbDate'),
    status: level.oneOf('tcbStatus', ['UpToDate', 'OutOfDate', 'Revoked']),
    advisoryIds: level.texts('advisoryIDs', MAX_ADVISORIES),
  }))
}

/** The first level that `isvSvn` reaches; undefined when it is below all. */
export function findIsvLevel(levels: readonly IsvLevel[], isvSvn: number): IsvLevel | undefined {
  return levels.find((level) => isvSvn >= level.isvSvn)
}
