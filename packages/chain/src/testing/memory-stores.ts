// For tests: cursors and outbox in memory, which outlive the follower or queue under test. No I/O.
import type { Cursor, CursorStore } from '../ports/cursor-store.ts'
import type { OutboxEntry, OutboxStore } from '../ports/outbox-store.ts'

/** Cursors in a map. */
export function memoryCursors(): CursorStore & { readonly saved: Map<string, Cursor> } {
  const saved = new Map<string, Cursor>()
  return {
    saved,
    readCursor: (name) => Promise.resolve(saved.get(name)),
    saveCursor: (name, cursor) => Promise.resolve(void saved.set(name, cursor)),
  }
}

/** An outbox in a map, as strict as a database about nonces. */
export function memoryOutbox(): OutboxStore & { readonly entries: Map<string, OutboxEntry> } {
  const entries = new Map<string, OutboxEntry>()
  const of = (scope: string) => [...entries.values()].filter((entry) => entry.scope === scope)
  const byNonce = (a: OutboxEntry, b: OutboxEntry) => a.nonce - b.nonce
  return {
    entries,
    readEntry: (scope, key) => Promise.resolve(entries.get(`${scope} ${key}`)),
    readOpenEntries: (scope) =>
      Promise.resolve(
        of(scope)
          .filter(({ state }) => state === 'open')
          .sort(byNonce),
      ),
    saveEntry: (entry) => {
      const { scope, key, nonce } = entry
      if (of(scope).some((other) => other.nonce === nonce && other.key !== key))
        return Promise.reject(new Error(`nonce ${nonce} belongs to another key than "${key}"`))
      entries.set(`${scope} ${key}`, entry)
      return Promise.resolve()
    },
    pruneEntries: (scope, keep) => {
      const finished = of(scope)
        .filter(({ state }) => state !== 'open')
        .sort(byNonce)
      for (const { key } of finished.slice(0, Math.max(0, finished.length - keep)))
        entries.delete(`${scope} ${key}`)
      return Promise.resolve()
    },
  }
}
