// What an application has cost and will cost: its balance, and every payment by the chain's events.
import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import {
  formatAmount,
  formatDuration,
  readAppHistory,
  reasonOf,
  type AppDetails,
  type Asset,
  type HistoryEntry,
} from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { saveText } from '../../ui/save.ts'
import { Amount, Card, Hash, Time } from '../../ui/parts.tsx'
import { Queried } from '../../ui/queried.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { useWallet } from '../../wallet/wallet.tsx'
import { WalletAction } from '../transactions/wallet-action.tsx'
import { RechargeDialog } from './recharge-dialog.tsx'

export function BillingTab({ app }: { app: AppDetails }) {
  return (
    <>
      <Balance app={app} />
      <Payments app={app} />
    </>
  )
}

function Balance({ app }: { app: AppDetails }) {
  const { account } = useWallet()
  const { asset } = app
  const tiles: readonly (readonly [string, ReactNode])[] = [
    ['Rent per day', <Amount key="r" wei={app.weiPerDay} asset={asset} />],
    ['Escrow', <Amount key="e" wei={app.escrowWei} asset={asset} />],
    ['Owed now', <Amount key="o" wei={app.unsettledWei} asset={asset} />],
    ['Grace deposit', <Amount key="g" wei={app.graceDepositWei} asset={asset} />],
    ['Paid so far', <Amount key="p" wei={app.paidWei} asset={asset} />],
    ['Lasts', app.lastsSeconds === undefined ? '–' : formatDuration(app.lastsSeconds)],
  ]
  return (
    <>
      <dl className="tiles">
        {tiles.map(([label, value]) => (
          <div className="tile" key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {account !== undefined && app.state !== 'ended' && (
        <div className="buttons">
          <WalletAction
            kind="primary"
            dialog={(close) => <RechargeDialog app={app} close={close} />}
          >
            Add funds
          </WalletAction>
          <span className="quiet">
            Anybody may. Rent is paid by the attested second; what is left comes back when it is
            terminated.
          </span>
        </div>
      )}
    </>
  )
}

function Payments({ app }: { app: AppDetails }) {
  const network = useNetwork()
  const history = useQuery({
    queryKey: ['history', String(app.appId), 'money'],
    queryFn: () => readAppHistory(network, app.appId, 'money'),
    refetchInterval: 15_000,
  })
  return (
    <Card
      title="Payments"
      note="the newest 100, by the chain's events"
      end={
        history.data !== undefined &&
        history.data.length > 0 && (
          <button
            type="button"
            className="button small"
            onClick={() => saveText(`application-${app.appId}-payments.csv`, csvOf(history.data))}
          >
            Download as CSV
          </button>
        )
      }
    >
      <Queried query={history} what="the payments" none="Nothing has been paid yet.">
        {(found) => (
          <Table heads={['When', 'What', { num: 'Amount' }, 'Transaction']}>
            {found.map((entry, index) => (
              <Payment key={`${entry.txHash}/${index}`} entry={entry} asset={app.asset} />
            ))}
          </Table>
        )}
      </Queried>
    </Card>
  )
}

function Payment({ entry, asset }: { entry: HistoryEntry; asset: Asset }) {
  const { text, wei, sign } = moneyOf(entry)
  return (
    <tr>
      <Cell label="When" className="tight">
        <Time seconds={entry.at} />
      </Cell>
      <Cell label="What">{text}</Cell>
      <Cell label="Amount" className="num">
        {sign}
        {formatAmount(wei, asset)}
      </Cell>
      <Cell label="Transaction">
        <Hash hex={entry.txHash} what="the transaction's hash" />
      </Cell>
    </tr>
  )
}

/** What a record did to the escrow: `+` into it, `−` out of it. */
function moneyOf(entry: HistoryEntry): { text: string; wei: bigint; sign: string } {
  const { event, args } = entry
  const wei = (name: string) => (typeof args[name] === 'bigint' ? args[name] : 0n)
  if (event === 'Settled')
    return {
      text: `Rent of ${formatDuration(Number(wei('attestedSeconds')))} to worker ${wei('workerId')}`,
      wei: wei('rentWei'),
      sign: '−',
    }
  if (event === 'AppEnded')
    return { text: `Refund: ${reasonOf(entry)}`, wei: wei('refundWei'), sign: '−' }
  if (event === 'AppCreated') return { text: 'Deposit', wei: wei('depositWei'), sign: '+' }
  return { text: 'Recharged', wei: wei('amountWei'), sign: '+' }
}

function csvOf(entries: readonly HistoryEntry[]): string {
  const rows = entries.map((entry) => {
    const { text, wei, sign } = moneyOf(entry)
    const time = new Date(Number(entry.at) * 1_000).toISOString()
    return [time, `"${text}"`, `${sign === '+' ? '' : '-'}${wei}`, entry.txHash].join(',')
  })
  return `time,what,amount in the smallest unit,transaction\n${rows.join('\n')}\n`
}
