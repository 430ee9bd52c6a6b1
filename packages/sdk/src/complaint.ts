// Complaints about workers: filed by owners, answered by workers, decided by the DAO or the court that it names. Network I/O.
import { sha256, type Address, type Hex } from 'viem'
import { appNotFound } from './apps.ts'
import { callOf, type WriteArgs, type WriteName } from './contracts.ts'
import { SdkError } from './error.ts'
import { outcomeOf, type Intent } from './intent.ts'
import { formatDot, formatTime } from './money.ts'
import type { Network } from './network.ts'
import type { Block, ContractEvent } from './reader.ts'

/** What has become of a complaint; the last three are final. */
export type ComplaintStatus = 'open' | 'upheld' | 'frivolous' | 'dismissed'

const statuses: readonly (ComplaintStatus | undefined)[] = [
  undefined,
  'open',
  'upheld',
  'frivolous',
  'dismissed',
]

/** A complaint as the chain has it. Amounts in wei, times in seconds. */
export type ComplaintRecord = {
  readonly complaintId: bigint
  readonly appId: bigint
  readonly workerId: bigint
  readonly version: number
  readonly status: ComplaintStatus
  readonly complainant: Address
  readonly filedAt: bigint
  /** 0 until the worker has answered. */
  readonly answeredAt: bigint
  readonly bondWei: bigint
  readonly claimedWei: bigint
  /** What the worker's stake holds back for it; once closed, what it held back. */
  readonly lockedWei: bigint
  /** No decision before the worker has answered or this has passed. */
  readonly answerBy: bigint
  /** After it, the complaint is dismissed with the bond returned. */
  readonly decideBy: bigint
  readonly evidenceDigest: Hex
  /** Zero until the worker has answered. */
  readonly answerDigest: Hex
}

/** With what is in its events alone. */
export type ComplaintDetails = ComplaintRecord & {
  readonly evidenceUri?: string
  readonly answerUri?: string
  /** Once upheld: what was slashed, and what of it went to the complainant. */
  readonly slashedWei?: bigint
  readonly lossWei?: bigint
}

/** Longest URI of evidence or an answer, bytes. */
const maxUriBytes = 128
const pageSize = 100n
const maxComplaints = 10_000n

/** SHA-256 of evidence or an answer, as complaints name it. */
export function evidenceDigest(bytes: Uint8Array): Hex {
  return sha256(bytes)
}

/** All complaints, newest last. */
export async function listComplaints(network: Network): Promise<ComplaintRecord[]> {
  const { number: at } = await network.reader.finalized()
  const all: ComplaintRecord[] = []
  for (let first = 1n; first < maxComplaints; first += pageSize) {
    const page = await network.reader.view('complaints', 'complaints', [first, pageSize], at)
    all.push(...page.flatMap((raw, index) => toRecord(first + BigInt(index), raw) ?? []))
    if (BigInt(page.length) < pageSize) break
  }
  return all
}

/** One complaint with deadline, URIs and decision. Throws `complaint.unknown`. */
export async function showComplaint(
  network: Network,
  complaintId: bigint,
): Promise<ComplaintDetails> {
  const { complaint, block } = await readComplaint(network, complaintId)
  const { reader } = network
  const at = block.number
  const events = (name: string) => reader.events('complaints', name, { complaintId }, at)
  const [filed, answered, closed] = await Promise.all([
    events('ComplaintFiled'),
    complaint.answeredAt === 0n ? [] : events('ComplaintAnswered'),
    complaint.status === 'open' ? [] : events('ComplaintClosed'),
  ])
  const upheld = complaint.status === 'upheld' ? closed[0] : undefined
  return {
    ...complaint,
    ...textOf(filed[0], 'evidenceUri'),
    ...textOf(answered[0], 'answerUri'),
    ...(upheld === undefined
      ? {}
      : {
          slashedWei: upheld.args['slashedWei'] as bigint,
          lossWei: upheld.args['lossWei'] as bigint,
        }),
  }
}

/** What an owner complains of. */
export type ComplaintInput = {
  readonly appId: bigint
  /** The version that the worker served; default the current one. */
  readonly version?: number
  /** The loss; so much of the worker's stake is locked. */
  readonly claimedWei: bigint
  /** SHA-256 of the evidence. */
  readonly digest: Hex
  /** Where the evidence is, up to 128 bytes. */
  readonly uri: string
}

