// What a deployment creates, in order: contracts with their arguments and links. Pure.
import { zeroAddress, type Hex } from 'viem'
import { kinds, type ResolvedParameters } from './parameters.ts'

/** Contracts that a deployment creates, in this order; some are parts of others. */
export type CreatedName =
  | 'authority'
  | 'token'
  | 'members'
  | 'governor'
  | 'fastGovernor'
  | 'quorum'
  | 'registry'
  | 'subnet'
  | 'moves'
  | 'deliveries'
  | 'applications'
  | 'cloud'
  | 'complaints'
  | 'misconduct'
  | 'lens'
  | 'keys'
  | 'secrets'
  | 'apis'
  | 'bridge'
  | 'forwarder'

/** Every address of a network; a governor makes its own timelock. */
export type ContractName = CreatedName | 'timelock' | 'fastTimelock'

/** Addresses known so far. */
export type Book = { readonly [name in ContractName]?: Hex | undefined }

/** The address of what was created before. */
type At = (name: ContractName) => Hex

/** A contract to be created. */
export type Creation = {
  readonly name: CreatedName
  /** In Solidity. */
  readonly contract: string
  /** The contract that passes calls to this part: the part's address is an immutable of its code. */
  readonly partOf?: CreatedName
  /** A contract that its constructor makes, and the getter of it. */
  readonly makes?: {
    readonly name: ContractName
    readonly contract: string
    readonly getter: string
  }
  /** Constructor arguments; `at` gives the address of what comes earlier. */
  readonly args: (at: At) => readonly unknown[]
  /** Getters of addresses that must be those of this network; one that is set later may be zero until then. */
  readonly links: readonly (readonly [getter: string, target: ContractName])[]
}

/** The contracts of a network in the order of their creation. */
export function planCreations(p: ResolvedParameters, deployer: Hex): readonly Creation[] {
  return [
    ...tokenCreations(p, deployer),
    ...governorCreations(p),
    ...subnetCreations(p),
    ...cloudCreations(p),
    ...disciplineCreations(p),
    ...keyCreations(p),
    ...bridgeCreations(p),
  ]
}

const treasuryOf = (p: ResolvedParameters, at: At): Hex => p.treasury ?? at('timelock')

/** Who may do what, and who votes. */
function tokenCreations(p: ResolvedParameters, deployer: Hex): readonly Creation[] {
  return [
    { name: 'authority', contract: 'Authority', args: () => [deployer], links: [] },
    {
      name: 'token',
      contract: 'WeteeToken',
      args: (at) => [at('authority'), p.tokenHolder, p.tokenSupply, p.maxYearlyIssueBps],
      links: [['authority', 'authority']],
    },
    {
      name: 'members',
      contract: 'Members',
      args: (at) => [at('authority'), p.firstMembers],
      links: [['authority', 'authority']],
    },
  ]
}

/** The DAO and its fast track. */
function governorCreations(p: ResolvedParameters): readonly Creation[] {
  const guardian = { guardian: p.guardian ?? zeroAddress, guardianUntil: p.guardianUntil }
  const governed = [
    ['authority', 'authority'],
    ['token', 'token'],
    ['members', 'members'],
  ] as const
  return [
    {
      name: 'governor',
      contract: 'WeteeGovernor',
      makes: { name: 'timelock', contract: 'Timelock', getter: 'timelock' },
      args: (at) => [
        'WeTEE DAO',
        at('authority'),
        at('token'),
        at('members'),
        {
          votingDelaySeconds: p.votingDelaySeconds,
          votingPeriodSeconds: p.votingPeriodSeconds,
          lateQuorumSeconds: p.lateQuorumSeconds,
          quorumPercent: p.quorumPercent,
          proposalThreshold: p.proposalThreshold,
          timelockSeconds: p.timelockSeconds,
          ...guardian,
        },
      ],
      links: [...governed, ['timelock', 'timelock']],
    },
    {
      name: 'fastGovernor',
      contract: 'WeteeGovernor',
      makes: { name: 'fastTimelock', contract: 'Timelock', getter: 'timelock' },
      args: (at) => [
        'WeTEE DAO, fast track',
        at('authority'),
        at('token'),
        at('members'),
        {
          votingDelaySeconds: p.fastVotingDelaySeconds,
          votingPeriodSeconds: p.fastVotingPeriodSeconds,
          lateQuorumSeconds: p.fastLateQuorumSeconds,
          quorumPercent: p.quorumPercent,
          proposalThreshold: p.proposalThreshold,
          timelockSeconds: p.fastTimelockSeconds,
          ...guardian,
        },
      ],
      links: [...governed, ['timelock', 'fastTimelock']],
    },
  ]
}

/** Who takes part, and who signs. */
function subnetCreations(p: ResolvedParameters): readonly Creation[] {
  const subnetArgs = (at: At) => [
    at('authority'),
    at('quorum'),
    {
      kind: kinds.indexOf(p.kind),
      simulated: p.simulated,
      trustStoreDigest: p.trustStoreDigest,
      nodeProofSeconds: p.nodeProofSeconds,
      referenceDelaySeconds: p.referenceDelaySeconds,
      unbondingSeconds: p.unbondingSeconds,
    },
    {
      workerBaseWei: p.workerBaseWei,
      workerPerLevelWei: p.workerPerLevelWei,
      perCpuMilliWei: p.perCpuMilliWei,
      perMemoryMiBWei: p.perMemoryMiBWei,
      perGpuWei: p.perGpuWei,
      nodeWei: p.nodeWei,
    },
    treasuryOf(p, at),
  ]
  return [
    {
      name: 'quorum',
      contract: 'Quorum',
      args: (at) => [at('authority'), p.minOwners, p.minVendors],
      links: [
        ['authority', 'authority'],
        ['subnet', 'subnet'],
        ['keys', 'keys'],
      ],
    },
    {
      name: 'registry',
      contract: 'Registry',
      partOf: 'subnet',
      args: subnetArgs,
      links: [],
    },
    {
      name: 'subnet',
      contract: 'Subnet',
      args: (at) => [...subnetArgs(at), at('registry')],
      links: subnetLinks,
    },
  ]
}

