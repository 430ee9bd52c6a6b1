// The one error of this package. No I/O.

/**
 * One thing wrong with a Compose file or a manifest; `line` and `column` start at 1, 0 where there
 * is no text.
 */
export type Problem = {
  readonly code: string
  readonly message: string
  readonly line: number
  readonly column: number
  /** Where in the document, such as `services.web.ports[0]`. */
  readonly path: string
}

/**
 * Something the owner should know before a manifest becomes public; never a reason to stop by
 * itself.
 */
export type Warning = { readonly code: string; readonly message: string; readonly line: number }

/** Raised with every problem at once, in the order of the text; `code` is the first one's. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError'
  readonly code: string
  readonly retryable: boolean
  readonly problems: readonly Problem[]

  constructor(
    problems: readonly Problem[],
    options: { cause?: unknown; file?: string; retryable?: boolean } = {},
  ) {
    const sorted = [...problems].sort((a, b) => a.line - b.line || a.column - b.column)
    super(sorted.map((problem) => describe(problem, options.file)).join('\n'), {
      cause: options.cause,
    })
    this.code = sorted[0]?.code ?? 'manifest.invalid'
    this.retryable = options.retryable ?? false
    this.problems = sorted
  }
}

function describe({ line, column, path, message, code }: Problem, file?: string): string {
  const place = line === 0 ? (file ?? '') : `${file ?? 'line '}${file ? ':' : ''}${line}:${column}`
  const where = [place, path].filter((part) => part !== '').join(' ')
  return `${where === '' ? '' : `${where}: `}${message} [${code}]`
}
