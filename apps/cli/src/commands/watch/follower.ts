// Which commit of a branch becomes a version, and when: one update at a time, the newest commit, never one twice, within the limits
// that were given. Every step is written down before it is taken. I/O only through its steps.
import { replaceServiceImage, ManifestError } from '@wetee/manifest'
import { formatAmount, type DeployPlan, type SignedBuildRecord } from '@wetee/sdk'
import { CliError, viewError, type ErrorView } from '../../error.ts'
import type { CurrentUpdate, WatchState } from './watch-state.ts'

/** An image that lies on this machine. */
export type BuiltCommit = {
  readonly layout: string
  readonly digest: string
  /** The commit's Compose file. */
  readonly composeText: string
  /** See `sourceName`. */
  readonly source: string
  /** A builder's, for the chain. */
  readonly record?: SignedBuildRecord
}

type Hex = `0x${string}`

/** What an update is made of. */
export type Steps = {
  /** The commit that the branch is at. */
  head(): Promise<string | undefined>
  /** Whether a commit has another among its ancestors. */
  follows(commit: string, ancestor: string): Promise<boolean>
  /** `accept` is asked with the source's name before anything is built; it throws to stop. */
  build(commit: string, accept: (source: string) => void): Promise<BuiltCommit>
  /** The reference by digest, as a Compose file names it. */
  push(built: BuiltCommit): Promise<string>
  /** Of an update of this application and no other. */
  plan(composeText: string): Promise<DeployPlan>
  /** Keeps a builder's record on chain; one that is there already is kept. */
  record(signed: SignedBuildRecord): Promise<void>
  apply(plan: DeployPlan, onSent: (txHash: Hex) => void): Promise<{ readonly version: number }>
  /** The current or pending version with this manifest. */
  findVersion(manifestDigest: Hex): Promise<number | undefined>
  /** Whether the chain may still carry out a transaction. */
  isUnderway(txHash: Hex): Promise<boolean>
  /** Until the version serves and the one before is gone. */
  serving(version: number, onServing: () => void): Promise<void>
}

/** What the command itself keeps to. */
export type Limits = {
  readonly service: string
  /** Rent of all replicas; undefined: what the version that runs costs. */
  readonly maxWeiPerDay: bigint | undefined
  readonly minIntervalMs: number
  readonly allowRewind: boolean
}

/** One line of progress. */
export type WatchEvent = {
  readonly event:
    | 'building'
    | 'pushing'
    | 'recording'
    | 'proposing'
    | 'sent'
    | 'waiting'
    | 'serving'
    | 'served'
    | 'refused'
    | 'failed'
    | 'unchanged'
    | 'rewound'
    | 'gone'
    | 'idle'
    | 'later'
    | 'listening'
    | 'webhook'
  readonly commit?: string
  readonly text?: string
  readonly [detail: string]: unknown
}

/** What one look has come to; `later`: there is something to do that could not be done yet. */
export type Look =
  | { readonly kind: 'idle' | 'served' | 'refused' }
  | { readonly kind: 'later'; readonly error?: Error }

/** Attempts at a commit that fails for reasons that may pass. */
const maxAttempts = 3

/** Follows one branch for one application. */
export class Follower {
  readonly #limits: Limits
  readonly #steps: Steps
  readonly #state: WatchState
  readonly #report: (event: WatchEvent) => void
  readonly #nowMs: () => number
  /** What was said last of a commit that is not taken: once is enough. */
  #said = ''

  constructor(
    limits: Limits,
    parts: {
      readonly steps: Steps
      readonly state: WatchState
      readonly report: (event: WatchEvent) => void
      readonly nowMs: () => number
    },
  ) {
    this.#limits = limits
    this.#steps = parts.steps
    this.#state = parts.state
    this.#report = parts.report
    this.#nowMs = parts.nowMs
  }

  /** Goes on with the update under way, or looks at the branch. Throws what neither another commit nor time cures. */
  async look(): Promise<Look> {
    const { current } = this.#state.record
    const goesOn = current !== undefined && current.step !== 'building'
    const commit = goesOn ? current.commit : await this.#newCommit()
    if (typeof commit !== 'string') return commit
    try {
      if (!goesOn) return await this.#begin(commit)
      if (current.step === 'waiting') return await this.#wait(current)
      return await this.#goOnSending(current)
    } catch (error) {
      return this.#fail(commit, error)
    }
  }

