// Errors of the command line itself, and the exit code of any error. Pure.

/** What the cli throws itself; everything else comes from the sdk with its own code. */
export class CliError extends Error {
  readonly code: string
  readonly retryable = false

  constructor(code: string, message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.name = 'CliError'
    this.code = code
  }
}

/** Exit codes, stable; docs/reference/cli.md. */
export const exitCodes = {
  ok: 0,
  failedCheck: 1,
  usage: 2,
  network: 3,
  refused: 4,
  notFound: 5,
  account: 6,
  input: 7,
  timeout: 8,
  internal: 70,
  interrupted: 130,
} as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** First match counts. */
const byCode: readonly [RegExp, ExitCode][] = [
  [/^(build\.)?aborted$/, exitCodes.interrupted],
  [/^build\.timeout$/, exitCodes.timeout],
  [/^watch\.branch-missing$/, exitCodes.notFound],
  [/^watch\.state-invalid$/, exitCodes.input],
  [/^watch\./, exitCodes.refused],
  [/^build\.(dependency-unreachable|git-failed)$/, exitCodes.network],
  [/^build\.builder-refused$/, exitCodes.refused],
  [/^build\.builder-not-genuine$/, exitCodes.failedCheck],
  [/^(archive|blob|build|image|layer|layout|reference|runtime|unpack)\./, exitCodes.input],
  [
    /^(usage|confirm\.|amount\.|address\.|price\.|verify\.|app\.name-|worker\.(endpoint|region)-invalid|api\.callers-invalid|worker\.unchanged)/,
    exitCodes.usage,
  ],
  [
    /^proposal\.((call|title|parameters|reference)-invalid|calls-count|description-too-long)$|^complaint\.uri-too-long$/,
    exitCodes.usage,
  ],
  [/^secret\.(name-invalid|policy-invalid|value-missing)$|^epoch\./, exitCodes.usage],
  [/^proposal\.(file-invalid|wrong-chain)$|^secret\.(empty|too-large)$/, exitCodes.input],
  [/^secret\.version-unknown$/, exitCodes.notFound],
  [/^secret\.too-few-nodes$|^receipt\.no-node$/, exitCodes.network],
  [/^receipt\.known-invalid$/, exitCodes.input],
  [
    /(\.not-found|^app\.no-(address|agent)|^(worker|node|complaint|proposal|call|subscription)\.unknown)$/,
    exitCodes.notFound,
  ],
  [/^wait\.timeout$/, exitCodes.timeout],
  [
    /^(contract|deploy|stake|complaint|proposal|dao|credit|secret)\.|^account\.funds$|^worker\.(none-fits|unfit|in-use|no-apps)$|^node\.not-active$|^app\.(ended|version-dropped|unchanged|state-wrong|update-pending|no-pending|frozen-longer|cap-below-rent|key-limit|key-unknown)$/,
    exitCodes.refused,
  ],
  [
    /^api\.(known|unchanged|unregistered|arguments-count)$|^(call|subscription)\./,
    exitCodes.refused,
  ],
  [/^account\./, exitCodes.account],
  [
    /^(manifest|compose|openapi|file|options|configuration|asset|node\.keys-invalid|registry\.(reference-invalid|denied|login-unreadable))/,
    exitCodes.input,
  ],
  [
    /^(network|agent|answer|request|cache|chain|worker|transport|evidence|registry|logs|dsecret|tls)\./,
    exitCodes.network,
  ],
]

/** One problem of a file, as far as it says where. */
export type Problem = {
  readonly code: string
  readonly message: string
  readonly line?: number
  readonly column?: number
}

/** An error as the cli shows it, in text and JSON. */
export type ErrorView = {
  readonly code: string
  readonly message: string
  readonly retryable: boolean
  readonly details?: Readonly<Record<string, string>>
  readonly problems?: readonly Problem[]
}

/** Reads any error of ours; an unknown one becomes `internal` and keeps its message. */
export function viewError(error: unknown): ErrorView {
  if (!(error instanceof Error))
    return { code: 'internal', message: String(error), retryable: false }
  const bag = error as Error & Record<string, unknown>
  const problems = Array.isArray(bag['problems']) ? (bag['problems'] as Problem[]) : undefined
  const code =
    typeof bag['code'] === 'string' && /^[a-z]/.test(bag['code']) ? bag['code'] : undefined
  const details = bag['details'] as Record<string, string> | undefined
  return {
    code: code ?? (problems === undefined ? 'internal' : 'manifest.invalid'),
    message: problems === undefined ? error.message : headline(problems),
    retryable: bag['retryable'] === true,
    ...(details === undefined || Object.keys(details).length === 0 ? {} : { details }),
    ...(problems === undefined ? {} : { problems }),
  }
}

/** The problems themselves follow, each with its line. */
function headline(problems: readonly Problem[]): string {
  const what = problems[0]?.code.startsWith('configuration.')
    ? 'the configuration cannot be used'
    : problems[0]?.code.startsWith('openapi.')
      ? 'the OpenAPI document cannot be read'
      : 'the Compose file cannot be deployed'
  return `${what}: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`
}

/** The exit code for an error's stable code. */
export function exitCodeOf(view: ErrorView): ExitCode {
  if (view.problems !== undefined) return exitCodes.input
  return byCode.find(([pattern]) => pattern.test(view.code))?.[1] ?? exitCodes.internal
}
