// Voting power and what is done with it: delegate, vote, queue, execute, cancel. Network I/O.
import { formatEther } from 'viem'
import { requireAddress } from '../address.ts'
import { callOf } from '../contracts.ts'
import { SdkError } from '../error.ts'
import { outcomeOf, type Intent } from '../intent.ts'
import { formatTime } from '../money.ts'
import { requireAccount, type Network } from '../network.ts'
import {
  governorOf,
  proposalArgs,
  showProposal,
  type ProposalDetails,
  type ProposalState,
} from './proposals.ts'

const supports = { against: 0, for: 1, abstain: 2 } as const
/** How a vote is cast. */
export type Support = keyof typeof supports

/** Votes as people write them: the token has 18 decimals. */
export function formatVotes(votes: bigint): string {
  return formatEther(votes)
}

/** Gives the account's votes to somebody, by default to itself: undelegated tokens do not vote. */
export async function planDelegate(network: Network, to?: string): Promise<Intent> {
  const account = requireAccount(network).account.address
  const delegatee = to === undefined ? account : requireAddress('delegate', to)
  const { number: at } = await network.reader.finalized()
  const [tokens, before] = await Promise.all([
    network.reader.view('token', 'balanceOf', [account], at),
    network.reader.view('token', 'delegates', [account], at),
  ])
  return {
    id: 'dao.delegate',
    title: delegatee === account ? 'Vote with your own tokens' : 'Delegate your votes',
    facts: [
      ['Votes', formatVotes(tokens)],
      ['Delegate', /^0x0*$/.test(before) ? `nobody -> ${delegatee}` : `${before} -> ${delegatee}`],
      ['Counts', 'for proposals whose snapshot is later; the tokens stay yours'],
    ],
    calls: [
      callOf(network.profile, 'token', 'delegate', [delegatee], { doing: 'delegate the votes' }),
    ],
    outcome: outcomeOf('token', 'DelegateChanged'),
  }
}

/** Votes. Throws `proposal.unknown`, `proposal.state-wrong`, `proposal.voted`, `proposal.no-votes`. */
export async function planVote(
  network: Network,
  proposalId: bigint,
  support: Support,
  reason = '',
): Promise<Intent> {
  const account = requireAccount(network).account.address
  const proposal = await requireState(network, proposalId, ['active'])
  const { number: at } = await network.reader.finalized()
  const governor = governorOf[proposal.track]
  const [voted, votes] = await Promise.all([
    network.reader.view(governor, 'hasVoted', [proposalId, account], at),
    network.reader.view('token', 'getPastVotes', [account, proposal.snapshot], at),
  ])
  if (voted)
    throw new SdkError('proposal.voted', `${account} has voted on proposal ${proposalId} already`)
  if (votes === 0n)
    throw new SdkError(
      'proposal.no-votes',
      `${account} had no votes at ${formatTime(proposal.snapshot)}, when they were counted for this proposal: \`wetee dao delegate\` makes them count for later ones`,
    )
  return {
    id: 'dao.vote',
    title: `Vote ${support} "${proposal.title}"`,
    facts: [
      ['Votes', formatVotes(votes)],
      ...talliesOf(proposal),
      ...proposal.calls.map(({ text }, index): [string, string] => [`Call ${index + 1}`, text]),
      ...(reason === '' ? [] : [['Reason', `${reason} (public)`] as const]),
    ],
    calls: [
      callOf(
        network.profile,
        governor,
        'castVoteWithReason',
        [proposalId, supports[support], reason],
        {
          doing: `vote on proposal ${proposalId}`,
        },
      ),
    ],
    outcome: outcomeOf(governor, 'VoteCast'),
  }
}

/** Hands a proposal that won to its timelock; anybody may. Throws `proposal.unknown`, `proposal.state-wrong`. */
export async function planQueue(network: Network, proposalId: bigint): Promise<Intent> {
  return step(network, await requireState(network, proposalId, ['succeeded']), 'queue')
}

