// The frame around the views of the DAO: heading and tabs.
import type { ReactNode } from 'react'
import { Page } from '../../ui/parts.tsx'
import { Tabs } from '../../ui/tabs.tsx'

const tabs = [
  ['', 'Proposals'],
  ['members', 'Members'],
  ['token', 'Token'],
  ['treasury', 'Treasury'],
  ['references', 'Reference values'],
] as const

export type DaoView = (typeof tabs)[number][0]

const subs: Readonly<Record<DaoView, string>> = {
  '': 'What the network is, is decided here: its parameters, its committees, what counts as genuine, what the treasury pays.',
  members: 'Members may propose without holding votes. The votes decide.',
  token: 'Votes are tokens that were delegated, to yourself or to somebody else.',
  treasury: 'What the DAO holds, and what the contracts owe it. It is spent by proposal alone.',
  references:
    'Measurements that the network accepts as genuine: evidence with any other is refused.',
}

export function DaoFrame(props: { view: DaoView; actions?: ReactNode; children: ReactNode }) {
  const { view, actions, children } = props
  const name = tabs.find(([address]) => address === view)?.[1] ?? ''
  return (
    <Page
      title={view === '' ? 'DAO' : `${name} of the DAO`}
      sub={subs[view]}
      actions={
        <>
          {actions}
          <a className="button primary" href="#/dao/propose">
            Propose
          </a>
        </>
      }
    >
      <Tabs label="The DAO" base="/dao" tabs={tabs} at={view} />
      {children}
    </Page>
  )
}
