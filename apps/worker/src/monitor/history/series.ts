// What is kept of an application, and in which unit. Pure.

/** Series by name, in the order in which they are stored: only ever appended to. */
export const SERIES = [
  'cpuMilli',
  'memoryBytes',
  'memoryLimitBytes',
  'diskBytes',
  'receivedBytesPerSecond',
  'sentBytesPerSecond',
  'responseMs',
  'restarts',
  'attestedShare',
  'escrowSeconds',
  'diskLimitBytes',
] as const

/** Name of a series; its unit is the end of it, `restarts` counts from the first look on, shares are 0 to 1. */
export type SeriesName = (typeof SERIES)[number]

/** Values at one time; what was not measured is absent. */
export type Sample = { readonly [Name in SeriesName]?: number }
