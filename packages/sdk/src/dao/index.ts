// The DAO: proposals, votes, treasury, members. Re-exports only.
export { describeCall, type RawCall } from './describe-call.ts'
export {
  listProposals,
  showProposal,
  type ProposalDetails,
  type ProposalState,
  type ProposalSummary,
  type Track,
} from './proposals.ts'
export {
  memberCall,
  parametersCall,
  parseCall,
  parseTransactions,
  planProposal,
  referenceCall,
  spendCall,
  type ProposalInput,
  type ReferenceInput,
} from './propose.ts'
export {
  formatVotes,
  planCancel,
  planDelegate,
  planExecute,
  planQueue,
  planVote,
  talliesOf,
  type Support,
} from './votes.ts'
export { listMembers, planMembership, readTreasury, type Treasury } from './treasury.ts'
export {
  listVotes,
  readBallot,
  readToken,
  readVoter,
  type Ballot,
  type CastVote,
  type TokenFacts,
  type TrackRules,
  type Voter,
} from './token.ts'
