// What the chain says about one application at a finalized block, checked against its manifest. Reads the chain.
import { launchKeyOf } from '@wetee/attestation'
import { parseManifest, termsDigest, termsEqual, type ManifestDocument } from '@wetee/manifest'
import type {
  AppRecord,
  AttestationLease,
  Head,
  Hex,
  LiveKey,
  VersionRecord,
} from '../chain/records.ts'
import type { ChainReads } from '../chain/worker-chain.ts'
import type { Condition } from '@wetee/daemon'
import { digestOf, unfitReasons, usesSecrets } from '../instance/container-spec.ts'
import { messageOf } from '../worker-error.ts'
import type { DesiredApp, DesiredVersion, PlannedService } from './model.ts'

/** A version that this worker shall and can run. */
export type VersionFacts = {
  readonly record: VersionRecord
  readonly text: string
  readonly document: ManifestDocument
  /** The key that it is launched under; `undefined` before the network has made one. */
  readonly networkKey: LiveKey | undefined
}

/** Everything a reconciliation needs from the chain. */
export type AppFacts = {
  readonly head: Head
  /** Zero address when the application does not exist. */
  readonly owner: Hex
  readonly state: AppRecord['state']
  /** It may be ended by this worker from some second on. */
  readonly hasNotice: boolean
  /** Block time until which a pending version may become ready, seconds; 0 without one. */
  readonly pendingDeadline: bigint
  readonly desired: DesiredApp
  readonly versions: ReadonlyMap<number, VersionFacts>
  /** By `version/replica`; only those that exist on chain. */
  readonly leases: ReadonlyMap<string, AttestationLease>
  /** Versions that are refused, and why. */
  readonly conditions: readonly Condition[]
}

/** Manifests never change: read and checked once. */
export type ManifestCache = Map<
  string,
  { readonly text: string; readonly document: ManifestDocument } | { readonly refused: string }
>

const MAX_CACHED = 1_024
const NOBODY = `0x${'00'.repeat(20)}` as const

/** Why a manifest cannot run here; empty when it can. */
export type Unfit = (document: ManifestDocument) => readonly string[]

/** Reads one application as of the newest finalized block. Throws ChainError. */
export async function readFacts(
  chain: ChainReads,
  workerId: bigint,
  appId: bigint,
  manifests: ManifestCache,
  unfit: Unfit = unfitReasons,
): Promise<AppFacts> {
  const head = await chain.head()
  const app = await chain.app(appId, head.number)
  const keys = await chain.liveKeys(head.number)
  const versions = new Map<number, VersionFacts>()
  const leases = new Map<string, AttestationLease>()
  const conditions: Condition[] = []
  const desiredVersions: DesiredVersion[] = []
  const state = app?.state ?? 'none'
  const read = (version = 0) =>
    version === 0 || state !== 'active' ? undefined : chain.version(appId, version, head.number)
  const records = {
    current: await read(app?.currentVersion),
    pending: await read(app?.pendingVersion),
  }
  const isOver = app !== undefined && head.timestamp > app.pendingDeadline
  if (app !== undefined)
    for (const [role, number, replicas] of [
      ['current', app.currentVersion, app.replicas],
      ['pending', app.pendingVersion, pendingReplicas(app, records.pending)],
    ] as const) {
      const record = records[role]
      if (record?.workerId !== workerId) continue
      const found = await readVersion(chain, appId, number, record, manifests, unfit)
      if ('refused' in found) {
        conditions.push(found.refused)
        continue
      }
      const networkKey = launchKeyOf(keys, record.createdBlock)
      const facts = { ...found, networkKey }
      if (networkKey !== undefined && networkKey.endsAt !== 0n)
        conditions.push(keyEnds(number, networkKey))
      if (networkKey === undefined && usesSecrets(facts.document)) {
        conditions.push(keyless(number))
        continue
      }
      versions.set(number, facts)
      const slot = role === 'current' ? 0 : 1
      for (let replica = 0; replica < replicas; replica++) {
        const lease = await chain.lease(appId, replica, slot, head.number)
        if (lease?.version === number) leases.set(`${number}/${replica}`, lease)
      }
      desiredVersions.push(desiredVersion(number, role, replicas, facts))
    }
  const elsewhere = records.current !== undefined && records.current.workerId !== workerId
  const pending = desiredVersions.find(({ role }) => role === 'pending')
  const desired: DesiredApp = {
    appId,
    state: state === 'active' || state === 'paused' ? state : 'ended',
    versions: desiredVersions,
    currentElsewhere: elsewhere ? app?.currentVersion : undefined,
    pendingAttested:
      pending !== undefined &&
      head.timestamp >= mayActivateAt(versions, desiredVersions) &&
      allLive(pending, leases, head.timestamp),
    pendingExpired: pending !== undefined && isOver,
  }
  const owner = app?.owner ?? NOBODY
  const hasNotice = state !== 'ended' && !elsewhere && (app?.noticeUntil ?? 0n) > 0n
  if (app !== undefined) conditions.push(...decisions(app, hasNotice))
  const pendingDeadline = app?.pendingVersion ? app.pendingDeadline : 0n
  const chain_ = { head, owner, state, hasNotice, pendingDeadline }
  return { ...chain_, desired, versions, leases, conditions }
}

