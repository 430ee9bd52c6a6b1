// What only the owner of an application may do: whether this is the owner, and what is said to everybody else.
import type { ReactNode } from 'react'
import { isAddressEqual } from 'viem'
import type { AppDetails } from '@wetee/sdk'
import { Hash } from '../../ui/parts.tsx'
import { useWallet } from '../../wallet/wallet.tsx'
import { ConnectButton } from '../../wallet/wallet-button.tsx'

type Owned = Pick<AppDetails, 'owner'>

/** Whether the connected account owns it. */
export function useIsOwner(app: Owned): boolean {
  const { account } = useWallet()
  return account !== undefined && isAddressEqual(account, app.owner)
}

/** `children` for the owner; for others one sentence about `what` and a way to become the one. */
export function OwnerOnly({
  app,
  what,
  children,
}: {
  app: Owned
  what: string
  children: ReactNode
}) {
  const { account } = useWallet()
  const own = useIsOwner(app)
  if (own) return children
  return (
    <div className="empty">
      <p>
        Only its owner {what}: <Hash hex={app.owner} what="the owner's address" />
      </p>
      {account === undefined && <ConnectButton />}
    </div>
  )
}
