// The checks of a verification, one function per step. Pure but for the chain reads of the port they are given.
import {
  appraise,
  configDigest,
  developmentPolicy,
  dueLaunch,
  evaluate,
  eventLogHolds,
  kataPolicy,
  launchedWith,
  launchKeyOf,
  podMeasurementId,
  reportDataOf,
  strictPolicy,
  type EvidenceDocument,
  type InstanceSubject,
  type LaunchClaims,
  type TrustStore,
} from '@wetee/attestation'
import {
  parseManifest,
  manifestDigest,
  podPermissions,
  teeClassBits,
  termsDigest,
  type ManifestDocument,
} from '@wetee/manifest'
import type { Hex } from 'viem'
import type { NetworkProfile } from '@wetee/chain'
import { codedError } from '../contract-error.ts'
import {
  workerRole,
  type AppRecord,
  type Block,
  type NetworkReader,
  type VersionRecord,
} from '../reader.ts'
import { compared, failed, held, notVisible, skipped, type Outcome } from './report.ts'

/** What a verification knows so far; each check reads what earlier ones established. */
export type Found = {
  readonly profile: NetworkProfile
  readonly reader: NetworkReader
  /** Replaced by the block's time where what held in a block is judged. */
  nowMs: number
  readonly atBlock?: bigint
  readonly maxAgeSeconds?: bigint
  readonly expectedAppId?: bigint
  readonly channelKeyHash?: Hex
  readonly channelUnseen?: string
  /** The document came over a connection without TLS. */
  readonly channelOpen: boolean
  /** How long a block that is not final yet is waited for, milliseconds. */
  readonly waitAheadMs: number
  document?: EvidenceDocument
  documentError?: string
  head?: Block
  simulated: boolean
  trustStore?: TrustStore
  app?: AppRecord
  version?: VersionRecord
  manifest?: ManifestDocument
  claims?: LaunchClaims
  /** True once the hardware's signature covers every field of the subject. */
  subjectSigned: boolean
}

/** The instance an evidence document is about; undefined when there is none. */
export function instanceOf(found: Found): InstanceSubject | undefined {
  const subject = found.document?.subject
  return subject?.kind === 'instance' ? subject : undefined
}

/** Why a step is skipped. */
export const noDocument = 'there is no readable evidence document'
/** Nothing below the quote can be judged. */
export const noQuote = 'the quote is not authentic, so nothing in it can be believed'
/** The plain fields cannot be believed. */
export const noSubject = 'the fields beside the quote are not those that the hardware signed'
/** There is nothing on chain to compare with. */
export const noApp = 'the application and version are not known on chain'

/** `application`: the evidence names an application and version that are active on chain. */
export async function checkApplication(found: Found): Promise<Outcome> {
  const subject = instanceOf(found)
  if (subject === undefined)
    return failed(found.documentError ?? 'the evidence is not about an application instance')
  if (found.head === undefined) return skipped('the chain cannot be read')
  const appId = found.expectedAppId ?? subject.appId
  const app = await found.reader.app(appId, found.head.number)
  if (app === undefined) return failed(`there is no application ${appId} on this network`)
  if (subject.appId !== appId)
    return failed(
      'the evidence is of another application',
      compared(String(appId), String(subject.appId)),
    )
  const versions = [app.currentVersion, app.pendingVersion].filter((v) => v !== 0)
  const version = versions.includes(subject.version)
    ? await found.reader.version(appId, subject.version, found.head.number)
    : undefined
  if (version === undefined)
    return failed(
      `the evidence is of version ${subject.version}, which is neither current nor pending`,
      compared(versions.join(' or '), String(subject.version)),
    )
  found.app = app
  found.version = version
  const facts = {
    appId: String(appId),
    owner: app.owner,
    version: String(subject.version),
    state: app.state,
  }
  if (app.state !== 'active') return failed(`application ${appId} is ${app.state}`, facts)
  return held(`${appId} "${app.name}", version ${subject.version}, owner ${app.owner}`, facts)
}

/** `manifest`: the bytes in the document are those on chain, canonical, and repeat the contract's terms. */
export function checkManifest(found: Found): Outcome {
  if (found.document === undefined) return skipped(noDocument)
  if (found.version === undefined) return skipped(noApp)
  const text = found.document.manifest
  if (text === undefined) return failed('the evidence carries no manifest')
  const digest = manifestDigest(text)
  if (digest !== found.version.manifestDigest)
    return failed(
      'the manifest in the evidence is not the one that the owner deployed',
      compared(found.version.manifestDigest, digest),
    )
  const document = parseManifest(text)
  const terms = termsDigest(document.terms)
  if (terms !== found.version.termsDigest)
    return failed(
      'the terms in the manifest are not those that the contract enforces',
      compared(found.version.termsDigest, terms),
    )
  found.manifest = document
  return held(`${document.services.length} service(s), ${digest}`, {
    manifestDigest: digest,
    termsDigest: terms,
  })
}

