// Conditions: what is wrong now and what helps, kept per scope until it is no longer so. No I/O.

import type { Condition } from '@wetee/daemon'

/** Whom a condition is about: the worker itself, or an application by its id. */
export type Scope = 'worker' | `app/${string}`

const MAX_PER_SCOPE = 64

/** Scope of an application. */
export const appScope = (appId: bigint): Scope => `app/${appId}`

/**
 * The conditions that hold now. A part of the worker owns its `source` within a scope and replaces everything it said
 * there at once, so that what it no longer says is gone.
 */
export class ConditionBoard {
  readonly #held = new Map<Scope, Map<string, readonly Condition[]>>()
  readonly #onChange: (scope: Scope, condition: Condition, held: boolean) => void

  constructor(
    onChange: (scope: Scope, condition: Condition, held: boolean) => void = () => undefined,
  ) {
    this.#onChange = onChange
  }

  /** Replaces what `source` says about `scope`; tells the listener what is new and what has passed. */
  set(scope: Scope, source: string, conditions: readonly Condition[]): void {
    const sources = this.#held.get(scope) ?? new Map<string, readonly Condition[]>()
    const before = sources.get(source) ?? []
    const after = conditions.slice(0, MAX_PER_SCOPE)
    if (after.length === 0) sources.delete(source)
    else sources.set(source, after)
    if (sources.size === 0) this.#held.delete(scope)
    else this.#held.set(scope, sources)
    const codes = (list: readonly Condition[]) => new Set(list.map((c) => c.code))
    for (const c of after) if (!codes(before).has(c.code)) this.#onChange(scope, c, true)
    for (const c of before) if (!codes(after).has(c.code)) this.#onChange(scope, c, false)
  }

  /** Everything that holds in a scope, errors first. */
  list(scope: Scope): Condition[] {
    const order = { error: 0, warning: 1, info: 2 }
    return [...(this.#held.get(scope)?.values() ?? [])]
      .flat()
      .sort((a, b) => order[a.severity] - order[b.severity] || a.code.localeCompare(b.code))
  }

  /** Forgets a scope, for example of an application that has ended. */
  clear(scope: Scope): void {
    for (const source of [...(this.#held.get(scope)?.keys() ?? [])]) this.set(scope, source, [])
  }
}