/** Applications and their money. */
function cloudCreations(p: ResolvedParameters): readonly Creation[] {
  const cloudArgs = (at: At) => [
    at('authority'),
    at('subnet'),
    at('quorum'),
    treasuryOf(p, at),
    {
      maxLeaseSeconds: p.maxLeaseSeconds,
      startWindowSeconds: p.startWindowSeconds,
      minEscrowSeconds: p.minEscrowSeconds,
      updateWindowSeconds: p.updateWindowSeconds,
      noticeSeconds: p.noticeSeconds,
      feeBps: p.feeBps,
      maxReplicas: p.maxReplicas,
    },
  ]
  return [
    {
      name: 'deliveries',
      contract: 'Deliveries',
      partOf: 'moves',
      args: (at) => [at('subnet'), at('quorum')],
      links: [],
    },
    {
      name: 'moves',
      contract: 'Moves',
      partOf: 'applications',
      args: (at) => [at('subnet'), at('quorum'), at('deliveries')],
      links: [],
    },
    {
      name: 'applications',
      contract: 'Applications',
      partOf: 'cloud',
      args: (at) => [at('subnet'), at('quorum'), at('moves')],
      links: [],
    },
    {
      name: 'cloud',
      contract: 'Cloud',
      args: (at) => [...cloudArgs(at), at('applications')],
      links: cloudLinks,
    },
  ]
}

/** What goes wrong between them, and a view of all. */
function disciplineCreations(p: ResolvedParameters): readonly Creation[] {
  return [
    {
      name: 'complaints',
      contract: 'Complaints',
      args: (at) => [
        at('authority'),
        at('cloud'),
        at('subnet'),
        {
          bondWei: p.complaintBondWei,
          reachSeconds: p.complaintReachSeconds,
          answerSeconds: p.complaintAnswerSeconds,
          decisionSeconds: p.complaintDecisionSeconds,
        },
      ],
      links: [
        ['authority', 'authority'],
        ['cloud', 'cloud'],
        ['subnet', 'subnet'],
      ],
    },
    {
      name: 'misconduct',
      contract: 'Misconduct',
      args: (at) => [at('authority'), at('subnet'), at('quorum'), p.misconductRewardBps],
      links: [
        ['authority', 'authority'],
        ['subnet', 'subnet'],
        ['quorum', 'quorum'],
      ],
    },
    {
      name: 'lens',
      contract: 'Lens',
      args: (at) => [at('cloud'), at('subnet'), at('quorum'), at('complaints')],
      links: [
        ['cloud', 'cloud'],
        ['subnet', 'subnet'],
        ['quorum', 'quorum'],
        ['complaints', 'complaints'],
      ],
    },
  ]
}

/** The network's key, and what is encrypted to it. */
function keyCreations(p: ResolvedParameters): readonly Creation[] {
  return [
    {
      name: 'keys',
      contract: 'Keys',
      args: (at) => [
        at('authority'),
        at('subnet'),
        at('quorum'),
        {
          registerSeconds: p.registerSeconds,
          dealSeconds: p.dealSeconds,
          complainSeconds: p.complainSeconds,
          revealSeconds: p.revealSeconds,
          recoverSeconds: p.recoverSeconds,
          confirmSeconds: p.confirmSeconds,
        },
      ],
      links: [
        ['authority', 'authority'],
        ['subnet', 'subnet'],
        ['quorum', 'quorum'],
      ],
    },
    {
      name: 'secrets',
      contract: 'Secrets',
      args: (at) => [at('cloud'), at('subnet'), at('keys')],
      links: [
        ['cloud', 'cloud'],
        ['subnet', 'subnet'],
        ['keys', 'keys'],
      ],
    },
  ]
}

/** Contracts that call applications, and applications that call contracts. */
function bridgeCreations(p: ResolvedParameters): readonly Creation[] {
  const { submitterGasPriceWei: gasPriceWei, reserveGas, triggerGas } = p
  return [
    {
      name: 'apis',
      contract: 'Apis',
      args: (at) => [
        at('authority'),
        at('cloud'),
        { maxCallbackGas: p.maxCallbackGas, maxTimeoutSeconds: p.maxTimeoutSeconds },
      ],
      links: [
        ['authority', 'authority'],
        ['cloud', 'cloud'],
      ],
    },
    {
      name: 'bridge',
      contract: 'Bridge',
      args: (at) => [
        at('authority'),
        at('apis'),
        { gasPriceWei, overheadGas: p.answerOverheadGas, triggerGas, reserveGas },
      ],
      links: [
        ['authority', 'authority'],
        ['apis', 'apis'],
        ['cloud', 'cloud'],
      ],
    },
    {
      name: 'forwarder',
      contract: 'Forwarder',
      args: (at) => [
        at('authority'),
        at('cloud'),
        {
          gasPriceWei,
          overheadGas: p.forwardOverheadGas,
          reserveGas,
          maxGas: p.maxForwardGas,
        },
      ],
      links: [
        ['authority', 'authority'],
        ['cloud', 'cloud'],
      ],
    },
  ]
}

const subnetLinks = [
  ['authority', 'authority'],
  ['quorum', 'quorum'],
  ['cloud', 'cloud'],
] as const
const cloudLinks = [
  ['authority', 'authority'],
  ['subnet', 'subnet'],
  ['quorum', 'quorum'],
] as const