/** Files a complaint with its bond. Throws `app.not-found`, `complaint.open`, `complaint.out-of-reach`, `complaint.uri-too-long`. */
export async function planComplaint(network: Network, input: ComplaintInput): Promise<Intent> {
  const { appId, claimedWei, digest, uri } = input
  const { reader } = network
  const block = await reader.finalized()
  const at = block.number
  const app = await reader.app(appId, at)
  if (app === undefined) throw appNotFound(`application ${appId}`)
  const number = input.version ?? app.currentVersion
  const version = await reader.version(appId, number, at)
  if (version === undefined) throw appNotFound(`version ${number} of application ${appId}`)
  const [rules, open, served] = await Promise.all([
    reader.view('complaints', 'rules', [], at),
    reader.view('complaints', 'openComplaintOf', [appId], at),
    reader.view('cloud', 'servedUntil', [appId, number], at),
  ])
  if (open !== 0n)
    throw new SdkError(
      'complaint.open',
      `complaint ${open} about "${app.name}" is still open: one at a time, \`wetee complaint show ${open}\``,
    )
  if (served === 0n || served + rules.reachSeconds < block.timestamp)
    throw new SdkError(
      'complaint.out-of-reach',
      served === 0n
        ? `version ${number} of "${app.name}" never held a lease: nothing was served and nothing paid`
        : `version ${number} of "${app.name}" was served until ${formatTime(served)}, complaints were possible until ${formatTime(served + rules.reachSeconds)}`,
    )
  requireUri(uri)
  return {
    id: 'complaint.file',
    title: `Complain about worker ${version.workerId}`,
    facts: [
      ['Application', `${appId} "${app.name}", version ${number}`],
      ['Claimed', `${formatDot(claimedWei)} of the worker's stake`],
      ['Bond', `${formatDot(rules.bondWei)}; comes back unless the complaint is frivolous`],
      ['Evidence', `${digest} at ${uri === '' ? 'no address' : uri}`],
      ['Decided', `by ${formatTime(block.timestamp + rules.decisionSeconds)}, else dismissed`],
    ],
    calls: [
      callOf(network.profile, 'complaints', 'file', [appId, number, claimedWei, digest, uri], {
        doing: `file a complaint about worker ${version.workerId}`,
        valueWei: rules.bondWei,
      }),
    ],
    outcome: outcomeOf('complaints', 'ComplaintFiled'),
  }
}

/** The worker's answer, once. Throws `complaint.unknown`, `complaint.not-open`, `complaint.answered`. */
export async function planAnswer(
  network: Network,
  complaintId: bigint,
  digest: Hex,
  uri: string,
): Promise<Intent> {
  const { complaint } = await requireOpen(network, complaintId)
  if (complaint.answeredAt !== 0n)
    throw new SdkError(
      'complaint.answered',
      `complaint ${complaintId} was answered ${formatTime(complaint.answeredAt)} already`,
    )
  requireUri(uri)
  return decide(network, complaint, {
    id: 'complaint.answer',
    title: `Answer complaint ${complaintId}`,
    facts: [['Answer', `${digest} at ${uri === '' ? 'no address' : uri}`]],
    call: ['answer', [complaintId, digest, uri]],
    event: 'ComplaintAnswered',
  })
}

/** The court slashes and compensates. Throws `complaint.not-open`, `complaint.slash-too-high`, `complaint.loss-too-high`. */
export async function planUphold(
  network: Network,
  complaintId: bigint,
  slashedWei: bigint,
  lossWei: bigint,
): Promise<Intent> {
  const { complaint } = await requireOpen(network, complaintId)
  if (slashedWei > complaint.lockedWei)
    throw new SdkError(
      'complaint.slash-too-high',
      `complaint ${complaintId} locks ${formatDot(complaint.lockedWei)} of the worker's stake: ${formatDot(slashedWei)} cannot be slashed`,
    )
  if (lossWei > slashedWei)
    throw new SdkError(
      'complaint.loss-too-high',
      `the loss of ${formatDot(lossWei)} is above the slash of ${formatDot(slashedWei)}: it is paid from that`,
    )
  return decide(network, complaint, {
    id: 'complaint.uphold',
    title: `Uphold complaint ${complaintId}`,
    facts: [
      ...(complaint.answeredAt === 0n
        ? [['Unanswered', `possible from ${formatTime(complaint.answerBy)} on`] as const]
        : []),
      ['Slashed', `${formatDot(slashedWei)} of ${formatDot(complaint.lockedWei)} locked`],
      ['Complainant', `${formatDot(lossWei)} and the bond of ${formatDot(complaint.bondWei)}`],
      ['Treasury', formatDot(slashedWei - lossWei)],
    ],
    call: ['uphold', [complaintId, slashedWei, lossWei]],
    event: 'ComplaintClosed',
  })
}

