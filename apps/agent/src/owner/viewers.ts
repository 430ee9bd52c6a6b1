// Who reads beside the owner: granted by the owner at this agent, until a time or until it is taken back. Pure but for its memory.
import { OwnerError } from './owner-error.ts'

/** A grant; it lives in this process and ends with it. */
type Grant = {
  /** The owner who has given it: with another owner it is void. */
  readonly by: string
  /** By the monotonic clock, milliseconds. */
  readonly endMs: number
  readonly ended: AbortController
}

/** A grant as it is shown. */
export type ViewerView = { readonly account: `0x${string}`; readonly expiresInSeconds: number }

/** Longest grant, seconds. */
export const MAX_VIEWER_SECONDS = 2_592_000
const MAX_VIEWERS = 64

/** Grants of one instance. */
export class Viewers {
  readonly #monotonicMs: () => number
  readonly #grants = new Map<string, Grant>()

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs
  }

  /** Lets an account read from now on; a second grant takes the place of the first. Throws OwnerError `request.too-many`. */
  grant(account: `0x${string}`, seconds: number, by: string): void {
    const nowMs = this.#monotonicMs()
    for (const [old, { endMs }] of this.#grants) if (endMs <= nowMs) this.revoke(old)
    const name = account.toLowerCase()
    if (!this.#grants.has(name) && this.#grants.size >= MAX_VIEWERS)
      throw new OwnerError('request.too-many', `${MAX_VIEWERS} accounts read already`)
    const ended = this.#grants.get(name)?.ended ?? new AbortController()
    this.#grants.set(name, { by: by.toLowerCase(), endMs: nowMs + seconds * 1_000, ended })
  }

  /** Takes it back; what the account reads just now ends. False where there is no grant. */
  revoke(account: string): boolean {
    const name = account.toLowerCase()
    this.#grants.get(name)?.ended.abort()
    return this.#grants.delete(name)
  }

  /** Until when an account may read, for whom `owner` owns the application; `undefined`: it may not. */
  find(account: string, owner: string): { endMs: number; ended: AbortSignal } | undefined {
    const found = this.#grants.get(account.toLowerCase())
    if (found === undefined || found.by !== owner.toLowerCase()) return undefined
    if (found.endMs <= this.#monotonicMs()) return undefined
    return { endMs: found.endMs, ended: found.ended.signal }
  }

  /** Those that count for this owner. */
  list(owner: string): ViewerView[] {
    const nowMs = this.#monotonicMs()
    return [...this.#grants].flatMap(([account, { by, endMs }]) =>
      by !== owner.toLowerCase() || endMs <= nowMs
        ? []
        : [
            {
              account: account as `0x${string}`,
              expiresInSeconds: Math.ceil((endMs - nowMs) / 1_000),
            },
          ],
    )
  }
}
