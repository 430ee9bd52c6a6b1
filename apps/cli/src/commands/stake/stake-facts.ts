// A stake in words, for `wetee worker show` and `wetee dsecret show`. Pure.
import { formatDot, formatTime, type StakeRecord } from '@wetee/sdk'

export function stakeFacts(stake: StakeRecord): [string, string][] {
  const leaving =
    stake.unbondingWei === 0n
      ? []
      : ([
          [
            'Leaving',
            `${formatDot(stake.unbondingWei)}, payable from ${formatTime(stake.availableAt)}`,
          ],
        ] as [string, string][])
  return [
    ['Stake', `${formatDot(stake.bondedWei)}, ${formatDot(stake.requiredWei)} required`],
    ...leaving,
    ['Locked', `${formatDot(stake.lockedWei)} by complaints`],
  ]
}
