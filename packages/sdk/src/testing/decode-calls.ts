// The calls of an intent in a form that tests compare. Pure.
import { decodeFunctionData, type Abi } from 'viem'
import { abis, contractAt } from '../contracts.ts'
import type { Intent } from '../intent.ts'
import { emptyWorld, memoryNetwork } from './memory-network.ts'

/** `[contract.function, arguments, wei]` of every call. */
export function decodeCalls(intent: Intent): [string, readonly unknown[], bigint][] {
  const { profile } = memoryNetwork(emptyWorld())
  return intent.calls.map(({ to, data, valueWei }) => {
    const contract = contractAt(profile, to)
    if (contract === undefined) return [to, [data], valueWei]
    const abi: Abi = abis[contract]
    const { functionName, args } = decodeFunctionData({ abi, data })
    return [`${contract}.${functionName}`, args ?? [], valueWei]
  })
}

/** The facts of an intent by their label. */
export function factsOf(intent: Intent): Record<string, string> {
  return Object.fromEntries(intent.facts)
}
