// Applications: of the whole network, or of the connected account, with rent and how long the deposit lasts.
import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { formatDuration, listAppRows, type AppRow } from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { Amount, Card, Cell, Empty, Failure, Hash, Loading, Page, Time } from '../../ui/parts.tsx'
import { useRowsInSight } from '../../ui/rows-in-sight.ts'
import { useWallet } from '../../wallet/wallet.tsx'
import { WalletDialog } from '../../wallet/wallet-button.tsx'
import { Credit } from './credit.tsx'
import { matchesSearch } from './search.ts'
import { StateBadge } from './state.tsx'

export function AppsPage({ mine = false }: { mine?: boolean }) {
  const { account } = useWallet()
  const deploy = (
    <a className="button primary" href="#/deploy">
      Deploy
    </a>
  )
  if (mine && account === undefined)
    return (
      <Page title="My applications" actions={deploy}>
        <NoAccount />
      </Page>
    )
  return (
    <Page
      title={mine ? 'My applications' : 'Applications'}
      actions={deploy}
      {...(mine ? { sub: <Hash hex={account ?? ''} what="your address" /> } : {})}
    >
      {mine && account !== undefined && <Credit account={account} />}
      <List {...(mine && account !== undefined ? { owner: account } : {})} />
    </Page>
  )
}

function NoAccount() {
  const [open, setOpen] = useState(false)
  return (
    <div className="card">
      <Empty>
        <p>Connect a wallet to see what its account has deployed.</p>
        <button type="button" className="button primary" onClick={() => setOpen(true)}>
          Connect wallet
        </button>
      </Empty>
      {open && <WalletDialog close={() => setOpen(false)} />}
    </div>
  )
}

function List({ owner }: { owner?: `0x${string}` }) {
  const network = useNetwork()
  const [search, setSearch] = useState('')
  const [ended, setEnded] = useState(false)
  const apps = useQuery({
    queryKey: ['apps', owner ?? 'all'],
    queryFn: () => listAppRows(network, owner),
  })
  const rows = apps.data?.filter(
    (row) => (ended || row.state !== 'ended') && matchesSearch(row, search),
  )
  const hidden = apps.data?.filter(({ state }) => state === 'ended').length ?? 0
  return (
    <Card
      title={owner === undefined ? 'All applications' : 'Deployed by this account'}
      end={
        <span className="buttons">
          <label className="quiet">
            <input type="checkbox" checked={ended} onChange={(e) => setEnded(e.target.checked)} />{' '}
            ended ({hidden})
          </label>
          <input
            className="input"
            style={{ width: 230 }}
            type="search"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
            placeholder="Name, number or owner"
            aria-label="Search applications"
          />
        </span>
      }
    >
      {apps.isError && <Failure error={apps.error} retry={() => void apps.refetch()} />}
      {apps.isPending && <Loading what="the applications" />}
      {rows?.length === 0 && (
        <Empty>
          <p>{search === '' ? 'Nothing runs here yet.' : `Nothing matches “${search}”.`}</p>
          {search === '' && <a href="#/deploy">Deploy a Compose file</a>}
        </Empty>
      )}
      {rows !== undefined && rows.length > 0 && <Table rows={rows} own={owner !== undefined} />}
    </Card>
  )
}

function Table({ rows, own }: { rows: readonly AppRow[]; own: boolean }) {
  const { body, first, last, before, after } = useRowsInSight(rows.length)
  return (
    <div className="scroll">
      <table className="stack" aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            <th scope="col">Application</th>
            <th scope="col">State</th>
            <th scope="col">Worker</th>
            {!own && <th scope="col">Owner</th>}
            <th scope="col" className="num">
              Rent per day
            </th>
            <th scope="col" className="num">
              Escrow
            </th>
            <th scope="col" className="num">
              Lasts
            </th>
            <th scope="col">Created</th>
          </tr>
        </thead>
        <tbody ref={body}>
          {before > 0 && <tr className="room" aria-hidden="true" style={{ height: before }} />}
          {rows.slice(first, last).map((row, index) => (
            <Line key={String(row.appId)} row={row} own={own} place={first + index} />
          ))}
          {after > 0 && <tr className="room" aria-hidden="true" style={{ height: after }} />}
        </tbody>
      </table>
    </div>
  )
}

function Line({ row, own, place }: { row: AppRow; own: boolean; place: number }) {
  return (
    <tr data-row={place} aria-rowindex={place + 2}>
      <Cell label="Application">
        <a href={`#/app/${row.appId}`}>{row.name}</a>{' '}
        <span className="under">number {String(row.appId)}</span>
      </Cell>
      <Cell label="State">
        <StateBadge app={row} />
      </Cell>
      <Cell label="Worker">
        <a href={`#/worker/${row.workerId}`}>{String(row.workerId)}</a>
      </Cell>
      {!own && (
        <Cell label="Owner">
          <Hash hex={row.owner} what="the owner's address" />
        </Cell>
      )}
      <Cell label="Rent per day" className="num">
        <Amount wei={row.weiPerDay} asset={row.asset} />
      </Cell>
      <Cell label="Escrow" className="num">
        <Amount wei={row.escrowWei} asset={row.asset} />
      </Cell>
      <Cell label="Lasts" className="num">
        {row.lastsSeconds === undefined ? '–' : formatDuration(row.lastsSeconds)}
      </Cell>
      <Cell label="Created" className="tight">
        <Time seconds={row.createdAt} />
      </Cell>
    </tr>
  )
}
