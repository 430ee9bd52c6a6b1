// Keeps an instance attested: evidence, operator's statement, appraisals, again before the lease runs out. Does I/O.
import { evidenceDigest } from '@wetee/attestation'
import type { InstanceLaunch } from '../launch/launch-config.ts'
import type { InstanceKeys } from '../keys/instance-keys.ts'
import type { InstanceState } from '../instance-state.ts'
import { errorFields, type Log } from '../log.ts'
import type { NodeList } from '../nodes/node-list.ts'
import type { WorkerClient } from '../worker/worker-client.ts'
import { collectAppraisals } from './appraisals.ts'
import type { EvidenceMaker } from './evidence-maker.ts'
import type { ChainClock } from './chain-clock.ts'

/** What the loop needs. */
export type RenewalParts = {
  readonly launch: InstanceLaunch
  readonly keys: InstanceKeys
  readonly maker: EvidenceMaker
  readonly worker: WorkerClient
  readonly nodes: Pick<NodeList, 'latest'>
  readonly state: InstanceState
  readonly clock: ChainClock
  readonly log: Log
  readonly signal: AbortSignal
  /** From 0 to 1. */
  readonly random: () => number
}

const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 15_000
/** Renewals on demand are not closer together than this, milliseconds. */
const DEMAND_GAP_MS = 1_000

/** Runs until `signal`; `renew` starts a round at once. */
export class Renewal {
  readonly #parts: RenewalParts
  #wake: (() => void) | undefined
  #asked = false

  constructor(parts: RenewalParts) {
    this.#parts = parts
  }

  /** Asks for a round now; asked for during a round, the next follows it. */
  renew(): void {
    this.#asked = true
    this.#wake?.()
  }

  /** A third of the lease between rounds, with jitter; after a failure sooner, doubling up to 15 s. */
  async run(): Promise<void> {
    const { launch, signal, log, random } = this.#parts
    const intervalMs = (launch.leaseSeconds * 1000) / 3
    let failures = 0
    while (!signal.aborted) {
      this.#asked = false
      try {
        await this.#round()
        failures = 0
      } catch (error) {
        // A worker that is away is an error like any other: the round is repeated.
        if (signal.aborted) return
        failures++
        log.warn({ ...errorFields(error), failures }, 'renewal failed')
      }
      const retryMs = FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 10)
      const waitMs = failures === 0 ? intervalMs : Math.min(retryMs, LONGEST_RETRY_MS, intervalMs)
      await this.#sleep(waitMs * (0.8 + 0.2 * random()))
    }
  }

  async #round(): Promise<void> {
    const { launch, keys, maker, worker, nodes, state, log, signal } = this.#parts
    const { document, text, head } = await maker.make()
    const operatorSignature = await worker.authorize(
      { instanceKey: keys.account.address, evidenceBlock: head.number },
      signal,
    )
    const digest = evidenceDigest(document, document.endorsements)
    const asked = await nodes.latest()
    const outcome = await collectAppraisals({
      ...asked,
      evidenceText: text,
      operatorSignature,
      expected: {
        appId: String(launch.appId),
        version: launch.version,
        replica: launch.replica,
        workerId: String(launch.workerId),
        instanceKey: keys.account.address.toLowerCase() as `0x${string}`,
        hpkeKey: keys.hpkeKey,
        tlsKeyHash: keys.tls.tlsKeyHash,
        evidenceBlock: String(head.number),
        evidenceDigest: digest,
      },
      tunnel: worker.tunnel,
      log,
      signal,
    })
    if (outcome === undefined)
      throw new TooFewAppraisals(`fewer than ${asked.threshold} nodes answered alike`)
    state.attested(BigInt(outcome.lease.notAfter))
    log.info(
      {
        evidenceBlock: outcome.lease.evidenceBlock,
        notAfter: outcome.lease.notAfter,
        nodes: outcome.nodes.length,
      },
      'instance appraised',
    )
    await worker.appraised({ evidenceDigest: digest, ...outcome }, signal)
  }

  #sleep(ms: number): Promise<void> {
    const { signal } = this.#parts
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', end)
        this.#wake = undefined
        resolve()
      }
      const timer = setTimeout(end, this.#asked ? Math.min(ms, DEMAND_GAP_MS) : ms)
      this.#wake = end
      signal.addEventListener('abort', end, { once: true })
      if (signal.aborted) end()
    })
  }
}

class TooFewAppraisals extends Error {
  readonly code = 'lease.too-few-appraisals'
}
