// What an appraisal came to, in the words of `wetee evidence appraise --json`. Pure.
import {
  appraise,
  AttestationError,
  evaluate,
  eventLogHolds,
  readCcel,
  readDstackLog,
  reportDataOf,
  snpLineOf,
  type Claims,
  type Endorsements,
  type Policy,
  type TrustStore,
} from '@wetee/attestation'
import { adviceFor, type Advice } from './advice.ts'
import type { AppraiseInput } from './appraise-input.ts'

/** Hex has no prefix; a field that does not apply is null. */
export type AppraiseResult = {
  readonly verdict: 'valid' | 'invalid'
  /** Of AttestationError; `report-data.differs` when a document's subject is not what was signed. */
  readonly code: string | null
  readonly tcbStatus: string | null
  readonly advisoryIds: readonly string[] | null
  readonly tcbDate: string | null
  readonly flags: readonly string[] | null
  readonly measurements: Readonly<Record<string, string | number>> | null
  readonly reportData: string | null
  readonly strictPolicy: 'accept' | 'reject'
  readonly policy: string
  readonly policyCode: string | null
  /** Why the evidence is invalid or the policy refuses it, in words. */
  readonly message: string | null
  readonly platform: string | null
  readonly simulated: boolean | null
  readonly trustRoot: string | null
  readonly at: string
  /** What else the hardware says, by name. */
  readonly details: Readonly<Record<string, string | number>> | null
  readonly eventLog: EventLogResult | null
  /** What an operator can do about the TCB; null where nothing is short. */
  readonly advice: Advice | null
}

/** An event log that replays to the registers of the quote. */
export type EventLogResult = {
  readonly format: 'ccel' | 'dstack'
  readonly events: number
  /** Those of RTMR3 that have a name, payload in hex. */
  readonly named: readonly { readonly event: string; readonly payload: string }[]
}

const nothing = {
  tcbStatus: null,
  advisoryIds: null,
  tcbDate: null,
  flags: null,
  measurements: null,
  reportData: null,
  strictPolicy: 'reject',
  policyCode: null,
  simulated: null,
  trustRoot: null,
  details: null,
  eventLog: null,
  advice: null,
} as const

/** The result for evidence that is not authentic. */
export function invalidResult(
  error: AttestationError | { readonly code: string; readonly message: string },
  facts: { readonly platform: string | null; readonly policy: string; readonly atMs: number },
): AppraiseResult {
  const { platform, policy, atMs } = facts
  return {
    verdict: 'invalid',
    code: error.code,
    ...nothing,
    policy,
    message: error.message,
    platform,
    at: new Date(atMs).toISOString(),
  }
}

/** Appraises and judges; never throws for what the files say. */
export async function appraiseInput(
  input: AppraiseInput,
  judge: {
    readonly trustStore: TrustStore
    readonly atMs: number
    readonly policy: Policy
    readonly policyName: string
  },
): Promise<AppraiseResult> {
  const { atMs, policy, policyName } = judge
  const { platform, quote, endorsements, document } = input
  const facts = { platform, policy: policyName, atMs }
  try {
    const claims: Claims = await appraise(
      { platform, quote },
      endorsements as Endorsements,
      judge.trustStore,
      atMs,
    )
    if (document !== undefined && claims.reportData !== reportDataOf(document.subject))
      return invalidResult(subjectDiffers, facts)
    if (
      document !== undefined &&
      claims.platform !== 'nitro' &&
      !eventLogHolds(claims, document.eventLog)
    )
      return invalidResult(imagesDiffer, facts)
    const eventLog = input.eventLog === undefined ? null : readEventLog(input.eventLog, claims)
    const verdict = evaluate(claims, policy, atMs)
    const intel = claims.platform === 'tdx' || claims.platform === 'sgx' ? claims : undefined
    return {
      verdict: 'valid',
      code: null,
      tcbStatus: intel?.tcbStatus ?? null,
      advisoryIds: intel?.advisoryIds ?? null,
      tcbDate: intel?.tcbDate ?? null,
      flags: claims.flags,
      measurements: measurementsOf(claims),
      reportData: bare(claims.reportData),
      strictPolicy: verdict.accepted ? 'accept' : 'reject',
      policy: policyName,
      policyCode: verdict.accepted ? null : verdict.code,
      message: verdict.accepted ? null : verdict.message,
      platform,
      simulated: claims.simulated,
      trustRoot: claims.trustRoot,
      at: new Date(atMs).toISOString(),
      details: detailsOf(claims),
      eventLog,
      advice: (await adviceFor(input, claims, judge)) ?? null,
    }
  } catch (error) {
    if (!(error instanceof AttestationError)) throw error
    const advice = error.code.startsWith('tcb.')
      ? await adviceFor(input, undefined, judge)
      : undefined
    return { ...invalidResult(error, facts), advice: advice ?? null }
  }
}

