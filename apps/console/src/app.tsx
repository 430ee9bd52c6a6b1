// The frame around every view: header, warning of simulated networks, what is under way.
import { Suspense, useEffect, useRef, type ReactNode } from 'react'
import { useNetwork, useOverview } from './network/network.tsx'
import { Boundary } from './ui/boundary.tsx'
import { DialogHost } from './ui/dialog-host.tsx'
import { Empty, Loading, Page } from './ui/parts.tsx'
import { isAt, useRoute, type Route } from './ui/route.ts'
import { useTheme } from './ui/theme.ts'
import { lazyView } from './ui/lazy-view.ts'
import { WalletButton } from './wallet/wallet-button.tsx'
import { AppsPage } from './features/apps/apps-page.tsx'
import { NetworkPage } from './features/explore/network-page.tsx'
import { Activity } from './features/transactions/activity.tsx'

const AppPage = lazyView(
  () => import('./features/apps/app-page.tsx'),
  (file) => file.AppPage,
  isAt('app'),
)
const VerifyPage = lazyView(
  () => import('./features/verify/verify-page.tsx'),
  (file) => file.VerifyPage,
  isAt('verify'),
)
const DeployPage = lazyView(
  () => import('./features/deploy/deploy-page.tsx'),
  (file) => file.DeployPage,
  isAt('deploy'),
)

const ProvidePage = lazyView(
  () => import('./features/provide/provide-page.tsx'),
  (file) => file.ProvidePage,
)
const RegisterWorkerPage = lazyView(
  () => import('./features/provide/register-worker-page.tsx'),
  (file) => file.RegisterWorkerPage,
)
const RegisterNodePage = lazyView(
  () => import('./features/provide/register-node-page.tsx'),
  (file) => file.RegisterNodePage,
)
const WorkerPage = lazyView(
  () => import('./features/provide/worker-page.tsx'),
  (file) => file.WorkerPage,
)
const NodePage = lazyView(
  () => import('./features/provide/node-page.tsx'),
  (file) => file.NodePage,
)
const KeysPage = lazyView(
  () => import('./features/health/keys-page.tsx'),
  (file) => file.KeysPage,
)

const ProposalsPage = lazyView(
  () => import('./features/dao/proposals-page.tsx'),
  (file) => file.ProposalsPage,
)
const ProposalPage = lazyView(
  () => import('./features/dao/proposal-page.tsx'),
  (file) => file.ProposalPage,
)
const ProposePage = lazyView(
  () => import('./features/dao/propose-page.tsx'),
  (file) => file.ProposePage,
)
const MembersPage = lazyView(
  () => import('./features/dao/members-page.tsx'),
  (file) => file.MembersPage,
)
const TokenPage = lazyView(
  () => import('./features/dao/token-page.tsx'),
  (file) => file.TokenPage,
)
const TreasuryPage = lazyView(
  () => import('./features/dao/treasury-page.tsx'),
  (file) => file.TreasuryPage,
)
const ReferencesPage = lazyView(
  () => import('./features/dao/references-page.tsx'),
  (file) => file.ReferencesPage,
)

const views: readonly (readonly [string, string])[] = [
  ['', 'Network'],
  ['apps', 'Applications'],
  ['verify', 'Verify'],
  ['mine', 'Mine'],
  ['deploy', 'Deploy'],
  ['provide', 'Provide'],
  ['dao', 'DAO'],
]

/** Views that belong to one in the header. */
const partOf: Readonly<Record<string, string>> = {
  app: 'apps',
  worker: '',
  node: '',
  keys: '',
  proposal: 'dao',
}

