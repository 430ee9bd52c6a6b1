// Applications: of the whole network, or of the connected account, with rent and how long the deposit lasts.
import { memo, useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import type { AppRow } from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { Amount, Card, Empty, Hash, Page, Time } from '../../ui/parts.tsx'
import { Queried } from '../../ui/queried.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { useRowsInSight, wholeUpTo } from '../../ui/rows-in-sight.ts'
import { useWallet } from '../../wallet/wallet.tsx'
import { ConnectButton } from '../../wallet/wallet-button.tsx'
import { appsQuery } from './apps-query.ts'
import { Credit } from './credit.tsx'
import { matchesSearch } from './search.ts'
import { lastsText, sameInList } from './same-in-list.ts'
import { StateBadge } from './state.tsx'

export const AppsPage = () => <Apps mine={false} />
export const MyAppsPage = () => <Apps mine />

function Apps({ mine }: { mine: boolean }) {
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
  return (
    <div className="card">
      <Empty>
        <p>Connect a wallet to see what its account has deployed.</p>
        <ConnectButton />
      </Empty>
    </div>
  )
}

function List({ owner }: { owner?: `0x${string}` }) {
  const network = useNetwork()
  const [search, setSearch] = useState('')
  const [ended, setEnded] = useState(false)
  const apps = useQuery({
    ...appsQuery(network, owner),
    // A long list is some megabytes, and is being scrolled.
    refetchInterval: ({ state }) => ((state.data?.length ?? 0) > wholeUpTo ? 30_000 : 5_000),
  })
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
      <Queried query={apps} what="the applications">
        {(all) => {
          const rows = all.filter(
            (row) => (ended || row.state !== 'ended') && matchesSearch(row, search),
          )
          return rows.length > 0 ? (
            <AppTable rows={rows} own={owner !== undefined} />
          ) : (
            <Empty>
              <p>{search === '' ? 'Nothing runs here yet.' : `Nothing matches “${search}”.`}</p>
              {search === '' && <a href="#/deploy">Deploy a Compose file</a>}
            </Empty>
          )
        }}
      </Queried>
    </Card>
  )
}

function AppTable({ rows, own }: { rows: readonly AppRow[]; own: boolean }) {
  const { body, first, last, before, after } = useRowsInSight(rows.length)
  return (
    <Table
      heads={[
        'Application',
        'State',
        'Worker',
        ...(own ? [] : ['Owner']),
        { num: 'Rent per day' },
        { num: 'Escrow' },
        { num: 'Lasts' },
        'Created',
      ]}
      rowCount={rows.length + 1}
      body={body}
    >
      {before > 0 && <tr className="room" aria-hidden="true" style={{ height: before }} />}
      {rows.slice(first, last).map((row, index) => (
        <Line key={String(row.appId)} row={row} own={own} place={first + index} />
      ))}
      {after > 0 && <tr className="room" aria-hidden="true" style={{ height: after }} />}
    </Table>
  )
}

type LineProps = { readonly row: AppRow; readonly own: boolean; readonly place: number }

/** Drawn once: scrolling draws the rows that come, and reading the chain anew those that say something else then. */
const Line = memo(({ row, own, place }: LineProps) => {
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
        <Cell label="Owner" className="tight">
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
        {lastsText(row)}
      </Cell>
      <Cell label="Created" className="tight">
        <Time seconds={row.createdAt} />
      </Cell>
    </tr>
  )
}, saysTheSame)

function saysTheSame(before: LineProps, now: LineProps): boolean {
  return before.place === now.place && before.own === now.own && sameInList(before.row, now.row)
}
