// Extensions with Substrate accounts, below the wallets that announce themselves; what they need is fetched when one is chosen.
import { Suspense, useState } from 'react'
import { findExtensions, type Extension } from '../substrate/extensions.ts'
import { Boundary } from '../ui/boundary.tsx'
import { lazyView } from '../ui/lazy-view.ts'
import { Loading } from '../ui/parts.tsx'
import { useNetwork } from '../network/network.tsx'

const SubstrateAccounts = lazyView(
  () => import('../substrate/accounts.tsx'),
  (file) => file.SubstrateAccounts,
)

export function SubstrateWallets({ close }: { close: () => void }) {
  const { substrate } = useNetwork().profile
  const [extensions] = useState(findExtensions)
  const [chosen, choose] = useState<Extension | undefined>()
  if (extensions.length === 0) return null
  if (substrate === undefined)
    return (
      <p className="quiet">
        {extensions.map(({ name }) => name).join(', ')}: Substrate accounts cannot be used here, as
        this network&rsquo;s profile names no Substrate RPC.
      </p>
    )
  return (
    <section className="form" aria-label="Substrate accounts">
      <h3>Substrate accounts</h3>
      <p className="quiet">
        They can pay, stake, vote and end what is theirs. Deploying, updates, secrets and logs need
        an Ethereum account.
      </p>
      <div className="menu">
        {extensions.map((extension) => (
          <button
            key={extension.id}
            type="button"
            className="button"
            onClick={() => choose(extension)}
          >
            {extension.name} (Substrate)
          </button>
        ))}
      </div>
      {chosen !== undefined && (
        <Boundary key={chosen.id}>
          <Suspense fallback={<Loading what="the extension" />}>
            <SubstrateAccounts extension={chosen} substrate={substrate} close={close} />
          </Suspense>
        </Boundary>
      )}
    </section>
  )
}
