// A process of the devnet that ended by itself, with the reason it gave in its log. Reads the log.
import { readFileSync } from 'node:fs'
import { z } from 'zod'

const lineSchema = z.object({
  level: z.enum(['fatal', 'error']),
  code: z.string().optional(),
  error: z.string(),
})

/** `code` is that of the process's own last error, `devnet.child-stopped` where it gave none. */
export class ChildStopped extends Error {
  readonly code: string

  constructor(name: string, how: string, logFile: string) {
    const reason = lastError(logFile)
    const said = reason === undefined ? '' : `: ${reason.error}`
    super(`${name} stopped (${how})${said}. See ${logFile}`)
    this.name = 'ChildStopped'
    this.code = reason?.code ?? 'devnet.child-stopped'
  }
}

function lastError(logFile: string): z.infer<typeof lineSchema> | undefined {
  try {
    for (const line of readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-20).reverse()) {
      const parsed = lineSchema.safeParse(JSON.parse(line))
      if (parsed.success) return parsed.data
    }
  } catch {
    // No log, or its end is not JSON: the process died before it could say why.
  }
  return undefined
}
