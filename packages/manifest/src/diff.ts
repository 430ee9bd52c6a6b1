// What changes between two versions of an application, for people to read before they sign. Pure.
import type { ManifestDocument } from './document.ts'

/** One changed value; `before` is absent for what is new, `after` for what is gone. */
export type Change = {
  /**
   * Such as `services.web.image` or `terms.replicas`; services and volumes by name, ports by
   * number.
   */
  readonly path: string
  readonly kind: 'added' | 'removed' | 'changed'
  readonly before?: unknown
  readonly after?: unknown
}

/**
 * Every value that differs, ordered by path. Lists of named things are compared by name, other
 * lists as a whole.
 */
export function diffManifests(before: ManifestDocument, after: ManifestDocument): Change[] {
  const old = flatten(before)
  const now = flatten(after)
  const changes: Change[] = []
  for (const path of [...new Set([...old.keys(), ...now.keys()])].sort()) {
    const was = old.get(path)
    const is = now.get(path)
    if (was !== undefined && is !== undefined) {
      if (JSON.stringify(was) !== JSON.stringify(is))
        changes.push({ path, kind: 'changed', before: was, after: is })
    } else if (is !== undefined) changes.push({ path, kind: 'added', after: is })
    else changes.push({ path, kind: 'removed', before: was })
  }
  return changes
}

function flatten(document: ManifestDocument): Map<string, unknown> {
  const values = new Map<string, unknown>()
  const visit = (path: string, value: unknown): void => {
    if (Array.isArray(value)) {
      const items: readonly unknown[] = value
      const keys = items.map(keyOf)
      if (keys.includes(undefined)) {
        if (items.length > 0) values.set(path, items)
        return
      }
      items.forEach((item, i) => visit(`${path}.${keys[i]}`, item))
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) visit(path ? `${path}.${key}` : key, inner)
    } else if (value !== undefined) values.set(path, value)
  }
  visit('', document)
  return values
}

function keyOf(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null) return undefined
  if ('target' in item) return String(item.target)
  if ('name' in item) return String(item.name)
  return 'service' in item ? String(item.service) : undefined
}
