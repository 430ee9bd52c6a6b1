// What the contracts' custom errors mean, and what to do about each. Pure.
import { formatEther, hexToString, type Hex } from 'viem'
import { formatDot, formatTime, perDay } from './money.ts'

type Args = readonly unknown[]
type Texts = Readonly<Record<string, (args: Args) => string>>

const big = (args: Args, index: number): bigint => {
  const value = args[index]
  return typeof value === 'bigint' || typeof value === 'number' ? BigInt(value) : 0n
}
const text = (args: Args, index: number): string => {
  const value = args[index]
  return typeof value === 'string' ? value : String(big(args, index))
}
const states = ['unknown', 'active', 'paused', 'ended']

/** Applications and their money. */
const ofCloud: Texts = {
  DepositTooLow: (a) =>
    `the deposit of ${formatDot(big(a, 0))} is below the minimum of ${formatDot(big(a, 1))}: give at least that with --deposit`,
  PriceAboveLimit: (a) =>
    `the worker now asks ${formatDot(perDay(big(a, 0)))} per day, above the agreed ${formatDot(perDay(big(a, 1)))}: plan again and look at the new price`,
  CapacityExceeded: (a) =>
    `worker ${big(a, 0)} has no room left for this application: choose another worker or ask for less`,
  WorkerClosed: (a) => `worker ${big(a, 0)} takes no new applications: choose another worker`,
  WorkerUnfit: (a) =>
    `worker ${big(a, 0)} cannot run this application (${text(a, 1)}): choose another worker`,
  WorkerUnknown: (a) => `there is no worker ${big(a, 0)} on this network: see \`wetee doctor\``,
  NameTaken: (a) =>
    `you already have an application named "${nameOf(a[0])}": deploy again to update it, or choose another name`,
  NameEmpty: () => 'the application has no name: give one with --name',
  AppUnknown: (a) => `there is no application ${big(a, 0)} on this network: see \`wetee list\``,
  AppStateWrong: (a) =>
    `application ${big(a, 0)} is ${states[Number(big(a, 1))] ?? 'in another state'}, which does not allow this: see \`wetee show\``,
  NotAppOwner: (a) =>
    `account ${text(a, 0)} does not own this application: sign with the owner's account`,
  ManifestSize: (a) =>
    `the manifest has ${big(a, 0)} bytes, at most ${big(a, 1)} are allowed: make it smaller`,
  TermsInvalid: (a) =>
    `the contract refuses the terms, field "${text(a, 0)}": change it in the compose file`,
  NothingToWithdraw: () => 'there is no credit to withdraw for this account',
  TransferFailed: (a) =>
    `the payment of ${formatDot(big(a, 1))} to ${text(a, 0)} was refused by the receiver: withdraw to another address`,
  AmountZero: () => 'the amount is zero: give a positive amount of DOT',
  UpdatePending: (a) =>
    `version ${big(a, 1)} of application ${big(a, 0)} is still being started: wait until it is active or drop it`,
  NoPendingVersion: (a) => `application ${big(a, 0)} has no pending version`,
  PendingNotReady: (a) =>
    `replica ${big(a, 1)} of the new version is not attested and ready yet: wait, or look at \`wetee logs ${big(a, 0)}\``,
  DeployKeyUnknown: (a) =>
    `account ${text(a, 0)} is no deploy key of this application: its owner sets one with \`wetee app deploy-key add\``,
  DeployKeyExpired: (a) =>
    `this deploy key ended ${time(a, 0)}: the owner sets it again with \`wetee app deploy-key add\``,
  DeployKeysTooMany: (a) =>
    `an application has at most ${big(a, 0)} deploy keys, also expired ones: revoke one`,
  DeployLimitInvalid: (a) => `the limit "${text(a, 0)}" is outside of what the contract allows`,
  BuildMissing: (a) =>
    `builder ${big(a, 0)} has recorded no build of the repository with this manifest: the deploy key demands one`,
  BuildUnsigned: (a) =>
    `no running instance of application ${big(a, 0)} has signed this record: its lease may have lapsed`,
  BuildKnown: () => 'this build record is there already',
  BuildInvalid: (a) => `the build record lacks "${text(a, 0)}"`,
  NotGuardian: (a) => `account ${text(a, 0)} is not the guardian of this application`,
  NotWorker: (a) =>
    `account ${text(a, 0)} is neither owner nor operator of the worker: sign with one of theirs`,
  FrozenUntil: (a) =>
    big(a, 0) === 2n ** 64n - 1n
      ? 'the owner has frozen the code of this application for good'
      : `the owner has frozen the code of this application until ${time(a, 0)}`,
  NewLeasesArePaused: (a) => `the DAO has paused new leases until ${time(a, 0)}; what runs goes on`,
  NoRoom: (a) => `worker ${big(a, 0)} has no room for this: migrate, or ask for less`,
  AssetNotAllowed: (a) => `the DAO does not allow ${text(a, 0)} for new applications: pay in DOT`,
  ConfigurationSize: (a) =>
    `the configuration has ${big(a, 0)} bytes, at most ${big(a, 1)} are allowed: make it smaller`,
  ValueWrong: (a) => `${formatDot(big(a, 0))} were sent, expected exactly ${formatDot(big(a, 1))}`,
  ParameterInvalid: (a) => `the parameter "${text(a, 0)}" is outside of what the contract allows`,
  FunctionUnknown: (a) =>
    `the contract has no function ${text(a, 0)}: the network profile is of another version`,
}

