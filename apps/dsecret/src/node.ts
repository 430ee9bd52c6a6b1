// One run of a node: opens what it needs, serves and keeps itself proven until the signal. Composition root.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  parseNetworkProfile,
  subnetAbi,
  TransactionQueue,
  type Chain,
  recordText,
} from '@wetee/chain'
import {
  createMetrics,
  openKeptTexts,
  openStore,
  serveHttp,
  type Condition,
  type KeptTexts,
  type Log,
  type Store,
} from '@wetee/daemon'
import { openPlatformHost, openTeeDevice, type TeeDevice } from '@wetee/tee-device'
import type { PrivateKeyAccount } from 'viem/accounts'
import { bridgeCalls } from './api/bridge-calls.ts'
import { factsCalls } from './api/facts-calls.ts'
import { nodeApi } from './api/node-api.ts'
import { systemClock } from './appraise/freshness.ts'
import { viewCondition } from './chain/view-condition.ts'
import type { Trust } from './appraise/trust-store.ts'
import { ROLE_DSECRET, type ChainView } from './chain/chain-view.ts'
import type { RpcFault } from './chain/rpc-source.ts'
import { openChainView } from './chain/viem-view.ts'
import type { NodeConfig } from './config.ts'
import { Judge } from './judge.ts'
import {
  openNodeKeys,
  publicIdentity,
  registrationOf,
  type NodeKeys,
  type Registration,
} from './keys/node-keys.ts'
import { CallsDesk } from './calls/calls-desk.ts'
import { FactsDesk } from './facts/facts-desk.ts'
import { openEpochs } from './epochs/open-epochs.ts'
import { NodeError } from './node-error.ts'
import { openOperator } from './operator.ts'
import { NodeProver, type NodeProverParts } from './prove/node-prover.ts'
import { OwnEvidence } from './prove/own-evidence.ts'
import { openPeer } from './prove/peers.ts'
import { openSecrets } from './release/open-secrets.ts'
import { openNetwork, openTrust, requireLaunch } from './start.ts'
import { openLedger, type Ledger } from './store/ledger.ts'
import { openWatch } from './watch/open-watch.ts'

/** Proofs of this node whose evidence can be read; two are live at most. */
const KEPT_EVIDENCE = 4

/** What a run is given. */
export type NodeContext = { readonly signal: AbortSignal; readonly log: Log }

/** Makes or opens the keys and returns what registers them; the chain is not read. Throws NodeError, TeeError, ChainError. */
export async function readIdentity(config: NodeConfig, signal: AbortSignal): Promise<Registration> {
  mkdirSync(config.stateDir, { recursive: true, mode: 0o700 })
  const device = openTeeDevice(config.platform.guestSocket)
  const profile = parseNetworkProfile(readFileSync(config.networkFile, 'utf8'))
  const operator = openOperator(config.operator.privateKeyFile).address
  const accounts = { owner: config.owner ?? operator, operator }
  return registrationOf(await openNodeKeys(device, config.stateDir, signal), profile, accounts)
}

/** Runs until the signal. Throws what stops a start for good: configuration, keys, launch, another network. */
export async function runNode(config: NodeConfig, context: NodeContext): Promise<void> {
  const { log, signal } = context
  if (config.nodeId === undefined)
    throw new NodeError(
      'config.node-id-missing',
      'nodeId: register the node first (--print-identity shows its keys) and write its number into the configuration',
      { status: 500 },
    )
  const nodeId = BigInt(config.nodeId)
  mkdirSync(config.stateDir, { recursive: true, mode: 0o700 })
  const device = openTeeDevice(config.platform.guestSocket)
  const operator = openOperator(config.operator.privateKeyFile)
  const keys = await openNodeKeys(device, config.stateDir, signal)
  const metrics = nodeMetrics()
  const { chain, conditions } = await openNetwork(config, device, { ...context, ...metrics.view })
  const { chainId, contracts } = chain.profile
  await requireLaunch(
    device,
    { chainId: BigInt(chainId), subnet: contracts.subnet, nodeId },
    signal,
  )
  const trust = await openTrust(chain, config.platform.allowSimulated)
  const store = openStore(join(config.stateDir, 'chain.db'))
  const ledger = openLedger(join(config.stateDir, 'signed.db'))
  const shelf = openKeptTexts(join(config.stateDir, 'evidence'), KEPT_EVIDENCE)
  try {
    const node = compose({
      ...context,
      config,
      nodeId,
      device,
      keys,
      chain,
      trust,
      store,
      ledger,
      shelf,
      operator,
      metrics,
      viewConditions: conditions,
    })
    const server = await serveHttp({
      ...config.listen,
      app: node.api,
      signal,
      tls: { key: keys.tls.keyPem, cert: keys.tls.certPem },
    })
    const identity = publicIdentity(keys)
    log.info({ nodeId: String(nodeId), url: server.url, ...identity }, 'node started')
    try {
      await Promise.all([
        node.prover.run(),
        node.epochs.run(),
        node.secrets.run(),
        node.watch.run(),
      ])
    } finally {
      await server.close()
      node.secrets.close()
      node.watch.close()
    }
  } finally {
    ledger.close()
    store.close()
  }
}

type Opened = NodeContext & {
  readonly config: NodeConfig
  readonly nodeId: bigint
  readonly device: TeeDevice
  readonly keys: NodeKeys
  readonly chain: Chain
  readonly trust: Trust
  readonly store: Store
  readonly ledger: Ledger
  readonly shelf: KeptTexts
  readonly operator: PrivateKeyAccount
  readonly metrics: ReturnType<typeof nodeMetrics>
  readonly viewConditions: () => readonly Condition[]
}

