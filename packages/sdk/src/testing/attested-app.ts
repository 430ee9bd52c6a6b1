// An attested application in memory: a real simulated quote, a real manifest, and the chain that fits them. For tests.
import { createHash } from 'node:crypto'
import {
  configDigest,
  dueLaunch,
  imageEventDigest,
  kataPolicy,
  platformId,
  reportDataOf,
  tdxMeasurementId,
  trustStoreDigest,
  type EvidenceDocument,
  type InstanceSubject,
  type PodLaunch,
} from '@wetee/attestation'
import { createSimulatedVendor, type SimulatedChip } from '@wetee/attestation/simulated'
import type { NetworkProfile } from '@wetee/chain'
import { buildManifest, podPermissions, type Manifest } from '@wetee/manifest'
import type { Hex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import type { NetworkKey, NetworkReader } from '../reader.ts'
import {
  emptyWorld,
  genesisSeconds,
  memoryNetwork,
  memoryReader,
  testApp,
  testBlock,
  testVersion,
  testWorker,
  type World,
} from './memory-network.ts'

/** The instance's signing key. */
export const instanceSecret: Hex = `0x${'11'.repeat(32)}`
const compose = ({ serviceLine = '', composeEnd = '' }: Choices) => `
name: hello
services:
  web:
    image: registry.test/hello:1.0
    ports: ["8080"]
    ${serviceLine}
${composeEnd}
`
const imageDigest = `sha256:${'cd'.repeat(32)}`
const zeros: Hex = `0x${'00'.repeat(48)}`
const nodeHash = (text: string): Hex => `0x${createHash('sha384').update(text).digest('hex')}`

/** What a test may choose before the hardware signs. */
export type Choices = {
  readonly chip?: (chip: SimulatedChip) => void
  /** Replaces fields of the subject before it is signed. */
  readonly subject?: Partial<InstanceSubject>
  /** Replaces what the launch is configured with. */
  /** The key that the network has made, and what the TEE was launched with. */
  readonly networkKey?: NetworkKey
  readonly configuredAppId?: bigint
  /** A line more of its service, and of its Compose file. */
  readonly serviceLine?: string
  readonly composeEnd?: string
  /** It is a pod with this agent; `launched` makes what MRCONFIGID holds of the configuration's digest, in the place of its initdata. */
  readonly pod?: {
    readonly agentImage: `sha256:${string}`
    readonly launched?: (configDigest: Hex) => Hex
  }
  /** Images that the guest measures for the one service; default the manifest's. */
  readonly measuredImages?: readonly string[]
}

/** The pieces that a verification reads; a test changes one and looks at the report. */
export type AttestedApp = {
  readonly nowMs: number
  readonly world: World
  readonly profile: NetworkProfile
  readonly reader: NetworkReader
  readonly manifest: Manifest
  readonly document: EvidenceDocument<'tdx'>
  readonly tlsKeyHash: Hex
  /** Of its guest alone, where it is a pod. */
  readonly guestMeasurementId: Hex
}

const seed = (text: string) => new Uint8Array(createHash('sha256').update(text).digest())

/** Makes the application 7 on worker 1, attested at block 90 of 100. */
export async function attestedApp(choices: Choices = {}): Promise<AttestedApp> {
  const nowMs = Number(genesisSeconds + 102n) * 1000
  const vendor = createSimulatedVendor({ seed: seed('vendor'), atMs: nowMs - 3_600_000 })
  const chip = vendor.createChip({ seed: seed('chip') })
  choices.chip?.(chip)
  const manifest = await buildManifest(compose(choices), {
    resolveImage: () => Promise.resolve(imageDigest),
  })
  const world = emptyWorld()
  const base = memoryNetwork(world).profile
  const profile = { ...base, trustRoots: [{ name: vendor.name, pem: vendor.rootPem }] }
  world.networkKey = choices.networkKey
  world.facts = { ...world.facts, trustStoreDigest: trustStoreDigest([vendor.rootDer]) }
  const scope = { chainId: BigInt(profile.chainId), cloud: profile.contracts.cloud }
  const digests = { manifestDigest: manifest.digest, termsDigest: manifest.termsDigest }
  const config = configDigest({
    ...scope,
    ...(choices.networkKey === undefined ? {} : { networkKey: choices.networkKey }),
    appId: choices.configuredAppId ?? 7n,
    version: 1,
    ...digests,
  })
  const mrtd = nodeHash('agent')
  const { pod } = choices
  // A guest starts with registers that have measured nothing more.
  const [rtmr0, rtmr1, rtmr2] = chip.launch({ mrtd, mrConfigId: zeros }).report().rtmr
  const guestMeasurementId = tdxMeasurementId({ mrtd, rtmr0, rtmr1, rtmr2 })
  const claims = { platform: 'tdx', measurementId: guestMeasurementId } as const
  const due = dueLaunch(claims, config, podOf(choices, manifest))
  const mrConfigId = pod?.launched?.(config) ?? due.field.value
  const guest = chip.launch({ mrtd, mrConfigId })
  const measured = choices.measuredImages ?? [imageDigest]
  for (const digest of measured)
    guest.extend(3, imageEventDigest('web', `0x${digest.slice('sha256:'.length)}`))
  const subject: InstanceSubject = {
    kind: 'instance',
    ...scope,
    workerId: 1n,
    appId: 7n,
    version: 1,
    replica: 0,
    blockNumber: 90n,
    blockHash: testBlock(90n).hash,
    signingKey: compressedKey(),
    hpkeKey: `0x${'22'.repeat(32)}`,
    tlsKeyHash: `0x${'77'.repeat(32)}`,
    ...choices.subject,
  }
  const document: EvidenceDocument<'tdx'> = {
    format: 'wetee/evidence/v1',
    platform: 'tdx',
    quote: guest.quote(reportDataOf(subject)),
    endorsements: vendor.collateral(nowMs - 60_000),
    eventLog: measured.map((digest) => ({ register: 3, type: 'image', service: 'web', digest })),
    subject,
    manifest: manifest.text,
    ...(pod === undefined ? {} : { agentImage: pod.agentImage }),
  } as EvidenceDocument<'tdx'>
  fillChain(world, manifest, subject, {
    measurementId: due.measurementId,
    platformId: platformId({
      platform: 'tdx',
      chainId: scope.chainId,
      subnet: profile.contracts.subnet,
      ppid: chip.ppid,
    }),
  })
  const reader = memoryReader(world)
  const { tlsKeyHash } = subject
  return { nowMs, world, profile, reader, manifest, document, tlsKeyHash, guestMeasurementId }
}

function podOf({ pod }: Choices, { document }: Manifest): PodLaunch | undefined {
  if (pod === undefined) return undefined
  const { agentImage } = pod
  return { agentImage, policy: kataPolicy(podPermissions(agentImage, document.services)) }
}

function fillChain(
  world: World,
  manifest: Manifest,
  subject: InstanceSubject,
  ids: { measurementId: Hex; platformId: Hex },
): void {
  world.workers = [testWorker(1n)]
  world.apps.set(7n, testApp(7n))
  const { digest: manifestDigest, termsDigest, terms } = manifest
  world.versions.set('7/1', testVersion(1, { manifestDigest, termsDigest, terms }))
  world.references.add(`1/${ids.measurementId}`)
  world.platforms.add(`1/1/${ids.platformId}`)
  world.leases.set('7/0/0', {
    version: 1,
    replica: 0,
    workerId: 1n,
    platformId: ids.platformId,
    instanceKey: privateKeyToAccount(instanceSecret).address,
    tlsKeyHash: subject.tlsKeyHash,
    evidenceBlock: 90n,
    notBefore: genesisSeconds + 90n,
    notAfter: genesisSeconds + 390n,
    evidenceDigest: `0x${'ee'.repeat(32)}`,
  })
}

function compressedKey(): Hex {
  const bytes = secp256k1.getPublicKey(Buffer.from(instanceSecret.slice(2), 'hex'), true)
  return `0x${Buffer.from(bytes).toString('hex')}`
}
