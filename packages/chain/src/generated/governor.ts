// GENERATED from contracts/artifacts (WeteeGovernor) by packages/chain/generate.ts. Do not edit.
export const governorAbi = [
 {
  "inputs": [
   {
    "name": "authority",
    "type": "address"
   }
  ],
  "name": "AccessManagedInvalidAuthority",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "caller",
    "type": "address"
   },
   {
    "name": "delay",
    "type": "uint32"
   }
  ],
  "name": "AccessManagedRequiredDelay",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "caller",
    "type": "address"
   }
  ],
  "name": "AccessManagedUnauthorized",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "CheckpointUnorderedInsertion",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "ERC6372InconsistentClock",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "FailedCall",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "voter",
    "type": "address"
   }
  ],
  "name": "GovernorAlreadyCastVote",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "proposalId",
    "type": "uint256"
   }
  ],
  "name": "GovernorAlreadyQueuedProposal",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "GovernorDisabledDeposit",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "proposer",
    "type": "address"
   },
   {
    "name": "votes",
    "type": "uint256"
   },
   {
    "name": "threshold",
    "type": "uint256"
   }
  ],
  "name": "GovernorInsufficientProposerVotes",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "targets",
    "type": "uint256"
   },
   {
    "name": "calldatas",
    "type": "uint256"
   },
   {
    "name": "values",
    "type": "uint256"
   }
  ],
  "name": "GovernorInvalidProposalLength",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "quorumNumerator",
    "type": "uint256"
   },
   {
    "name": "quorumDenominator",
    "type": "uint256"
   }
  ],
  "name": "GovernorInvalidQuorumFraction",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "voter",
    "type": "address"
   }
  ],
  "name": "GovernorInvalidSignature",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "GovernorInvalidVoteParams",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "GovernorInvalidVoteType",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "votingPeriod",
    "type": "uint256"
   }
  ],
  "name": "GovernorInvalidVotingPeriod",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "proposalId",
    "type": "uint256"
   }
  ],
  "name": "GovernorNonexistentProposal",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "account",
    "type": "address"
   }
  ],
  "name": "GovernorOnlyExecutor",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "newVoteExtension",
    "type": "uint256"
   },
   {
    "name": "maxVoteExtension",
    "type": "uint256"
   }
  ],
  "name": "GovernorPreventLateQuorumVoteExtensionTooLarge",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "proposalId",
    "type": "uint256"
   }
  ],
  "name": "GovernorProposalQueueingFailed",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "proposalId",
    "type": "uint256"
   }
  ],
  "name": "GovernorProposalQueueingNotRequired",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "proposer",
    "type": "address"
   }
  ],
  "name": "GovernorRestrictedProposer",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "proposalId",
    "type": "uint256"
   },
   {
    "name": "account",
    "type": "address"
   }
  ],
  "name": "GovernorUnableToCancel",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "proposalId",
    "type": "uint256"
   },
   {
    "name": "current",
    "type": "uint8"
   },
   {
    "name": "expectedStates",
    "type": "bytes32"
   }
  ],
  "name": "GovernorUnexpectedProposalState",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "until",
    "type": "uint256"
   },
   {
    "name": "maximum",
    "type": "uint256"
   }
  ],
  "name": "GuardianTermTooLong",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "account",
    "type": "address"
   },
   {
    "name": "currentNonce",
    "type": "uint256"
   }
  ],
  "name": "InvalidAccountNonce",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "InvalidShortString",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "caller",
    "type": "address"
   }
  ],
  "name": "NotGuardian",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "votes",
    "type": "uint256"
   },
   {
    "name": "maximum",
    "type": "uint256"
   }
  ],
  "name": "ProposalThresholdTooHigh",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "percent",
    "type": "uint256"
   },
   {
    "name": "minimum",
    "type": "uint256"
   },
   {
    "name": "maximum",
    "type": "uint256"
   }
  ],
  "name": "QuorumOutOfRange",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "RelayToTimelock",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "bits",
    "type": "uint8"
   },
   {
    "name": "value",
    "type": "uint256"
   }
  ],
  "name": "SafeCastOverflowedUintDowncast",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "str",
    "type": "string"
   }
  ],
  "name": "StringTooLong",
  "type": "error"
 },
 {
  "inputs": [],
  "name": "TimelockFixed",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "delaySeconds",
    "type": "uint256"
   },
   {
    "name": "minimum",
    "type": "uint256"
   },
   {
    "name": "maximum",
    "type": "uint256"
   }
  ],
  "name": "VotingDelayOutOfRange",
  "type": "error"
 },
 {
  "inputs": [
   {
    "name": "periodSeconds",
    "type": "uint256"
   },
   {
    "name": "minimum",
    "type": "uint256"
   },
   {
    "name": "maximum",
    "type": "uint256"
   }
  ],
  "name": "VotingPeriodOutOfRange",
  "type": "error"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": false,
    "name": "authority",
    "type": "address"
   }
  ],
  "name": "AuthorityUpdated",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [],
  "name": "EIP712DomainChanged",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "guardian",
    "type": "address"
   }
  ],
  "name": "GuardianResigned",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": false,
    "name": "oldVoteExtension",
    "type": "uint64"
   },
   {
    "indexed": false,
    "name": "newVoteExtension",
    "type": "uint64"
   }
  ],
  "name": "LateQuorumVoteExtensionSet",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": false,
    "name": "proposalId",
    "type": "uint256"
   }
  ],
  "name": "ProposalCanceled",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": false,
    "name": "proposalId",
    "type": "uint256"
   },
   {
    "indexed": false,
    "name": "proposer",
    "type": "address"
   },
   {
    "indexed": false,
    "name": "targets",
    "type": "address[]"
   },
   {
    "indexed": false,
    "name": "values",
    "type": "uint256[]"
   },
   {
    "indexed": false,
    "name": "signatures",
    "type": "string[]"
   },
   {
    "indexed": false,
    "name": "calldatas",
    "type": "bytes[]"
   },
   {
    "indexed": false,
    "name": "voteStart",
    "type": "uint256"
   },
   {
    "indexed": false,
    "name": "voteEnd",
    "type": "uint256"
   },
   {
    "indexed": false,
    "name": "description",
    "type": "string"
   }
  ],
  "name": "ProposalCreated",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": false,
    "name": "proposalId",
    "type": "uint256"
   }
  ],
  "name": "ProposalExecuted",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "proposalId",
    "type": "uint256"
   },
   {
    "indexed": false,
    "name": "extendedDeadline",
    "type": "uint64"
   }
  ],
  "name": "ProposalExtended",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": false,
    "name": "proposalId",
    "type": "uint256"
   },
   {
    "indexed": false,
    "name": "etaSeconds",
    "type": "uint256"
   }
  ],
  "name": "ProposalQueued",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": false,
    "name": "oldProposalThreshold",
    "type": "uint256"
   },
   {
    "indexed": false,
    "name": "newProposalThreshold",
    "type": "uint256"
   }
  ],
  "name": "ProposalThresholdSet",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": false,
    "name": "oldQuorumNumerator",
    "type": "uint256"
   },
   {
    "indexed": false,
    "name": "newQuorumNumerator",
    "type": "uint256"
   }
  ],
  "name": "QuorumNumeratorUpdated",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": false,
    "name": "oldTimelock",
    "type": "address"
   },
   {
    "indexed": false,
    "name": "newTimelock",
    "type": "address"
   }
  ],
  "name": "TimelockChange",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "voter",
    "type": "address"
   },
   {
    "indexed": false,
    "name": "proposalId",
    "type": "uint256"
   },
   {
    "indexed": false,
    "name": "support",
    "type": "uint8"
   },
   {
    "indexed": false,
    "name": "weight",
    "type": "uint256"
   },
   {
    "indexed": false,
    "name": "reason",
    "type": "string"
   }
  ],
  "name": "VoteCast",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": true,
    "name": "voter",
    "type": "address"
   },
   {
    "indexed": false,
    "name": "proposalId",
    "type": "uint256"
   },
   {
    "indexed": false,
    "name": "support",
    "type": "uint8"
   },
   {
    "indexed": false,
    "name": "weight",
    "type": "uint256"
   },
   {
    "indexed": false,
    "name": "reason",
    "type": "string"
   },
   {
    "indexed": false,
    "name": "params",
    "type": "bytes"
   }
  ],
  "name": "VoteCastWithParams",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": false,
    "name": "oldVotingDelay",
    "type": "uint256"
   },
   {
    "indexed": false,
    "name": "newVotingDelay",
    "type": "uint256"
   }
  ],
  "name": "VotingDelaySet",
  "type": "event"
 },
 {
  "anonymous": false,
  "inputs": [
   {
    "indexed": false,
    "name": "oldVotingPeriod",
    "type": "uint256"
   },
   {
    "indexed": false,
    "name": "newVotingPeriod",
    "type": "uint256"
   }
  ],
  "name": "VotingPeriodSet",
  "type": "event"
 },
 {
  "inputs": [],
  "name": "BALLOT_TYPEHASH",
  "outputs": [
   {
    "name": "",
    "type": "bytes32"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "CLOCK_MODE",
  "outputs": [
   {
    "name": "",
    "type": "string"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "COUNTING_MODE",
  "outputs": [
   {
    "name": "",
    "type": "string"
   }
  ],
  "stateMutability": "pure",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "EXTENDED_BALLOT_TYPEHASH",
  "outputs": [
   {
    "name": "",
    "type": "bytes32"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "authority",
  "outputs": [
   {
    "name": "",
    "type": "address"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "targets",
    "type": "address[]"
   },
   {
    "name": "values",
    "type": "uint256[]"
   },
   {
    "name": "calldatas",
    "type": "bytes[]"
   },
   {
    "name": "descriptionHash",
    "type": "bytes32"
   }
  ],
  "name": "cancel",
  "outputs": [
   {
    "name": "",
    "type": "uint256"
   }
  ],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "proposalId",
    "type": "uint256"
   },
   {
    "name": "support",
    "type": "uint8"
   }
  ],
  "name": "castVote",
  "outputs": [
   {
    "name": "",
    "type": "uint256"
   }
  ],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "proposalId",
    "type": "uint256"
   },
   {
    "name": "support",
    "type": "uint8"
   },
   {
    "name": "voter",
    "type": "address"
   },
   {
    "name": "signature",
    "type": "bytes"
   }
  ],
  "name": "castVoteBySig",
  "outputs": [
   {
    "name": "",
    "type": "uint256"
   }
  ],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "proposalId",
    "type": "uint256"
   },
   {
    "name": "support",
    "type": "uint8"
   },
   {
    "name": "reason",
    "type": "string"
   }
  ],
  "name": "castVoteWithReason",
  "outputs": [
   {
    "name": "",
    "type": "uint256"
   }
  ],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "proposalId",
    "type": "uint256"
   },
   {
    "name": "support",
    "type": "uint8"
   },
   {
    "name": "reason",
    "type": "string"
   },
   {
    "name": "params",
    "type": "bytes"
   }
  ],
  "name": "castVoteWithReasonAndParams",
  "outputs": [
   {
    "name": "",
    "type": "uint256"
   }
  ],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "proposalId",
    "type": "uint256"
   },
   {
    "name": "support",
    "type": "uint8"
   },
   {
    "name": "voter",
    "type": "address"
   },
   {
    "name": "reason",
    "type": "string"
   },
   {
    "name": "params",
    "type": "bytes"
   },
   {
    "name": "signature",
    "type": "bytes"
   }
  ],
  "name": "castVoteWithReasonAndParamsBySig",
  "outputs": [
   {
    "name": "",
    "type": "uint256"
   }
  ],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "clock",
  "outputs": [
   {
    "name": "",
    "type": "uint48"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "eip712Domain",
  "outputs": [
   {
    "name": "fields",
    "type": "bytes1"
   },
   {
    "name": "name",
    "type": "string"
   },
   {
    "name": "version",
    "type": "string"
   },
   {
    "name": "chainId",
    "type": "uint256"
   },
   {
    "name": "verifyingContract",
    "type": "address"
   },
   {
    "name": "salt",
    "type": "bytes32"
   },
   {
    "name": "extensions",
    "type": "uint256[]"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "targets",
    "type": "address[]"
   },
   {
    "name": "values",
    "type": "uint256[]"
   },
   {
    "name": "calldatas",
    "type": "bytes[]"
   },
   {
    "name": "descriptionHash",
    "type": "bytes32"
   }
  ],
  "name": "execute",
  "outputs": [
   {
    "name": "",
    "type": "uint256"
   }
  ],
  "stateMutability": "payable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "targets",
    "type": "address[]"
   },
   {
    "name": "values",
    "type": "uint256[]"
   },
   {
    "name": "calldatas",
    "type": "bytes[]"
   },
   {
    "name": "descriptionHash",
    "type": "bytes32"
   }
  ],
  "name": "getProposalId",
  "outputs": [
   {
    "name": "",
    "type": "uint256"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "account",
    "type": "address"
   },
   {
    "name": "timepoint",
    "type": "uint256"
   }
  ],
  "name": "getVotes",
  "outputs": [
   {
    "name": "",
    "type": "uint256"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "account",
    "type": "address"
   },
   {
    "name": "timepoint",
    "type": "uint256"
   },
   {
    "name": "params",
    "type": "bytes"
   }
  ],
  "name": "getVotesWithParams",
  "outputs": [
   {
    "name": "",
    "type": "uint256"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "guardian",
  "outputs": [
   {
    "name": "",
    "type": "address"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "guardianUntil",
  "outputs": [
   {
    "name": "",
    "type": "uint256"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "proposalId",
    "type": "uint256"
   },
   {
    "name": "account",
    "type": "address"
   }
  ],
  "name": "hasVoted",
  "outputs": [
   {
    "name": "",
    "type": "bool"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "targets",
    "type": "address[]"
   },
   {
    "name": "values",
    "type": "uint256[]"
   },
   {
    "name": "calldatas",
    "type": "bytes[]"
   },
   {
    "name": "descriptionHash",
    "type": "bytes32"
   }
  ],
  "name": "hashProposal",
  "outputs": [
   {
    "name": "",
    "type": "uint256"
   }
  ],
  "stateMutability": "pure",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "isConsumingScheduledOp",
  "outputs": [
   {
    "name": "",
    "type": "bytes4"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "lateQuorumVoteExtension",
  "outputs": [
   {
    "name": "",
    "type": "uint48"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "members",
  "outputs": [
   {
    "name": "",
    "type": "address"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "name",
  "outputs": [
   {
    "name": "",
    "type": "string"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "owner",
    "type": "address"
   }
  ],
  "name": "nonces",
  "outputs": [
   {
    "name": "",
    "type": "uint256"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "",
    "type": "address"
   },
   {
    "name": "",
    "type": "address"
   },
   {
    "name": "",
    "type": "uint256[]"
   },
   {
    "name": "",
    "type": "uint256[]"
   },
   {
    "name": "",
    "type": "bytes"
   }
  ],
  "name": "onERC1155BatchReceived",
  "outputs": [
   {
    "name": "",
    "type": "bytes4"
   }
  ],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "",
    "type": "address"
   },
   {
    "name": "",
    "type": "address"
   },
   {
    "name": "",
    "type": "uint256"
   },
   {
    "name": "",
    "type": "uint256"
   },
   {
    "name": "",
    "type": "bytes"
   }
  ],
  "name": "onERC1155Received",
  "outputs": [
   {
    "name": "",
    "type": "bytes4"
   }
  ],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "",
    "type": "address"
   },
   {
    "name": "",
    "type": "address"
   },
   {
    "name": "",
    "type": "uint256"
   },
   {
    "name": "",
    "type": "bytes"
   }
  ],
  "name": "onERC721Received",
  "outputs": [
   {
    "name": "",
    "type": "bytes4"
   }
  ],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "proposalId",
    "type": "uint256"
   }
  ],
  "name": "proposalDeadline",
  "outputs": [
   {
    "name": "",
    "type": "uint256"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "proposalId",
    "type": "uint256"
   }
  ],
  "name": "proposalEta",
  "outputs": [
   {
    "name": "",
    "type": "uint256"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "proposalId",
    "type": "uint256"
   }
  ],
  "name": "proposalNeedsQueuing",
  "outputs": [
   {
    "name": "",
    "type": "bool"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "proposalId",
    "type": "uint256"
   }
  ],
  "name": "proposalProposer",
  "outputs": [
   {
    "name": "",
    "type": "address"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "proposalId",
    "type": "uint256"
   }
  ],
  "name": "proposalSnapshot",
  "outputs": [
   {
    "name": "",
    "type": "uint256"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "proposalThreshold",
  "outputs": [
   {
    "name": "",
    "type": "uint256"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "proposalId",
    "type": "uint256"
   }
  ],
  "name": "proposalVotes",
  "outputs": [
   {
    "name": "againstVotes",
    "type": "uint256"
   },
   {
    "name": "forVotes",
    "type": "uint256"
   },
   {
    "name": "abstainVotes",
    "type": "uint256"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "targets",
    "type": "address[]"
   },
   {
    "name": "values",
    "type": "uint256[]"
   },
   {
    "name": "calldatas",
    "type": "bytes[]"
   },
   {
    "name": "description",
    "type": "string"
   }
  ],
  "name": "propose",
  "outputs": [
   {
    "name": "",
    "type": "uint256"
   }
  ],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "targets",
    "type": "address[]"
   },
   {
    "name": "values",
    "type": "uint256[]"
   },
   {
    "name": "calldatas",
    "type": "bytes[]"
   },
   {
    "name": "descriptionHash",
    "type": "bytes32"
   }
  ],
  "name": "queue",
  "outputs": [
   {
    "name": "",
    "type": "uint256"
   }
  ],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "timepoint",
    "type": "uint256"
   }
  ],
  "name": "quorum",
  "outputs": [
   {
    "name": "",
    "type": "uint256"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "quorumDenominator",
  "outputs": [
   {
    "name": "",
    "type": "uint256"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "timepoint",
    "type": "uint256"
   }
  ],
  "name": "quorumNumerator",
  "outputs": [
   {
    "name": "",
    "type": "uint256"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "quorumNumerator",
  "outputs": [
   {
    "name": "",
    "type": "uint256"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "target",
    "type": "address"
   },
   {
    "name": "value",
    "type": "uint256"
   },
   {
    "name": "data",
    "type": "bytes"
   }
  ],
  "name": "relay",
  "outputs": [],
  "stateMutability": "payable",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "resignGuardian",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "newAuthority",
    "type": "address"
   }
  ],
  "name": "setAuthority",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "newVoteExtension",
    "type": "uint48"
   }
  ],
  "name": "setLateQuorumVoteExtension",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "newProposalThreshold",
    "type": "uint256"
   }
  ],
  "name": "setProposalThreshold",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "newVotingDelay",
    "type": "uint48"
   }
  ],
  "name": "setVotingDelay",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "newVotingPeriod",
    "type": "uint32"
   }
  ],
  "name": "setVotingPeriod",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "proposalId",
    "type": "uint256"
   }
  ],
  "name": "state",
  "outputs": [
   {
    "name": "current",
    "type": "uint8"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "interfaceId",
    "type": "bytes4"
   }
  ],
  "name": "supportsInterface",
  "outputs": [
   {
    "name": "",
    "type": "bool"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "timelock",
  "outputs": [
   {
    "name": "",
    "type": "address"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "token",
  "outputs": [
   {
    "name": "",
    "type": "address"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "newQuorumNumerator",
    "type": "uint256"
   }
  ],
  "name": "updateQuorumNumerator",
  "outputs": [],
  "stateMutability": "nonpayable",
  "type": "function"
 },
 {
  "inputs": [
   {
    "name": "",
    "type": "address"
   }
  ],
  "name": "updateTimelock",
  "outputs": [],
  "stateMutability": "pure",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "version",
  "outputs": [
   {
    "name": "",
    "type": "string"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "votingDelay",
  "outputs": [
   {
    "name": "",
    "type": "uint256"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 },
 {
  "inputs": [],
  "name": "votingPeriod",
  "outputs": [
   {
    "name": "",
    "type": "uint256"
   }
  ],
  "stateMutability": "view",
  "type": "function"
 }
] as const
