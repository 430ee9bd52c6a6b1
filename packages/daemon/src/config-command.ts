// `config print|schema|check` of a daemon: what a configuration file may hold and what it amounts to. Reads files, writes text.
import { parseArgs } from 'node:util'
import type { z } from 'zod'
import { checkConfigFiles } from './config-files.ts'
import { schemaDocument } from './config-document.ts'
import { configValues, type ConfigValue } from './config-values.ts'
import { readConfig } from './config.ts'
import { codeOf, messageOf } from './daemon-error.ts'

/** A daemon whose configuration is looked at. */
export type ConfigCommand = {
  /** How it is called, for examples: `node apps/worker/src/main.ts`. */
  readonly program: string
  /** Of the document, in words. */
  readonly title: string
  readonly schema: z.ZodType
  /** Used where the command line names none. */
  readonly defaultFile: string
  /** Default: the process's own streams. */
  readonly stdout?: (text: string) => void
  readonly stderr?: (text: string) => void
}

const VERBS = ['print', 'schema', 'check'] as const

/**
 * Runs `config ...`; `args` are the words behind `config`. Gives the exit code: 0 done or nothing wrong, 1 the configuration
 * cannot be used, 2 wrong arguments. Secrets are never read: a configuration names the files that hold them.
 */
export function runConfigCommand(args: readonly string[], command: ConfigCommand): 0 | 1 | 2 {
  const out = command.stdout ?? ((text: string) => void process.stdout.write(text))
  const err = command.stderr ?? ((text: string) => void process.stderr.write(text))
  const asked = readArguments(args)
  if (asked === undefined || asked.help) {
    if (asked === undefined) err(configHelp(command))
    else out(configHelp(command))
    return asked === undefined ? 2 : 0
  }
  const document = schemaDocument(command.schema, command.title)
  if (asked.verb === 'schema') {
    out(`${JSON.stringify(document, null, 2)}\n`)
    return 0
  }
  const file = asked.config ?? command.defaultFile
  try {
    const { given, config } = readConfig(file, command.schema)
    const values = configValues(document, given, config)
    if (asked.verb === 'print') {
      out(asked.json ? `${JSON.stringify({ file, values }, null, 2)}\n` : valueTable(values))
      return 0
    }
    const problems = checkConfigFiles(document, values)
    const ok = problems.every(({ severity }) => severity !== 'error')
    if (asked.json) out(`${JSON.stringify({ file, ok, problems }, null, 2)}\n`)
    else {
      for (const { severity, text, remedy, code } of problems)
        out(`${severity}: ${text} (${code})\n  ${remedy}\n`)
      if (ok) out(`${file}: can be used\n`)
    }
    return ok ? 0 : 1
  } catch (error) {
    // Of a wrong configuration every key is told, so not the one bounded line of a log.
    const text = error instanceof Error ? error.message : messageOf(error)
    if (asked.json)
      out(`${JSON.stringify({ file, ok: false, error: { code: codeOf(error), message: text } })}\n`)
    else err(`error ${codeOf(error)}: ${text}\n${command.program} config schema: every key\n`)
    return 1
  }
}

/** What `config --help` says. */
export function configHelp({ program, defaultFile }: ConfigCommand): string {
  return `usage: ${program} config print|schema|check [--config FILE] [--json]

  print   every value in use with where it comes from; of secrets only the paths of their files
  schema  JSON Schema of the file
  check   whether the file can be used: keys, values, and the files that it names

  --config FILE  default ${defaultFile}
  --json         for programs

examples:
  $ ${program} config check --config worker.json && echo fine
  $ ${program} config print --json | jq '.values[] | select(.source == "file")'
`
}

function readArguments(args: readonly string[]):
  | {
      readonly verb: (typeof VERBS)[number]
      readonly config: string | undefined
      readonly json: boolean
      readonly help: boolean
    }
  | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        config: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    const verb = VERBS.find((known) => known === positionals[0])
    if (values.help) return { verb: 'print', config: undefined, json: false, help: true }
    if (verb === undefined || positionals.length > 1) return undefined
    return { verb, config: values.config, json: values.json, help: false }
  } catch {
    return undefined
  }
}

/** `key  value  # source: what it is for`, in columns. */
function valueTable(values: readonly ConfigValue[]): string {
  const rows = values.map(({ key, value, source, description }) => ({
    key,
    value: JSON.stringify(value),
    note: description === '' ? source : `${source}: ${description}`,
  }))
  const width = (texts: readonly string[], most: number) =>
    Math.min(most, Math.max(0, ...texts.map((text) => text.length)))
  const keyWidth = width(
    rows.map(({ key }) => key),
    40,
  )
  const valueWidth = width(
    rows.map(({ value }) => value),
    44,
  )
  return rows
    .map(
      ({ key, value, note }) => `${key.padEnd(keyWidth)}  ${value.padEnd(valueWidth)}  # ${note}\n`,
    )
    .join('')
}
