// Making a proposal: its calls by hand, from unsigned transactions, or from a template. Network I/O.
import {
  encodeFunctionData,
  erc20Abi,
  getAbiItem,
  isAddress,
  parseAbiItem,
  type Abi,
  type AbiFunction,
  type Hex,
} from 'viem'
import { z } from 'zod'
import type { NetworkProfile } from '@wetee/chain'
import { requireAddress } from '../address.ts'
import { addressOf } from '../contract-address.ts'
import { abis, callOf, type ContractName } from '../contracts.ts'
import { SdkError } from '../error.ts'
import { outcomeOf, type Intent } from '../intent.ts'
import { formatTime, isNative } from '../money.ts'
import { requireAccount, type Network } from '../network.ts'
import type { Asset } from '../reader.ts'
import { describeCall, type RawCall } from './describe-call.ts'
import { formatVotes } from './votes.ts'
import { governorOf, proposalArgs, timelockOf, type Track } from './proposals.ts'

/** What is proposed. */
export type ProposalInput = {
  readonly track: Track
  /** One line. */
  readonly title: string
  readonly description?: string
  readonly calls: readonly RawCall[]
}

/** Calls of one proposal at most: more would not fit into a block. */
const maxCalls = 32
const maxDescriptionBytes = 10_000

/** Proposes. Members may, and holders of the threshold of votes. Throws `dao.may-not-propose`, `proposal.*`. */
export async function planProposal(network: Network, input: ProposalInput): Promise<Intent> {
  const { reader, profile } = network
  const account = requireAccount(network).account.address
  const block = await reader.finalized()
  const at = block.number
  const governor = governorOf[input.track]
  const description = `${input.title.trim()}${input.description === undefined ? '' : `\n\n${input.description.trim()}`}`
  check(input, description)
  const args = proposalArgs({ calls: input.calls, description })
  const [isMember, votes, threshold, delay, period, proposalId, timelockSeconds] =
    await Promise.all([
      reader.view('members', 'isMember', [account], at),
      reader.view('token', 'getVotes', [account], at),
      reader.view(governor, 'proposalThreshold', [], at),
      reader.view(governor, 'votingDelay', [], at),
      reader.view(governor, 'votingPeriod', [], at),
      reader.view(governor, 'hashProposal', args, at),
      reader.view(timelockOf[input.track], 'getMinDelay', [], at),
    ])
  if (!isMember && votes < threshold)
    throw new SdkError(
      'dao.may-not-propose',
      `${account} is no member of the DAO and has ${formatVotes(votes)} delegated votes of ${formatVotes(threshold)} that a proposal takes: join, or delegate to yourself with \`wetee dao delegate\``,
    )
  const begins = block.timestamp + delay
  const [targets, values, calldatas] = args
  return {
    id: 'dao.propose',
    title: `Propose "${input.title.trim()}"`,
    facts: [
      ['Proposal', String(proposalId)],
      [
        'Track',
        input.track === 'fast'
          ? 'fast: may only pause new leases and revoke measurements'
          : 'normal',
      ],
      ...input.calls.map((call, index): [string, string] => [
        `Call ${index + 1}`,
        describeCall(profile, call),
      ]),
      ['Voting', `about ${formatTime(begins)} to ${formatTime(begins + period)}`],
      ['Then', `queued, and executed after ${timelockSeconds} s`],
    ],
    calls: [
      callOf(profile, governor, 'propose', [targets, values, calldatas, description], {
        doing: `propose "${input.title.trim()}"`,
      }),
    ],
    outcome: outcomeOf(governor, 'ProposalCreated'),
  }
}

/**
 * A call from `target:function:arguments`: target a contract's name or an address, function a name or, for another contract, its
 * signature such as `burn(uint256)`, arguments a JSON array. Throws `proposal.call-invalid`.
 */
