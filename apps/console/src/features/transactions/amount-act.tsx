// A button that asks for an amount of DOT, then plans, shows and has it signed.
import { useState, type ReactNode } from 'react'
import { parseDot, type Intent, type Network } from '@wetee/sdk'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, reading } from '../../ui/field.tsx'
import { SignDialog } from './sign-dialog.tsx'
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
  const [amount, setAmount] = useState<bigint | 'all' | undefined>()
  if (amount !== undefined)
    return <SignDialog plan={(signer) => plan(signer, amount)} close={close} />
  const { value, problem } = reading(text, parseDot)
  return (
    <Dialog title={children} close={close}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          setAmount(value)
        }}
      >
        <Field
          label="Amount in DOT"
          input={{ inputMode: 'decimal' }}
          value={text}
          onValue={setText}
          hint={hint}
          problem={problem}
        />
        <div className="buttons">
          <button type="submit" className="button primary" disabled={value === undefined}>
            Review
          </button>
          {all !== undefined && (
            <button type="button" className="button" onClick={() => setAmount('all')}>
              {all}
            </button>
          )}
        </div>
      </form>
    </Dialog>
  )
}
