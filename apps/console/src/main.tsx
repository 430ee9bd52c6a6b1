// Where the console begins: reads the network's profile and draws the first view.
import './no-eval.ts'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import './styles/base.css'
import './styles/layout.css'
import './styles/parts.css'
import { loadNetwork, NetworkProvider } from './network/network.tsx'
import { consoleRouter } from './routes.tsx'
import { Failure } from './ui/parts.tsx'
import { applyTheme } from './ui/theme.ts'
import { screenAnnouncements } from './wallet/announcements.ts'
import { WalletProvider } from './wallet/wallet.tsx'

applyTheme()
screenAnnouncements()
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      refetchInterval: 5_000,
      // What a page asks may be on this very machine: without a network it shall say what does not answer, not wait in silence.
      networkMode: 'always',
      staleTime: 2_000,
      // The chain's client repeats by itself.
      retry: false,
      // Amounts are bigints, which JSON does not know.
      structuralSharing: false,
    },
  },
})
const element = document.getElementById('root')
if (element === null) throw new Error('the page has no root')
const root = createRoot(element)
const opening = loadNetwork()
const router = consoleRouter({
  ahead: (query) =>
    void opening.then(
      (network) => queries.prefetchQuery(query(network)),
      () => undefined,
    ),
})
// Drawn once the view that the page opens with has come, or will not for a second: before, it would be a sign of loading first.
const enough = new Promise((resolve) => setTimeout(resolve, 1_000))
Promise.all([opening, Promise.race([router.load(), enough])]).then(
  ([network]) =>
    root.render(
      <StrictMode>
        <QueryClientProvider client={queries}>
          <NetworkProvider value={network}>
            <WalletProvider>
              <RouterProvider router={router} />
            </WalletProvider>
          </NetworkProvider>
        </QueryClientProvider>
      </StrictMode>,
    ),
  (error: unknown) =>
    root.render(
      <main>
        <h1>This console has no network</h1>
        <p>It reads network.json beside the page, and that cannot be used.</p>
        <Failure error={error} retry={() => window.location.reload()} />
      </main>,
    ),
)
