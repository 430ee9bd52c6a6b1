// A button that asks for an amount of DOT, then plans, shows and has it signed.
import { useState, type ReactNode } from 'react'
import { parseDot, type Intent, type Network } from '@wetee/sdk'
import { DotField, reading } from '../../ui/field.tsx'
import { AskDialog } from './ask-dialog.tsx'
import { WalletAction } from './wallet-action.tsx'

type Props = {
  children: string
  shown?: boolean
  hint: ReactNode
  /** Label of a button that takes everything without naming it. */
  all?: string
  plan: (signer: Network, amount: bigint | 'all') => Promise<Intent>
}

export function AmountAct(props: Props) {
  const { children, shown = true } = props
  return (
    <WalletAction shown={shown} dialog={(close) => <AmountDialog {...props} close={close} />}>
      {children}
    </WalletAction>
  )
}

function AmountDialog({ children, hint, all, plan, close }: Props & { close: () => void }) {
  const [text, setText] = useState('')
  const { value } = reading(text, parseDot)
  return (
    <AskDialog
      title={children}
      close={close}
      plan={value === undefined ? undefined : (signer) => plan(signer, value)}
      also={all === undefined ? undefined : { label: all, plan: (signer) => plan(signer, 'all') }}
    >
      <DotField label="Amount in DOT" value={text} onValue={setText} hint={hint} />
    </AskDialog>
  )
}
