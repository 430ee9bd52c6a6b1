// What the contracts owe the account: refunds and rents, to be withdrawn.
import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { planWithdrawal, readCredits, weiGranularity } from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { Amount } from '../../ui/parts.tsx'
import { SignDialog } from '../transactions/sign-dialog.tsx'

export function Credit({ account }: { account: `0x${string}` }) {
  const network = useNetwork()
  const [open, setOpen] = useState(false)
  const credits = useQuery({
    queryKey: ['credits', account],
    queryFn: () => readCredits(network, account),
  })
  const { cloud = [], ...others } = credits.data ?? {}
  const amounts = [...cloud.map(({ amount }) => amount), ...Object.values(others)]
  const total = amounts.reduce((sum, amount) => sum + amount, 0n)
  if (total < weiGranularity && !open) return null
  return (
    <div className="notice good">
      <span className="buttons">
        <span>
          <Amount wei={total} /> of refunds and rents are yours to withdraw.
        </span>
        <button type="button" className="button small" onClick={() => setOpen(true)}>
          Withdraw
        </button>
      </span>
      {open && (
        <SignDialog plan={(signer) => planWithdrawal(signer)} close={() => setOpen(false)} />
      )}
    </div>
  )
}
