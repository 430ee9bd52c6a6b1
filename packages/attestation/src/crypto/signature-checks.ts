// Signature checks of one appraisal: they run side by side while it reads on, and count in its
// order. Pure but for the crypto back end.
import type { CryptoBackend, PublicKey } from './backend.ts'
import { AppraisalKeys, type KeyMemory } from './key-memory.ts'

/**
 * An appraisal starts a check where it comes to a signature, reads on, and waits for all of them
 * before it answers or keeps anything. However long each takes, the first failure in the order of
 * `demand` and `verify` is the one that is told.
 */
export class SignatureChecks {
  readonly #crypto: CryptoBackend
  readonly #keys: AppraisalKeys
  #steps: (() => Promise<void> | void)[] | undefined = []
  #newest: StartedCheck | undefined

  /** Keys of `shared` are not read again; those that a check has succeeded with get into it. */
  constructor(crypto: CryptoBackend, shared?: KeyMemory) {
    this.#crypto = crypto
    this.#keys = new AppraisalKeys(shared)
  }

  /** Starts a check that does not count yet: `demand` says where in the order it does. */
  start(key: PublicKey, message: Uint8Array, signature: Uint8Array): StartedCheck {
    // The one before goes to another thread. The last of all, often the only one, stays here,
    // which is quicker and keeps this thread from waiting idly for the others.
    this.#newest?.begin({ elsewhere: true })
    this.#newest = new StartedCheck(key, ({ elsewhere }) =>
      this.#crypto.verify(key, message, signature, { keys: this.#keys, elsewhere }),
    )
    return this.#newest
  }

  /** Says that there is much to read before the next check: the newest need not wait for it. */
  readOn(): void {
    this.#newest?.begin({ elsewhere: true })
  }

  /** The check that is next in the order; `refusal` makes the error of one that fails. */
  demand(check: StartedCheck, refusal: () => Error): void {
    this.#next(async () => {
      if (!(await check.holds())) throw refusal()
      this.#keys.share(check.key)
    })
  }

  /** Starts the check that is next in the order. */
  verify(key: PublicKey, message: Uint8Array, signature: Uint8Array, refusal: () => Error): void {
    this.demand(this.start(key, message, signature), refusal)
  }

  /** Acts once all that is required so far has succeeded; never after a failure. */
  afterwards(act: () => void): void {
    this.#next(act)
  }

  /** Waits for all that is required, in order and once. Throws what the first that fails throws. */
  async settle(): Promise<void> {
    const steps = this.#steps ?? []
    this.#steps = undefined
    this.#newest?.begin({ elsewhere: false })
    for (const step of steps) await step()
  }

  #next(step: () => Promise<void> | void): void {
    if (this.#steps === undefined) throw new Error('a check that nobody waits for any more')
    this.#steps.push(step)
  }
}

type Place = { readonly elsewhere: boolean }

/** A check that runs sooner or later, once; it says nothing until somebody asks. */
export class StartedCheck {
  readonly key: PublicKey
  readonly #verify: (place: Place) => Promise<boolean> | boolean
  #holds: Promise<boolean> | undefined

  constructor(key: PublicKey, verify: (place: Place) => Promise<boolean> | boolean) {
    this.key = key
    this.#verify = verify
  }

  /** Runs it, unless it runs already. */
  begin(place: Place): void {
    if (this.#holds !== undefined) return
    const verify = async () => this.#verify(place)
    this.#holds = verify()
    // Nobody asks after an earlier one has failed.
    this.#holds.catch(() => undefined)
  }

  /** Whether the signature holds. Rejects with what the back end throws. */
  async holds(): Promise<boolean> {
    this.begin({ elsewhere: false })
    return this.#holds === undefined ? false : this.#holds
  }
}
