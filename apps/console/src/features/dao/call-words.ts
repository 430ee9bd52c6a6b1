// Usual calls of the DAO in a sentence; others are shown as they are. Pure.
import { decodeFunctionData, erc20Abi, formatEther, type Abi } from 'viem'
import { abis, contractAt, formatDot, formatTime, type Network, type RawCall } from '@wetee/sdk'

type Args = readonly unknown[]

const statuses = ['nothing', 'accepted', 'deprecated', 'revoked']
const roles = ['nobody', 'workers', 'dsecret nodes']
const text = (value: unknown) => String(value)
const wei = (value: unknown) => formatDot(value as bigint)

const sentences: Readonly<Record<string, (args: Args) => string>> = {
  'members.add': ([member]) => `Take ${text(member)} in as a member`,
  'members.remove': ([member]) => `Remove the member ${text(member)}`,
  'members.setPublicJoin': ([open]) =>
    open === true ? 'Let anybody join the DAO' : 'Take new members by proposal only',
  'subnet.setReferenceValue': ([role, id, , status, until]) =>
    `Set the measurement ${text(id)} of ${roles[Number(role)] ?? 'others'} to ${statuses[Number(status)] ?? 'unknown'}${until === 0n ? '' : ` until ${formatTime(until as bigint)}`}`,
  'subnet.revokeReference': ([role, id]) =>
    `Revoke the measurement ${text(id)} of ${roles[Number(role)] ?? 'others'}`,
  'cloud.setParameters': () => 'Set the parameters of the Cloud',
  'cloud.setTreasury': ([to]) => `Pay the network's fees to ${text(to)}`,
  'cloud.pauseNewLeases': ([until]) => `Take no new leases until ${formatTime(until as bigint)}`,
  'complaints.uphold': ([id, slashed, loss]) =>
    `Uphold complaint ${text(id)}: slash ${wei(slashed)}, of which ${wei(loss)} go to the complainant`,
  'complaints.rejectFrivolous': ([id]) =>
    `Reject complaint ${text(id)} as frivolous: its bond goes to the worker's owner`,
  'complaints.dismiss': ([id]) => `Dismiss complaint ${text(id)}: its bond comes back`,
  'quorum.nameCommittee': ([members, threshold]) =>
    `Name the next committee: nodes ${(members as bigint[]).join(', ')}; ${text(threshold)} are enough`,
  'token.issue': ([to, amount]) =>
    `Issue ${formatEther(amount as bigint)} new votes to ${text(to)}`,
  'token.transfer': ([to, amount]) =>
    `Send ${formatEther(amount as bigint)} votes of the treasury to ${text(to)}`,
}

/** A sentence for a usual call; undefined for others, which are shown decoded. */
export function callInWords(profile: Network['profile'], call: RawCall): string | undefined {
  if (call.data === '0x') return `Send ${formatDot(call.valueWei)} to ${call.to}`
  const contract = contractAt(profile, call.to)
  try {
    const abi: Abi = contract === undefined ? erc20Abi : abis[contract]
    const { functionName, args = [] } = decodeFunctionData({ abi, data: call.data })
    if (contract === undefined && functionName === 'transfer')
      return `Send tokens of ${call.to} to ${text(args[0])}`
    if (contract === undefined || call.valueWei > 0n) return undefined
    return sentences[`${contract}.${functionName}`]?.(args)
  } catch {
    return undefined
  }
}
