// The stake of a worker or a dsecret node: bonded, leaving, locked; adding, asking back, paying out.
import {
  formatDot,
  planBond,
  planStakeWithdrawal,
  planWithdrawalCancel,
  planWithdrawalRequest,
  type StakeHolder,
  type StakeRecord,
} from '@wetee/sdk'
import { Amount, Card, Facts, Time } from '../../ui/parts.tsx'
import { Act } from '../transactions/act.tsx'
import { AmountAct } from '../transactions/amount-act.tsx'

export function StakeCard(props: { holder: StakeHolder; stake: StakeRecord; own: boolean }) {
  const { holder, stake, own } = props
  return (
    <Card title="Stake" note="slashed by proof or by a complaint that is upheld">
      <div className="body">
        <Facts
          rows={[
            ['Bonded', <Amount key="b" wei={stake.bondedWei} />],
            ['Required', <Amount key="r" wei={stake.requiredWei} />],
            ['Locked', <Amount key="l" wei={stake.lockedWei} />],
            ['Free', <Amount key="f" wei={stake.freeWei} />],
            ...(stake.unbondingWei === 0n
              ? []
              : [
                  [
                    'Leaving',
                    <span key="u">
                      <Amount wei={stake.unbondingWei} />, payable{' '}
                      <Time seconds={stake.availableAt} />
                    </span>,
                  ] as const,
                ]),
          ]}
        />
        <div className="buttons">
          <AmountAct
            hint="Anybody may add; it belongs to the owner and comes back on request, after the unbonding time."
            plan={(signer, amount) => planBond(signer, holder, amount === 'all' ? 0n : amount)}
          >
            Add stake
          </AmountAct>
          <AmountAct
            shown={own && stake.freeWei > 0n}
            hint={`Up to ${formatDot(stake.freeWei)} may leave now. It stays slashable until it is paid out.`}
            all="All that may leave"
            plan={(signer, amount) => planWithdrawalRequest(signer, holder, amount)}
          >
            Ask stake back
          </AmountAct>
          <Act
            kind="primary"
            shown={own && stake.unbondingWei > 0n}
            plan={(signer) => planStakeWithdrawal(signer, holder)}
          >
            Withdraw
          </Act>
          <Act
            shown={own && stake.unbondingWei > 0n}
            plan={(signer) => planWithdrawalCancel(signer, holder)}
          >
            Bond it again
          </Act>
        </div>
      </div>
    </Card>
  )
}