function compose(opened: Opened) {
  const { config, nodeId, device, keys, chain, operator, metrics, log, signal } = opened
  const clock = systemClock
  const view = openChainView(chain)
  // One for everything that the node sends: nonces of an account follow one another.
  const queue = new TransactionQueue({}, { chain, account: operator, outbox: opened.store })
  const judge = new Judge({
    ...opened,
    view,
    clock,
    account: keys.statement,
    onSigned: metrics.onSigned,
  })
  const evidence = openEvidence(opened, view)
  const prover = new NodeProver({
    nodeId,
    view,
    evidence,
    self: judge,
    openPeer,
    shelf: opened.shelf,
    submit: proofSubmitter(queue, chain.profile.contracts.subnet),
    clock,
    log,
    signal,
  })
  const epochs = openEpochs({
    ...{ nodeId, device, keys, view, queue, clock, log, signal },
    stateDir: config.stateDir,
    ledger: opened.ledger,
    metrics: metrics.all,
  })
  const secrets = openSecrets({
    ...{ nodeId, view, trust: opened.trust, queue, clock, log, signal },
    account: keys.statement,
    receiptsEveryMs: config.receipts.rootEverySeconds * 1_000,
    shares: epochs.holder,
    stateDir: config.stateDir,
    metrics: metrics.all,
  })
  const watch = openWatch({
    ...{ nodeId, chain, view, queue, clock, log, signal },
    stateDir: config.stateDir,
    webhook: config.alerts.webhook,
    metrics: metrics.all,
  })
  const rounds = { prover, epochs, secrets, watch }
  return { api: apiOf(opened, { ...rounds, view, judge, evidence }), ...rounds }
}

/** What peers, agents and browsers may ask. */
function apiOf(
  { nodeId, device, keys, shelf, metrics, log, viewConditions }: Opened,
  parts: {
    readonly view: ChainView
    readonly judge: Judge
    readonly evidence: OwnEvidence
    readonly prover: NodeProver
    readonly epochs: ReturnType<typeof openEpochs>
    readonly secrets: ReturnType<typeof openSecrets>
    readonly watch: ReturnType<typeof openWatch>
  },
) {
  const { view, judge, evidence, prover, epochs, secrets, watch } = parts
  const clock = systemClock
  const desk = { nodeId, view, clock, account: keys.statement }
  return nodeApi({
    nodeId,
    identity: publicIdentity(keys),
    simulated: device.simulated,
    judge,
    head: () => view.head(),
    epoch: async (at) => (await view.committees(at)).active?.epoch ?? 0n,
    evidence: () => evidence.shown(),
    keptEvidence: (digest) => shelf.get(digest),
    conditions: async () =>
      [
        await viewCondition(view, clock),
        ...viewConditions(),
        prover.condition,
        prover.standing,
        ...epochs.conditions(),
        ...secrets.conditions(),
        ...watch.conditions(),
      ].filter((held) => held !== undefined),
    calls: [
      ...[epochs.calls, secrets.calls, watch.calls],
      ...[factsCalls(new FactsDesk(desk)), bridgeCalls(new CallsDesk(desk))],
    ],
    metrics: metrics.text,
    onRequest: metrics.onRequest,
    monotonicMs: clock.monotonicMs,
    log,
  })
}

/** What this node proves itself with. */
function openEvidence(
  { config, nodeId, device, keys, chain, signal }: Opened,
  view: ChainView,
): OwnEvidence {
  const host = openPlatformHost(config.platform.collateralSocket)
  return new OwnEvidence({
    device,
    collateral: (options) => host.collateral(options),
    view,
    subject: {
      kind: 'node',
      chainId: BigInt(chain.profile.chainId),
      subnet: view.network.contracts.subnet,
      role: ROLE_DSECRET,
      nodeId,
      ...publicIdentity(keys),
    },
    clock: systemClock,
    signal,
  })
}

/** Sends a proof by the operator's outbox; the same quorum over the same proof is sent once. */
function proofSubmitter(
  queue: TransactionQueue,
  address: `0x${string}`,
): NodeProverParts['submit'] {
  return async (proof, uri, signed) => {
    const content = [recordText(proof), signed.epoch, signed.expiry, signed.bitmap].join('\n')
    await queue.send({
      key: `prove/${createHash('sha256').update(content).digest('hex').slice(0, 32)}`,
      address,
      abi: subnetAbi,
      functionName: 'proveNodes',
      args: [[proof], [uri], signed],
    })
  }
}

function nodeMetrics() {
  const metrics = createMetrics('dsecret')
  const requests = metrics.counter({
    name: 'requests_total',
    help: 'requests by call and how they ended',
    labels: ['call', 'outcome'],
  })
  const seconds = metrics.histogram({
    name: 'request_seconds',
    help: 'time to answer, seconds',
    labels: ['call'],
  })
  const statements = metrics.counter({
    name: 'statements_signed_total',
    help: 'leases and proofs signed',
    labels: ['kind'],
  })
  const faults = metrics.counter({
    name: 'view_faults_total',
    help: 'RPCs that did not answer, or otherwise than the others',
    labels: ['fault'],
  })
  const disagreements = metrics.counter({
    name: 'view_disagreements_total',
    help: 'reads of the chain that had no answer because the RPCs do not say the same',
  })
  return {
    all: metrics,
    view: {
      onFault: (fault: RpcFault) => faults.inc({ fault }),
      onDisagreement: () => disagreements.inc(),
    },
    onRequest: (call: string, outcome: string, took: number) => {
      requests.inc({ call, outcome })
      seconds.observe({ call }, took)
    },
    onSigned: (kind: string, count: number) => statements.inc({ kind }, count),
    text: async () => ({
      contentType: metrics.registry.contentType,
      text: await metrics.registry.metrics(),
    }),
  }
}
