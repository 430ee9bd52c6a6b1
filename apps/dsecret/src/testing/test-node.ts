// One or several real nodes over the network in memory, with their HTTPS side. For tests; serves loopback TCP.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serializeEvidenceDocument } from '@wetee/attestation'
import { serveHttp, type Condition, type Log } from '@wetee/daemon'
import { createTlsIdentity } from '@wetee/certificates'
import { bridgeCalls } from '../api/bridge-calls.ts'
import { factsCalls } from '../api/facts-calls.ts'
import { nodeApi, type Call, type Outcome } from '../api/node-api.ts'
import { CallsDesk } from '../calls/calls-desk.ts'
import { FactsDesk } from '../facts/facts-desk.ts'
import { Judge } from '../judge.ts'
import { openLedger } from '../store/ledger.ts'
import type { TestNetwork } from './test-network.ts'

/** A log that keeps nothing. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

/** A running node. */
export type TestNode = {
  readonly judge: Judge
  readonly host: string
  readonly port: number
  readonly tlsKeyHash: `0x${string}`
  readonly requests: (readonly [Call, Outcome])[]
  conditions: readonly Condition[]
  close(): Promise<void>
}

/** Starts node n of the network and registers its endpoint and TLS key there. */
export async function startTestNode(network: TestNetwork, n: number): Promise<TestNode> {
  const folder = mkdtempSync(join(tmpdir(), 'dsecret-'))
  const ledger = openLedger(join(folder, 'signed.db'))
  const account = network.statementKeys[n - 1]
  if (account === undefined) throw new Error(`node ${n}: there are 3`)
  const nodeId = BigInt(n)
  const { context } = network
  const judge = new Judge({ ...context, nodeId, account, ledger })
  const identity = await createTlsIdentity({ commonName: `node-${n}` })
  const { statementKey, encryptionKey } = network.registered(n)
  const stopping = new AbortController()
  const requests: (readonly [Call, Outcome])[] = []
  const app = nodeApi({
    nodeId,
    identity: { statementKey, encryptionKey, tlsKeyHash: identity.tlsKeyHash },
    simulated: true,
    judge,
    head: () => context.view.head(),
    epoch: async (at) => (await context.view.committees(at)).active?.epoch ?? 0n,
    evidence: () => Promise.resolve(serializeEvidenceDocument(network.nodeEvidence(n))),
    keptEvidence: (digest) => (digest === 'ab'.repeat(32) ? '{"kept":true}' : undefined),
    calls: [
      factsCalls(new FactsDesk({ ...context, nodeId, account })),
      bridgeCalls(new CallsDesk({ ...context, nodeId, account })),
    ],
    conditions: () => Promise.resolve(node.conditions),
    metrics: () => Promise.resolve({ contentType: 'text/plain', text: '# none\n' }),
    onRequest: (call, outcome) => void requests.push([call, outcome]),
    monotonicMs: context.clock.monotonicMs,
    log: silentLog,
  })
  const server = await serveHttp({
    port: 0,
    app,
    signal: stopping.signal,
    tls: { key: identity.keyPem, cert: identity.certPem },
    closeTimeoutMs: 100,
  })
  const { hostname: host, port } = new URL(server.url)
  const { tlsKeyHash } = identity
  const node: TestNode = {
    judge,
    host,
    port: Number(port),
    tlsKeyHash,
    requests,
    conditions: [],
    async close() {
      stopping.abort()
      await server.close()
      ledger.close()
      rmSync(folder, { recursive: true })
    },
  }
  const registered = { ...network.registered(n), tlsKeyHash, endpoint: server.url }
  network.world.nodes.set(nodeId, registered)
  return node
}