  async #newCommit(): Promise<string | Look> {
    const head = await this.#steps.head()
    if (head === undefined)
      throw new CliError('watch.branch-missing', 'the repository has no such branch')
    const { served, startedAtMs } = this.#state.record
    const outcome = this.#state.outcomeOf(head)
    if (served?.commit === head) return { kind: 'idle' }
    if (outcome !== undefined && outcome !== 'served') return { kind: 'idle' }
    const goesBack =
      outcome === 'served' ||
      (served !== undefined && !(await this.#steps.follows(head, served.commit)))
    if (goesBack && !this.#limits.allowRewind) {
      const text = `does not follow ${served?.commit.slice(0, 12) ?? ''}, which was served last`
      this.#sayOnce({ event: 'rewound', commit: head, code: 'watch.rewound', text })
      return { kind: 'refused' }
    }
    const waitMs = startedAtMs + this.#limits.minIntervalMs - this.#nowMs()
    // A clock that was set back holds nothing up for longer than the interval.
    if (waitMs <= 0 || waitMs > this.#limits.minIntervalMs) return head
    this.#sayOnce({ event: 'later', commit: head, text: 'the last update was begun just now' })
    return { kind: 'later' }
  }

  async #begin(commit: string): Promise<Look> {
    this.#state.change({ current: { step: 'building', commit }, startedAtMs: this.#nowMs() })
    this.#report({ event: 'building', commit })
    const built = await this.#steps.build(commit, (source) => {
      if (source === this.#state.record.served?.source) throw new SameSource()
    })
    this.#report({ event: 'pushing', commit, image: built.digest })
    const reference = await this.#steps.push(built)
    const { service } = this.#limits
    const plan = await this.#steps.plan(replaceServiceImage(built.composeText, service, reference))
    this.#keepWithin(plan)
    if (!(await this.#isOnBranch(commit))) {
      this.#state.finish(commit, 'gone')
      this.#report({ event: 'gone', commit, text: 'is not on the branch any more' })
      return { kind: 'refused' }
    }
    const { source } = built
    const manifestDigest = plan.manifest.digest
    if (plan.action === 'none') {
      const version = (await this.#steps.findVersion(manifestDigest)) ?? 1
      return this.#wait({ step: 'waiting', commit, source, version })
    }
    if (built.record !== undefined) await this.#record(commit, built.record, manifestDigest)
    const { weiPerDay } = plan
    this.#report({ event: 'proposing', commit, image: reference, manifestDigest, weiPerDay })
    const sending = { step: 'sending', commit, source, manifestDigest } as const
    this.#state.change({ current: sending })
    const { version } = await this.#steps.apply(plan, (txHash) => {
      this.#state.change({ current: { ...sending, txHash } })
      this.#report({ event: 'sent', commit, txHash })
    })
    return this.#wait({ step: 'waiting', commit, source, version })
  }

