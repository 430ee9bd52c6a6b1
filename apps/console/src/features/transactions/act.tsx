// A button that plans something, shows it, and has it signed; without a wallet it asks for one first.
import { useState, type ReactNode } from 'react'
import type { Intent, IntentResult, Network } from '@wetee/sdk'
import { useWallet } from '../../wallet/wallet.tsx'
import { WalletDialog } from '../../wallet/wallet-button.tsx'
import { SignDialog } from './sign-dialog.tsx'

export function Act(props: {
  plan: (signer: Network) => Promise<Intent>
  children: ReactNode
  kind?: 'primary' | 'danger' | 'small'
  /** Label of the button that signs, where something is lost for good. */
  danger?: string
  disabled?: boolean
  label?: string
  onDone?: (result: IntentResult) => void
}) {
  const { plan, children, kind = '', danger, disabled = false, label, onDone } = props
  const { account } = useWallet()
  const [open, setOpen] = useState<'wallet' | 'sign' | undefined>()
  const close = () => setOpen(undefined)
  return (
    <>
      <button
        type="button"
        className={`button ${kind}`}
        disabled={disabled}
        aria-label={label}
        onClick={() => setOpen(account === undefined ? 'wallet' : 'sign')}
      >
        {children}
      </button>
      {open === 'wallet' && <WalletDialog close={close} />}
      {open === 'sign' && (
        <SignDialog
          plan={plan}
          close={close}
          {...(danger === undefined ? {} : { danger })}
          {...(onDone === undefined ? {} : { onDone })}
        />
      )}
    </>
  )
}