/** Executes what its timelock has held long enough; anybody may. Throws `proposal.state-wrong`, `proposal.too-early`. */
export async function planExecute(network: Network, proposalId: bigint): Promise<Intent> {
  const proposal = await requireState(network, proposalId, ['queued'])
  const { timestamp } = await network.reader.latest()
  if (proposal.eta !== undefined && proposal.eta > timestamp)
    throw new SdkError(
      'proposal.too-early',
      `proposal ${proposalId} can be executed from ${formatTime(proposal.eta)} on, it is ${formatTime(timestamp)}`,
      { retryable: true, details: { eta: String(proposal.eta) } },
    )
  return step(network, proposal, 'execute')
}

/** Cancels: the proposer before voting begins, the guardian while it may. Throws `proposal.state-wrong`, `proposal.may-not-cancel`. */
export async function planCancel(network: Network, proposalId: bigint): Promise<Intent> {
  const account = requireAccount(network).account.address
  const open = ['pending', 'active', 'succeeded', 'queued'] as const
  const proposal = await requireState(network, proposalId, open)
  const block = await network.reader.finalized()
  const governor = governorOf[proposal.track]
  const [guardian, until] = await Promise.all([
    network.reader.view(governor, 'guardian', [], block.number),
    network.reader.view(governor, 'guardianUntil', [], block.number),
  ])
  const asGuardian = guardian === account && block.timestamp < until
  const asProposer = proposal.proposer === account && proposal.state === 'pending'
  if (!asGuardian && !asProposer)
    throw new SdkError(
      'proposal.may-not-cancel',
      `${account} cannot cancel proposal ${proposalId}: its proposer can before voting begins, the guardian ${/^0x0*$/.test(guardian) ? '(there is none)' : guardian} until ${formatTime(until)}`,
    )
  return step(network, proposal, 'cancel')
}

/** The tally as facts. */
export function talliesOf(proposal: ProposalDetails): [string, string][] {
  const { votes, quorum } = proposal
  const text = `${formatVotes(votes.for)} for, ${formatVotes(votes.against)} against, ${formatVotes(votes.abstain)} abstain`
  return [
    ['Tally', quorum === undefined ? text : `${text}; quorum ${formatVotes(quorum)}`],
    ['Voting ends', formatTime(proposal.deadline)],
  ]
}

const steps = {
  queue: { title: 'Queue', event: 'ProposalQueued' },
  execute: { title: 'Execute', event: 'ProposalExecuted' },
  cancel: { title: 'Cancel', event: 'ProposalCanceled' },
} as const

function step(network: Network, proposal: ProposalDetails, action: keyof typeof steps): Intent {
  const { title, event } = steps[action]
  const governor = governorOf[proposal.track]
  const doing = `${action} proposal ${proposal.proposalId}`
  return {
    id: `dao.${action}`,
    title: `${title} "${proposal.title}"`,
    facts: [
      ...talliesOf(proposal),
      ...proposal.calls.map(({ text }, index): [string, string] => [`Call ${index + 1}`, text]),
    ],
    calls: [callOf(network.profile, governor, action, proposalArgs(proposal), { doing })],
    outcome: outcomeOf(governor, event),
  }
}

async function requireState(
  network: Network,
  proposalId: bigint,
  wanted: readonly ProposalState[],
): Promise<ProposalDetails> {
  const proposal = await showProposal(network, proposalId)
  if (wanted.includes(proposal.state)) return proposal
  throw new SdkError(
    'proposal.state-wrong',
    `proposal ${proposalId} is ${proposal.state}, this needs ${wanted.join(' or ')}${whenOf(proposal)}`,
    { retryable: proposal.state === 'pending' || proposal.state === 'active' },
  )
}

function whenOf({ state, snapshot, deadline }: ProposalDetails): string {
  if (state === 'pending') return `: voting begins after ${formatTime(snapshot)}`
  return state === 'active' ? `: voting ends ${formatTime(deadline)}` : ''
}
