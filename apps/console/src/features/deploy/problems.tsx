// What a check of a Compose file has found, with a way to each line.
import type { Checked } from './draft.ts'

export function Problems({ checked, show }: { checked: Checked; show: (line: number) => void }) {
  const { problems, warnings, draft } = checked
  const lines = [
    ...problems.map((problem) => ({ ...problem, tone: 'bad' as const })),
    ...warnings.map((warning) => ({ ...warning, tone: 'warn' as const })),
  ]
  return (
    <div
      id="compose-problems"
      role="status"
      className={`notice ${problems.length > 0 ? 'bad' : warnings.length > 0 ? 'warn' : 'good'}`}
    >
      <strong>
        {problems.length > 0
          ? `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`
          : draft === undefined
            ? 'Checking …'
            : `Fine: ${draft.document.services.length} ${draft.document.services.length === 1 ? 'service' : 'services'}`}
      </strong>
      {lines.length > 0 && (
        <ul className="problems">
          {lines.map(({ line, message, code }, index) => (
            <li key={`${line}/${code}/${index}`}>
              <button type="button" className="copy at" onClick={() => show(line)}>
                line {line}
              </button>
              <span>{message}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