/** Workers, dsecret nodes, stakes, machines. */
const ofSubnet: Texts = {
  NotOwner: (a) => `account ${text(a, 0)} is not the owner: sign with the owner's account`,
  NotOperator: (a) =>
    `account ${text(a, 0)} is neither owner nor operator: sign with one of theirs`,
  NodeUnknown: (a) => `there is no dsecret node ${big(a, 0)}: see \`wetee dsecret list\``,
  StakeTooLow: (a) =>
    `the stake of ${formatDot(big(a, 0))} is below the ${formatDot(big(a, 1))} that have to stay bonded`,
  CapacityBelowReserved: () =>
    'the capacity would fall below what applications have reserved: wait until some have ended',
  CapacityZero: () => 'a worker offers CPU, memory and disk: none may be zero',
  LevelInUse: (a) =>
    `worker ${big(a, 0)} cannot lower its level or TEE classes while applications are there`,
  PriceZero: () => 'at least one price has to be above zero',
  WorkerInUse: (a) =>
    `worker ${big(a, 0)} still has applications: drain it and wait until they have ended or migrated`,
  NodeSeated: (a) =>
    `a committee that counts still seats dsecret node ${big(a, 0)}: wait until the next one is active`,
  CommitteeTooSmall: (a) =>
    `only ${big(a, 0)} members would stay, ${big(a, 1)} are needed: a new committee has to be named first`,
  StatusWrong: (a) =>
    `${big(a, 0) === 1n ? 'worker' : 'dsecret node'} ${big(a, 1)} is in a state that does not allow this`,
  PossessionWrong: (a) =>
    `the keys were not made for this owner and operator (statement key ${text(a, 0)}): print them anew in the node's TEE`,
  StatementKeyTaken: (a) => `the statement key ${text(a, 0)} is registered already: make new keys`,
  EndpointLength: (a) => `the endpoint has ${big(a, 0)} bytes, 1 to 128 are allowed`,
  PlatformIsDenied: (a) => `the DAO has denied the machine ${text(a, 0)}`,
  ReferenceNotAccepted: (a) => `the measurement ${text(a, 0)} is no accepted reference value`,
  ExtensionRefused: (a) => `the time cannot be extended: ${text(a, 0)}`,
  UriLength: (a) => `the address has ${big(a, 0)} bytes, at most 128 are allowed`,
  // Below that it is a block, as in the Bridge.
  TooEarly: (a) =>
    `this is not allowed before ${big(a, 0) < 1_000_000_000n ? `block ${big(a, 0)}` : time(a, 0)}`,
  TooLate: (a) => `this was possible until ${time(a, 0)}`,
}

/** Complaints. */
const ofComplaints: Texts = {
  ComplaintUnknown: (a) => `there is no complaint ${big(a, 0)}: see \`wetee complaint list\``,
  ComplaintNotOpen: (a) => `complaint ${big(a, 0)} is closed already`,
  ComplaintOpen: (a) => `complaint ${big(a, 1)} about application ${big(a, 0)} is still open`,
  OutOfReach: (a) =>
    `version ${big(a, 1)} of application ${big(a, 0)} was served until ${time(a, 2)}: too long ago for a complaint`,
  BondWrong: (a) =>
    `the bond is exactly ${formatDot(big(a, 1))}, ${formatDot(big(a, 0))} were sent`,
  NothingToClaim: (a) => `worker ${big(a, 0)} has no stake left that could be locked`,
  AlreadyAnswered: (a) => `complaint ${big(a, 0)} was answered already`,
  SlashAboveClaim: (a) =>
    `${formatDot(big(a, 0))} cannot be slashed, ${formatDot(big(a, 1))} are locked`,
  LossAboveSlash: (a) =>
    `the loss of ${formatDot(big(a, 0))} is above the slash of ${formatDot(big(a, 1))}`,
}

