// Proposals of both tracks of the DAO: what they do, where they stand, what comes next. Network I/O.
import { keccak256, toHex, type Address, type Hex } from 'viem'
import { SdkError } from '../error.ts'
import type { Network } from '../network.ts'
import type { ContractEvent } from '../reader.ts'
import { describeCall, type RawCall } from './describe-call.ts'

/** The normal track may do everything, the fast one only pause new leases and revoke measurements. */
export type Track = 'normal' | 'fast'
const tracks: readonly Track[] = ['normal', 'fast']

/** Contract names of a track. */
export const governorOf = { normal: 'governor', fast: 'fastGovernor' } as const
/** Contract name of the timelock of each track. */
export const timelockOf = { normal: 'timelock', fast: 'fastTimelock' } as const

const states = [
  'pending',
  'active',
  'canceled',
  'defeated',
  'succeeded',
  'queued',
  'expired',
  'executed',
] as const
/** States of a proposal by the names of OpenZeppelin’s `IGovernor`. */
export type ProposalState = (typeof states)[number]

/** One line of a list. Times in seconds. */
export type ProposalSummary = {
  readonly proposalId: bigint
  readonly track: Track
  /** First line of the description. */
  readonly title: string
  readonly proposer: Address
  readonly state: ProposalState
  /** Votes are counted as of then; voting begins after it. */
  readonly snapshot: bigint
  readonly deadline: bigint
}

/** A proposal with everything that queue, execute and cancel need. */
export type ProposalDetails = ProposalSummary & {
  readonly description: string
  readonly calls: readonly (RawCall & { readonly text: string })[]
  readonly votes: { readonly for: bigint; readonly against: bigint; readonly abstain: bigint }
  /** Votes that for and abstain must reach together; absent before the snapshot. */
  readonly quorum?: bigint
  /** When it can be executed; absent until it is queued. */
  readonly eta?: bigint
}

/** Proposals, oldest first; by default of both tracks. */
export async function listProposals(
  network: Network,
  only: readonly Track[] = tracks,
): Promise<ProposalSummary[]> {
  const { number: at } = await network.reader.finalized()
  const all: ProposalSummary[] = []
  for (const track of only.filter((one) => hasTrack(network, one))) {
    const created = await network.reader.events(governorOf[track], 'ProposalCreated', {}, at)
    for (const event of created) all.push(await summarize(network, track, event, at))
  }
  return all.sort((a, b) => Number(a.snapshot - b.snapshot))
}

/** One proposal of whichever track, with its calls in words. Throws `proposal.unknown`. */
export async function showProposal(network: Network, proposalId: bigint): Promise<ProposalDetails> {
  const block = await network.reader.finalized()
  const at = block.number
  const { track, event } = await find(network, proposalId, at)
  const governor = governorOf[track]
  const { reader, profile } = network
  const summary = await summarize(network, track, event, at)
  const args = event.args as CreatedArgs
  const [[against, votesFor, abstain], eta, quorum] = await Promise.all([
    reader.view(governor, 'proposalVotes', [proposalId], at),
    reader.view(governor, 'proposalEta', [proposalId], at),
    summary.snapshot < block.timestamp
      ? reader.view(governor, 'quorum', [summary.snapshot], at)
      : undefined,
  ])
  const calls = args.targets.map((to, index) => {
    const call = { to, data: args.calldatas[index] ?? '0x', valueWei: args.values[index] ?? 0n }
    return { ...call, text: describeCall(profile, call) }
  })
  return {
    ...summary,
    description: args.description,
    calls,
    votes: { for: votesFor, against, abstain },
    ...(quorum === undefined ? {} : { quorum }),
    ...(eta === 0n ? {} : { eta }),
  }
}

/** Targets, values, calldatas and the hash of the description: what queue, execute and cancel take. */
export function proposalArgs({
  calls,
  description,
}: Pick<ProposalDetails, 'description'> & { readonly calls: readonly RawCall[] }) {
  return [
    calls.map(({ to }) => to),
    calls.map(({ valueWei }) => valueWei),
    calls.map(({ data }) => data),
    descriptionHash(description),
  ] as const
}

/** What the Governor keeps of a description. */
export function descriptionHash(description: string): Hex {
  return keccak256(toHex(description))
}

type CreatedArgs = {
  readonly proposalId: bigint
  readonly proposer: Address
  readonly targets: readonly Address[]
  readonly values: readonly bigint[]
  readonly calldatas: readonly Hex[]
  readonly description: string
}

async function summarize(
  network: Network,
  track: Track,
  event: ContractEvent,
  at: bigint,
): Promise<ProposalSummary> {
  const { proposalId, proposer, description } = event.args as CreatedArgs
  const governor = governorOf[track]
  const [state, snapshot, deadline] = await Promise.all([
    network.reader.view(governor, 'state', [proposalId], at),
    network.reader.view(governor, 'proposalSnapshot', [proposalId], at),
    network.reader.view(governor, 'proposalDeadline', [proposalId], at),
  ])
  return {
    proposalId,
    track,
    title: titleOf(description),
    proposer,
    state: states[state] ?? 'expired',
    snapshot,
    deadline,
  }
}

async function find(network: Network, proposalId: bigint, at: bigint) {
  for (const track of tracks.filter((one) => hasTrack(network, one))) {
    const created = await network.reader.events(governorOf[track], 'ProposalCreated', {}, at)
    const event = created.find(({ args }) => (args as CreatedArgs).proposalId === proposalId)
    if (event !== undefined) return { track, event }
  }
  throw new SdkError(
    'proposal.unknown',
    `there is no proposal ${proposalId} on this network: \`wetee dao list\` shows all`,
  )
}

function hasTrack({ profile }: Network, track: Track): boolean {
  return profile.contracts[governorOf[track]] !== undefined
}

function titleOf(description: string): string {
  const [first = ''] = description.split('\n')
  return first.replace(/^#+\s*/, '').slice(0, 100)
}