export function parseCall(profile: NetworkProfile, text: string): RawCall {
  const match = /^([A-Za-z0-9]+):([A-Za-z_][A-Za-z0-9_]*(?:\([^:]*\))?)(?::(.*))?$/s.exec(text)
  if (match === null) throw invalidCall(text, 'expected target:function:arguments')
  const [, target = '', name = '', json = '[]'] = match
  const known = Object.keys(abis).includes(target) ? (target as ContractName) : undefined
  if (known === undefined && !isAddress(target, { strict: false }))
    throw invalidCall(
      text,
      `"${target}" is neither an address nor one of ${Object.keys(abis).join(', ')}`,
    )
  let args: unknown
  try {
    args = JSON.parse(json)
  } catch (cause) {
    throw invalidCall(text, 'the arguments are no JSON array', cause)
  }
  if (!Array.isArray(args)) throw invalidCall(text, 'the arguments are no JSON array')
  const to = known === undefined ? requireAddress('target', target) : addressOf(profile, known)
  return { to, data: encode(known, name, args, text), valueWei: 0n }
}

function encode(
  contract: ContractName | undefined,
  name: string,
  args: readonly unknown[],
  text: string,
): Hex {
  try {
    const abi: Abi =
      contract === undefined || name.includes('(')
        ? [parseAbiItem(`function ${name}`)]
        : abis[contract]
    const functionName = name.replace(/\(.*$/, '')
    const item = getAbiItem({ abi, name: functionName, args }) as AbiFunction | undefined
    if (item === undefined) throw new Error(`there is no function ${functionName}`)
    if (item.inputs.length !== args.length)
      throw new Error(
        `${functionName} takes ${item.inputs.length} arguments, ${args.length} are given`,
      )
    return encodeFunctionData({ abi: [item], functionName, args: args.map(toArgument) })
  } catch (cause) {
    const why = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)
    throw invalidCall(text, why, cause)
  }
}

/** Integers may be written as decimal text: JSON numbers are exact to 53 bits only. */
function toArgument(value: unknown): unknown {
  if (typeof value === 'string' && /^-?\d+$/.test(value)) return BigInt(value)
  if (Array.isArray(value)) return value.map(toArgument)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, toArgument(inner)]))
}

const transactionSchema = z.object({
  to: z.string().refine((text) => isAddress(text, { strict: false }), 'expected an address'),
  data: z.string().regex(/^0x([0-9a-fA-F]{2})*$/, 'expected hex'),
  value: z.string().regex(/^\d{1,78}$/, 'expected wei as decimal text'),
  chainId: z.int(),
})
const transactionsSchema = z
  .union([z.object({ transactions: z.array(transactionSchema) }), z.array(transactionSchema)])
  .transform((document) => (Array.isArray(document) ? document : document.transactions))

/** The calls of unsigned transactions, as `--unsigned` writes them. Throws `proposal.file-invalid`, `proposal.wrong-chain`. */
export function parseTransactions(profile: NetworkProfile, text: string): RawCall[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new SdkError('proposal.file-invalid', 'the transactions are not JSON', { cause })
  }
  const parsed = transactionsSchema.safeParse(value)
  if (!parsed.success)
    throw new SdkError(
      'proposal.file-invalid',
      `these are no unsigned transactions (${z.prettifyError(parsed.error).slice(0, 500)}): \`--unsigned\` of any command writes them`,
    )
  return parsed.data.map(({ to, data, value: valueWei, chainId }) => {
    if (chainId !== profile.chainId)
      throw new SdkError(
        'proposal.wrong-chain',
        `a transaction is for chain ${chainId}, this network is chain ${profile.chainId}`,
      )
    return { to: to, data: data as Hex, valueWei: BigInt(valueWei) }
  })
}

/** Treasury template: an amount of DOT or of an ERC20 to somebody. */
export function spendCall(to: string, amount: bigint, asset: Asset): RawCall {
  const receiver = requireAddress('receiver', to)
  if (isNative(asset)) return { to: receiver, data: '0x', valueWei: amount }
  const args = [receiver, amount] as const
  const data = encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args })
  return { to: asset.address, data, valueWei: 0n }
}

/** Membership template. */
export function memberCall(
  profile: NetworkProfile,
  action: 'add' | 'remove',
  account: string,
): RawCall {
  const doing = `${action} a member`
  return callOf(profile, 'members', action, [requireAddress('member', account)], { doing })
}

