// Another attempt at what a registry may answer the next time. Waits.
import { setTimeout as delay } from 'node:timers/promises'
import { ImageError } from './error.ts'
import { defaultPatience, type Patience } from './registry-client.ts'

const attempts = 4

/** Repeats `work` while it throws an ImageError that is retryable, four times at most. */
export async function retrying<T>(
  {
    signal,
    patience = defaultPatience,
  }: { readonly signal?: AbortSignal; readonly patience?: Patience },
  work: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++)
    try {
      return await work()
    } catch (error) {
      const again = error instanceof ImageError && error.retryable && attempt < attempts
      if (!again || signal?.aborted === true) throw error
      const waitMs = patience.retryMs * 2 ** (attempt - 1)
      await delay(waitMs, undefined, signal ? { signal } : {}).catch((cause: unknown) => {
        throw new ImageError('registry.aborted', 'stopped', { cause })
      })
    }
}
