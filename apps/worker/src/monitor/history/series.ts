// What is kept of an application, and in which unit. Pure.
import { SERIES, type SeriesName } from '@wetee/manifest'

export { SERIES, type SeriesName }

/** Values at one time; what was not measured is absent. */
export type Sample = { readonly [Name in SeriesName]?: number }
