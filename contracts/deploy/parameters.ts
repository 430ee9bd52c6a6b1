// What a network is created with: one table of values per kind of network, and the parser of a parameters file. Pure.
import { getAddress, isAddress, parseEther, type Hex } from 'viem'
import { z } from 'zod'
import { DeployError } from './deploy-error.ts'

/** What a network is for; ISubnet.NetworkKind in the same order. */
export type NetworkKind = 'development' | 'test' | 'live'

/** Order of the columns below, and the numbers on chain. */
export const kinds: readonly NetworkKind[] = ['development', 'test', 'live']

const minute = 60n
const hour = 60n * minute
const day = 24n * hour
const dot = (amount: string) => parseEther(amount)

/** Development, test, live. Amounts in wei, times in seconds, shares in basis points where nothing else is said. */
const table = {
  // Quorum: a committee needs this many owners and hardware vendors.
  minOwners: [1, 3, 3],
  minVendors: [1, 1, 2],
  // Quorum, changed by the DAO: age from which anybody may have the committee renewed.
  refreshSeconds: [day, day, day],

  // Keys, changed by the DAO: how long each phase of a session lasts. Register, Deal and Reveal end sooner once all have spoken.
  registerSeconds: [20, 900, 900],
  dealSeconds: [20, 900, 900],
  complainSeconds: [4, 900, 900],
  revealSeconds: [20, 900, 900],
  recoverSeconds: [6, 900, 900],
  confirmSeconds: [60, 900, 900],

  // Subnet, fixed for good.
  nodeProofSeconds: [hour, day, day],
  referenceDelaySeconds: [0n, day, 7n * day],
  unbondingSeconds: [2n * minute, 14n * day, 14n * day],

  // Subnet: least stakes, changed by the DAO.
  workerBaseWei: [dot('1'), dot('10'), dot('100')],
  workerPerLevelWei: [0n, dot('10'), dot('100')],
  perCpuMilliWei: [0n, dot('0.0001'), dot('0.001')],
  perMemoryMiBWei: [0n, dot('0.00001'), dot('0.0001')],
  perGpuWei: [0n, dot('10'), dot('100')],
  nodeWei: [dot('1'), dot('100'), dot('1000')],

  // Cloud, changed by the DAO.
  maxLeaseSeconds: [5n * minute, hour, hour],
  startWindowSeconds: [10n * minute, hour, hour],
  minEscrowSeconds: [hour, hour, hour],
  updateWindowSeconds: [10n * minute, hour, hour],
  noticeSeconds: [minute, day, day],
  feeBps: [200, 200, 200],
  maxReplicas: [16, 16, 16],

  // Complaints and Misconduct, changed by the DAO.
  complaintBondWei: [dot('1'), dot('10'), dot('50')],
  complaintReachSeconds: [2n * minute, 14n * day, 14n * day],
  complaintAnswerSeconds: [minute, 3n * day, 7n * day],
  complaintDecisionSeconds: [10n * minute, 21n * day, 21n * day],
  misconductRewardBps: [500, 500, 500],

  // Apis, Bridge and Forwarder, changed by the DAO: gas as the chain counts it, and what a submitter is paid for a unit of it.
  maxCallbackGas: [3_000_000, 3_000_000, 3_000_000],
  maxTimeoutSeconds: [Number(day), Number(day), Number(day)],
  submitterGasPriceWei: [2_000_000_000n, 2_000_000_000n, 2_000_000_000n],
  answerOverheadGas: [250_000, 250_000, 250_000],
  triggerGas: [250_000, 250_000, 250_000],
  forwardOverheadGas: [150_000, 150_000, 150_000],
  maxForwardGas: [5_000_000, 5_000_000, 5_000_000],
  reserveGas: [100_000, 100_000, 100_000],

  // Token: 18 decimals; the yearly limit of issuance is fixed for good.
  tokenSupply: [dot('1000000'), dot('100000000'), dot('100000000')],
  maxYearlyIssueBps: [500, 500, 500],

  // DAO, normal track: any decision.
  votingDelaySeconds: [1, Number(hour), Number(day)],
  votingPeriodSeconds: [60, Number(3n * day), Number(7n * day)],
  lateQuorumSeconds: [10, Number(day), Number(2n * day)],
  quorumPercent: [4n, 4n, 4n],
  proposalThreshold: [0n, dot('100000'), dot('100000')],
  timelockSeconds: [1n, day, 2n * day],

  // DAO, fast track: pausing new leases and revoking a measurement, nothing else.
  fastVotingDelaySeconds: [1, 600, 600],
  fastVotingPeriodSeconds: [60, Number(6n * hour), Number(12n * hour)],
  fastLateQuorumSeconds: [10, Number(hour), Number(hour)],
  fastTimelockSeconds: [1n, 10n * minute, 30n * minute],

  // How long the guardian may cancel proposals, from the deployment on; the contract takes at most 365 days.
  guardianSeconds: [30n * day, 180n * day, 360n * day],
} as const satisfies Record<
  string,
  readonly [bigint, bigint, bigint] | readonly [number, number, number]
