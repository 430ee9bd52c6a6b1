// The steps of a verification: held, failed or not judged, each with what it rests on.
import type { VerifyStep } from '@wetee/sdk'
import { Facts } from '../../ui/parts.tsx'

const marks = {
  held: ['✓', 'holds'],
  failed: ['✗', 'failed'],
  skipped: ['–', 'not judged'],
} as const

export function Checklist({ steps }: { steps: readonly VerifyStep[] }) {
  return (
    <ol className="checks">
      {steps.map((step) => (
        <Step key={step.id} step={step} />
      ))}
    </ol>
  )
}

function Step({ step }: { step: VerifyStep }) {
  const state = step.skipped === true ? 'skipped' : step.ok ? 'held' : 'failed'
  const [mark, word] = marks[state]
  const proof = Object.entries(step.proof ?? {})
  return (
    <li className={state} data-step={step.id} data-state={state}>
      <span className="mark" role="img" aria-label={word}>
        {mark}
      </span>
      <div>
        <h3>{step.title}</h3>
        {proof.length === 0 ? (
          <p className="detail">{step.detail}</p>
        ) : (
          <details>
            <summary className="detail">{step.detail}</summary>
            <Facts rows={proof.map(([name, value]) => [name, <code key={name}>{value}</code>])} />
          </details>
        )}
        {step.id === 'channel' && state === 'skipped' && (
          <p className="detail">
            No web page can see the TLS key of a connection. <code>npx wetee verify</code> can.
          </p>
        )}
      </div>
    </li>
  )
}
