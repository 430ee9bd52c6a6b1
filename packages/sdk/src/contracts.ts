// The contracts of a network by name: their ABIs, their addresses, and typed calls of them. Pure.
import {
  encodeFunctionData,
  isAddressEqual,
  type Abi,
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type ContractFunctionReturnType,
  type Hex,
} from 'viem'
import {
  apisAbi,
  authorityAbi,
  bridgeAbi,
  cloudAbi,
  complaintsAbi,
  forwarderAbi,
  governorAbi,
  keysAbi,
  lensAbi,
  membersAbi,
  misconductAbi,
  quorumAbi,
  secretsAbi,
  subnetAbi,
  timelockAbi,
  tokenAbi,
  type NetworkProfile,
} from '@wetee/chain'
import { addressOf } from './contract-address.ts'

/** ABI of every contract that the sdk calls, by its name in the network profile. */
export const abis = {
  cloud: cloudAbi,
  subnet: subnetAbi,
  quorum: quorumAbi,
  keys: keysAbi,
  lens: lensAbi,
  secrets: secretsAbi,
  complaints: complaintsAbi,
  misconduct: misconductAbi,
  apis: apisAbi,
  bridge: bridgeAbi,
  forwarder: forwarderAbi,
  members: membersAbi,
  token: tokenAbi,
  governor: governorAbi,
  timelock: timelockAbi,
  fastGovernor: governorAbi,
  fastTimelock: timelockAbi,
  authority: authorityAbi,
} as const

type Abis = typeof abis
/** Contracts of a network by the names of its description. */
export type ContractName = keyof Abis

/** Functions of a contract that change something. */
export type WriteName<C extends ContractName> = ContractFunctionName<
  Abis[C],
  'nonpayable' | 'payable'
>
/** Arguments of a function that changes something, as a tuple in the order of the ABI. */
export type WriteArgs<C extends ContractName, F extends WriteName<C>> = ContractFunctionArgs<
  Abis[C],
  'nonpayable' | 'payable',
  F
>

/** Functions of a contract that only read. */
export type ViewName<C extends ContractName> = ContractFunctionName<Abis[C], 'view' | 'pure'>
/** Arguments of a function that only reads, as a tuple in the order of the ABI. */
export type ViewArgs<C extends ContractName, F extends ViewName<C>> = ContractFunctionArgs<
  Abis[C],
  'view' | 'pure',
  F
>
/** What a function that only reads answers. */
export type ViewResult<C extends ContractName, F extends ViewName<C>> = ContractFunctionReturnType<
  Abis[C],
  'view' | 'pure',
  F
>

/** One call that an account may sign. */
export type Call = {
  readonly to: Address
  readonly data: Hex
  readonly valueWei: bigint
  /** Completes "could not ...", for example `shut down worker 3`. */
  readonly doing: string
}

/** The name of the contract at an address, if it is one of the network's. */
export function contractAt(profile: NetworkProfile, address: Address): ContractName | undefined {
  const names = Object.keys(abis) as ContractName[]
  return names.find((name) => {
    const known = profile.contracts[name]
    return known !== undefined && isAddressEqual(known, address)
  })
}

/** A call of one of the network's contracts. */
export function callOf<C extends ContractName, F extends WriteName<C>>(
  profile: NetworkProfile,
  contract: C,
  functionName: F,
  args: WriteArgs<C, F>,
  options: { readonly doing: string; readonly valueWei?: bigint },
): Call {
  const abi: Abi = abis[contract]
  return {
    to: addressOf(profile, contract),
    data: encodeFunctionData({ abi, functionName, args } as never),
    valueWei: options.valueWei ?? 0n,
    doing: options.doing,
  }
}
