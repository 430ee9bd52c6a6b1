// A node that takes part in the epochs of a real chain, with a simulated TEE in its own process. For tests; file and network I/O.
import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { developmentPolicy } from '@wetee/attestation'
import { createSimulatedVendor } from '@wetee/attestation/simulated'
import { openChain, TransactionQueue, type NetworkProfile } from '@wetee/chain'
import { createMetrics, openStore, serveHttp, type Log } from '@wetee/daemon'
import type { TeeDevice } from '@wetee/tee-device'
import { privateKeyToAccount } from 'viem/accounts'
import { nodeApi } from '../api/node-api.ts'
import { systemClock } from '../appraise/freshness.ts'
import { openChainView } from '../chain/viem-view.ts'
import { openEpochs } from '../epochs/open-epochs.ts'
import type { Hex } from '../chain/chain-view.ts'
import { Judge } from '../judge.ts'
import {
  openNodeKeys,
  publicIdentity,
  registrationOf,
  type NodeKeys,
  type Registration,
} from '../keys/node-keys.ts'
import { openLedger } from '../store/ledger.ts'
import { testDevice } from './test-device.ts'

/** What a node of a test is started with. */
export type EpochNodeOptions = {
  readonly profile: NetworkProfile
  readonly nodeId: string
  readonly stateDir: string
  readonly operatorKey: Hex
  readonly port: number
}

/** The device of the machine that has this state folder. */
function deviceOf(stateDir: string): TeeDevice {
  const seed = (text: string) => new Uint8Array(createHash('sha256').update(text).digest())
  const vendor = createSimulatedVendor({ seed: seed('vendor'), atMs: 1_780_000_000_000 })
  return testDevice(vendor.createChip({ seed: seed(stateDir) }), {
    mrtd: `0x${'11'.repeat(48)}`,
    mrConfigId: `0x${'00'.repeat(48)}`,
  })
}

/** Its keys, made at the first call, and what registers them. */
export async function openEpochNodeKeys(
  options: Pick<EpochNodeOptions, 'profile' | 'stateDir' | 'operatorKey'> & { readonly owner: Hex },
): Promise<{ readonly keys: NodeKeys; readonly registration: Registration }> {
  const { profile, stateDir, owner } = options
  mkdirSync(stateDir, { recursive: true, mode: 0o700 })
  const { signal } = new AbortController()
  const keys = await openNodeKeys(deviceOf(stateDir), stateDir, signal)
  const operator = privateKeyToAccount(options.operatorKey).address
  return { keys, registration: await registrationOf(keys, profile, { owner, operator }) }
}

/** Runs until the signal: the HTTPS side and the epochs, and nothing else of a node. */
export async function runEpochNode(
  options: EpochNodeOptions,
  { log, signal }: { readonly log: Log; readonly signal: AbortSignal },
): Promise<void> {
  const { profile, stateDir, operatorKey, port } = options
  const nodeId = BigInt(options.nodeId)
  const clock = systemClock
  const chain = openChain(profile, { signal })
  const view = openChainView(chain)
  const device = deviceOf(stateDir)
  const keys = await openNodeKeys(device, stateDir, signal)
  const outbox = openStore(join(stateDir, 'chain.db'))
  const ledger = openLedger(join(stateDir, 'signed.db'))
  const account = privateKeyToAccount(operatorKey)
  const queue = new TransactionQueue({ pollMs: 250 }, { chain, account, outbox })
  const metrics = createMetrics('dsecret')
  const shared = { nodeId, device, keys, view, queue, ledger, metrics, clock, log, signal }
  const epochs = openEpochs({ ...shared, stateDir })
  const trust = { store: { roots: [] }, policy: developmentPolicy() }
  const app = nodeApi({
    nodeId,
    identity: publicIdentity(keys),
    simulated: true,
    judge: new Judge({ view, trust, clock, nodeId, account: keys.statement, ledger }),
    head: () => view.head(),
    epoch: async (at) => (await view.committees(at)).active?.epoch ?? 0n,
    evidence: () => Promise.resolve('{}'),
    keptEvidence: () => undefined,
    conditions: () => Promise.resolve([...epochs.conditions(), ...heldBy(epochs.holder)]),
    calls: [epochs.calls],
    metrics: async () => ({ contentType: 'text/plain', text: await metrics.registry.metrics() }),
    monotonicMs: clock.monotonicMs,
    log,
  })
  const tls = { key: keys.tls.keyPem, cert: keys.tls.certPem }
  const server = await serveHttp({ port, app, signal, tls })
  try {
    await epochs.run()
  } finally {
    await server.close()
    ledger.close()
    outbox.close()
  }
}

/** What a test wants to see: which share the node releases with; the share itself is not shown. */
function heldBy(holder: ReturnType<typeof openEpochs>['holder']) {
  const held = holder.current()
  if (held === undefined) return []
  const text = `epoch ${held.epoch} index ${held.index}`
  return [{ code: 'test.holds', severity: 'info' as const, text, remedy: '' }]
}

export { startTestWatch, type TestWatch } from './watch-node.ts'
