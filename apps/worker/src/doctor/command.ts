// `doctor [--config FILE] [--ntp HOST] [--json]`: prints what was found; the exit code is 1 when something is wrong. Process I/O.
import { parseArgs } from 'node:util'
import { codeOf, loadConfig } from '@wetee/daemon'
import { configCommand, configSchema } from '../config.ts'
import { examine, type Section } from './doctor.ts'
import type { Row } from './row.ts'

/** What `doctor --help` says. */
export const doctorHelp = `usage: ${configCommand.program} doctor [--config FILE] [--ntp HOST] [--json]

  looks at network, engine, TEE, machine and worker; says what is wrong and what to type. Exit code 1 when something is.

  --config FILE  default ${configCommand.defaultFile}
  --ntp HOST     compare the clock with a time server, too
  --json         for programs: { ok, sections: [{ title, rows: [{ code, severity, text, remedy }] }] }

examples:
  $ ${configCommand.program} doctor --config /etc/wetee/worker.json
  $ ${configCommand.program} doctor --json | jq -r '.sections[].rows[] | select(.severity == "error") | .remedy'
`

const TIMEOUT_MS = 180_000

/** Runs it; `args` are the words behind `doctor`. Exit code 0 fit, 1 not, 2 wrong arguments. */
export async function runDoctorCommand(args: readonly string[]): Promise<0 | 1 | 2> {
  let given
  try {
    given = parseArgs({
      args: [...args],
      options: {
        config: { type: 'string', default: configCommand.defaultFile },
        ntp: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values
  } catch {
    process.stderr.write(doctorHelp)
    return 2
  }
  if (given.help) {
    process.stdout.write(doctorHelp)
    return 0
  }
  const { ntp, json } = given
  let sections: readonly Section[]
  try {
    const config = loadConfig(given.config, configSchema)
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    sections = await examine({
      config,
      signal,
      nowMs: Date.now,
      ...(ntp === undefined ? {} : { ntp }),
    })
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause)
    const remedy = `${configCommand.program} config schema`
    sections = [
      { title: 'Configuration', rows: [{ code: codeOf(cause), severity: 'error', text, remedy }] },
    ]
  }
  const good = sections.every(({ rows }) => rows.every(({ severity }) => severity !== 'error'))
  if (json) process.stdout.write(`${JSON.stringify({ ok: good, sections }, null, 2)}\n`)
  else process.stdout.write(report(sections, process.stdout.isTTY && !process.env['NO_COLOR']))
  return good ? 0 : 1
}

const MARKS = { ok: ['32', '✔'], warning: ['33', '!'], error: ['31', '✘'] } as const

/** The report as text: one line per row, remedies below their rows, numbers at the end. */
export function report(sections: readonly Section[], colour: boolean): string {
  const paint = (code: string, text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text)
  const lines = sections.flatMap(({ title, rows }) => [
    paint('1', title),
    ...rows.flatMap(({ severity, text, remedy, code }) => {
      const [shade, mark] = MARKS[severity]
      const line = `  ${paint(shade, mark)} ${plain(text)}`
      if (severity === 'ok') return [line]
      return [
        `${line} ${paint('2', `(${code})`)}`,
        ...(remedy === '' ? [] : [`      ${plain(remedy)}`]),
      ]
    }),
  ])
  const all = sections.flatMap(({ rows }) => rows)
  const count = (severity: Row['severity']) => all.filter((row) => row.severity === severity).length
  const [errors, warnings] = [count('error'), count('warning')]
  const summary = `${all.length} ${all.length === 1 ? 'check' : 'checks'}: ${errors} ${errors === 1 ? 'error' : 'errors'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`
  return `${[...lines, '', summary].join('\n')}\n`
}

/** What comes from elsewhere moves no cursor. */
function plain(text: string): string {
  return text.replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, ' ')
}
