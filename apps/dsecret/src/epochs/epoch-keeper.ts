// Takes this node through the epochs: opens sessions, speaks in them, confirms, activates, renews, holds shares. I/O by its parts.
import { createHash } from 'node:crypto'
import { sessionMessageTypedData, type StatementNetwork } from '@wetee/chain'
import { codeOf, messageOf, type Condition, type Log } from '@wetee/daemon'
import { keccak256 } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { requireFresh, type Clock } from '../appraise/freshness.ts'
import { kindNumber } from '../board/chain-board.ts'
import {
  ROLE_DSECRET,
  type Block,
  type ChainView,
  type Committee,
  type ConfirmationFacts,
  type SessionFacts,
  type SessionPhase,
} from '../chain/chain-view.ts'
import type { SessionMessage } from '../session/board.ts'
import { SESSION_STATES, type SessionFault } from '../session/state.ts'
import type { ShareStore } from '../shares/share-store.ts'
import type { Ledger } from '../store/ledger.ts'
import type { Submit } from './transactions.ts'
import type { Confirmer } from './confirmer.ts'
import { nameOf, type EpochKeys } from './epoch-keys.ts'
import { EpochShares, type Remade } from './epoch-shares.ts'
import { Outgoing } from './outgoing.ts'
import type { ShareHolder } from './share-holder.ts'
import type { SessionRun, Stepped } from './session-run.ts'
import { Turns } from './turns.ts'

/** What is told about sessions, for metrics. */
export type EpochEvents = {
  /** The phase of the session that this node is in now; undefined outside of one. */
  readonly onPhase?: (phase: SessionPhase | undefined) => void
  readonly onFault?: (code: SessionFault['code']) => void
}

/** What the keeper works with. */
export type EpochKeeperParts = EpochEvents & {
  readonly nodeId: bigint
  readonly view: ChainView
  readonly account: PrivateKeyAccount
  readonly keys: EpochKeys
  readonly store: ShareStore
  readonly ledger: Ledger
  readonly confirmer: Confirmer
  /** Makes a run of the session of that number. */
  readonly openRun: (session: bigint) => SessionRun
  readonly submit: Submit
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
}

const POLL_MS = 500
const LONGEST_RETRY_MS = 8_000
const RENEWAL_LOOK_MS = 5_000
/** Without progress for so long a session that others are in is told as stalled, milliseconds. */
const STALLED_MS = 120_000

/** The epochs of one node. */
export class EpochKeeper {
  readonly #parts: EpochKeeperParts
  readonly #shares: EpochShares
  readonly #outgoing: Outgoing
  readonly #turns: Turns
  #run: SessionRun | undefined
  #told: string | undefined
  #toldAtMs = 0
  #faults = 0
  /** Session of the active epoch whose share is still to come. */
  #owed: bigint | undefined
  /** Session whose share and public part are on disk. */
  #stored: bigint | undefined
  #collecting: Promise<void> | undefined
  #renewalLookedMs = Number.NEGATIVE_INFINITY
  #epochCondition: Condition | undefined
  #roundCondition: Condition | undefined