/** `channel`: the peer of this very connection holds the TLS key that the evidence names. */
export function checkChannel(found: Found): Outcome {
  const subject = instanceOf(found)
  if (subject === undefined) return skipped(noDocument)
  if (!found.subjectSigned) return skipped(found.claims === undefined ? noQuote : noSubject)
  if (found.channelOpen)
    return failed('this address is not https: whoever stands between reads and changes everything')
  if (found.channelKeyHash === undefined)
    return notVisible(
      found.channelUnseen ?? 'this program cannot see the TLS key of its connection',
    )
  const proof = compared(subject.tlsKeyHash, found.channelKeyHash)
  return found.channelKeyHash === subject.tlsKeyHash
    ? held(`TLS key ${found.channelKeyHash}`, { tlsKeyHash: found.channelKeyHash })
    : failed(
        'the TLS key of this connection is not the one in the evidence: somebody stands between',
        proof,
      )
}

/** `quote`: signatures and collateral lead to a trusted root. */
export async function checkQuote(found: Found): Promise<Outcome> {
  if (found.document === undefined) return skipped(noDocument)
  if (found.trustStore === undefined) return skipped('it is not known which roots to trust')
  const { document, trustStore } = found
  const claims = await appraise(document, document.endorsements, trustStore, found.nowMs)
  found.claims = claims
  found.simulated ||= claims.simulated
  const { trustRoot, simulated } = claims
  return held(
    `${EVIDENCE_NAME[claims.platform]} under ${trustRoot}${simulated ? ' (SIMULATED)' : ''}`,
    {
      trustRoot,
      ...('fmspc' in claims ? { fmspc: claims.fmspc } : { product: claims.product }),
    },
  )
}

const EVIDENCE_NAME = { tdx: 'TDX quote', sgx: 'SGX quote', 'sev-snp': 'SEV-SNP report' } as const

/** `report-data`: the keys, block and identity beside the quote are the ones that the hardware signed. */
export function checkReportData(found: Found): Outcome {
  const subject = instanceOf(found)
  if (subject === undefined) return skipped(noDocument)
  if (found.claims === undefined) return skipped(noQuote)
  const { chainId, contracts } = found.profile
  if (subject.chainId !== BigInt(chainId) || !sameHex(subject.cloud, contracts.cloud))
    return failed(
      'the evidence was made for another network',
      compared(`${chainId} ${contracts.cloud}`, `${subject.chainId} ${subject.cloud}`),
    )
  const expected = reportDataOf(subject)
  found.subjectSigned = expected === found.claims.reportData
  return found.subjectSigned
    ? held('instance, keys and block are in the quote', { reportData: expected })
    : failed(
        'a field beside the quote (keys, block, instance) is not what the hardware signed',
        compared(expected, found.claims.reportData),
      )
}

/**
 * `configuration`: hardware of a kind that the owner allows was launched with the digest of the chain's manifest, terms,
 * application, version and network key. Evidence that names the image of its agent is of a pod, which is launched with a document (initdata) that
 * holds this digest, and the policy that the manifest and that image give.
 */
export async function checkConfiguration(found: Found): Promise<Outcome> {
  if (found.claims === undefined) return skipped(noQuote)
  if (found.app === undefined || found.version === undefined) return skipped(noApp)
  if (found.head === undefined) return skipped('the chain cannot be read')
  const { platform } = found.claims
  const { teeClasses } = found.version.terms
  const allowed = Object.entries(teeClassBits).filter(([, bit]) => (teeClasses & bit) !== 0)
  if (!allowed.some(([name]) => name === platform))
    return failed(
      'the owner does not allow this kind of hardware',
      compared(allowed.map(([name]) => name).join(' or ') || 'none', platform),
    )
  const keys = await found.reader.liveKeys(found.head.number)
  const networkKey = launchKeyOf(keys, found.version.createdBlock)
  const digest = configDigest({
    chainId: BigInt(found.profile.chainId),
    cloud: found.profile.contracts.cloud,
    ...(networkKey === undefined ? {} : { networkKey }),
    appId: found.app.appId,
    version: found.version.version,
    manifestDigest: found.version.manifestDigest,
    termsDigest: found.version.termsDigest,
  })
  const agentImage = found.document?.agentImage
  if (agentImage !== undefined && found.manifest === undefined)
    return skipped('the manifest is not the one on chain, so the policy of its pod is not known')
  const pod =
    agentImage === undefined
      ? undefined
      : {
          agentImage,
          policy: kataPolicy(podPermissions(agentImage, found.manifest?.services ?? [])),
        }
  const { name, value } = dueLaunch(found.claims, digest, pod).field
  const launched = launchedWith(found.claims)
  const said = pod === undefined ? digest : `that of the initdata with ${digest}`
  return value === launched
    ? held(`${name} is ${said}`, { [LAUNCH_KEY[platform]]: value })
    : failed(
        'the TEE was launched with another configuration than the chain has',
        compared(value, launched),
      )
}