export function App() {
  const route = useRoute()
  const main = useRef<HTMLElement>(null)
  const address = route.slice(0, 2).join('/')
  const first = useRef(true)
  useEffect(() => {
    if (first.current) {
      first.current = false
      return
    }
    window.scrollTo(0, 0)
    main.current?.focus({ preventScroll: true })
  }, [address])
  return (
    <DialogHost>
      <button type="button" className="button skip" onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <Header at={route[0] ?? ''} />
      <Simulated />
      <main ref={main} tabIndex={-1}>
        <Boundary key={address}>
          <Suspense fallback={<Loading what="the page" />}>{viewOf(route)}</Suspense>
        </Boundary>
      </main>
      <Activity />
    </DialogHost>
  )
}

function viewOf(route: Route): ReactNode {
  const [view = '', id, tab = ''] = route
  const number = id !== undefined && /^[1-9]\d{0,18}$/.test(id) ? BigInt(id) : undefined
  if (view === '' && id === undefined) return <NetworkPage />
  if (view === 'apps') return <AppsPage key="all" />
  if (view === 'mine') return <AppsPage key="mine" mine />
  if (view === 'deploy') return <DeployPage />
  if (view === 'verify' && (id === undefined || number !== undefined))
    return <VerifyPage key={String(number)} {...(number === undefined ? {} : { appId: number })} />
  if (view === 'app' && number !== undefined)
    return <AppPage key={String(number)} appId={number} tab={tab} />
  if (view === 'provide' && id === undefined) return <ProvidePage />
  if (view === 'provide' && id === 'worker') return <RegisterWorkerPage />
  if (view === 'provide' && id === 'node') return <RegisterNodePage />
  if (view === 'worker' && number !== undefined)
    return <WorkerPage key={String(number)} workerId={number} />
  if (view === 'node' && number !== undefined)
    return <NodePage key={String(number)} nodeId={number} />
  if (view === 'keys' && id === undefined) return <KeysPage />
  if (view === 'proposal' && id !== undefined && /^\d{1,78}$/.test(id))
    return <ProposalPage key={id} proposalId={BigInt(id)} />
  if (view === 'dao') return daoView(route)
  return <Nothing />
}

function daoView([, part, more]: Route): ReactNode {
  if (part === undefined) return <ProposalsPage />
  if (part === 'members') return <MembersPage />
  if (part === 'token') return <TokenPage />
  if (part === 'treasury') return <TreasuryPage />
  if (part === 'references') return <ReferencesPage />
  if (part === 'propose') return <ProposePage key={more} template={more} />
  return <Nothing />
}

function Nothing() {
  return (
    <Page title="There is nothing here">
      <Empty>
        <p>No view has this address.</p>
        <a href="#/">Network</a>
      </Empty>
    </Page>
  )
}

function Header({ at }: { at: string }) {
  const { profile } = useNetwork()
  const [theme, nextTheme] = useTheme()
  const here = partOf[at] ?? at
  return (
    <header className="top">
      <div className="top-in">
        <a className="brand" href="#/">
          <img src="./icon.svg" alt="" width="24" height="24" />
          WeTEE <span className="badge">{profile.name}</span>
        </a>
        <nav className="nav" aria-label="Views">
          {views.map(([view, name]) => (
            <a key={view} href={`#/${view}`} aria-current={here === view ? 'page' : undefined}>
              {name}
            </a>
          ))}
        </nav>
        <div className="top-end">
          <button
            type="button"
            className="button bare"
            onClick={nextTheme}
            aria-label={`Colours: ${theme}. Change`}
            title={`Colours: ${theme}`}
          >
            {{ system: '◐', light: '☀', dark: '☾' }[theme]}
          </button>
          <WalletButton />
        </div>
      </div>
    </header>
  )
}

/** What the chain says counts as well: a profile could leave it out. */
function Simulated() {
  const { profile } = useNetwork()
  const overview = useOverview()
  if (!profile.simulated && overview.data?.simulated !== true) return null
  return (
    <aside className="simulated" aria-label="Simulated network">
      <p>
        Simulated network: its TEEs are ordinary processes. They prove nothing, and protect nothing.
      </p>
    </aside>
  )
}
