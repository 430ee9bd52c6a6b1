// Whether a failure means that a session is over. Pure.
import { SdkError } from '@wetee/sdk'

/**
 * A worker or an instance that was started anew knows no session of before; a new instance cannot open what was sealed to the key of the
 * old one. An answer that is not sealed as it should be ends nothing: that has to be seen.
 */
export function endsSession(error: unknown): boolean {
  if (!(error instanceof SdkError)) return false
  const { code, retryable, details } = error
  return (
    (code === 'worker.refused' && !retryable) ||
    (code === 'agent.refused' && details['code'] === 'sign-in.needed') ||
    (code === 'agent.unreachable' && details['status'] === '400')
  )
}