/** The court finds it frivolous: the bond goes to the worker's owner. Throws `complaint.not-open`. */
export async function planReject(network: Network, complaintId: bigint): Promise<Intent> {
  const { complaint } = await requireOpen(network, complaintId)
  return decide(network, complaint, {
    id: 'complaint.reject',
    title: `Reject complaint ${complaintId} as frivolous`,
    facts: [
      ['Bond', `${formatDot(complaint.bondWei)} goes to the worker's owner`],
      ['Stake', `${formatDot(complaint.lockedWei)} is released`],
    ],
    call: ['rejectFrivolous', [complaintId]],
    event: 'ComplaintClosed',
  })
}

/** Ends it without a decision: the court at any time, anybody after the deadline. Throws `complaint.not-open`. */
export async function planDismiss(network: Network, complaintId: bigint): Promise<Intent> {
  const { complaint } = await requireOpen(network, complaintId)
  return decide(network, complaint, {
    id: 'complaint.dismiss',
    title: `Dismiss complaint ${complaintId}`,
    facts: [
      ['Bond', `${formatDot(complaint.bondWei)} comes back to ${complaint.complainant}`],
      ['Stake', `${formatDot(complaint.lockedWei)} is released`],
    ],
    call: ['dismiss', [complaintId]],
    event: 'ComplaintClosed',
  })
}

type Decision<F extends WriteName<'complaints'>> = Pick<Intent, 'id' | 'title' | 'facts'> & {
  readonly call: readonly [F, WriteArgs<'complaints', F>]
  readonly event: string
}

function decide<F extends WriteName<'complaints'>>(
  network: Network,
  complaint: ComplaintRecord,
  { id, title, facts, call: [functionName, args], event }: Decision<F>,
): Intent {
  const doing = `${title.charAt(0).toLowerCase()}${title.slice(1)}`
  return {
    id,
    title,
    facts: [
      [
        'About',
        `worker ${complaint.workerId}, application ${complaint.appId} version ${complaint.version}`,
      ],
      ...facts,
    ],
    calls: [callOf(network.profile, 'complaints', functionName, args, { doing })],
    outcome: outcomeOf('complaints', event),
  }
}

type Raw = Omit<ComplaintRecord, 'complaintId' | 'status' | 'lockedWei'> & {
  readonly status: number
  readonly lockedBondedWei: bigint
  readonly lockedUnbondingWei: bigint
}

function toRecord(complaintId: bigint, raw: Raw): ComplaintRecord | undefined {
  const { lockedBondedWei, lockedUnbondingWei, ...rest } = raw
  const status = statuses[raw.status]
  if (status === undefined) return undefined
  return { ...rest, complaintId, status, lockedWei: lockedBondedWei + lockedUnbondingWei }
}

async function readComplaint(
  network: Network,
  complaintId: bigint,
): Promise<{ complaint: ComplaintRecord; block: Block }> {
  const block = await network.reader.finalized()
  const count = await network.reader.view('complaints', 'complaintCount', [], block.number)
  const raw =
    complaintId >= 1n && complaintId <= count
      ? await network.reader.view('complaints', 'complaint', [complaintId], block.number)
      : undefined
  const complaint = raw === undefined ? undefined : toRecord(complaintId, raw)
  if (complaint !== undefined) return { complaint, block }
  throw new SdkError(
    'complaint.unknown',
    `there is no complaint ${complaintId} on this network: \`wetee complaint list\` shows all`,
  )
}

async function requireOpen(network: Network, complaintId: bigint) {
  const found = await readComplaint(network, complaintId)
  if (found.complaint.status === 'open') return found
  throw new SdkError(
    'complaint.not-open',
    `complaint ${complaintId} is ${found.complaint.status} already`,
  )
}

function requireUri(uri: string): void {
  const size = new TextEncoder().encode(uri).length
  if (size > maxUriBytes)
    throw new SdkError(
      'complaint.uri-too-long',
      `the address has ${size} bytes, at most ${maxUriBytes} are taken`,
    )
}

function textOf<N extends 'evidenceUri' | 'answerUri'>(
  event: ContractEvent | undefined,
  name: N,
): { [key in N]?: string } {
  const uri = event?.args['uri']
  return typeof uri === 'string' && uri !== '' ? ({ [name]: uri } as { [key in N]?: string }) : {}
}
