// A button whose dialog needs an account: without a wallet it leads to one first.
import { useState, type ReactNode } from 'react'
import { WalletDialog } from '../../wallet/wallet-button.tsx'
import { useWallet } from '../../wallet/wallet.tsx'

/** How the button is. */
export type ActionLook = {
  kind?: 'primary' | 'danger' | 'small'
  disabled?: boolean
  /** For those who do not see what it stands beside. */
  label?: string
  /** False: there is no button. A dialog that is open stays: what it did may be why. */
  shown?: boolean
}

export function WalletAction(
  props: ActionLook & { children: ReactNode; dialog: (close: () => void) => ReactNode },
) {
  const { kind = '', disabled = false, label, shown = true, children, dialog } = props
  const { account } = useWallet()
  const [open, setOpen] = useState<'wallet' | 'dialog' | undefined>()
  const close = () => setOpen(undefined)
  return (
    <>
      {shown && (
        <button
          type="button"
          className={`button ${kind}`}
          disabled={disabled}
          aria-label={label}
          onClick={() => setOpen(account === undefined ? 'wallet' : 'dialog')}
        >
          {children}
        </button>
      )}
      {open === 'wallet' && <WalletDialog close={close} />}
      {open === 'dialog' && dialog(close)}
    </>
  )
}
