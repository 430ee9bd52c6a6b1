// Proves the worker's own machine to the network, at the start and again before the proof runs out. Does I/O through its parts.
import { setTimeout as delay } from 'node:timers/promises'
import { evidenceUri } from '@wetee/attestation'
import { nodeProofBatchTypedData, recordText } from '@wetee/chain'
import type { Condition, KeptTexts } from '@wetee/daemon'
import type { PlatformHost } from '@wetee/tee-device'
import type { Committee, Head, Hex, Member, NodeProof } from '../chain/records.ts'
import type { WorkerChain } from '../chain/worker-chain.ts'
import type { ConditionBoard } from '../condition/condition.ts'
import { clusterPlatformPod, type ClusterParts } from '../instance/cluster-pod.ts'
import { agentContainer } from '../instance/container-spec.ts'
import type { Guests } from '../instance/guests.ts'
import type { InstanceFolders } from '../instance/instance-folder.ts'
import { platformLaunch } from '../instance/launch-config.ts'
import type { NodeClient } from '../lease/node-client.ts'
import { collectSignatures } from '../lease/signatures.ts'
import type { Log } from '../log.ts'
import { backOffMs } from '../reconcile/back-off.ts'
import type { Limits, Runtime } from '../runtime/runtime.ts'
import { codeOf, messageOf, WorkerError } from '../worker-error.ts'

/** What the prover works with. */
export type PlatformProverParts = {
  readonly workerId: bigint
  /** See workerTag. */
  readonly tag: string
  readonly operator: Hex
  /** As registered. */
  readonly endpoint: string
  /** Where the evidence behind a proof stays to be read. */
  readonly shelf: Pick<KeptTexts, 'put'>
  readonly chain: WorkerChain
  readonly nodes: Pick<NodeClient, 'appraiseNode' | 'signProofs'>
  readonly runtime: Runtime
  readonly platform: PlatformHost
  readonly folders: InstanceFolders
  readonly guests: Guests
  readonly agentImage: { readonly layout: string; readonly digest: string }
  readonly agentLimits: Limits
  /** Where pods are made as a whole. */
  readonly cluster?: ClusterParts
  readonly relay: {
    readonly head: () => Promise<Head>
    readonly collateral: () => Promise<unknown>
  }
  readonly board: ConditionBoard
  readonly log: Log
  readonly signal: AbortSignal
}

/** How long the machine's agent may take to its first evidence, milliseconds. */
const EVIDENCE_TIMEOUT_MS = 90_000
const EVIDENCE_POLL_MS = 250
const LONGEST_WAIT_MS = 3_600_000
const NO_KEY = `0x${'00'.repeat(33)}`
const NO_TLS_KEY = `0x${'00'.repeat(32)}`

/** Pod of the machine's own agent; it runs only while there is something to prove. */
export const platformPodId = (tag: string): string => `wetee-${tag}-platform`

/** Keeps the machine proven. */
export class PlatformProver {
  readonly #parts: PlatformProverParts

  constructor(parts: PlatformProverParts) {
    this.#parts = parts
  }

  /** Runs until the signal: proves when less than half of a proof's life is left. */
  async run(): Promise<void> {
    const { signal, chain, workerId, log, board } = this.#parts
    let failures = 0
    while (!signal.aborted) {
      let waitMs: number
      try {
        const head = await chain.head()
        const { notAfter, proofSeconds } = await chain.platform(workerId, head.number)
        const leftSeconds = Number(notAfter - head.timestamp)
        if (leftSeconds <= proofSeconds / 2) {
          await this.prove()
          log.info({}, 'machine proven')
          board.set('worker', 'platform', [])
          failures = 0
          // The proof counts once it is final; until then the old one would be read.
          waitMs = (proofSeconds * 1_000) / 4
        } else waitMs = (leftSeconds - proofSeconds / 2) * 1_000
        if (failures === 0) board.set('worker', 'platform', [])
      } catch (error) {
        if (signal.aborted) return
        failures++
        board.set('worker', 'platform', [notProven(error, failures)])
        log.warn({ code: codeOf(error), error: messageOf(error), failures }, 'proof failed')
        waitMs = Math.min(backOffMs(failures), 30_000)
      }
      await delay(Math.min(Math.max(waitMs, 1_000), LONGEST_WAIT_MS), undefined, { signal }).catch(
        () => undefined,
      )
    }
  }