/** Without a key nobody could have sealed its secrets, and nobody can release them. */
function keyless(version: number): Condition {
  return {
    code: 'network-key.none',
    severity: 'warning',
    text: `version ${version} is not run: it has secrets, and the network has no key to release them yet`,
    remedy:
      'wait until the dsecret nodes have made the network’s key; everything goes on by itself',
  }
}

/** The application goes on after that under the newest key, but reads nothing any more that it has under the older one alone. */
function keyEnds(version: number, { number, endsAt }: LiveKey): Condition {
  const end = new Date(Number(endsAt) * 1_000).toISOString().replace('.000Z', 'Z')
  return {
    code: 'network-key.ends',
    severity: 'warning',
    text: `version ${version} runs under key ${number} of the network, which ends at ${end}: from then on it is started under the newer key, without the secrets and volumes that it has under this one alone`,
    remedy:
      'set its secrets anew (`wetee secret list` shows which), and deploy it again, also unchanged, before that: a new version runs under the newer key and takes its volumes along',
  }
}

/** A migration moves as many replicas as there are. */
function pendingReplicas(app: AppRecord, pending: VersionRecord | undefined): number {
  const isUpdate = pending?.manifestVersion === app.pendingVersion
  return isUpdate ? pending.terms.replicas : app.replicas
}

/** What owner and worker have decided about the application. */
function decisions({ state, pausedByOwner, noticeUntil }: AppRecord, hasNotice: boolean) {
  const conditions: Condition[] = []
  if (state === 'paused')
    conditions.push({
      code: 'app.paused',
      severity: 'warning',
      text: `the application is ${pausedByOwner ? 'paused by its owner' : 'out of funds'} and stopped; its volumes are kept for the grace time`,
      remedy: pausedByOwner ? 'its owner resumes it' : 'top it up',
    })
  if (hasNotice)
    conditions.push({
      code: 'app.notice',
      severity: 'warning',
      text: `this worker has given notice: it may end the application from second ${noticeUntil} on`,
      remedy: 'migrate it to another worker before that',
    })
  return conditions
}

/** The current version's terms say how long a pending one waits at least. Block time, seconds. */
function mayActivateAt(
  versions: ReadonlyMap<number, VersionFacts>,
  desired: readonly DesiredVersion[],
): bigint {
  const recordOf = (role: DesiredVersion['role']) =>
    versions.get(desired.find((v) => v.role === role)?.version ?? 0)?.record
  const delaySeconds = recordOf('current')?.terms.upgradeDelaySeconds ?? 0
  return (recordOf('pending')?.createdAt ?? 0n) + BigInt(delaySeconds)
}

function allLive(
  { version, replicas }: DesiredVersion,
  leases: ReadonlyMap<string, AttestationLease>,
  nowSeconds: bigint,
): boolean {
  for (let replica = 0; replica < replicas; replica++)
    if (!((leases.get(`${version}/${replica}`)?.notAfter ?? 0n) > nowSeconds)) return false
  return true
}

async function readVersion(
  chain: ChainReads,
  appId: bigint,
  version: number,
  record: VersionRecord,
  manifests: ManifestCache,
  unfit: Unfit,
): Promise<Omit<VersionFacts, 'networkKey'> | { refused: Condition }> {
  const key = `${appId}/${version}`
  let known = manifests.get(key)
  if (known === undefined) {
    known = check(await chain.manifestText(appId, version), record, unfit)
    if (manifests.size >= MAX_CACHED) manifests.clear()
    manifests.set(key, known)
  }
  if (!('refused' in known)) return { record, ...known }
  return {
    refused: {
      code: known.refused.startsWith('terms:') ? 'manifest.terms-differ' : 'manifest.unfit',
      severity: 'error',
      text: `version ${version} is not run: ${known.refused}`,
      remedy: 'deploy again with current tools; the version cannot run as it is',
    },
  }
}

/** The manifest's own copy of the terms must equal the contract's, or nothing of it is started. */
function check(
  text: string,
  record: VersionRecord,
  unfit: Unfit,
): { text: string; document: ManifestDocument } | { refused: string } {
  let document: ManifestDocument
  try {
    document = parseManifest(text)
  } catch (error) {
    return { refused: messageOf(error) }
  }
  if (
    !termsEqual(document.terms, record.terms) ||
    termsDigest(document.terms) !== record.termsDigest
  )
    return { refused: 'terms: manifest and contract name different terms' }
  const reasons = unfit(document)
  return reasons.length === 0 ? { text, document } : { refused: reasons.join('; ') }
}

function desiredVersion(
  version: number,
  role: DesiredVersion['role'],
  replicas: number,
  { record, document }: VersionFacts,
): DesiredVersion {
  const awaited = new Set(
    document.services.flatMap(({ dependsOn }) =>
      dependsOn
        .filter(({ condition }) => condition === 'service_completed_successfully')
        .map(({ service }) => service),
    ),
  )
  const services = document.services.map((service): PlannedService => ({
    name: service.name,
    digest: digestOf(service),
    dependsOn: service.dependsOn,
    restart: service.restart ?? (awaited.has(service.name) ? 'on-failure' : 'always'),
    hasHealthcheck: service.healthcheck !== undefined,
  }))
  const { security } = record
  return { version, role, replicas, security, update: document.update, services }
}
