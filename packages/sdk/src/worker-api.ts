// What a worker says about itself and its applications (docs/reference/interfaces.md): the host's word, never proof. HTTP.
import { en } from 'zod/locales'
import * as z from 'zod/mini'
import { SdkError } from './error.ts'
import type { Transport } from './transport.ts'

const text = z.string().check(z.maxLength(4096))
const count = z.int().check(z.nonnegative())
const url = z.url().check(z.maxLength(2048))
const conditionSchema = z.object({
  code: text,
  severity: text,
  text,
  remedy: z._default(text, ''),
})
const instanceSchema = z.object({
  id: text,
  version: count,
  replica: count,
  state: text,
  code: z.optional(text),
  /** Absent where the worker is older. */
  ready: z.optional(z.boolean()),
  unhealthy: z.optional(text),
  restarts: z._default(count, 0),
  urls: z._default(
    z
      .array(z.object({ service: text, target: z.int().check(z.positive()), url }))
      .check(z.maxLength(64)),
    [],
  ),
  ownerUrl: z.optional(url),
})
const versionSchema = z.object({
  version: count,
  images: z.object({ pulled: count, total: count }),
})
const appStatusSchema = z.object({
  appId: z.pipe(z.union([z.string(), z.number()]), z.transform(String)),
  instances: z.array(instanceSchema).check(z.maxLength(256)),
  conditions: z._default(z.array(conditionSchema).check(z.maxLength(256)), []),
  versions: z.optional(z.array(versionSchema).check(z.maxLength(8))),
})
const workerSchema = z.object({
  workerId: z.pipe(z.union([z.string(), z.number()]), z.transform(String)),
  endpoint: text,
  runtime: text,
  simulated: z._default(z.boolean(), false),
})

/** Something a worker reports: what is wrong and what helps. */
export type Condition = z.infer<typeof conditionSchema>
/** An instance of an application, as its host sees it. */
export type InstanceStatus = z.infer<typeof instanceSchema>
/** What a worker has of a version's images. */
export type VersionStatus = z.infer<typeof versionSchema>
/** A worker's answer about one application. */
export type AppStatus = z.infer<typeof appStatusSchema>
/** A worker's answer about itself. */
export type WorkerStatus = z.infer<typeof workerSchema>

const maxStatusBytes = 1_048_576

/** The worker's status of an application; undefined when it does not know it. Throws `worker.unreachable`, `worker.answer-invalid`. */
export async function readAppStatus(
  transport: Transport,
  endpoint: string,
  appId: bigint,
  signal?: AbortSignal,
): Promise<AppStatus | undefined> {
  return readJson(transport, joinUrl(endpoint, `/v1/apps/${appId}`), appStatusSchema, signal)
}

/** What the worker says about itself. Throws as `readAppStatus`. */
export async function readWorkerStatus(
  transport: Transport,
  endpoint: string,
  signal?: AbortSignal,
): Promise<WorkerStatus | undefined> {
  return readJson(transport, joinUrl(endpoint, '/v1/worker'), workerSchema, signal)
}

/** `endpoint` with a path behind it. */
export function joinUrl(endpoint: string, path: string): string {
  return `${endpoint.replace(/\/+$/, '')}${path}`
}

async function readJson<T>(
  transport: Transport,
  url: string,
  schema: z.ZodMiniType<T>,
  signal?: AbortSignal,
): Promise<T | undefined> {
  const answer = await get(transport, url, signal)
  if (answer.status === 404) return undefined
  const invalid = (why: string) =>
    new SdkError(
      'worker.answer-invalid',
      `the worker at ${url} gave an unexpected answer: ${why}`,
      {
        retryable: true,
      },
    )
  if (answer.status !== 200) throw invalid(`status ${answer.status}, expected 200`)
  try {
    const parsed = schema.safeParse(JSON.parse(new TextDecoder().decode(answer.body)), {
      error: en().localeError,
    })
    if (parsed.success) return parsed.data
    throw invalid(z.prettifyError(parsed.error).slice(0, 300))
  } catch (error) {
    throw error instanceof SdkError ? error : invalid('not JSON')
  }
}

async function get(transport: Transport, url: string, signal?: AbortSignal) {
  try {
    return await transport.get(url, {
      maxBytes: maxStatusBytes,
      timeoutMs: 5_000,
      ...(signal === undefined ? {} : { signal }),
    })
  } catch (cause) {
    if (cause instanceof SdkError && cause.code === 'transport.failed')
      throw new SdkError('worker.unreachable', `the worker does not answer: ${cause.message}`, {
        retryable: true,
        cause,
      })
    throw cause
  }
}
