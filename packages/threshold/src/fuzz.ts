// Fuzz targets of every parser here, and valid inputs to mutate. Only ThresholdError may escape a
// target. No I/O.
import { dealingSeeds, dealingTargets } from './fuzz/dealings.ts'
import { releaseSeeds, releaseTargets } from './fuzz/releases.ts'

/** Feeds one input to a parser; throws what the parser does. */
export type FuzzTarget = (input: Uint8Array) => void

/** Targets by name. */
export const fuzzTargets: Record<string, FuzzTarget> = { ...dealingTargets, ...releaseTargets }

/** Valid inputs by target, for mutation. */
export const fuzzSeeds: Record<string, readonly Uint8Array[]> = { ...dealingSeeds, ...releaseSeeds }