/** What a reference value is set to. */
export type ReferenceInput = {
  /** 1: workers' machines and instances, 2: dsecret nodes. */
  readonly role: number
  readonly measurementId: string
  /** One bit: 1 TDX, 2 SEV-SNP, 4 SGX, 8 Nitro. */
  readonly teeClass: number
  readonly status: 'accepted' | 'deprecated' | 'revoked'
  /** Seconds; deprecated ones count until then. */
  readonly until?: bigint
}

/** Reference value template; on the fast track the revocation alone is possible. Throws `proposal.reference-invalid`. */
export function referenceCall(
  profile: NetworkProfile,
  input: ReferenceInput,
  track: Track,
): RawCall {
  const { role, measurementId, teeClass, status, until = 0n } = input
  if (!/^0x[0-9a-fA-F]{64}$/.test(measurementId) || /^0x0*$/.test(measurementId))
    throw new SdkError(
      'proposal.reference-invalid',
      `"${measurementId}" is no measurement: write 0x and 64 hex digits, not all zero`,
    )
  if ((status === 'deprecated') !== until > 0n)
    throw new SdkError(
      'proposal.reference-invalid',
      'a deprecated reference value counts until a time: give it, and for no other status',
    )
  const id = measurementId as Hex
  if (track === 'fast') {
    if (status !== 'revoked')
      throw new SdkError(
        'proposal.reference-invalid',
        'the fast track can only revoke: propose this on the normal one',
      )
    return callOf(profile, 'subnet', 'revokeReference', [role, id], {
      doing: 'revoke a reference value',
    })
  }
  const code = { accepted: 1, deprecated: 2, revoked: 3 }[status]
  return callOf(profile, 'subnet', 'setReferenceValue', [role, id, teeClass, code, until], {
    doing: 'set a reference value',
  })
}

/** Parameters of the Cloud that change; the rest stays. Throws `proposal.parameters-invalid`. */
export async function parametersCall(network: Network, json: string): Promise<RawCall> {
  const { number: at } = await network.reader.finalized()
  const before = await network.reader.view('cloud', 'parameters', [], at)
  const fields = Object.fromEntries(
    Object.keys(before).map((name) => [name, z.int().min(0).optional()]),
  )
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (cause) {
    throw new SdkError('proposal.parameters-invalid', 'the parameters are no JSON object', {
      cause,
    })
  }
  const parsed = z.strictObject(fields).safeParse(value)
  if (!parsed.success || Object.keys(parsed.data).length === 0)
    throw new SdkError(
      'proposal.parameters-invalid',
      `name parameters as a JSON object of whole numbers: ${Object.entries(before)
        .map(([name, now]) => `${name} (${now})`)
        .join(', ')}`,
    )
  const next = Object.fromEntries(
    Object.entries(before).map(([name, now]) => {
      const given = parsed.data[name]
      return [name, given === undefined ? now : typeof now === 'bigint' ? BigInt(given) : given]
    }),
  ) as typeof before
  return callOf(network.profile, 'cloud', 'setParameters', [next], { doing: 'set parameters' })
}

function check({ title, calls }: ProposalInput, description: string): void {
  if (title.trim() === '' || /[\r\n]/.test(title.trim()))
    throw new SdkError('proposal.title-invalid', 'a proposal has a title of one line')
  if (calls.length === 0 || calls.length > maxCalls)
    throw new SdkError(
      'proposal.calls-count',
      `a proposal has 1 to ${maxCalls} calls, this one has ${calls.length}`,
    )
  const bytes = new TextEncoder().encode(description).length
  if (bytes > maxDescriptionBytes)
    throw new SdkError(
      'proposal.description-too-long',
      `title and description have ${bytes} bytes, at most ${maxDescriptionBytes} are taken`,
    )
}

function invalidCall(text: string, why: string, cause?: unknown): SdkError {
  return new SdkError(
    'proposal.call-invalid',
    `"${text.slice(0, 200)}" is no call (${why}): write for example cloud:setTreasury:["0x..."]`,
    { cause },
  )
}
