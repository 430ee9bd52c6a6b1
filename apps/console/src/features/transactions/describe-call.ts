// A call in words: which contract, which function, with what. Pure.
import { decodeFunctionData, formatEther, type Abi } from 'viem'
import { abis, type Call } from '@wetee/sdk'

const longest = 120

/** Several lines; bytes that are long are cut, and their length said. */
export function describeCall({ to, data, valueWei, doing }: Call): string {
  const lines = [`${doing.charAt(0).toUpperCase()}${doing.slice(1)}`, `to     ${to}`]
  const decoded = decode(data)
  lines.push(decoded ?? `data   ${cut(data)}`)
  if (valueWei > 0n) lines.push(`sends  ${formatEther(valueWei)} DOT`)
  return lines.join('\n')
}

function decode(data: Call['data']): string | undefined {
  for (const [contract, abi] of Object.entries(abis) as [string, Abi][])
    try {
      const { functionName, args = [] } = decodeFunctionData({ abi, data })
      return `calls  ${contract}.${functionName}(${args.map(textOf).join(', ')})`
    } catch {
      continue
    }
  return undefined
}

function textOf(value: unknown): string {
  if (typeof value === 'bigint' || typeof value === 'number') return String(value)
  if (typeof value === 'string') return cut(value)
  const text = JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'bigint' ? String(part) : part,
  )
  return cut(text)
}

function cut(text: string): string {
  if (text.length <= longest) return text
  const bytes = text.startsWith('0x')
    ? `${(text.length - 2) / 2} bytes`
    : `${text.length} characters`
  return `${text.slice(0, 42)}… (${bytes})`
}
