// What is wrong now and what helps, the same in API, CLI and console. Types only.

/** One thing that is not as it should be; health is a list of these, empty when all is well. */
export type Condition = {
  /** Stable, `noun.what`. */
  readonly code: string
  readonly severity: 'info' | 'warning' | 'error'
  readonly text: string
  /** What somebody can do; empty when it passes by itself. */
  readonly remedy: string
}