>

type Table = typeof table

/** One column of the table. */
export type NetworkValues = {
  readonly [name in keyof Table]: Table[name][number] extends bigint ? bigint : number
}

/** What has to be said of a network; every value of the table may be given instead of the one for its kind. */
export type DeployParameters = {
  readonly kind: NetworkKind
  /** True: TEEs are simulated; refused on live networks by the Subnet. */
  readonly simulated: boolean
  /** Digest of the trust roots. */
  readonly trustStoreDigest: Hex
  /** Holds all votes at first; the deployer where none is given (development only). */
  readonly tokenHolder?: Hex
  /** The DAO's first members, at most 64; the deployer where none are given (development only). */
  readonly firstMembers?: readonly Hex[]
  /** May cancel proposals for `guardianSeconds`; nobody where none is given. */
  readonly guardian?: Hex | undefined
  /** End of the guardian's right, block time in seconds; `guardianSeconds` from now where none is given. */
  readonly guardianUntil?: bigint
  /** Receives fees and slashed stakes; the DAO's normal timelock where none is given, and always on live networks. */
  readonly treasury?: Hex | undefined
} & Partial<NetworkValues>

/** Everything that the constructors take. */
export type ResolvedParameters = Required<Omit<DeployParameters, 'treasury' | 'guardian'>> & {
  readonly treasury: Hex | undefined
  readonly guardian: Hex | undefined
}

/** The table's column of a kind. */
export function valuesOf(kind: NetworkKind): NetworkValues {
  const column = kinds.indexOf(kind)
  const entries = Object.entries(table).map(([name, values]) => [name, values[column]])
  return Object.fromEntries(entries) as NetworkValues
}

/** Fills in what was not given. Throws `deploy.parameters` where a test or live network needs a person's decision. */
export function resolveParameters(
  given: DeployParameters,
  deployer: Hex,
  nowSeconds: bigint,
): ResolvedParameters {
  const values = { ...valuesOf(given.kind), ...given }
  const development = given.kind === 'development'
  const tokenHolder = given.tokenHolder ?? (development ? deployer : undefined)
  const firstMembers = given.firstMembers ?? (development ? [deployer] : undefined)
  const refuse = (why: string) => new DeployError('deploy.parameters', why)
  if (tokenHolder === undefined)
    throw refuse(`a ${given.kind} network needs tokenHolder: who holds the votes at first`)
  if (firstMembers === undefined || firstMembers.length > 64)
    throw refuse(`a ${given.kind} network needs firstMembers: up to 64 addresses, [] for none`)
  if (given.kind === 'live' && given.treasury !== undefined)
    throw refuse("the treasury of a live network is the DAO's timelock: leave treasury out")
  if (given.kind === 'live' && given.simulated)
    throw refuse('a live network cannot have simulated TEEs')
  return {
    ...values,
    tokenHolder,
    firstMembers,
    treasury: given.treasury,
    guardian: given.guardian,
    guardianUntil:
      given.guardianUntil ??
      (given.guardian === undefined ? 0n : nowSeconds + values.guardianSeconds),
  }
}

const address = z
  .string()
  .refine((text) => isAddress(text), 'expected an address of 20 bytes with a right checksum')
  .transform((text) => getAddress(text))
const whole = z.int().min(0).max(4_294_967_295)
const amount = z
  .union([z.string().regex(/^\d{1,39}$/, 'expected a whole number of wei or seconds'), whole])
  .transform((value) => BigInt(value))
const valueSchemas = Object.fromEntries(
  Object.entries(table).map(([name, [first]]) => [
    name,
    (typeof first === 'bigint' ? amount : whole).optional(),
  ]),
)
const fileSchema = z.strictObject({
  kind: z.enum(['development', 'test', 'live']).optional(),
  simulated: z.boolean(),
  trustStoreDigest: z.string().regex(/^0x[0-9a-fA-F]{64}$/, 'expected 0x and 64 hex digits'),
  tokenHolder: address.optional(),
  firstMembers: z.array(address).max(64).optional(),
  guardian: address.optional(),
  guardianUntil: amount.optional(),
  treasury: address.optional(),
  ...valueSchemas,
})

/** Parses a parameters file; `usual` is the kind where it names none. Throws `deploy.parameters`. */
export function parseParameters(text: string, usual: NetworkKind): DeployParameters {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new DeployError('deploy.parameters', 'the parameters file is not JSON')
  }
  const parsed = fileSchema.safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new DeployError(
      'deploy.parameters',
      `parameters file, ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`,
    )
  }
  return { ...parsed.data, kind: parsed.data.kind ?? usual } as DeployParameters
}
