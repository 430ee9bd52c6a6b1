// A network in memory with real simulated quotes: an application on a worker, three dsecret nodes. For tests; no I/O.
import { createHash, ECDH } from 'node:crypto'
import {
  configDigest,
  dueLaunch,
  developmentPolicy,
  imageEventDigest,
  kataPolicy,
  mrConfigId,
  nodeConfigDigest,
  platformId,
  reportDataOf,
  serializeEvidenceDocument,
  tdxMeasurementId,
  type EvidenceDocument,
  type ImageEvent,
  type InstanceSubject,
  type NodeSubject,
  type PodLaunch,
} from '@wetee/attestation'
import {
  createSimulatedVendor,
  type SimulatedChip,
  type SimulatedGuest,
  type SimulatedVendor,
} from '@wetee/attestation/simulated'
import { operatorStatementTypedData } from '@wetee/chain'
import { manifestDigest, parseManifest, podPermissions, termsDigest } from '@wetee/manifest'
import { privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts'
import type { AppraisalContext } from '../appraise/context.ts'
import type { Clock } from '../appraise/freshness.ts'
import {
  ROLE_DSECRET,
  ROLE_WORKER,
  type Hex,
  type NetworkKeyFacts,
  type NodeFacts,
} from '../chain/chain-view.ts'
import {
  blockOf,
  emptyWorld,
  genesisSeconds,
  memoryView,
  testNetwork,
  type World,
} from './memory-view.ts'
import { statementAccount } from '../keys/statement-account.ts'
import { images, manifestOf, terms } from './test-manifest.ts'

const seed = (text: string) => new Uint8Array(createHash('sha256').update(text).digest())
const hash384 = (text: string): Hex => `0x${createHash('sha384').update(text).digest('hex')}`
const account = (text: string): PrivateKeyAccount =>
  privateKeyToAccount(`0x${Buffer.from(seed(text)).toString('hex')}`)
const lower = (address: string) => address.toLowerCase() as Hex

const chainId = BigInt(testNetwork.chainId)
const { cloud, subnet } = testNetwork.contracts
const NO_ENCRYPTION_KEY: Hex = `0x${'00'.repeat(33)}`
const NO_TLS_KEY: Hex = `0x${'00'.repeat(32)}`
/** A clock whose sleep lets the chain go on. */
export type TestClock = Clock & { nowMs: number }

/** What a test may choose before the hardware signs. */
export type InstanceChoices = {
  readonly chip?: SimulatedChip
  readonly mrtd?: Hex
  /** Replaces fields of the subject before it is signed. */
  readonly subject?: Partial<InstanceSubject>
  /** What the guest is launched for, when it is not application 7. */
  readonly launchedAppId?: bigint
  /** Version that the guest is launched for, when it is not 1. */
  readonly launchedVersion?: number
  /** Network key that the guest is launched with, when it is not that of the chain. */
  readonly networkKey?: NetworkKeyFacts | 'none'
  /** Changes MRCONFIGID before the launch. */
  readonly launched?: (mrConfigId: Hex) => Hex
  /** It is a pod with this agent. */
  readonly pod?: { readonly agentImage: `sha256:${string}` }
  readonly measured?: readonly (readonly [service: string, digest: string])[]
  readonly manifest?: string
}

/** Evidence as a request carries it. */
export type Offered = {
  readonly document: EvidenceDocument<'tdx'>
  readonly text: string
  readonly operatorSignature: Hex
}

/** Makes the world of every test: application 7, version 1 on worker 1, attested at block 90 of 100. */
export class TestNetwork {
  readonly world: World = emptyWorld()
  readonly vendor: SimulatedVendor
  readonly workerChip: SimulatedChip
  readonly operator = account('operator')
  readonly instance = account('instance')
  readonly statementKeys = [1, 2, 3].map((n) => statementAccount(seed(`statement ${n}`)))
  readonly agentMrtd = hash384('agent')
  readonly nodeMrtd = hash384('dsecret')
  /** What application 7 was deployed with; guests are launched for it. */
  manifest = manifestOf('hello')
  readonly clock: TestClock
  readonly context: AppraisalContext

  constructor() {
    const bornMs = Number(genesisSeconds) * 1_000 - 86_400_000
    this.vendor = createSimulatedVendor({ seed: seed('vendor'), atMs: bornMs })
    this.workerChip = this.vendor.createChip({ seed: seed('worker chip') })
    this.clock = {
      nowMs: Number(genesisSeconds + 102n) * 1_000,
      now: () => this.clock.nowMs,
      monotonicMs: () => this.clock.nowMs,
      sleep: (ms, signal) => {
        signal.throwIfAborted()
        this.clock.nowMs += ms
        return Promise.resolve()
      },
    }
    this.context = {
      view: memoryView(this.world),
      trust: {
        store: { roots: [{ name: 'simulated', der: this.vendor.rootDer, simulated: true }] },
        policy: developmentPolicy(),
      },
      clock: this.clock,
    }
    this.#fill()
  }

  /** Id of a chip's machine in this network. */
  platformIdOf({ ppid }: SimulatedChip): Hex {
    return platformId({ platform: 'tdx', chainId, subnet, ppid })
  }

  /** Measurement of a program. */
  measurementOf(mrtd: Hex): Hex {
    const guest = this.workerChip.launch({ mrtd, mrConfigId: `0x${'00'.repeat(48)}` })
    const [rtmr0, rtmr1, rtmr2] = guest.report().rtmr
    return tdxMeasurementId({ mrtd, rtmr0, rtmr1, rtmr2 })
  }

  /** A chip that nobody has registered. */
  strangeChip(name = 'strange chip'): SimulatedChip {
    return this.vendor.createChip({ seed: seed(name) })
  }

  /** Evidence of replica 0 of application 7, with the operator's signature for it. */
  async instanceEvidence(choices: InstanceChoices = {}): Promise<Offered> {
    const { number, hash } = blockOf(this.world, choices.subject?.blockNumber ?? 90n)
    const subject: InstanceSubject = {
      kind: 'instance',
      chainId,
      cloud,
      workerId: 1n,
      appId: 7n,
      version: 1,
      replica: 0,
      blockNumber: number,
      blockHash: hash,
      signingKey: compressed(this.instance),
      hpkeKey: `0x${'e1'.repeat(32)}`,
      tlsKeyHash: `0x${'f1'.repeat(32)}`,
      ...choices.subject,
    }
    const chip = choices.chip ?? this.workerChip
    const configured = configDigest({
      chainId,
      cloud,
      ...launchedKey(choices.networkKey ?? this.world.networkKey),
      appId: choices.launchedAppId ?? subject.appId,
      version: choices.launchedVersion ?? 1,
      manifestDigest: manifestDigest(this.manifest),
      termsDigest: this.world.versions.get('7/1')?.termsDigest ?? termsDigest(terms),
    })
    const mrtd = choices.mrtd ?? this.agentMrtd
    const claims = { platform: 'tdx', measurementId: this.measurementOf(mrtd) } as const
    const { field } = dueLaunch(claims, configured, this.#podOf(choices))
    const launched = (choices.launched ?? ((same: Hex) => same))(field.value)
    const guest = chip.launch({ mrtd, mrConfigId: launched })
    const eventLog = measure(guest, choices.measured ?? Object.entries(images))
    const manifest = choices.manifest ?? this.manifest
    const document = {
      ...this.#document(guest, subject, eventLog, manifest),
      ...choices.pod,
    }
    const operatorSignature = await this.operatorSignature(subject, chip)
    return { document, text: serializeEvidenceDocument(document), operatorSignature }
  }

  #podOf({ pod }: InstanceChoices): PodLaunch | undefined {
    if (pod === undefined) return undefined
    const { services } = parseManifest(this.manifest)
    return { ...pod, policy: kataPolicy(podPermissions(pod.agentImage, services)) }
  }

  /** The worker's operator (or another account) signs for an instance on a machine. */
  operatorSignature(
    { appId, version, replica, blockNumber }: InstanceSubject,
    chip = this.workerChip,
    signer = this.operator,
  ): Promise<Hex> {
    return signer.signTypedData(
      operatorStatementTypedData(testNetwork, {
        platformId: this.platformIdOf(chip),
        appId,
        version,
        replica,
        instanceKey: this.instance.address,
        evidenceBlock: blockNumber,
      }),
    )
  }

  /** Evidence of worker 1's own machine. */
  workerEvidence(
    subject: Partial<NodeSubject> = {},
    chip = this.workerChip,
  ): EvidenceDocument<'tdx'> {
    return this.machineEvidence(
      {
        role: ROLE_WORKER,
        nodeId: 1n,
        statementKey: lower(this.operator.address),
        encryptionKey: NO_ENCRYPTION_KEY,
        tlsKeyHash: NO_TLS_KEY,
        ...subject,
      },
      chip,
      this.agentMrtd,
    )
  }

  /** Evidence of a dsecret node's own machine, 1 to 3. */
  nodeEvidence(n: number, subject: Partial<NodeSubject> = {}): EvidenceDocument<'tdx'> {
    const { statementKey, encryptionKey, tlsKeyHash } = this.registered(n)
    return this.machineEvidence(
      {
        role: ROLE_DSECRET,
        nodeId: BigInt(n),
        statementKey,
        encryptionKey,
        tlsKeyHash,
        ...subject,
      },
      this.vendor.createChip({ seed: seed(`node chip ${n}`) }),
      this.nodeMrtd,
    )
  }

  /** Evidence of any machine. */
  machineEvidence(
    fields: Pick<NodeSubject, 'role' | 'nodeId' | 'statementKey' | 'encryptionKey' | 'tlsKeyHash'> &
      Partial<NodeSubject>,
    chip: SimulatedChip,
    mrtd: Hex,
    measured: readonly (readonly [service: string, digest: string])[] = [],
    launchedFor = fields.nodeId,
  ): EvidenceDocument<'tdx'> {
    const { number, hash } = blockOf(this.world, fields.blockNumber ?? 90n)
    const subject: NodeSubject = {
      kind: 'node',
      chainId,
      subnet,
      blockNumber: number,
      blockHash: hash,
      ...fields,
    }
    const guest = chip.launch({
      mrtd,
      mrConfigId: mrConfigId(nodeConfigDigest({ ...subject, nodeId: launchedFor })),
    })
    return this.#document(guest, subject, measure(guest, measured))
  }

  /** What node n is registered with. */
  registered(n: number): NodeFacts {
    const key = this.statementKeys[n - 1]?.address ?? '0x'
    return {
      status: 'active',
      statementKey: lower(key),
      encryptionKey: `0x02${String(n).repeat(64)}` as Hex,
      tlsKeyHash: `0x${String(n).repeat(64)}`,
      endpoint: `https://node-${n}.test`,
    }
  }

  #document(
    guest: SimulatedGuest,
    subject: InstanceSubject | NodeSubject,
    eventLog: readonly ImageEvent[],
    manifest?: string,
  ): EvidenceDocument<'tdx'> {
    return {
      format: 'wetee/evidence/v1',
      platform: 'tdx',
      quote: guest.quote(reportDataOf(subject)),
      endorsements: this.vendor.collateral(Number(genesisSeconds) * 1_000),
      eventLog,
      subject,
      ...(manifest === undefined ? {} : { manifest }),
    }
  }

  #fill(): void {
    const { world } = this
    world.apps.set(7n, {
      owner: `0x${'0e'.repeat(20)}`,
      state: 'active',
      replicas: terms.replicas,
      currentVersion: 1,
      pendingVersion: 0,
      pendingDeadline: 0n,
    })
    world.versions.set('7/1', {
      workerId: 1n,
      manifestVersion: 1,
      createdBlock: 10n,
      manifestDigest: manifestDigest(this.manifest),
      termsDigest: termsDigest(terms),
      terms,
    })
    world.operators.set(1n, lower(this.operator.address))
    const until = genesisSeconds + 10_000n
    const proven = { role: ROLE_WORKER, nodeId: 1n, notAfter: until, denied: false }
    world.platforms.set(this.platformIdOf(this.workerChip), proven)
    const accepted = { status: 'accepted', teeClass: 1, validFrom: 0n, until: 0n } as const
    world.references.set(`${ROLE_WORKER}/${this.measurementOf(this.agentMrtd)}`, accepted)
    world.references.set(`${ROLE_DSECRET}/${this.measurementOf(this.nodeMrtd)}`, accepted)
    for (const n of [1, 2, 3]) {
      world.nodes.set(BigInt(n), this.registered(n))
      world.proofs.set(BigInt(n), until)
    }
    const committee = { epoch: 4n, threshold: 2, members: [1n, 2n, 3n] }
    world.committees = { active: committee, latest: committee, genesisOpen: false }
  }
}

function launchedKey(key: NetworkKeyFacts | 'none' | undefined) {
  return key === undefined || key === 'none' ? {} : { networkKey: key }
}

function measure(
  guest: SimulatedGuest,
  measured: readonly (readonly [service: string, digest: string])[],
): ImageEvent[] {
  return measured.map(([name, digest]) => {
    guest.extend(3, imageEventDigest(name, `0x${digest.slice('sha256:'.length)}`))
    return { register: 3, type: 'image', service: name, digest: digest as `sha256:${string}` }
  })
}

function compressed({ publicKey }: PrivateKeyAccount): Hex {
  const point = ECDH.convertKey(publicKey.slice(2), 'secp256k1', 'hex', 'hex', 'compressed')
  return `0x${String(point)}`
}
