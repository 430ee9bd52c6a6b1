// Recharging an application: how much, what that lasts, then signing.
import { useState } from 'react'
import { formatDuration, parseAmount, planTopUp, type AppDetails } from '@wetee/sdk'
import { Field, reading } from '../../ui/field.tsx'
import { AskDialog } from '../transactions/ask-dialog.tsx'

export function RechargeDialog({ app, close }: { app: AppDetails; close: () => void }) {
  const [text, setText] = useState('')
  const { value, problem } = reading(text, (given) => parseAmount(given, app.asset))
  return (
    <AskDialog
      title={`Recharge ${app.name}`}
      close={close}
      plan={value === undefined ? undefined : (signer) => planTopUp(signer, app.appId, value)}
    >
      <Field
        label={`Amount in ${app.asset.symbol}`}
        value={text}
        onValue={setText}
        input={{ inputMode: 'decimal' }}
        hint={lasts(app, value)}
        problem={problem}
      />
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
    </AskDialog>
  )
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
