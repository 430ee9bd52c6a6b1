// Transactions of the devnet's own accounts to its contracts: checked by a simulation, mined, never retried. Network I/O.
import {
  createPublicClient,
  createWalletClient,
  http,
  type Abi,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type TransactionReceipt,
} from 'viem'
import { anvil as localChain } from 'viem/chains'
import {
  apisAbi,
  authorityAbi,
  cloudAbi,
  complaintsAbi,
  keysAbi,
  quorumAbi,
  secretsAbi,
  subnetAbi,
  type NetworkProfile,
} from '@wetee/chain'
import { accountOf, type AccountRole, type Accounts } from './accounts.ts'

const abis = {
  authority: authorityAbi,
  subnet: subnetAbi,
  quorum: quorumAbi,
  keys: keysAbi,
  secrets: secretsAbi,
  cloud: cloudAbi,
  complaints: complaintsAbi,
  apis: apisAbi,
} as const
type Abis = typeof abis
type WriteName<C extends keyof Abis> = ContractFunctionName<Abis[C], 'nonpayable' | 'payable'>

/** A call of one of the network's contracts by one of its accounts. */
export type Call<C extends keyof Abis, N extends WriteName<C>> = {
  readonly from: AccountRole
  readonly contract: C
  readonly functionName: N
  readonly args: ContractFunctionArgs<Abis[C], 'nonpayable' | 'payable', N>
  readonly valueWei?: bigint
}

/** What sending needs of the network. */
export type Sender = {
  readonly rpcUrl: string
  readonly accounts: Accounts
  readonly profile: Pick<NetworkProfile, 'contracts'>
}

/** Sends the call and waits until it is mined; throws with the contract's own reason when it is refused. */
export async function transact<C extends keyof Abis, N extends WriteName<C>>(
  { rpcUrl, accounts, profile }: Sender,
  { from, contract, functionName, args, valueWei }: Call<C, N>,
): Promise<TransactionReceipt> {
  const address = profile.contracts[contract]
  if (address === undefined) throw new Error(`the network has no ${contract}`)
  const transport = http(rpcUrl)
  const publicClient = createPublicClient({ transport, chain: localChain, pollingInterval: 200 })
  const account = accountOf(accounts, from)
  const wallet = createWalletClient({ account, chain: localChain, transport })
  const call = {
    account,
    address,
    abi: abis[contract] as Abi,
    functionName: functionName as string,
    args: args as readonly unknown[],
    ...(valueWei === undefined ? {} : { value: valueWei }),
  }
  const estimate = await publicClient.estimateContractGas(call)
  // Daemons act on the same contracts: in its block the call may take more than it would now.
  const gas = (estimate * 3n) / 2n
  const hash = await wallet.writeContract({ ...call, gas, chain: localChain })
  const receipt = await publicClient.waitForTransactionReceipt({ hash })
  if (receipt.status !== 'success')
    throw new Error(`${contract}.${functionName} was refused in transaction ${hash}`)
  return receipt
}
