// What an API server refuses, and in which error of the port it ends. Pure.
import { z } from 'zod'
import { RuntimeError } from '../runtime-error.ts'

const statusSchema = z.object({
  kind: z.literal('Status'),
  code: z.int().optional(),
  reason: z.string().max(200).default(''),
  message: z.string().default(''),
})

const MAX_MESSAGE = 1_000

/** An answer of the API server that is no success; `status` is HTTP's, `reason` Kubernetes' own word. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly reason: string

  constructor(status: number, reason: string, message: string) {
    super(message.slice(0, MAX_MESSAGE))
    this.status = status
    this.reason = reason
  }
}

/** The error of an answer; of one without a Status the body is not repeated. */
export function apiError(status: number, body: unknown): ApiError {
  const parsed = statusSchema.safeParse(body)
  if (!parsed.success) return new ApiError(status, '', `the API server answered ${status}`)
  const { code = status, reason, message } = parsed.data
  return new ApiError(code, reason, message)
}

/** HTTP status of a refusal; `undefined` for every other error. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof ApiError ? error.status : undefined
}

/** In the words of the port: `what` was tried. Errors of other kinds stay what they are. */
export function asRuntimeError(what: string, error: unknown): unknown {
  if (error instanceof z.ZodError)
    return new RuntimeError('engine.failed', `${what}: the API server's answer is out of form`, {
      cause: error,
    })
  if (!(error instanceof ApiError)) return error
  const { status, message } = error
  const text = `${what}: ${message} (${status})`
  if (status === 400 || status === 422)
    return new RuntimeError('pod.invalid', text, { cause: error })
  if (status === 401)
    return new RuntimeError(
      'engine.unreachable',
      `${text}: are the credentials of the cluster still good?`,
      {
        cause: error,
      },
    )
  return new RuntimeError('engine.failed', text, { cause: error })
}
