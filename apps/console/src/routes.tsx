// Which view stands at which address. Addresses are behind the `#`: any web server and any folder will do.
import type { QueryKey, UseQueryOptions } from '@tanstack/react-query'
import {
  createHashHistory,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  LazyRoute,
  type RouteComponent,
  type RouterHistory,
} from '@tanstack/react-router'
import type { Network } from '@wetee/sdk'
import { App, Nothing } from './app.tsx'
import { ViewFailed } from './ui/boundary.tsx'
import { importAgain } from './ui/lazy-view.ts'
import { Loading } from './ui/parts.tsx'
import { appsQuery } from './features/apps/apps-query.ts'
import { NetworkPage } from './features/explore/network-page.tsx'

/** A view in a file of its own, which is fetched when it is first opened. */
const view =
  <File,>(load: () => Promise<File>, pick: (file: File) => RouteComponent) =>
  async () =>
    new LazyRoute({ id: '', component: pick(await importAgain(load)) })

/** Numbers that the registries give, from 1. */
const registered = /^[1-9]\d{0,18}$/
/** Hashes, in decimal. */
const hashed = /^\d{1,78}$/

const parsed = (id: string, form: RegExp) => form.test(id) && { id: BigInt(id) }
const asNumber = {
  parse: ({ id }: { id: string }) => parsed(id, registered),
  stringify: ({ id }: { id: bigint }) => ({ id: String(id) }),
}

/** What routes have from the page. */
export type RouteContext = {
  /** Asks for what a view is about to ask for, as soon as there is a network: its file may come later. */
  readonly ahead: <Key extends QueryKey, Data>(
    query: (network: Network) => UseQueryOptions<Data, Error, Data, Key>,
  ) => void
}

const root = createRootRouteWithContext<RouteContext>()({
  component: App,
  notFoundComponent: Nothing,
})
const at = <const Path extends string>(path: Path) => ({ getParentRoute: () => root, path })

const network = createRoute({ ...at('/'), component: NetworkPage })
const apps = createRoute({
  ...at('/apps'),
  loader: ({ context }) => context.ahead((network) => appsQuery(network)),
}).lazy(
  view(
    () => import('./features/apps/apps-page.tsx'),
    (file) => file.AppsPage,
  ),
)
const mine = createRoute(at('/mine')).lazy(
  view(
    () => import('./features/apps/apps-page.tsx'),
    (file) => file.MyAppsPage,
  ),
)
const app = createRoute({
  ...at('/app/$id/{-$part}'),
  params: {
    parse: ({ id, part }) => {
      const number = parsed(id, registered)
      return number && { ...number, part }
    },
    stringify: ({ id, part }) => ({ id: String(id), part }),
  },
  // Its parts are within one view.
  remountDeps: ({ params }) => String(params.id),
}).lazy(
  view(
    () => import('./features/apps/app-page.tsx'),
    (file) => file.AppPage,
  ),
)
const verify = createRoute(at('/verify')).lazy(
  view(
    () => import('./features/verify/verify-page.tsx'),
    (file) => file.VerifyPage,
  ),
)
const verifyApp = createRoute({ ...at('/verify/$id'), params: asNumber }).lazy(
  view(
    () => import('./features/verify/verify-page.tsx'),
    (file) => file.VerifyPage,
  ),
)
const deploy = createRoute(at('/deploy')).lazy(
  view(
    () => import('./features/deploy/deploy-page.tsx'),
    (file) => file.DeployPage,
  ),
)

const provide = createRoute(at('/provide')).lazy(
  view(
    () => import('./features/provide/provide-page.tsx'),
    (file) => file.ProvidePage,
  ),
)
const registerWorker = createRoute(at('/provide/worker')).lazy(
  view(
    () => import('./features/provide/register-worker-page.tsx'),
    (file) => file.RegisterWorkerPage,
  ),
)
const registerNode = createRoute(at('/provide/node')).lazy(
  view(
    () => import('./features/provide/register-node-page.tsx'),
    (file) => file.RegisterNodePage,
  ),
)
const worker = createRoute({ ...at('/worker/$id'), params: asNumber }).lazy(
  view(
    () => import('./features/provide/worker-page.tsx'),
    (file) => file.WorkerPage,
  ),
)
const node = createRoute({ ...at('/node/$id'), params: asNumber }).lazy(
  view(
    () => import('./features/provide/node-page.tsx'),
    (file) => file.NodePage,
  ),
)
const keys = createRoute(at('/keys')).lazy(
  view(
    () => import('./features/health/keys-page.tsx'),
    (file) => file.KeysPage,
  ),
)

const proposals = createRoute(at('/dao')).lazy(
  view(
    () => import('./features/dao/proposals-page.tsx'),
    (file) => file.ProposalsPage,
  ),
)
const members = createRoute(at('/dao/members')).lazy(
  view(
    () => import('./features/dao/members-page.tsx'),
    (file) => file.MembersPage,
  ),
)
const token = createRoute(at('/dao/token')).lazy(
  view(
    () => import('./features/dao/token-page.tsx'),
    (file) => file.TokenPage,
  ),
)
const treasury = createRoute(at('/dao/treasury')).lazy(
  view(
    () => import('./features/dao/treasury-page.tsx'),
    (file) => file.TreasuryPage,
  ),
)
const references = createRoute(at('/dao/references')).lazy(
  view(
    () => import('./features/dao/references-page.tsx'),
    (file) => file.ReferencesPage,
  ),
)
const propose = createRoute(at('/dao/propose/{-$template}')).lazy(
  view(
    () => import('./features/dao/propose-page.tsx'),
    (file) => file.ProposePage,
  ),
)
const proposal = createRoute({
  ...at('/proposal/$id'),
  params: {
    parse: ({ id }) => parsed(id, hashed),
    stringify: ({ id }) => ({ id: String(id) }),
  },
}).lazy(
  view(
    () => import('./features/dao/proposal-page.tsx'),
    (file) => file.ProposalPage,
  ),
)

const routeTree = root.addChildren([
  ...[network, apps, mine, app, verify, verifyApp, deploy],
  ...[provide, registerWorker, registerNode, worker, node, keys],
  ...[proposals, members, token, treasury, references, propose, proposal],
])

/** The console's router; listens to the page's address. */
export function consoleRouter(context: RouteContext, history: RouterHistory = createHashHistory()) {
  return createRouter({
    ...{ routeTree, history, context },
    caseSensitive: true,
    // Whatever has no view is said in place of a view, in the frame.
    notFoundMode: 'root',
    scrollRestoration: true,
    // A view with other parameters is another view.
    defaultRemountDeps: ({ params }: { params: object }) => Object.values(params).map(String),
    defaultErrorComponent: ViewFailed,
    defaultPendingComponent: () => <Loading what="the page" />,
    defaultPendingMs: 200,
    defaultPendingMinMs: 300,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof consoleRouter>
  }
}
