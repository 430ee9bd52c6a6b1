// The DAO's token, an account's votes, and the rules of both tracks. Network I/O.
import type { Address } from 'viem'
import type { Network } from '../network.ts'
import { governorOf, timelockOf, type ProposalDetails, type Track } from './proposals.ts'

/** An account in the DAO. Votes with 18 decimals. */
export type Voter = {
  readonly isMember: boolean
  readonly tokens: bigint
  /** What it votes with: its own tokens once delegated to itself, and those of others. */
  readonly votes: bigint
  /** Zero: nobody, and its tokens do not vote. */
  readonly delegate: Address
}

/** Rules of a track. Times in seconds. */
export type TrackRules = {
  readonly track: Track
  readonly votingDelay: bigint
  readonly votingPeriod: bigint
  /** Votes that somebody who is no member needs to propose. */
  readonly proposalThreshold: bigint
  readonly quorumPercent: bigint
  readonly timelockSeconds: bigint
  readonly guardian: Address
  readonly guardianUntil: bigint
}

/** The token and the rules by which it votes. */
export type TokenFacts = {
  readonly supply: bigint
  /** What the DAO may issue now. */
  readonly issuable: bigint
  readonly maxYearlyIssueBps: number
  readonly tracks: readonly TrackRules[]
}

/** What an account is and has in the DAO. Throws `network.contract-missing`, `chain.*`. */
export async function readVoter({ reader }: Network, account: Address): Promise<Voter> {
  const { number: at } = await reader.finalized()
  const [isMember, tokens, votes, delegate] = await Promise.all([
    reader.view('members', 'isMember', [account], at),
    reader.view('token', 'balanceOf', [account], at),
    reader.view('token', 'getVotes', [account], at),
    reader.view('token', 'delegates', [account], at),
  ])
  return { isMember, tokens, votes, delegate }
}

/** The token's supply and how both tracks decide. Throws `network.contract-missing`, `chain.*`. */
export async function readToken(network: Network): Promise<TokenFacts> {
  const { reader, profile } = network
  const { number: at } = await reader.finalized()
  const tracks = (['normal', 'fast'] as const).filter(
    (track) => profile.contracts[governorOf[track]] !== undefined,
  )
  const [supply, issuable, maxYearlyIssueBps, rules] = await Promise.all([
    reader.view('token', 'totalSupply', [], at),
    reader.view('token', 'issuable', [], at),
    reader.view('token', 'maxYearlyIssueBps', [], at),
    Promise.all(tracks.map((track) => readRules(network, track, at))),
  ])
  return { supply, issuable, maxYearlyIssueBps, tracks: rules }
}

async function readRules({ reader }: Network, track: Track, at: bigint): Promise<TrackRules> {
  const governor = governorOf[track]
  const [
    votingDelay,
    votingPeriod,
    proposalThreshold,
    quorumPercent,
    timelockSeconds,
    guardian,
    guardianUntil,
  ] = await Promise.all([
    reader.view(governor, 'votingDelay', [], at),
    reader.view(governor, 'votingPeriod', [], at),
    reader.view(governor, 'proposalThreshold', [], at),
    reader.view(governor, 'quorumNumerator', [], at),
    reader.view(timelockOf[track], 'getMinDelay', [], at),
    reader.view(governor, 'guardian', [], at),
    reader.view(governor, 'guardianUntil', [], at),
  ])
  return {
    ...{ track, votingDelay: BigInt(votingDelay), votingPeriod: BigInt(votingPeriod) },
    ...{ proposalThreshold, quorumPercent, timelockSeconds, guardian, guardianUntil },
  }
}

/** What an account may still say on a proposal, and may do with it. */
export type Ballot = {
  readonly voted: boolean
  /** Counted as of the proposal's snapshot; absent before it. */
  readonly votes?: bigint
  readonly mayCancel: boolean
}

/** An account's ballot of a proposal. Throws `chain.*`. */
export async function readBallot(
  { reader }: Network,
  proposal: Pick<ProposalDetails, 'proposalId' | 'track' | 'snapshot' | 'proposer' | 'state'>,
  account: Address,
): Promise<Ballot> {
  const { number: at, timestamp } = await reader.finalized()
  const { proposalId, track, snapshot, proposer, state } = proposal
  const governor = governorOf[track]
  const [voted, votes, guardian, until] = await Promise.all([
    reader.view(governor, 'hasVoted', [proposalId, account], at),
    snapshot < timestamp
      ? reader.view('token', 'getPastVotes', [account, snapshot], at)
      : undefined,
    reader.view(governor, 'guardian', [], at),
    reader.view(governor, 'guardianUntil', [], at),
  ])
  const open = ['pending', 'active', 'succeeded', 'queued'].includes(state)
  const asGuardian = guardian === account && timestamp < until
  const asProposer = proposer === account && state === 'pending'
  return {
    voted,
    ...(votes === undefined ? {} : { votes }),
    mayCancel: open && (asGuardian || asProposer),
  }
}

/** One vote that was cast. */
export type CastVote = {
  readonly voter: Address
  readonly support: 'against' | 'for' | 'abstain'
  readonly votes: bigint
  readonly reason: string
}

const supports = ['against', 'for', 'abstain'] as const

/** The votes on a proposal, newest first, at most 200. Throws `chain.*`. */
export async function listVotes(
  { reader }: Network,
  { proposalId, track }: Pick<ProposalDetails, 'proposalId' | 'track'>,
): Promise<CastVote[]> {
  const { number: at } = await reader.finalized()
  const events = await reader.events(governorOf[track], 'VoteCast', {}, at)
  return events
    .filter(({ args }) => args['proposalId'] === proposalId)
    .slice(-200)
    .reverse()
    .map(({ args }) => ({
      voter: args['voter'] as Address,
      support: supports[Number(args['support'])] ?? 'abstain',
      votes: args['weight'] as bigint,
      reason: String(args['reason']).slice(0, 500),
    }))
}
