// What the contracts owe an account, and paying it out. Network I/O.
import { zeroAddress, type Address } from 'viem'
import { callOf, type Call } from './contracts.ts'
import { SdkError } from './error.ts'
import type { Intent } from './intent.ts'
import { formatAmount, formatDot, isNative, weiGranularity } from './money.ts'
import { requireAccount, type Network } from './network.ts'
import type { Asset } from './reader.ts'

/** Credits of an account: rents and refunds in the Cloud, slashes in the Subnet, bonds and losses in Complaints, prices and fees of calls in the Bridge, gas and budgets in the Forwarder. */
export type Credits = {
  /** DOT, and every asset that was asked for. */
  readonly cloud: readonly { readonly asset: Asset; readonly amount: bigint }[]
  readonly subnetWei: bigint
  readonly complaintsWei: bigint
  readonly bridgeWei: bigint
  readonly forwarderWei: bigint
}

/** The credits of an account; `assets` are ERC20s to look for beside DOT. */
export async function readCredits(
  network: Network,
  account: Address,
  assets: readonly Address[] = [],
): Promise<Credits> {
  const { reader } = network
  const { number: at } = await reader.finalized()
  const cloud = await Promise.all(
    [zeroAddress, ...assets].map(async (address) => ({
      asset: await reader.asset(address),
      amount: await reader.creditWei(account, address, at),
    })),
  )
  const subnetWei = await reader.view('subnet', 'credit', [account], at)
  const owedBy = (contract: 'complaints' | 'bridge' | 'forwarder') =>
    network.profile.contracts[contract] === undefined
      ? 0n
      : reader.view(contract, 'credit', [account], at)
  const complaintsWei = await owedBy('complaints')
  const bridgeWei = await owedBy('bridge')
  return { cloud, subnetWei, complaintsWei, bridgeWei, forwarderWei: await owedBy('forwarder') }
}

/** Pays out every credit of the account, one call for each contract and asset. Throws `credit.none`. */
export async function planWithdrawal(
  network: Network,
  options: { readonly assets?: readonly Address[]; readonly to?: Address } = {},
): Promise<Intent> {
  const account = requireAccount(network).account.address
  const to = options.to ?? account
  const credits = await readCredits(network, account, options.assets)
  const facts: [string, string][] = []
  const calls: Call[] = []
  const { profile } = network
  for (const { asset, amount } of credits.cloud) {
    const payable = isNative(asset) ? amount - (amount % weiGranularity) : amount
    if (payable === 0n) continue
    facts.push(['Rents and refunds', formatAmount(payable, asset)])
    calls.push(
      callOf(profile, 'cloud', 'withdrawTo', [asset.address, to], {
        doing: `withdraw ${formatAmount(payable, asset)} of rents and refunds`,
      }),
    )
  }
  const owed = [
    ['subnet', 'From slashing', credits.subnetWei],
    ['complaints', 'From complaints', credits.complaintsWei],
    ['bridge', 'From calls', credits.bridgeWei],
    ['forwarder', 'From transactions of applications', credits.forwarderWei],
  ] as const
  for (const [contract, label, amount] of owed) {
    const payable = amount - (amount % weiGranularity)
    if (payable === 0n) continue
    facts.push([label, formatDot(payable)])
    const doing = `withdraw ${formatDot(payable)} from the ${contract} contract`
    calls.push(callOf(profile, contract, 'withdraw', [to], { doing }))
  }
  if (calls.length === 0)
    throw new SdkError(
      'credit.none',
      `nothing is owed to ${account}. Credits in an ERC20 are found with --asset; stake is paid by \`wetee worker withdraw\``,
    )
  return {
    id: 'credit.withdraw',
    title: 'Withdraw what the contracts owe you',
    facts: [...facts, ['To', to]],
    calls,
    independent: true,
  }
}