  constructor(parts: EpochKeeperParts & { readonly group: EpochSharesGroup }) {
    this.#parts = parts
    const { clock, log } = parts
    this.#outgoing = new Outgoing(parts.submit, { monotonicMs: clock.monotonicMs, log })
    this.#turns = new Turns(clock.monotonicMs)
    this.#shares = new EpochShares({
      ...parts,
      monotonicMs: clock.monotonicMs,
      remake: (confirmation, head) => this.#remake(confirmation, head),
    })
  }

  /** The shares that releases are made with. */
  get holder(): ShareHolder {
    return this.#shares.held
  }

  /** What is wrong now. */
  get conditions(): Condition[] {
    return [this.#shares.condition, this.#epochCondition, this.#roundCondition].filter(
      (condition) => condition !== undefined,
    )
  }

  /** Runs until the signal: a round for each new finalized head. */
  async run(): Promise<void> {
    const { signal, clock, view, log } = this.#parts
    let last = -1n
    let failures = 0
    while (!signal.aborted) {
      let waitMs = POLL_MS
      try {
        const head = await view.head()
        if (head.number !== last) await this.round(head)
        last = head.number
        failures = 0
        this.#roundCondition = undefined
      } catch (error) {
        if (signal.aborted) break
        failures++
        waitMs = Math.min(POLL_MS * 2 ** Math.min(failures, 6), LONGEST_RETRY_MS)
        log.warn({ code: codeOf(error), error: messageOf(error), failures }, 'epoch round failed')
        this.#roundCondition = roundFailing(error, failures)
      }
      await clock.sleep(waitMs, signal).catch(() => undefined)
    }
    this.close()
  }

  /** All that a finalized block asks of this node; nothing of an old one. Throws NodeError `view.stale`, what its parts throw. */
  async round(head: Block): Promise<void> {
    const { view, clock } = this.#parts
    requireFresh(head, clock)
    const [{ active, latest }, activation] = await Promise.all([
      view.committees(head.number),
      view.activation(head.number),
    ])
    await this.#shares.follow(active, activation, head)
    this.#owed = await this.#owedSession(active, head)
    if (latest !== undefined && latest.epoch !== active?.epoch)
      return this.#advance(latest, active, head)
    this.#endRun()
    this.#eraseKeys()
    if (active === undefined) return
    this.#epochCondition = active.members.includes(this.#parts.nodeId)
      ? undefined
      : notSeated(active.epoch)
    await this.#renew(active, head)
  }

  /** Fills every secret with zeros. */
  close(): void {
    this.#endRun()
    this.#shares.held.close()
  }

  /** An epoch that is named and not active. */
  async #advance(named: Committee, active: Committee | undefined, head: Block): Promise<void> {
    const { view } = this.#parts
    const confirmation = await view.confirmation(named.epoch, head.number)
    if (confirmation !== undefined) return this.#activate(named, confirmation, head)
    const number = await view.sessionOf(named.epoch, head.number)
    this.#eraseKeys(number)
    if (number === 0n) return this.#open(named, active, head)
    const facts = await view.session(number, head.number)
    if (facts === undefined) return
    if (facts.phase !== 'expired') return this.#speak(named, facts, head)
    await this.#over(facts, head)
    this.#eraseKeys()
    await this.#renew(active ?? named, head)
  }

  async #activate(named: Committee, confirmation: ConfirmationFacts, head: Block): Promise<void> {
    const { nodeId } = this.#parts
    const place = named.members.indexOf(nodeId)
    // Its result goes to those who did not see the end of the session.
    const isKept = await this.#shares.ensure(named, confirmation, head)
    if (!isKept) this.#epochCondition = withoutShare(named.epoch)
    else this.#epochCondition = undefined
    this.#endRun()
    const isSettled = isKept || this.#shares.isHopeless(named.epoch)
    this.#eraseKeys(isSettled ? undefined : confirmation.session)
    if (place < 0 || !this.#turns.isMine(activationOf(named.epoch), place)) return
    this.#sendActivation(named.epoch)
    // One that can never begin is named again.
    await this.#renew(named, head)
  }

  async #open(named: Committee, active: Committee | undefined, head: Block): Promise<void> {
    const { view, nodeId } = this.#parts
    if (view.network.contracts.keys === undefined) return
    this.#endRun()
    const until = await Promise.all(
      named.members.map((id) => view.liveProofUntil(ROLE_DSECRET, id, head.number)),
    )
    const missing = named.members.filter((_, place) => (until[place] ?? 0n) <= head.timestamp)
    if (missing.length > 0) {
      this.#epochCondition = waitingFor(named.epoch, missing)
      return this.#renew(active ?? named, head)
    }
    const place = named.members.indexOf(nodeId)
    const name = `open/${named.epoch}`
    if (place < 0 || !this.#turns.isMine(name, place)) return
    this.#outgoing.send(name, { call: 'open', epoch: named.epoch })
  }

  /** One block of a running session. */
  async #speak(named: Committee, facts: SessionFacts, head: Block): Promise<void> {
    const run = this.#runOf(facts.number)
    const step = await run.step(facts, head)
    this.#tell(facts, step)
    for (const message of step.messages) await this.#send(facts.number, message)
    const { outcome } = step
    if (outcome === undefined) return
    const { confirmed, key, member, sessionId, transcriptDigest } = outcome
    const session = facts.number
    if (this.#stored !== session) {
      // On disk before anything is signed about it.
      const name = { epoch: facts.epoch, sessionId, transcriptDigest }
      await this.#parts.store.writeShare(name, { index: member, share: outcome.share })
      this.#parts.keys.remember(name, key)
      this.#stored = session
    }
    this.#parts.confirmer.offer({ session, confirmed, key, member: member - 1 })
    this.#collect(named, session, head)
  }

  /** Collects signatures beside the loop, one collection at a time. */
  #collect(named: Committee, session: bigint, head: Block): void {
    const { nodeId, confirmer, log } = this.#parts
    const name = `confirm/${session}`
    if (this.#collecting !== undefined || !this.#outgoing.isFree(name)) return
    if (!this.#turns.isMine(name, named.members.indexOf(nodeId))) return
    this.#collecting = confirmer
      .collect(named, session, head)
      // Whoever confirms need not wait until that is final: the contract takes nothing that is not confirmed.
      .then((call) => this.#outgoing.send(name, call, () => this.#sendActivation(named.epoch)))
      .catch((error: unknown) =>
        log.info({ code: codeOf(error), error: messageOf(error) }, 'confirmation not complete'),
      )
      .finally(() => {
        this.#collecting = undefined
      })
  }

  #sendActivation(epoch: bigint): void {
    this.#outgoing.send(activationOf(epoch), { call: 'activate', epoch })
  }

  async #send(session: bigint, message: SessionMessage): Promise<void> {
    const { kind, sender, subject, body } = message
    const name = `${kind}/${session}/${sender}/${subject}`
    if (!this.#outgoing.isFree(name)) return
    const { account, ledger, clock, view, log } = this.#parts
    const bodyDigest = keccak256(body)
    const hash = createHash('sha256').update(bodyDigest).digest('hex')
    try {
      // Two of one kind that differ would cost the stake; but a key that was lost before it was on chain is made again.
      if (kind !== 'register')
        ledger.record([{ evidenceDigest: `message ${name}`, hash }], clock.now())
    } catch (error) {
      log.error({ code: codeOf(error), name, error: messageOf(error) }, 'message not signed')
      return
    }
    const statement = { session, kind: kindNumber(kind), sender, subject, bodyDigest }
    const network: StatementNetwork<'quorum'> = view.network
    const signature = await account.signTypedData(sessionMessageTypedData(network, statement))
    this.#outgoing.send(name, { call: 'message', session, message, signature })
  }

  /** A session that came to nothing. */
  async #over(facts: SessionFacts, head: Block): Promise<void> {
    const run = this.#run
    if (run?.number === facts.number) {
      const step = await run.step(facts, head).catch(() => undefined)
      if (step !== undefined) this.#tell(facts, step)
    }
    this.#endRun()
    this.#epochCondition = {
      code: 'session.expired',
      severity: 'warning',
      text: `key session ${facts.number} of epoch ${facts.epoch} came to nothing; the epoch before goes on`,
      remedy: 'a new epoch is named by itself; see the log for nodes that were silent or wrong',
    }
  }

  async #renew(base: Committee, head: Block): Promise<void> {
    const { view, nodeId, clock } = this.#parts
    const place = base.members.indexOf(nodeId)
    const now = clock.monotonicMs()
    if (place < 0 || now - this.#renewalLookedMs < RENEWAL_LOOK_MS) return
    this.#renewalLookedMs = now
    if (view.network.contracts.keys === undefined || !(await view.isRenewalDue(head.number))) return
    const { latest } = await view.committees(head.number)
    const name = `renew/${latest?.epoch ?? 0n}`
    if (!this.#turns.isMine(name, place)) return
    this.#outgoing.send(name, { call: 'renew', epoch: base.epoch })
  }

  /** The share of a confirmed epoch from the messages of its session, while this node still has its key there. */
  async #remake(confirmation: ConfirmationFacts, head: Block): Promise<Remade> {
    const { view, store, keys, openRun } = this.#parts
    const facts = await view.session(confirmation.session, head.number)
    if (facts === undefined) return 'later'
    const isRunning = this.#run?.number === confirmation.session
    const run = (isRunning ? this.#run : undefined) ?? openRun(confirmation.session)
    try {
      const { state, result, outcome } = await run.step(facts, head)
      const name = nameOf(facts.epoch, confirmation)
      if (result !== undefined) keys.remember(name, result.key)
      if (outcome === undefined) return state === 'waiting' ? 'later' : 'never'
      await store.writeShare(name, { index: outcome.member, share: outcome.share })
      return 'stored'
    } finally {
      if (!isRunning) run.close()
    }
  }

  #runOf(number: bigint): SessionRun {
    if (this.#run?.number === number) return this.#run
    this.#endRun()
    this.#run = this.#parts.openRun(number)
    return this.#run
  }

  #endRun(): void {
    if (this.#run === undefined) return
    this.#run.close()
    this.#run = undefined
    this.#told = undefined
    this.#faults = 0
    this.#parts.onPhase?.(undefined)
  }

  /** The session that made the active epoch while this node's share of it is not on disk, and may come. */
  async #owedSession(active: Committee | undefined, head: Block): Promise<bigint | undefined> {
    const { view, store, nodeId } = this.#parts
    if (active?.members.includes(nodeId) !== true || store.sessions().length === 0) return undefined
    const { epoch } = active
    if (this.#shares.held.has(epoch) || this.#shares.isHopeless(epoch)) return undefined
    return (await view.confirmation(epoch, head.number))?.session
  }

  /**
   * Erases the keys of all sessions but the one that runs and one that still owes this node a share: whoever takes the machine
   * later cannot open what was dealt to it.
   */
  #eraseKeys(running?: bigint): void {
    const { store, log } = this.#parts
    for (const session of store.sessions()) {
      if (session === running || session === this.#owed) continue
      if (this.#run?.number === session) this.#endRun()
      store.removeSessionKey(session)
      log.info({ session: String(session) }, 'key of the session erased')
    }
  }

  #tell({ number, epoch, phase }: SessionFacts, { state, trouble, faults }: Stepped): void {
    const { log, onPhase, onFault, clock } = this.#parts
    const session = { session: String(number), epoch: String(epoch) }
    for (const { nodeId, code, index, committee, dealer } of faults.slice(this.#faults)) {
      onFault?.(code)
      log.warn({ ...session, nodeId: String(nodeId), code, index, committee, dealer }, 'fault')
    }
    this.#faults = faults.length
    const now = `${phase}/${state}/${trouble ?? ''}`
    if (now !== this.#told) {
      this.#told = now
      this.#toldAtMs = clock.monotonicMs()
      onPhase?.(phase)
      log.info({ ...session, phase, state, trouble }, 'key session')
    }
    const isStalled = clock.monotonicMs() - this.#toldAtMs > STALLED_MS
    this.#epochCondition =
      trouble === undefined && !isStalled
        ? undefined
        : {
            code: 'session.stalled',
            severity: 'warning',
            text: `key session ${number} of epoch ${epoch}, phase ${phase}: ${trouble ?? 'no progress'}. ${SESSION_STATES[state]}`,
            remedy:
              'it ends by itself, and a new epoch is named; see the log for the nodes at fault',
          }
  }
}

type EpochSharesGroup = ConstructorParameters<typeof EpochShares>[0]['group']

const activationOf = (epoch: bigint): string => `activate/${epoch}`

function notSeated(epoch: bigint): Condition {
  return {
    code: 'node.not-seated',
    severity: 'info',
    text: `this node is not in the committee of epoch ${epoch}: it has no share and releases nothing`,
    remedy: '',
  }
}

function waitingFor(epoch: bigint, missing: readonly bigint[]): Condition {
  return {
    code: 'epoch.members-missing',
    severity: 'warning',
    text: `epoch ${epoch} waits for live proofs of node ${missing.join(', ')}`,
    remedy: 'start those nodes, or name another committee; the epoch before goes on meanwhile',
  }
}

function withoutShare(epoch: bigint): Condition {
  return {
    code: 'share.missing',
    severity: 'error',
    text: `epoch ${epoch} is confirmed, and this node has no share of it`,
    remedy:
      'it gets one in the next epoch: check that it reaches the chain when a session is opened',
  }
}

function roundFailing(error: unknown, failures: number): Condition | undefined {
  if (failures < 3) return undefined
  return {
    code: codeOf(error),
    severity: 'warning',
    text: `this node cannot follow the epochs (${failures} tries): ${messageOf(error)}`,
    remedy: 'it is tried again',
  }
}
