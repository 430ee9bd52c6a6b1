// One application: what it is, how it is, and a tab for everything that its owner does with it.
import { Suspense, useEffect, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { planTermination, showApp, type AppDetails } from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { Boundary } from '../../ui/boundary.tsx'
import { Empty, Failure, Loading, Page } from '../../ui/parts.tsx'
import { Unread } from '../../ui/queried.tsx'
import { Tabs, type Tab } from '../../ui/tabs.tsx'
import { lazyView } from '../../ui/lazy-view.ts'
import { useWallet } from '../../wallet/wallet.tsx'
import { Act } from '../transactions/act.tsx'
import { WalletAction } from '../transactions/wallet-action.tsx'
import { useIsOwner } from './owner.tsx'
import { noteAnswer } from './last-answers.ts'
import { hasAnswered, otherConditions } from './outage.ts'
import { OverviewTab } from './overview-tab.tsx'
import { Progress } from './progress.tsx'
import { RechargeDialog } from './recharge-dialog.tsx'
import { StateBadge } from './state.tsx'
import { WorkerAway } from './worker-away.tsx'

const AttestationTab = lazyView(
  () => import('./attestation-tab.tsx'),
  (file) => file.AttestationTab,
)
const BillingTab = lazyView(
  () => import('./billing-tab.tsx'),
  (file) => file.BillingTab,
)
const ConfigureTab = lazyView(
  () => import('./configure-tab.tsx'),
  (file) => file.ConfigureTab,
)
const DomainsTab = lazyView(
  () => import('./domains-tab.tsx'),
  (file) => file.DomainsTab,
)
const AlertsTab = lazyView(
  () => import('./alerts-tab.tsx'),
  (file) => file.AlertsTab,
)
const UpdateTab = lazyView(
  () => import('../deploy/update-tab.tsx'),
  (file) => file.UpdateTab,
)
const UpgradesTab = lazyView(
  () => import('./upgrades-tab.tsx'),
  (file) => file.UpgradesTab,
)
const SecretsTab = lazyView(
  () => import('../secrets/secrets-tab.tsx'),
  (file) => file.SecretsTab,
)
const LogsTab = lazyView(
  () => import('../logs/logs-tab.tsx'),
  (file) => file.LogsTab,
)
const EventsTab = lazyView(
  () => import('../logs/events-tab.tsx'),
  (file) => file.EventsTab,
)
const MetricsTab = lazyView(
  () => import('../metrics/metrics-tab.tsx'),
  (file) => file.MetricsTab,
)
const FailuresTab = lazyView(
  () => import('../failures/failures-tab.tsx'),
  (file) => file.FailuresTab,
)
const ApisTab = lazyView(
  () => import('../apis/apis-tab.tsx'),
  (file) => file.ApisTab,
)

const tabs: readonly Tab[] = [
  ['', 'Overview'],
  ['logs', 'Logs'],
  ['events', 'Events'],
  ['metrics', 'Metrics'],
  ['secrets', 'Secrets'],
  ['update', 'Update'],
  ['configure', 'Configure'],
  ['domains', 'Domains'],
  ['attestation', 'Attestation'],
  ['apis', 'APIs'],
  ['upgrades', 'Upgrades'],
  ['failures', 'Failures'],
  ['alerts', 'Alerts'],
  ['billing', 'Billing'],
]

/** Parts that come through the worker, and the overview. */
const throughWorker = new Set(['', 'logs', 'events', 'metrics', 'failures', 'secrets'])

const views: Readonly<Record<string, (app: AppDetails) => ReactNode>> = {
  '': (app) => <OverviewTab app={app} />,
  logs: (app) => <LogsTab app={app} />,
  events: (app) => <EventsTab app={app} />,
  metrics: (app) => <MetricsTab app={app} />,
  failures: (app) => <FailuresTab app={app} />,
  secrets: (app) => <SecretsTab app={app} />,
  update: (app) => <UpdateTab app={app} />,
  configure: (app) => <ConfigureTab app={app} />,
  domains: (app) => <DomainsTab app={app} />,
  attestation: (app) => <AttestationTab app={app} />,
  apis: (app) => <ApisTab app={app} />,
  upgrades: (app) => <UpgradesTab app={app} />,
  alerts: (app) => <AlertsTab app={app} />,
  billing: (app) => <BillingTab app={app} />,
}

export function AppPage() {
  const { id: appId, part: tab = '' } = useParams({ from: '/app/$id/{-$part}' })
  const network = useNetwork()
  const app = useQuery({
    queryKey: ['app', String(appId)],
    queryFn: ({ signal }) => showApp(network, appId, { signal }),
    refetchInterval: 3_000,
  })
  const { data, dataUpdatedAt } = app
  useEffect(() => {
    if (data !== undefined && hasAnswered(data)) noteAnswer(network, data.workerId, dataUpdatedAt)
  }, [network, data, dataUpdatedAt])
  if (data === undefined)
    return (
      <Page title={`Application ${appId}`}>
        <Unread query={app} what="the application" lines={8} />
      </Page>
    )
  const view = Object.hasOwn(views, tab) ? views[tab] : undefined
  const label = tabs.find(([name]) => name === tab)?.[1]
  return (
    <Page
      title={tab === '' || label === undefined ? data.name : `${label}: ${data.name}`}
      heading={
        <>
          <h1>{data.name}</h1>
          <StateBadge app={data} />
        </>
      }
      sub={`Application ${appId}, version ${data.currentVersion || data.pendingVersion}, on worker ${data.workerId}`}
      actions={<Actions app={data} />}
    >
      <Tabs label={`Parts of ${data.name}`} base={`/app/${appId}`} tabs={tabs} at={tab} inPlace />
      {app.isError && <Failure error={app.error} retry={() => void app.refetch()} />}
      <Progress app={data} />
      <WorkerAway app={data} askedAtMs={dataUpdatedAt} brief={!throughWorker.has(tab)} />
      <Conditions app={data} />
      <Boundary key={tab}>
        <Suspense fallback={<Loading what="the page" />}>
          {view?.(data) ?? (
            <Empty>
              <p>Applications have no such part.</p>
              <Link to="/app/$id/{-$part}" params={{ id: appId, part: undefined }}>
                Overview
              </Link>
            </Empty>
          )}
        </Suspense>
      </Boundary>
    </Page>
  )
}

function Conditions({ app }: { app: AppDetails }) {
  return otherConditions(app).map((condition) => (
    <div
      key={condition.code}
      className={`notice ${condition.severity === 'error' ? 'bad' : 'warn'}`}
    >
      <strong>{condition.text}</strong>
      {condition.remedy !== '' && <span>{condition.remedy}</span>}
      <code className="quiet">{condition.code}</code>
    </div>
  ))
}

function Actions({ app }: { app: AppDetails }) {
  const { account } = useWallet()
  const own = useIsOwner(app)
  const ended = app.state === 'ended'
  return (
    <>
      {!ended && (
        <a className="button primary" href={`#/verify/${app.appId}`}>
          Verify
        </a>
      )}
      <WalletAction
        shown={account !== undefined && !ended}
        dialog={(close) => <RechargeDialog app={app} close={close} />}
      >
        Recharge
      </WalletAction>
      <Act
        kind="danger"
        danger="Terminate for good"
        shown={own && !ended}
        plan={(signer) => planTermination(signer, app.appId)}
      >
        Terminate
      </Act>
    </>
  )
}
