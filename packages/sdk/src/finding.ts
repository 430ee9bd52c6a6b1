// What a look at something has found: the same in the API, the command and the console. Pure.

/** One finding; `remedy` is empty when nothing needs doing. Codes are stable. */
export type Finding = {
  readonly code: string
  readonly severity: 'ok' | 'warning' | 'error'
  readonly text: string
  readonly remedy: string
}

/** All is as it should be. */
export const ok = (code: string, text: string): Finding => ({
  code,
  severity: 'ok',
  text,
  remedy: '',
})

/** Somebody should look; things go on. */
export const warning = (code: string, text: string, remedy: string): Finding => ({
  code,
  severity: 'warning',
  text,
  remedy,
})

/** Something does not work. */
export const error = (code: string, text: string, remedy: string): Finding => ({
  code,
  severity: 'error',
  text,
  remedy,
})