/** Key sessions and secrets. */
const ofSecrets: Texts = {
  VersionNotNext: (a) =>
    `it was sealed for version ${big(a, 0)}, the next one is ${big(a, 1)}: somebody set the secret in between, set it again`,
  SecretsTooMany: (a) => `an application has at most ${big(a, 0)} secrets: remove one first`,
  ReadersTooMany: (a) => `a secret has at most ${big(a, 0)} readers: revoke one first`,
  DigestTaken: (a) => `the ciphertext ${text(a, 0)} belongs to another secret: seal the value anew`,
  AppEnded: (a) => `application ${big(a, 0)} has ended: it is given no secrets any more`,
  VersionUnknown: (a) => `there is no version ${big(a, 0)} of this secret`,
  ReaderKnown: () => 'this reader may read the secret already',
  ReaderUnknown: () => 'this reader may not read the secret anyway: see `wetee secret list`',
  KeyEnded: (a) =>
    `key ${big(a, 0)} of the network has ended, and what was sealed to it is released no more: set the value anew`,
  KeyNotNewest: (a) =>
    `it was sealed to key ${big(a, 0)} of the network, and the newest is key ${big(a, 1)}: set it again, which seals it to that one`,
  VersionOfOtherKey: (a) =>
    `version ${big(a, 0)} was sealed to key ${big(a, 1)} of the network, which neither of the current versions is under: set the value anew`,
  OlderKeyLives: (a) =>
    `key ${big(a, 0)} of the network lives until ${time(a, 1)}, and two at most do: end it first with \`wetee dsecret end-key ${big(a, 0)}\``,
  SecretUnknown: (a) =>
    `application ${big(a, 0)} has no such secret: \`wetee secret list ${big(a, 0)}\` shows those it has`,
  ReceiptsNotNext: (a) =>
    `receipts from ${big(a, 0)} on are not next, those from ${big(a, 1)} on are`,
  RefreshTooEarly: (a) =>
    `shares are renewed by anybody from ${time(a, 0)} on, and before that only when a member is out; the DAO may name a committee at any time: \`wetee dsecret committee\``,
  EpochPending: (a) =>
    `epoch ${big(a, 0)} is being made already: \`wetee dsecret epoch\` shows how far it is`,
  EpochNotConfirmed: (a) =>
    `epoch ${big(a, 0)} has no key yet: \`wetee dsecret epoch\` shows how far it is`,
  CommitteeSize: (a) =>
    `a committee of ${big(a, 0)} is too small to hand the key on, or above 64 members: name more, or fewer`,
  CommitteeThreshold: (a) =>
    `${big(a, 0)} of ${big(a, 1)} members is no threshold: more than half, and not more than all`,
  CommitteeMemberRepeated: (a) => `node ${big(a, 0)} is named twice`,
  MemberNotActive: (a) =>
    `node ${big(a, 0)} is not active: see \`wetee dsecret show ${big(a, 0)}\``,
  EpochNotPending: (a) =>
    `epoch ${big(a, 0)} is not the one that is being made: see \`wetee dsecret epoch\``,
  SessionExists: (a) =>
    `this epoch has key session ${big(a, 0)} already: see \`wetee dsecret epoch\``,
  MemberNotLive: (a) => `dsecret node ${big(a, 0)} has not proven its machine: wait until it has`,
}