const subjectDiffers = {
  code: 'report-data.differs',
  message: 'the hardware signed other report data than the subject of the document gives',
}
const imagesDiffer = {
  code: 'event-log.differs',
  message: 'the images that the document lists are not those in RTMR3',
}

function readEventLog(log: Uint8Array, claims: Claims): EventLogResult {
  if (claims.platform !== 'tdx')
    throw new AttestationError('event-log.differs', 'only TDX guests have registers for event logs')
  const [first] = log
  if (first !== 0x5b && first !== 0x7b)
    return { format: 'ccel', events: readCcel(log, claims.rtmr).length, named: [] }
  const events = readDstackLog(dstackText(new TextDecoder().decode(log)), claims.rtmr)
  const named = events.flatMap((event) =>
    'event' in event
      ? [{ event: event.event, payload: Buffer.from(event.payload).toString('hex') }]
      : [],
  )
  return { format: 'dstack', events: events.length, named }
}

/** The log of a guest agent: a list, or text within the agent's whole answer. */
function dstackText(text: string): string {
  if (text.startsWith('[')) return text
  try {
    const { event_log: log } = JSON.parse(text) as { event_log?: unknown }
    if (typeof log === 'string') return log
  } catch {
    // Not JSON: the reader says so.
  }
  return text
}

const bare = (hex: string) => hex.slice(2)
type Values = Readonly<Record<string, string | number>>

/** Registers by their names in the vectors' manifest. */
function measurementsOf(claims: Claims): Values {
  switch (claims.platform) {
    case 'tdx': {
      const rtmr = claims.rtmr.map((register, index) => [`rtmr${index}`, bare(register)] as const)
      return {
        mrtd: bare(claims.mrtd),
        ...Object.fromEntries(rtmr),
        mr_config_id: bare(claims.mrConfigId),
      }
    }
    case 'sgx':
      return {
        mrenclave: bare(claims.mrEnclave),
        mrsigner: bare(claims.mrSigner),
        isvProdId: claims.isvProdId,
        isvSvn: claims.isvSvn,
        configId: bare(claims.configId),
        attributes: bare(claims.attributes),
      }
    case 'sev-snp':
      return {
        measurement: bare(claims.measurement),
        host_data: bare(claims.hostData),
        family_id: bare(claims.familyId),
        image_id: bare(claims.imageId),
        id_key_digest: bare(claims.idKeyDigest),
        author_key_digest: bare(claims.authorKeyDigest),
      }
    case 'nitro':
      return Object.fromEntries(
        Object.entries(claims.pcrs).map(([index, register]) => [`pcr${index}`, bare(register)]),
      )
  }
}

function detailsOf(claims: Claims): Values {
  switch (claims.platform) {
    case 'tdx':
    case 'sgx':
      return {
        measurementId: bare(claims.measurementId),
        fmspc: bare(claims.fmspc),
        ppid: bare(claims.ppid),
        evaluationNumber: claims.evaluationNumber,
        collateralIssuedAt: new Date(claims.collateralIssuedAtMs).toISOString(),
      }
    case 'sev-snp': {
      const { collateralIssuedAtMs: issuedAtMs, chipId } = claims
      const tcb: Values = Object.fromEntries(
        (['reported', 'committed', 'launch', 'current'] as const).map((name) => [
          `${name}Tcb`,
          Object.entries(claims[`${name}Tcb`])
            .map(([component, number]) => `${component} ${number}`)
            .join(', '),
        ]),
      )
      return {
        measurementId: bare(claims.measurementId),
        product: claims.product,
        line: snpLineOf(claims),
        signedBy: claims.signedBy,
        ...tcb,
        vmpl: claims.vmpl,
        guestSvn: claims.guestSvn,
        guestPolicy: bare(claims.guestPolicy),
        ...(chipId === undefined ? {} : { chipId: bare(chipId) }),
        ...(issuedAtMs === undefined
          ? {}
          : { revocationListIssuedAt: new Date(issuedAtMs).toISOString() }),
      }
    }
    case 'nitro':
      return {
        moduleId: claims.moduleId,
        madeAt: new Date(claims.timestampMs).toISOString(),
        ...(claims.nonce === undefined ? {} : { nonce: bare(claims.nonce) }),
        ...(claims.publicKey === undefined ? {} : { publicKey: bare(claims.publicKey) }),
      }
  }
}
