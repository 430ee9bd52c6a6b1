// Which applications a search finds. Pure.
import type { AppRow } from '@wetee/sdk'

/** By part of the name, number, or beginning of the owner's address. */
export function matchesSearch(
  { name, appId, owner }: Pick<AppRow, 'name' | 'appId' | 'owner'>,
  search: string,
): boolean {
  const wanted = search.trim().toLowerCase()
  if (wanted === '') return true
  return (
    name.toLowerCase().includes(wanted) ||
    String(appId) === wanted.replace(/^#/, '') ||
    (wanted.startsWith('0x') && owner.toLowerCase().startsWith(wanted))
  )
}
