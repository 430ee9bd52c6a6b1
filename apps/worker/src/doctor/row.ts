// One line of the doctor's report. Pure.
import type { Condition } from '@wetee/daemon'

/** What was looked at, how it is, and what helps; codes are stable, those of conditions where there is one. */
export type Row = Omit<Condition, 'severity'> & {
  readonly severity: 'ok' | 'warning' | 'error'
}

/** All is well, or there is nothing to be said against it. */
export const ok = (code: string, text: string): Row => ({ code, severity: 'ok', text, remedy: '' })

/** Works, but not as it should. */
export const warning = (code: string, text: string, remedy: string): Row => ({
  code,
  severity: 'warning',
  text,
  remedy,
})

/** Applications cannot be run, or not be paid for. */
export const error = (code: string, text: string, remedy: string): Row => ({
  code,
  severity: 'error',
  text,
  remedy,
})

/** A condition as a row: what is only said for information is well. */
export const rowOf = ({ severity, ...condition }: Condition): Row => ({
  ...condition,
  severity: severity === 'info' ? 'ok' : severity,
})

/** The rows of a check; one that cannot be made is a row of its own and hides no other. */
export async function attempt(
  code: string,
  check: () => Promise<readonly Row[]> | readonly Row[],
): Promise<readonly Row[]> {
  try {
    return await check()
  } catch (cause) {
    const why = (cause instanceof Error ? cause.message : String(cause)).slice(0, 500)
    return [error(code, `could not be checked: ${why}`, 'correct that and run the doctor again')]
  }
}