  /**
   * Launches the agent for the machine, has its evidence appraised by a threshold and sends the proof.
   * Throws WorkerError `committee.none`, `platform.no-evidence`, `quorum.too-few`, and what its parts throw.
   */
  async prove(): Promise<void> {
    const { chain, nodes, signal } = this.#parts
    const { number } = await chain.head()
    const committee = await chain.committee(number)
    if (committee.threshold < 1)
      throw new WorkerError('committee.none', 'the network has no active dsecret committee yet', {
        retryable: true,
      })
    const evidence = await this.#evidence()
    const { proof, members } = await this.#appraised(committee, evidence)
    const { signed, outcomes } = await collectSignatures({
      committee: { ...committee, members },
      expiry: proof.notAfter,
      typedData: nodeProofBatchTypedData(chain.network, {
        epoch: committee.epoch,
        expiry: proof.notAfter,
        proofs: [proof],
      }),
      ask: (member, asked) => nodes.signProofs(member, [proof], asked),
      signal,
    })
    if (signed === undefined)
      throw new WorkerError(
        'quorum.too-few',
        `fewer than ${committee.threshold} nodes signed the proof: ${outcomes
          .map(({ nodeId, code }) => `${nodeId} ${code}`)
          .join(', ')}`,
        { retryable: true },
      )
    const { evidenceDigest } = proof
    const uri = evidenceUri(this.#parts.endpoint, evidenceDigest)
    // Before it is named on chain: whoever follows the address finds it.
    this.#parts.shelf.put(evidenceDigest.slice(2), JSON.stringify(evidence))
    await chain.proveNode(proof, uri, signed)
  }

  /** Evidence of the machine, from an agent that is launched for it and stopped afterwards. */
  async #evidence(): Promise<unknown> {
    const { workerId, tag, operator, chain, runtime, platform, folders, guests, signal } =
      this.#parts
    const podId = platformPodId(tag)
    await this.#cleanUp()
    const { agentLimits, cluster } = this.#parts
    const launch = platformLaunch({ network: chain.network, workerId, operator, cluster })
    const { launchId, socket } = await platform.launch(
      { image: this.#parts.agentImage, configuration: launch.configuration },
      { signal },
    )
    try {
      folders.prepare(podId, launch, { launchId, teeSocket: socket })
      await guests.attach(
        podId,
        folders.runFolder(podId),
        { ...this.#parts.relay, isListed: () => false },
        [],
      )
      await runtime.createPod({
        id: podId,
        labels: { 'wetee.worker': tag, 'wetee.role': 'platform' },
        hostNames: [],
        ...(cluster === undefined ? {} : clusterPlatformPod(cluster, launch.text, agentLimits)),
      })
      if (cluster === undefined)
        await runtime.startContainer(
          podId,
          agentContainer({
            image: this.#parts.agentImage,
            paths: { runFolder: folders.runFolder(podId), teeSocket: socket },
            services: [],
            limits: agentLimits,
          }),
        )
      return await this.#waitForEvidence(podId)
    } finally {
      await this.#cleanUp()
    }
  }

  async #waitForEvidence(podId: string): Promise<unknown> {
    const { guests, runtime, signal } = this.#parts
    const deadlineMs = performance.now() + EVIDENCE_TIMEOUT_MS
    let last: unknown
    while (performance.now() < deadlineMs) {
      signal.throwIfAborted()
      try {
        const evidence = await guests.get(podId)?.agent.evidence()
        if (evidence !== undefined) return evidence
      } catch (error) {
        last = error
      }
      const pod = (await runtime.list()).find(({ id }) => id === podId)
      const agent = pod?.containers[0]
      if (agent?.state === 'exited')
        throw new WorkerError(
          'platform.no-evidence',
          `the machine's agent ended with exit code ${agent.exitCode}`,
          { retryable: true },
        )
      await delay(EVIDENCE_POLL_MS, undefined, { signal })
    }
    throw new WorkerError(
      'platform.no-evidence',
      `the machine's agent gave no evidence in ${EVIDENCE_TIMEOUT_MS / 1_000} s: ${messageOf(last)}`,
      { retryable: true, cause: last },
    )
  }

  /** The proof that a threshold of nodes will sign, and those nodes. */
  async #appraised(
    committee: Committee,
    evidence: unknown,
  ): Promise<{ proof: NodeProof; members: Member[] }> {
    const { nodes, signal, log } = this.#parts
    const answers = new Map<string, { proof: NodeProof; members: Member[] }>()
    const refusals: string[] = []
    await Promise.all(
      committee.members.map(async (member) => {
        try {
          const proof = await nodes.appraiseNode(member, evidence, signal)
          this.#checkOwn(proof)
          const known = answers.get(recordText(proof)) ?? { proof, members: [] }
          known.members.push(member)
          answers.set(recordText(proof), known)
        } catch (error) {
          refusals.push(`node ${member.nodeId} ${codeOf(error)}`)
          log.warn(
            { nodeId: String(member.nodeId), code: codeOf(error), error: messageOf(error) },
            'a node did not appraise the machine',
          )
        }
      }),
    )
    for (const answer of answers.values())
      if (answer.members.length >= committee.threshold) return answer
    throw new WorkerError(
      answers.size > 1 ? 'quorum.disagrees' : 'quorum.too-few',
      `fewer than ${committee.threshold} of ${committee.members.length} nodes appraised this machine alike: ${refusals.join(', ')}`,
      { retryable: true },
    )
  }

  #checkOwn(proof: NodeProof): void {
    const { workerId, operator } = this.#parts
    const own =
      proof.role === 1 &&
      proof.nodeId === workerId &&
      proof.statementKey === operator.toLowerCase() &&
      proof.encryptionKey === NO_KEY &&
      proof.tlsKeyHash === NO_TLS_KEY
    if (!own) throw new WorkerError('lease.foreign', 'the proof is of another machine')
  }

  async #cleanUp(): Promise<void> {
    const { tag, runtime, platform, folders, guests, log } = this.#parts
    const podId = platformPodId(tag)
    const tee = folders.tee(podId)
    await runtime.removePod(podId, 1_000)
    await guests.detach(podId)
    if (tee !== undefined)
      await platform.remove(tee.launchId).catch((error: unknown) => {
        log.warn({ error: messageOf(error) }, "the machine's guest was not removed")
      })
    folders.remove(podId)
  }
}

/** What helps a machine without a live proof. */
export const NOT_PROVEN_REMEDY =
  'without a live proof no lease is given here; it is tried again by itself. See the conditions quorum and chain'

function notProven(error: unknown, failures: number): Condition {
  return {
    code: 'platform.not-proven',
    severity: 'error',
    text: `this machine could not be proven (${codeOf(error)}, ${failures} tries): ${messageOf(error)}`,
    remedy: NOT_PROVEN_REMEDY,
  }
}