  /** Before the update: a key that is bound to the builder may propose only what is recorded. */
  async #record(commit: string, signed: SignedBuildRecord, manifestDigest: Hex): Promise<void> {
    if (signed.record.manifestDigest !== manifestDigest)
      throw new CliError(
        'build.builder-not-genuine',
        `the builder signed the manifest ${signed.record.manifestDigest}, and this commit gives ${manifestDigest}`,
      )
    this.#report({ event: 'recording', commit, manifestDigest })
    await this.#steps.record(signed)
  }

  /** After an interruption nobody knows whether it was sent: the chain is asked. */
  async #goOnSending(current: CurrentUpdate & { readonly step: 'sending' }): Promise<Look> {
    const { commit, source, manifestDigest, txHash } = current
    const version = await this.#steps.findVersion(manifestDigest)
    if (version !== undefined) return this.#wait({ step: 'waiting', commit, source, version })
    if (txHash !== undefined && (await this.#steps.isUnderway(txHash))) {
      this.#sayOnce({ event: 'later', commit, text: 'its transaction is not final yet' })
      return { kind: 'later' }
    }
    // It was never sent. The branch may have gone on.
    this.#state.change({ current: undefined })
    return this.look()
  }

  async #wait(current: CurrentUpdate & { readonly step: 'waiting' }): Promise<Look> {
    const { commit, source, version } = current
    this.#state.change({ current })
    this.#report({ event: 'waiting', commit, version })
    await this.#steps.serving(version, () => this.#report({ event: 'serving', commit, version }))
    this.#state.finish(commit, 'served', source)
    this.#report({ event: 'served', commit, version })
    return { kind: 'served' }
  }

  /** The chain's own limits hold beside these: `wetee app cap`, the upgrade delay, the price that was planned. */
  #keepWithin(plan: DeployPlan): void {
    const most = this.#limits.maxWeiPerDay ?? plan.previousWeiPerDay ?? 0n
    const text = (wei: bigint) => formatAmount(wei, plan.asset)
    if (plan.weiPerDay > most)
      throw new CliError(
        'watch.commit-rent',
        `its version would cost ${text(plan.weiPerDay)} a day, at most ${text(most)} were allowed (--max-rent)`,
      )
    if (plan.depositWei > most)
      throw new CliError(
        'watch.deposit',
        `an update would add ${text(plan.depositWei)} to the escrow, more than a day's rent of ${text(most)}: top it up first`,
      )
  }

  /** Or on its way into a newer one: a busy branch is not to hold every update up. */
  async #isOnBranch(commit: string): Promise<boolean> {
    const head = await this.#steps.head()
    return head !== undefined && (head === commit || this.#steps.follows(head, commit))
  }

  #fail(commit: string, error: unknown): Look {
    if (error instanceof SameSource) {
      this.#state.finish(commit, 'unchanged')
      this.#report({ event: 'unchanged', commit, text: 'is what is served, but for the image' })
      return { kind: 'idle' }
    }
    const view = viewError(error)
    const { code, message } = view
    if (/(^|\.)aborted$/.test(code)) throw error
    const isSent = this.#state.record.current?.step !== 'building'
    if (!isSent) this.#state.change({ current: undefined })
    if (isOfCommit(error, view)) return this.#refuse(commit, view)
    if (!mayPass(view)) throw error
    const { attempts } = this.#state.record
    const count = (attempts?.commit === commit ? attempts.count : 0) + 1
    if (!isSent && count >= maxAttempts) return this.#refuse(commit, view)
    if (!isSent) this.#state.change({ attempts: { commit, count } })
    this.#report({ event: 'failed', commit, code, text: message })
    return { kind: 'later', ...(error instanceof Error ? { error } : {}) }
  }

  #refuse(commit: string, { code, message }: ErrorView): Look {
    this.#state.finish(commit, 'refused')
    this.#report({ event: 'refused', commit, code, text: message })
    return { kind: 'refused' }
  }

  #sayOnce(event: WatchEvent): void {
    const said = `${event.event} ${event.commit ?? ''}`
    if (said !== this.#said) this.#report(event)
    this.#said = said
  }
}

/** The source is that of the version that serves. */
class SameSource extends Error {}

// Of the contract's refusals, those of a deploy key are the key's.
const ofCommit =
  /^(build\.(?!aborted|builder-not-genuine|git-|cache-unsafe|sandbox-missing|timeout|dependency-unreachable)|watch\.commit-|contract\.(?!DeployKey|TooEarly$|BuildMissing$|BuildUnsigned$)|(deploy\.credentials|deploy\.key-terms|worker\.unfit|app\.version-dropped)$)/

/** A deploy key's interval, the builder's record of this manifest, or the lease of who signed it, may still come. */
const laterOnChain = /^contract\.(TooEarly|BuildMissing|BuildUnsigned)$/

/** Whether another commit may do better: this one is not tried again. */
function isOfCommit(error: unknown, { code, retryable }: ErrorView): boolean {
  if (retryable) return false
  return error instanceof ManifestError || ofCommit.test(code)
}

/** Git says of a server that is away and of one that refuses the same. */
export function mayPass({ code, retryable }: ErrorView): boolean {
  return (
    retryable || code === 'build.git-failed' || code === 'build.timeout' || laterOnChain.test(code)
  )
}
