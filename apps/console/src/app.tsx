// The frame around every view: header, warning of simulated networks, what is under way.
import { useEffect, useRef } from 'react'
import { Link, Outlet, useLocation, useRouter, useRouterState } from '@tanstack/react-router'
import { useNetwork, useOverview } from './network/network.tsx'
import { DialogHost } from './ui/dialog-host.tsx'
import { Empty, Page } from './ui/parts.tsx'
import { useTheme } from './ui/theme.ts'
import { WalletButton } from './wallet/wallet-button.tsx'
import { Activity } from './features/transactions/activity.tsx'

const views = [
  ['/', 'Network'],
  ['/apps', 'Applications'],
  ['/verify', 'Verify'],
  ['/mine', 'Mine'],
  ['/deploy', 'Deploy'],
  ['/provide', 'Provide'],
  ['/dao', 'DAO'],
] as const

/** Views that belong to one in the header. */
const partOf: Readonly<Record<string, string>> = {
  '/app': '/apps',
  '/worker': '/',
  '/node': '/',
  '/keys': '/',
  '/proposal': '/dao',
}

export function App() {
  const router = useRouter()
  const isBusy = useRouterState({ select: ({ status }) => status === 'pending' })
  const main = useRef<HTMLElement>(null)
  useEffect(
    () =>
      router.subscribe('onRendered', ({ fromLocation, toLocation }) => {
        if (fromLocation === undefined) return
        // A part of an application is no view of its own.
        if (start(fromLocation.pathname, 2) === start(toLocation.pathname, 2)) return
        main.current?.focus({ preventScroll: true })
      }),
    [router],
  )
  return (
    <DialogHost>
      <button type="button" className="button skip" onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <Header />
      <Simulated />
      <main ref={main} tabIndex={-1} aria-busy={isBusy}>
        <Outlet />
      </main>
      <Activity />
    </DialogHost>
  )
}

/** `/app/3` of `/app/3/logs`, with two parts. */
function start(pathname: string, parts: number): string {
  return pathname.split('/', parts + 1).join('/')
}

export function Nothing() {
  return (
    <Page title="There is nothing here">
      <Empty>
        <p>No view has this address.</p>
        <Link to="/">Network</Link>
      </Empty>
    </Page>
  )
}

function Header() {
  const at = useLocation({ select: ({ pathname }) => start(pathname, 1) })
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
            <Link
              key={view}
              to={view}
              activeOptions={{ exact: view === '/' }}
              aria-current={here === view ? 'page' : undefined}
            >
              {name}
            </Link>
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
  const overview = useOverview(!profile.simulated)
  if (!profile.simulated && overview.data?.simulated !== true) return null
  return (
    <aside className="simulated" aria-label="Simulated network">
      <p>
        Simulated network: its TEEs are ordinary processes. They prove nothing, and protect nothing.
      </p>
    </aside>
  )
}
