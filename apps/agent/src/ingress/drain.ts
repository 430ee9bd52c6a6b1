// Sends clients of an ingress to the next version without losing a request of theirs. Acts on answers and sockets.
import type { ServerResponse } from 'node:http'

/**
 * A plain close loses requests that are on their way, so nothing that is idle is closed: from `begin` on every answer says
 * `Connection: close`, and what would go on for long is ended by its own means (`onBegin`).
 */
export class Drain {
  #active = false
  readonly #answers = new Set<ServerResponse>()
  readonly #enders = new Set<() => void>()

  get active(): boolean {
    return this.#active
  }

  /** The last answer on its connection, if draining has begun by the time its head is written. */
  track(answer: ServerResponse): void {
    if (this.#active) {
      answer.shouldKeepAlive = false
      return
    }
    this.#answers.add(answer)
    answer.once('close', () => this.#answers.delete(answer))
  }

  /** Calls once when draining begins, at once when it has begun; the answer cancels. */
  onBegin(end: () => void): () => void {
    if (this.#active) {
      end()
      return () => undefined
    }
    this.#enders.add(end)
    return () => this.#enders.delete(end)
  }

  /** There is no way back. */
  begin(): void {
    if (this.#active) return
    this.#active = true
    for (const answer of this.#answers) if (!answer.headersSent) answer.shouldKeepAlive = false
    this.#answers.clear()
    for (const end of this.#enders) end()
    this.#enders.clear()
  }
}
