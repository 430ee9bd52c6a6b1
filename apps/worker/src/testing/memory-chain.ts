// For tests: the chain as the worker sees it, in memory. What is sent takes effect at once.
import type {
  AppRecord,
  AttestationLease,
  Committee,
  Head,
  Hex,
  NetworkFacts,
  LiveKey,
  NodeProof,
  Signed,
  Standing,
  VersionRecord,
} from '../chain/records.ts'
import type { WorkerChain, WorkProof } from '../chain/worker-chain.ts'

/** Contracts of the test network. */
export const testNetwork: NetworkFacts = {
  chainId: 31337,
  contracts: {
    subnet: `0x${'51'.repeat(20)}`,
    quorum: `0x${'52'.repeat(20)}`,
    cloud: `0x${'53'.repeat(20)}`,
  },
}

/** Platform of worker 1 in tests. */
export const testPlatformId: Hex = `0x${'05'.repeat(32)}`

/** A chain whose fields tests set; `sent` lists transactions in order. */
export class MemoryChain implements WorkerChain {
  readonly network = testNetwork
  down = false
  block: Head = { number: 100n, hash: `0x${'aa'.repeat(32)}`, timestamp: 1_000n }
  members: Committee = { epoch: 1n, threshold: 0, members: [] }
  leaseSeconds = 60
  /** That live, oldest first. */
  keys: readonly LiveKey[] = []
  proof = { notAfter: 100_000n, platformId: testPlatformId, proofSeconds: 600 }
  held: Standing = { status: 'active', coverWei: 10n, requiredWei: 10n, complaints: [] }
  apps = new Map<bigint, AppRecord>()
  versions = new Map<string, VersionRecord>()
  manifests = new Map<string, string>()
  /** By `appId/replica/slot`. */
  leases = new Map<string, AttestationLease>()
  unsettled = new Map<bigint, bigint>()
  /** A million wei where nothing else is set. */
  escrow = new Map<bigint, bigint>()
  /** Reason for which `renew` skips a slot, by `appId/version/replica`. */
  skips = new Map<string, string>()
  sent: { name: string; args: readonly unknown[] }[] = []

  head() {
    return this.#answer(() => this.block)
  }
  worker() {
    const operator: Hex = `0x${'77'.repeat(20)}`
    return this.#answer(() => ({ operator, endpoint: 'http://x' }))
  }
  standing() {
    return this.#answer(() => this.held)
  }
  workersOf() {
    return this.#answer(() => [1n])
  }
  appsOn() {
    return this.#answer(() => [...this.apps.keys()])
  }
  app(appId: bigint) {
    return this.#answer(() => this.apps.get(appId))
  }
  version(appId: bigint, version: number) {
    return this.#answer(() => this.versions.get(`${appId}/${version}`))
  }
  manifestText(appId: bigint, version: number) {
    return this.#answer(() => this.manifests.get(`${appId}/${version}`) ?? '')
  }
  lease(appId: bigint, replica: number, slot: 0 | 1) {
    return this.#answer(() => this.leases.get(`${appId}/${replica}/${slot}`))
  }
  committee() {
    return this.#answer(() => this.members)
  }
  maxLeaseSeconds() {
    return this.#answer(() => this.leaseSeconds)
  }
  holders() {
    return this.#answer(() => this.members)
  }
  liveKeys() {
    return this.#answer(() => this.keys)
  }
  platform() {
    return this.#answer(() => this.proof)
  }
  funds(appId: bigint) {
    return this.#answer(() => ({
      owedWei: this.unsettled.get(appId) ?? 0n,
      escrowWei: this.escrow.get(appId) ?? 1_000_000n,
      leaseWei: 60n,
    }))
  }
  renew(leases: readonly AttestationLease[], signed: Signed) {
    return this.#answer(() => {
      this.sent.push({ name: 'renew', args: [leases, signed] })
      const skipped = []
      for (const lease of leases) {
        const { appId, version, replica } = lease
        const reason = this.skips.get(`${appId}/${version}/${replica}`)
        if (reason !== undefined) skipped.push({ appId, version, replica, reason })
        else {
          const slot = this.apps.get(appId)?.pendingVersion === version ? 1 : 0
          this.leases.set(`${appId}/${replica}/${slot}`, lease)
        }
      }
      return skipped
    })
  }
  proveNode(proof: NodeProof, evidenceUri: string, signed: Signed) {
    return this.#answer(() => {
      this.sent.push({ name: 'proveNode', args: [proof, evidenceUri, signed] })
      this.proof = { ...this.proof, notAfter: proof.notAfter, platformId: proof.platformId }
    })
  }
  activate(appId: bigint, version: number, ready: Hex) {
    return this.#answer(() => {
      this.sent.push({ name: 'activate', args: [appId, version, ready] })
      const app = this.apps.get(appId)
      if (app !== undefined)
        this.apps.set(appId, {
          ...app,
          currentVersion: version,
          pendingVersion: 0,
          replicas: this.versions.get(`${appId}/${version}`)?.terms.replicas ?? app.replicas,
        })
    })
  }
  dropPending(appId: bigint, version: number) {
    return this.#answer(() => {
      this.sent.push({ name: 'dropPending', args: [appId, version] })
      const app = this.apps.get(appId)
      if (app !== undefined) this.apps.set(appId, { ...app, pendingVersion: 0 })
    })
  }
  uploadWork(workerId: bigint, appId: bigint, proof: WorkProof, at: bigint) {
    return this.#answer(
      () => void this.sent.push({ name: 'uploadWork', args: [workerId, appId, proof, at] }),
    )
  }
  settle(appId: bigint, at: bigint) {
    return this.#answer(() => {
      this.sent.push({ name: 'settle', args: [appId, at] })
      this.unsettled.delete(appId)
    })
  }

  #answer<T>(value: () => T): Promise<T> {
    if (!this.down) return Promise.resolve(value())
    return Promise.reject(Object.assign(new Error('no answer'), { code: 'chain.unreachable' }))
  }
}
