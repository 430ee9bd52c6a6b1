// Recharging an application: how much, what that lasts, then signing.
import { useState } from 'react'
import { formatDuration, parseAmount, planTopUp, type AppDetails } from '@wetee/sdk'
import { Dialog } from '../../ui/dialog.tsx'
import { SignDialog } from '../transactions/sign-dialog.tsx'

export function RechargeDialog({ app, close }: { app: AppDetails; close: () => void }) {
  const [text, setText] = useState('')
  const [amount, setAmount] = useState<bigint | undefined>()
  if (amount !== undefined)
    return <SignDialog plan={(signer) => planTopUp(signer, app.appId, amount)} close={close} />
  const { value, problem } = read(text, app)
  return (
    <Dialog title={`Recharge ${app.name}`} close={close}>
      <form
        className="menu"
        onSubmit={(event) => {
          event.preventDefault()
          setAmount(value)
        }}
      >
        <div className="field">
          <label htmlFor="recharge-amount">Amount in {app.asset.symbol}</label>
          <input
            id="recharge-amount"
            className="input"
            inputMode="decimal"
            autoComplete="off"
            value={text}
            onChange={(event) => setText(event.target.value)}
            aria-invalid={problem !== undefined}
            aria-describedby="recharge-hint"
          />
          <span className="hint" id="recharge-hint">
            {problem ?? lasts(app, value)}
          </span>
        </div>
        <div className="buttons">
          {[1n, 7n, 30n].map((days) => (
            <button
              key={String(days)}
              type="button"
              className="button small"
              onClick={() => setText(daysOf(app, days))}
            >
              {String(days)} {days === 1n ? 'day' : 'days'}
            </button>
          ))}
        </div>
        <button type="submit" className="button primary" disabled={value === undefined}>
          Review
        </button>
      </form>
    </Dialog>
  )
}

function read(text: string, { asset }: AppDetails): { value?: bigint; problem?: string } {
  if (text.trim() === '') return {}
  try {
    return { value: parseAmount(text, asset) }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}

function lasts(app: AppDetails, value: bigint | undefined): string {
  const perSecond = app.weiPerDay / 86_400n
  if (perSecond === 0n) return 'Nothing is charged.'
  const now = app.lastsSeconds ?? 0
  if (value === undefined) return `It lasts ${formatDuration(now)} as it is.`
  return `It then lasts ${formatDuration(now + Number(value / perSecond))}.`
}

/** So many days of rent, rounded up to four digits after the point. */
function daysOf({ weiPerDay, asset }: AppDetails, days: bigint): string {
  const step = 10n ** BigInt(Math.max(asset.decimals - 4, 0))
  const steps = (weiPerDay * days + step - 1n) / step
  const digits = String(steps).padStart(5, '0')
  return asset.decimals < 4 ? String(steps) : `${digits.slice(0, -4)}.${digits.slice(-4)}`
}
