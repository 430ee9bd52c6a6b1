// What the contracts owe the account: refunds and rents, to be withdrawn.
import { useQuery } from '@tanstack/react-query'
import { planWithdrawal, readCredits, weiGranularity } from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { Amount } from '../../ui/parts.tsx'
import { Act } from '../transactions/act.tsx'

export function Credit({ account }: { account: `0x${string}` }) {
  const network = useNetwork()
  const credits = useQuery({
    queryKey: ['credits', account],
    queryFn: () => readCredits(network, account),
  })
  const { cloud = [], ...others } = credits.data ?? {}
  const amounts = [...cloud.map(({ amount }) => amount), ...Object.values(others)]
  const total = amounts.reduce((sum, amount) => sum + amount, 0n)
  if (total < weiGranularity) return null
  return (
    <div className="notice good">
      <span className="buttons">
        <span>
          <Amount wei={total} /> of refunds and rents are yours to withdraw.
        </span>
        <Act kind="small" plan={(signer) => planWithdrawal(signer)}>
          Withdraw
        </Act>
      </span>
    </div>
  )
}
