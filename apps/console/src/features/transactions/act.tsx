// A button that plans something, shows it, and has it signed; without a wallet it asks for one first.
import type { ReactNode } from 'react'
import type { Intent, IntentResult, Network } from '@wetee/sdk'
import { SignDialog } from './sign-dialog.tsx'
import { WalletAction, type ActionLook } from './wallet-action.tsx'

export function Act(
  props: ActionLook & {
    plan: (signer: Network) => Promise<Intent>
    children: ReactNode
    /** Label of the button that signs, where something is lost for good. */
    danger?: string
    onDone?: (result: IntentResult) => void
  },
) {
  const { plan, danger, onDone } = props
  return (
    <WalletAction
      {...props}
      dialog={(close) => (
        <SignDialog
          plan={plan}
          close={close}
          {...(danger === undefined ? {} : { danger })}
          {...(onDone === undefined ? {} : { onDone })}
        />
      )}
    />
  )
}
