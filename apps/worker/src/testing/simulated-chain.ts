// For tests: a chain in memory that keeps the contract's rules for versions and takes its time from the test.
import type { Head, Hex } from '../chain/records.ts'
import { MemoryChain } from './memory-chain.ts'

const BLOCK_SECONDS = 1

/** A MemoryChain with a clock, an operator's committee of one, and refusals like the contract's. */
export class SimulatedChain extends MemoryChain {
  readonly #nowMs: () => number

  constructor(nowMs: () => number, member: Hex) {
    super()
    this.#nowMs = nowMs
    this.members = {
      epoch: 1n,
      threshold: 1,
      members: [
        {
          nodeId: 1n,
          index: 0,
          statementKey: member,
          tlsKeyHash: `0x${'09'.repeat(32)}`,
          endpoint: 'https://127.0.0.1:7701',
        },
      ],
    }
  }

  override head(): Promise<Head> {
    const timestamp = BigInt(Math.floor(this.#nowMs() / 1_000))
    this.block = { ...this.block, number: timestamp / BigInt(BLOCK_SECONDS), timestamp }
    return super.head()
  }

  /** Ended applications have left the worker's list. */
  override async appsOn(): Promise<bigint[]> {
    const ids = await super.appsOn()
    return ids.filter((appId) => this.apps.get(appId)?.state !== 'ended')
  }

  override app(appId: bigint) {
    this.takeOver(appId)
    return super.app(appId)
  }

  override activate(appId: bigint, version: number, ready: Hex): Promise<void> {
    this.takeOver(appId)
    if (this.apps.get(appId)?.pendingVersion !== version) return refused('NoPendingVersion')
    this.#moveLeases(appId)
    return super.activate(appId, version, ready)
  }

  #moveLeases(appId: bigint): void {
    for (const [slot, lease] of [...this.leases])
      if (slot.startsWith(`${appId}/`)) {
        this.leases.delete(slot)
        if (slot.endsWith('/1')) this.leases.set(`${appId}/${lease.replica}/0`, lease)
      }
  }

  override dropPending(appId: bigint, version: number): Promise<void> {
    this.takeOver(appId)
    const app = this.apps.get(appId)
    if (app?.pendingVersion !== version) return refused('NoPendingVersion')
    if (!this.#isOver(app.pendingDeadline)) return refused('NotAppOwner')
    this.dropLeases(appId, 1)
    return super.dropPending(appId, version)
  }

  /** A security version whose window is over is the current one, ready or not. */
  takeOver(appId: bigint): void {
    const app = this.apps.get(appId)
    const pending = this.versions.get(`${appId}/${app?.pendingVersion}`)
    if (app === undefined || pending?.security !== true || !this.#isOver(app.pendingDeadline))
      return
    this.#moveLeases(appId)
    const { replicas } = pending.terms
    this.apps.set(appId, {
      ...app,
      replicas,
      currentVersion: app.pendingVersion,
      pendingVersion: 0,
    })
  }

  #isOver(deadline: bigint): boolean {
    return BigInt(Math.floor(this.#nowMs() / 1_000)) > deadline
  }

  /** Leases of a slot end with its version. */
  dropLeases(appId: bigint, slot: 0 | 1): void {
    for (const key of [...this.leases.keys()])
      if (key.startsWith(`${appId}/`) && key.endsWith(`/${slot}`)) this.leases.delete(key)
  }
}

function refused(name: string): Promise<never> {
  return Promise.reject(Object.assign(new Error(name), { code: `contract.${name}` }))
}
