// Has a plan's secrets released and written, however long it takes. Writes files.
import { errorFields, type Log } from '../log.ts'
import { checkFolders, deliverSecrets, type DeliveryOptions } from './delivery.ts'
import type { SecretPlan } from './plan.ts'
import type { SecretSource } from './secret-source.ts'

/** How an attempt is repeated. */
export type RetryParts = {
  /** Hears why there is nothing yet. */
  readonly waiting: (code: string) => void
  readonly log: Log
  readonly signal: AbortSignal
  /** For jitter, from 0 to 1. */
  readonly random: () => number
  /** Resolves after so many milliseconds; may reject once the signal is raised. */
  readonly sleep: (ms: number) => Promise<unknown>
}

/** What the loop needs. */
export type ReleaseLoopParts = RetryParts & {
  readonly plan: SecretPlan
  readonly source: Pick<SecretSource, 'request'>
  readonly delivery: DeliveryOptions
}

const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 15_000

/** Resolves once everything is written. Rejects only with the signal's reason. */
export async function releaseSecrets(parts: ReleaseLoopParts): Promise<void> {
  const { plan, source, delivery, log } = parts
  if (plan.secrets.length === 0) return
  await untilReleased(parts, async () => {
    checkFolders(plan, delivery)
    const { secrets } = await source.request({ secrets: plan.secrets, keys: [] })
    try {
      deliverSecrets(plan, secrets, delivery)
    } finally {
      for (const secret of secrets) secret.fill(0)
    }
    log.info({ secrets: plan.secrets.length, services: plan.services.length }, 'secrets written')
  })
}

/** Attempts a release until it succeeds, with growing pauses. Rejects only with the signal's reason. */
export async function untilReleased<T>(
  { waiting, log, signal, random, sleep }: RetryParts,
  attempt: () => Promise<T>,
): Promise<T> {
  waiting('secrets.pending')
  for (let failures = 1; ; failures++) {
    signal.throwIfAborted()
    try {
      return await attempt()
    } catch (error) {
      signal.throwIfAborted()
      const fields = errorFields(error)
      waiting(fields.code === 'unknown' ? 'secrets.pending' : fields.code)
      log.warn({ ...fields, failures }, 'secrets are not there yet')
    }
    const waitMs = Math.min(FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 10), LONGEST_RETRY_MS)
    await sleep(waitMs * (0.8 + 0.2 * random()))
  }
}
