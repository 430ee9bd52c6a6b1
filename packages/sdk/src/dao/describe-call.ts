// A call in words: what a proposal or an unsigned transaction would do. Pure.
import { decodeFunctionData, erc20Abi, size, type Abi, type AbiParameter, type Hex } from 'viem'
import type { NetworkProfile } from '@wetee/chain'
import { abis, contractAt } from '../contracts.ts'
import { formatDot } from '../money.ts'

/** What a contract is asked, with how much DOT. */
export type RawCall = { readonly to: Hex; readonly data: Hex; readonly valueWei: bigint }

/** Longest text of one argument. */
const maxText = 200

/** For example `cloud.setTreasury(treasury: 0x..)`; a call that is not known is named by its first four bytes. */
export function describeCall(profile: NetworkProfile, { to, data, valueWei }: RawCall): string {
  const paid = valueWei === 0n ? '' : `, sending ${formatDot(valueWei)}`
  if (size(data) === 0) return `send ${formatDot(valueWei)} to ${to}`
  const contract = contractAt(profile, to)
  const name = contract ?? to
  const known = decode(contract === undefined ? erc20Abi : abis[contract], data)
  if (known === undefined)
    return `call the unknown function ${data.slice(0, 10)} of ${name} with ${size(data) - 4} bytes${paid}`
  return `${name}.${known.name}(${known.args})${paid}`
}

function decode(abi: Abi, data: Hex): { name: string; args: string } | undefined {
  try {
    const { functionName, args = [] } = decodeFunctionData({ abi, data })
    const candidates = abi.filter((one) => one.type === 'function' && one.name === functionName)
    const item = candidates.find(
      (one) => one.type === 'function' && one.inputs.length === args.length,
    )
    const inputs = item?.type === 'function' ? item.inputs : []
    return { name: functionName, args: args.map((arg, i) => argument(inputs[i], arg)).join(', ') }
  } catch {
    return undefined
  }
}

function argument(input: AbiParameter | undefined, value: unknown): string {
  const text = toText(value)
  const short =
    text.length > maxText ? `${text.slice(0, maxText)}… (${text.length} characters)` : text
  return input?.name === undefined || input.name === '' ? short : `${input.name}: ${short}`
}

function toText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toText).join(', ')}]`
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([name, inner]) => `${name}: ${toText(inner)}`)
      .join(', ')} }`
  return typeof value === 'string' && !value.startsWith('0x')
    ? JSON.stringify(value)
    : String(value)
}
