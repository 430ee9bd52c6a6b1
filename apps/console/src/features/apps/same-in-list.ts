// Whether a list shows the same of an application as before: what is owed grows with every block, and is not shown. Pure.
import { formatDuration, type AppRow } from '@wetee/sdk'
import { fundsEndSoon } from './state.tsx'

const shown = [
  ...(['appId', 'owner', 'state', 'name', 'replicas', 'currentVersion', 'pendingVersion'] as const),
  ...(['createdAt', 'escrowWei', 'workerId', 'weiPerDay'] as const),
]

/** True where the words of both rows are the same. */
export function sameInList(before: AppRow, now: AppRow): boolean {
  if (before === now) return true
  return (
    shown.every((key) => before[key] === now[key]) &&
    before.asset.symbol === now.asset.symbol &&
    before.asset.decimals === now.asset.decimals &&
    lastsText(before) === lastsText(now) &&
    fundsEndSoon(before) === fundsEndSoon(now)
  )
}

/** How long its escrow lasts, as a list says it. */
export function lastsText({ lastsSeconds }: Pick<AppRow, 'lastsSeconds'>): string {
  return lastsSeconds === undefined ? '–' : formatDuration(lastsSeconds)
}
