// A button whose dialog needs an account: without a wallet it leads to one first.
import type { ReactNode } from 'react'
import { useDialog, type DrawDialog } from '../../ui/dialog-host.tsx'
import { WalletDialog } from '../../wallet/wallet-button.tsx'
import { useWallet } from '../../wallet/wallet.tsx'

/** How the button is. */
export type ActionLook = {
  kind?: 'primary' | 'danger' | 'small'
  disabled?: boolean
  /** For those who do not see what it stands beside. */
  label?: string
  /** False: there is no button. */
  shown?: boolean
}

export function WalletAction(props: ActionLook & { children: ReactNode; dialog: DrawDialog }) {
  const { kind = '', disabled = false, label, shown = true, children, dialog } = props
  const { account } = useWallet()
  const open = useDialog()
  if (!shown) return null
  return (
    <button
      type="button"
      className={`button ${kind}`}
      disabled={disabled}
      aria-label={label}
      onClick={() =>
        open(account === undefined ? (close) => <WalletDialog close={close} /> : dialog)
      }
    >
      {children}
    </button>
  )
}
