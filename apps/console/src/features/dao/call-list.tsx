// Calls of a proposal in words: a sentence where it is a usual one, and always what is called with what.
import { describeCall, type RawCall } from '@wetee/sdk'
import { Hash } from '../../ui/parts.tsx'
import { useNetwork } from '../../network/network.tsx'
import { callInWords } from './call-words.ts'

export function CallList(props: {
  calls: readonly RawCall[]
  /** Where they are still being put together. */
  remove?: (index: number) => void
}) {
  const { profile } = useNetwork()
  const { calls, remove } = props
  return (
    <ol className="calls">
      {calls.map((call, index) => {
        const exact = describeCall(profile, call)
        const words = callInWords(profile, call)
        return (
          <li key={index}>
            <div>
              <p>{words ?? exact}</p>
              <details>
                <summary>exactly</summary>
                <pre className="code wrap" tabIndex={0}>
                  {exact}
                </pre>
                <span className="quiet">
                  to <Hash hex={call.to} what="the address that is called" />
                </span>
              </details>
            </div>
            {remove !== undefined && (
              <button
                type="button"
                className="button small"
                onClick={() => remove(index)}
                aria-label={`Remove call ${index + 1}`}
              >
                Remove
              </button>
            )}
          </li>
        )
      })}
    </ol>
  )
}
