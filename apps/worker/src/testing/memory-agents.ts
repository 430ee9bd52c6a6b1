// For tests: agents without sockets, by pod id; time comes from the test. Signs.
import { basename, dirname } from 'node:path'
import { readyTypedData } from '@wetee/chain'
import { privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts'
import type { AgentReport } from '../instance/agent-client.ts'
import { folderDoors, type GuestDoors } from '../instance/guests.ts'
import type { InstanceKey } from '../instance/identity.ts'
import { testNetwork } from './memory-chain.ts'

/** A running agent; times in milliseconds of the test's clock. */
export type MemoryAgent = {
  readonly podId: string
  readonly key: InstanceKey
  readonly account: PrivateKeyAccount
  answersAtMs: number
  readonly verifiedAtMs: number
  readonly attestedAtMs: number
  /** Overrides what time would say. */
  trouble: 'lapsed' | 'failed' | undefined
  draining: boolean
}

/** Agents of all pods. */
export class MemoryAgents {
  readonly #byPod = new Map<string, MemoryAgent>()
  readonly #nowMs: () => number
  /** Whether the application listens on a port of a pod. */
  readonly #isListening: (podId: string, target: number) => boolean
  #count = 0

  constructor(
    nowMs: () => number,
    isListening: (podId: string, target: number) => boolean = () => true,
  ) {
    this.#nowMs = nowMs
    this.#isListening = isListening
  }

  get(podId: string): MemoryAgent | undefined {
    return this.#byPod.get(podId)
  }

  all(): MemoryAgent[] {
    return [...this.#byPod.values()]
  }

  /** An agent starts with a key of its own; it takes these times to answer, verify and get a lease. */
  start(
    podId: string,
    key: InstanceKey,
    afterMs: { answers: number; verified: number; attested: number },
  ): MemoryAgent {
    const nowMs = this.#nowMs()
    const agent: MemoryAgent = {
      podId,
      key,
      account: privateKeyToAccount(`0x${String(++this.#count).padStart(64, '0')}`),
      answersAtMs: nowMs + afterMs.answers,
      verifiedAtMs: nowMs + afterMs.verified,
      attestedAtMs: nowMs + afterMs.attested,
      trouble: undefined,
      draining: false,
    }
    this.#byPod.set(podId, agent)
    return agent
  }

  stop(podId: string): void {
    this.#byPod.delete(podId)
  }

  /** What an agent would say now; `undefined`: it does not answer. */
  stateOf(podId: string): AgentReport['state'] | undefined {
    const agent = this.#byPod.get(podId)
    const nowMs = this.#nowMs()
    if (agent === undefined || nowMs < agent.answersAtMs) return undefined
    if (agent.trouble === 'failed' || nowMs < agent.verifiedAtMs)
      return agent.trouble === 'failed' ? 'failed' : 'measuring'
    if (nowMs < agent.attestedAtMs) return 'verified'
    return agent.trouble ?? 'attested'
  }

  /** Doors of the worker's guests that lead to these agents. */
  readonly doors: GuestDoors = {
    sockets: folderDoors.sockets,
    serve: () => Promise.resolve({ close: () => Promise.resolve() }),
    agent: ({ folder }) => {
      const podId = basename(dirname(folder))
      return {
        state: () => this.#answer(podId, (state, { draining }) => ({ state, draining })),
        ready: async () => {
          const { key, account } = await this.#answer(podId, (_state, agent) => agent)
          return account.signTypedData(readyTypedData(testNetwork, key))
        },
        drain: () => this.#answer(podId, (_state, agent) => void (agent.draining = true)),
        renew: () => this.#answer(podId, () => undefined),
        volumeKey: () => this.#answer(podId, () => ({ key: new Uint8Array(32), networkKey: '0x' })),
        olderVolumeKey: () => this.#answer(podId, () => undefined),
        failure: () => this.#answer(podId, () => undefined),
        call: () => Promise.reject(new Error('no calls in this test')),
        evidence: () => this.#answer(podId, () => ({})),
      }
    },
    answers: ({ folder }, target) => {
      const podId = basename(dirname(folder))
      const open = this.stateOf(podId) === 'attested'
      return Promise.resolve(open && this.#isListening(podId, target))
    },
    evidence: ({ folder }) =>
      this.#answer(basename(dirname(folder)), () => '{}').catch(() => undefined),
  }

  #answer<T>(
    podId: string,
    value: (state: AgentReport['state'], agent: MemoryAgent) => T,
  ): Promise<T> {
    const agent = this.#byPod.get(podId)
    const state = this.stateOf(podId)
    if (agent !== undefined && state !== undefined) return Promise.resolve(value(state, agent))
    return Promise.reject(Object.assign(new Error('no answer'), { code: 'tee.unreachable' }))
  }
}