/** APIs and calls of contracts. */
const ofBridge: Texts = {
  ProxyKnown: (a) => `application ${big(a, 0)} answers calls of contracts already`,
  ProxyUnknown: (a) =>
    `application ${big(a, 0)} has no API: its owner adds them with \`wetee api sync\``,
  ProxyIsPaused: (a) => `application ${big(a, 0)} takes no calls now: its owner has paused them`,
  AppNotActive: (a) =>
    `application ${big(a, 0)} is ${states[Number(big(a, 1))] ?? 'in another state'}: only a running one is called`,
  ApiUnknown: (a) =>
    `application ${big(a, 0)} has no API ${big(a, 1)}: see \`wetee api list ${big(a, 0)}\``,
  ApiNameTaken: (a) => `the application has an API named "${nameOf(a[0])}" already`,
  ApiVersionWrong: (a) =>
    `version ${big(a, 0)} of the API was asked, ${big(a, 1)} is the current one: read its definition again`,
  ApisTooMany: (a) => `an application has at most ${big(a, 0)} APIs: remove one first`,
  CallerNotListed: (a) =>
    `only callers on its list may call this API, and ${text(a, 0)} is not on it: ask the application's owner`,
  SizeWrong: (a) => `${text(a, 0)}: ${big(a, 1)} are too few or too many, at most ${big(a, 2)}`,
  FeeTooLow: (a) =>
    `${formatDot(big(a, 0))} were sent, the call costs ${formatDot(big(a, 1))} now: ask for the price again`,
  CallWrong: (a) =>
    `call ${big(a, 0)} is not what it is told to be: take it from its event, as \`wetee calls\` does`,
  CallNotOpen: (a) => `call ${big(a, 0)} has ended already: see \`wetee calls\``,
  ReplayFailed: (a) => `the callback of call ${big(a, 0)} has failed again`,
  NotSubscriber: (a) => `account ${text(a, 0)} has not ordered this subscription`,
  SubscriptionUnknown: (a) =>
    `there is no subscription ${big(a, 0)}, or it has ended: see \`wetee subscription list\``,
  SubscriptionEmpty: (a) =>
    `subscription ${big(a, 0)} has ${formatDot(big(a, 1))}, a call costs ${formatDot(big(a, 2))}: top it up`,
  FeeTooHigh: (a) =>
    `the call costs ${formatDot(big(a, 0))} now, the subscription allows ${formatDot(big(a, 1))}`,
  CallTimedOut: (a) => `call ${big(a, 0)} has timed out: its fee can be taken back`,
}

const proposalStates = [
  'pending',
  'active',
  'canceled',
  'defeated',
  'succeeded',
  'queued',
  'expired',
  'executed',
]

/** The DAO, and who may call what. */
const ofDao: Texts = {
  AccessManagedUnauthorized: (a) =>
    `account ${text(a, 0)} may not do this, the DAO may: write it with --unsigned and propose it with \`wetee dao propose --file\``,
  GovernorInsufficientProposerVotes: (a) =>
    `account ${text(a, 0)} has ${formatVotes(big(a, 1))} votes, a proposal takes ${formatVotes(big(a, 2))} or a membership`,
  GovernorUnexpectedProposalState: (a) =>
    `proposal ${big(a, 0)} is ${proposalStates[Number(big(a, 1))] ?? 'in another state'}, which does not allow this: the same proposal may be there already`,
  GovernorNonexistentProposal: (a) => `there is no proposal ${big(a, 0)}: see \`wetee dao list\``,
  GovernorAlreadyCastVote: (a) => `account ${text(a, 0)} has voted already`,
  GovernorUnableToCancel: (a) => `account ${text(a, 1)} cannot cancel proposal ${big(a, 0)}`,
  TimelockUnexpectedOperationState: () =>
    'the timelock does not hold this, or not long enough: wait, or queue it',
  AlreadyMember: (a) => `${text(a, 0)} is a member already`,
  NotMember: (a) => `${text(a, 0)} is no member`,
  JoinClosed: () => 'the DAO takes new members by proposal only',
  IssueAboveCap: (a) =>
    `${formatVotes(big(a, 0))} tokens cannot be issued, ${formatVotes(big(a, 1))} may be now`,
  CommitteeNotDiverse: (a) => `the committee has ${big(a, 0)} owners, ${big(a, 1)} are needed`,
  CommitteeNotDiverseInVendors: (a) =>
    `the committee has ${big(a, 0)} hardware vendors, ${big(a, 1)} are needed`,
}

/** ERC20s. */
const ofTokens: Texts = {
  ERC20InsufficientBalance: (a) => `account ${text(a, 0)} has too little of the token`,
  ERC20InsufficientAllowance: () =>
    'the contract may not take so much of the token: approve it first',
  SafeERC20FailedOperation: (a) => `the token ${text(a, 0)} refused the transfer`,
}

/** One sentence per custom error that a user can meet: what, and what to do. */
export const explanations: Texts = {
  ...ofCloud,
  ...ofSubnet,
  ...ofComplaints,
  ...ofSecrets,
  ...ofBridge,
  ...ofDao,
  ...ofTokens,
}

function time(args: Args, index: number): string {
  return formatTime(big(args, index))
}

/** The token has 18 decimals. */
function formatVotes(votes: bigint): string {
  return formatEther(votes)
}

function nameOf(value: unknown): string {
  if (typeof value !== 'string' || !value.startsWith('0x')) return String(value)
  return hexToString(value as Hex, { size: 32 })
}
