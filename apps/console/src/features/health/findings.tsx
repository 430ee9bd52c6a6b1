// Health: what was found, worst first, each with what helps.
import type { Finding } from '@wetee/sdk'
import { Card, Failure, Loading } from '../../ui/parts.tsx'

const looks = {
  error: ['failed', '✗', 'broken'],
  warning: ['warned', '!', 'look at it'],
  ok: ['held', '✓', 'fine'],
} as const
const order = ['error', 'warning', 'ok'] as const

function Findings({ findings }: { findings: readonly Finding[] }) {
  const sorted = [...findings].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
  return (
    <ul className="checks">
      {sorted.map((one, index) => {
        const [look, mark, word] = looks[one.severity]
        return (
          <li key={`${one.code} ${index}`} className={look} data-code={one.code}>
            <span className="mark" role="img" aria-label={word}>
              {mark}
            </span>
            <div>
              <p>{one.text.charAt(0).toUpperCase() + one.text.slice(1)}.</p>
              {one.remedy !== '' && (
                <p className="detail">
                  {one.remedy.charAt(0).toUpperCase() + one.remedy.slice(1)}.
                </p>
              )}
            </div>
          </li>
        )
      })}
    </ul>
  )
}

/** A card of them, while they are read and when they cannot be. */
export function HealthCard(props: {
  title?: string
  note?: string
  findings: readonly Finding[] | undefined
  error: unknown
  retry: () => void
}) {
  const { title = 'Health', note, findings, error, retry } = props
  const broken = findings?.filter(({ severity }) => severity !== 'ok').length ?? 0
  const said =
    findings === undefined
      ? undefined
      : broken === 0
        ? 'nothing needs doing'
        : `${broken} of ${findings.length} need looking at`
  return (
    <Card title={title} note={[said, note].filter((part) => part !== undefined).join('; ')}>
      {error !== null && error !== undefined && <Failure error={error} retry={retry} />}
      {findings === undefined && (error === null || error === undefined) && (
        <Loading what="its health" />
      )}
      {findings !== undefined && <Findings findings={findings} />}
    </Card>
  )
}
