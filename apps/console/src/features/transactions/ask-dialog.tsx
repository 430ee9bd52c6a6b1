// A dialog that asks for what an intent needs, then plans, shows and has it signed.
import { useState, type ReactNode } from 'react'
import type { Intent, Network } from '@wetee/sdk'
import { Dialog } from '../../ui/dialog.tsx'
import { SignDialog } from './sign-dialog.tsx'

type Plan = (signer: Network) => Promise<Intent>

export function AskDialog(props: {
  title: string
  close: () => void
  /** By what is written; undefined as long as something is missing or wrong. */
  plan: Plan | undefined
  /** A second button, which needs nothing written. */
  also?: { readonly label: string; readonly plan: Plan } | undefined
  children: ReactNode
}) {
  const { title, close, plan, also, children } = props
  const [chosen, choose] = useState<{ readonly plan: Plan } | undefined>()
  if (chosen !== undefined) return <SignDialog plan={chosen.plan} close={close} />
  return (
    <Dialog title={title} close={close}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          if (plan !== undefined) choose({ plan })
        }}
      >
        {children}
        <div className="buttons">
          <button type="submit" className="button primary" disabled={plan === undefined}>
            Review
          </button>
          {also !== undefined && (
            <button type="button" className="button" onClick={() => choose(also)}>
              {also.label}
            </button>
          )}
        </div>
      </form>
    </Dialog>
  )
}
