// The DAO's treasury (its normal timelock) and its members. Network I/O.
import { erc20Abi, type Address } from 'viem'
import { chainError } from '../contract-error.ts'
import { addressOf } from '../contract-address.ts'
import { callOf } from '../contracts.ts'
import { readCredits, type Credits } from '../credits.ts'
import { SdkError } from '../error.ts'
import { outcomeOf, type Intent } from '../intent.ts'
import { requireAccount, type Network } from '../network.ts'
import type { Asset } from '../reader.ts'

/** What the DAO holds, and what the contracts owe it. */
export type Treasury = {
  readonly address: Address
  readonly balanceWei: bigint
  /** Of the assets that were asked for. */
  readonly assets: readonly { readonly asset: Asset; readonly amount: bigint }[]
  /** The DAO's own votes: what it holds of its token. */
  readonly ownTokens: bigint
  readonly credits: Credits
}

/** Balances of the treasury; `assets` are ERC20s to look for. */
export async function readTreasury(
  network: Network,
  assets: readonly Address[] = [],
): Promise<Treasury> {
  const { reader, profile } = network
  const { number: at } = await reader.finalized()
  const address = addressOf(profile, 'timelock')
  const held = await Promise.all(
    assets.map(async (asset) => ({
      asset: await reader.asset(asset),
      amount: await balanceOf(network, asset, address),
    })),
  )
  return {
    address,
    balanceWei: await reader.balanceWei(address),
    assets: held,
    ownTokens: await reader.view('token', 'balanceOf', [address], at),
    credits: await readCredits(network, address, assets),
  }
}

/** All members, and whether anybody may join by himself. */
export async function listMembers(
  network: Network,
): Promise<{ readonly publicJoin: boolean; readonly members: readonly Address[] }> {
  const { reader } = network
  const { number: at } = await reader.finalized()
  const members: Address[] = []
  for (let first = 0n; first < 10_000n; first += 100n) {
    const page = await reader.view('members', 'members', [first, 100n], at)
    members.push(...page)
    if (page.length < 100) break
  }
  return { publicJoin: await reader.view('members', 'publicJoin', [], at), members }
}

/** Joins while public joining is open, or leaves. Throws `dao.join-closed`, `dao.already-member`, `dao.not-member`. */
export async function planMembership(network: Network, action: 'join' | 'resign'): Promise<Intent> {
  const account = requireAccount(network).account.address
  const { number: at } = await network.reader.finalized()
  const isMember = await network.reader.view('members', 'isMember', [account], at)
  if (action === 'join' && isMember)
    throw new SdkError('dao.already-member', `${account} is a member already`)
  if (action === 'resign' && !isMember)
    throw new SdkError('dao.not-member', `${account} is no member`)
  if (action === 'join' && !(await network.reader.view('members', 'publicJoin', [], at)))
    throw new SdkError(
      'dao.join-closed',
      'the DAO takes new members by proposal only: ask a member for `wetee dao propose --add-member`',
    )
  return {
    id: `dao.${action}`,
    title: action === 'join' ? 'Join the DAO' : 'Leave the DAO',
    facts: [['Member', account]],
    calls: [callOf(network.profile, 'members', action, [], { doing: `${action} the DAO` })],
    outcome: outcomeOf('members', action === 'join' ? 'MemberJoined' : 'MemberLeft'),
  }
}

async function balanceOf(network: Network, asset: Address, account: Address): Promise<bigint> {
  try {
    return await network.chain.client.readContract({
      address: asset,
      abi: erc20Abi,
      functionName: 'balanceOf',
      args: [account],
    })
  } catch (cause) {
    throw chainError(cause, `read the balance of ${asset}`)
  }
}