const LAUNCH_KEY = { tdx: 'mrConfigId', sgx: 'configId', 'sev-snp': 'hostData' } as const

/** `measurement`: the guest's measurement, of a pod that of guest and agent together, is a reference value accepted on chain. */
export async function checkMeasurement(found: Found): Promise<Outcome> {
  if (found.claims === undefined) return skipped(noQuote)
  if (found.head === undefined) return skipped('the chain cannot be read')
  const agentImage = found.document?.agentImage
  const { measurementId: guest } = found.claims
  const measurementId = agentImage === undefined ? guest : podMeasurementId(guest, agentImage)
  const proof = {
    measurementId,
    ...registersOf(found.claims),
    ...(agentImage === undefined ? {} : { agentImage }),
  }
  const accepted = await found.reader.isReferenceAccepted(
    workerRole,
    measurementId,
    found.head.number,
  )
  return accepted
    ? held(`measurement ${measurementId}`, proof)
    : failed('what runs in the TEE is not an accepted agent', proof)
}

function registersOf(claims: LaunchClaims): Record<string, string> {
  switch (claims.platform) {
    case 'tdx':
      return { mrtd: claims.mrtd }
    case 'sgx':
      return { mrEnclave: claims.mrEnclave }
    case 'sev-snp':
      return { measurement: claims.measurement }
  }
}

/**
 * `images`: the event log replays to RTMR3 and lists exactly the manifest's images in its order; on hardware without such a
 * register the measured agent starts what the manifest pins, and the configuration step has checked the manifest.
 */
export function checkImages(found: Found): Outcome {
  if (found.document === undefined) return skipped(noDocument)
  if (found.claims === undefined) return skipped(noQuote)
  const { eventLog } = found.document
  if (!eventLogHolds(found.claims, eventLog))
    return failed('the list of images is not the one that the TEE measured', {
      listed: eventLog.map((event) => `${event.service} ${event.digest}`).join(', ') || 'none',
    })
  if (found.manifest === undefined)
    return skipped(
      'the manifest is not the one on chain, so there is nothing to compare images with',
    )
  const listed = eventLog.map((e) => `${e.service} ${e.digest}`)
  const asked = found.manifest.services.map(
    (s) => `${s.name} ${s.image.slice(s.image.lastIndexOf('@') + 1)}`,
  )
  if (found.claims.platform !== 'tdx')
    return held(`${asked.length} image(s) pinned by the manifest, started by the measured agent`, {
      images: asked.join(', '),
    })
  return listed.length === asked.length && listed.every((image, i) => image === asked[i])
    ? held(`${listed.length} image(s) hashed in the TEE`, {
        images: listed.join(', '),
        rtmr3: found.claims.rtmr[3],
      })
    : failed(
        'the images that the TEE measured are not those of the manifest',
        compared(asked.join(', '), listed.join(', ')),
      )
}

/** `policy`: TCB status, debug, age of collateral, and no simulation on a genuine network. */
export function checkPolicy(found: Found): Outcome {
  if (found.claims === undefined) return skipped(noQuote)
  const policy = found.profile.simulated ? developmentPolicy() : strictPolicy()
  const facts = { ...tcbFacts(found.claims), flags: found.claims.flags.join(', ') || 'none' }
  const verdict = evaluate(found.claims, policy, found.nowMs)
  return verdict.accepted
    ? held(`TCB ${facts.tcbStatus}, flags: ${facts.flags}`, facts)
    : failed(verdict.message, { ...facts, code: verdict.code })
}

/** Intel names a status; AMD has version numbers alone, which the policy compares with its minimum. */
function tcbFacts(claims: LaunchClaims): { tcbStatus: string; tcbDate?: string } {
  if (claims.platform !== 'sev-snp') return { tcbStatus: claims.tcbStatus, tcbDate: claims.tcbDate }
  const svns = Object.entries(claims.reportedTcb).map(([part, svn]) => `${part} ${svn}`)
  return { tcbStatus: `${claims.product} ${svns.join(', ')}` }
}

/** Runs a check; what it throws is a failure of that step, with the code in its proof. */
export async function judge<T extends Outcome | undefined>(
  check: () => T | Promise<T>,
): Promise<T | Outcome> {
  try {
    return await check()
  } catch (error) {
    const coded = codedError(error)
    if (coded === undefined) throw error
    return failed(coded.message, { code: coded.code })
  }
}

/** Equal whatever the case of their digits. */
export function sameHex(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
