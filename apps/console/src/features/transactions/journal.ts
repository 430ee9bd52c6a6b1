// Transactions that this browser has sent, kept over reloads. Reads and writes the browser's storage.
import { useSyncExternalStore } from 'react'
import type { Hex } from 'viem'
import type { Network } from '@wetee/sdk'

/** One that was handed to the chain. */
export type Sent = {
  readonly hash: Hex
  readonly title: string
  /** Milliseconds. */
  readonly sentAtMs: number
  /** Of a Substrate account: the block from which it can be included, as no receipt has its hash. */
  readonly fromBlock?: number
}

const maxKept = 20
const maxTextLength = 32_768
const listeners = new Set<() => void>()
const read = new Map<string, readonly Sent[]>()

const keyOf = ({ profile }: Network) => `wetee.sent.${profile.chainId}.${profile.contracts.cloud}`

/** What is kept; whatever else lies in the storage is passed over. */
export function parseJournal(text: string | null): readonly Sent[] {
  if (text === null || text.length > maxTextLength) return []
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value.filter(isSent).slice(0, maxKept) : []
  } catch {
    return []
  }
}

function isSent(value: unknown): value is Sent {
  const { hash, title, sentAtMs, fromBlock } = (value ?? {}) as Record<string, unknown>
  return (
    typeof hash === 'string' &&
    /^0x[0-9a-f]{64}$/.test(hash) &&
    typeof title === 'string' &&
    title.length <= 300 &&
    typeof sentAtMs === 'number' &&
    Number.isSafeInteger(sentAtMs) &&
    (fromBlock === undefined || (Number.isSafeInteger(fromBlock) && Number(fromBlock) >= 0))
  )
}

function entries(key: string): readonly Sent[] {
  const known = read.get(key) ?? parseJournal(localStorage.getItem(key))
  read.set(key, known)
  return known
}

function write(key: string, next: readonly Sent[]): void {
  read.set(key, next)
  localStorage.setItem(key, JSON.stringify(next))
  for (const listener of listeners) listener()
}

/** Keeps a transaction, the newest first. */
export function noteSent(network: Network, sent: Sent): void {
  const key = keyOf(network)
  const others = entries(key).filter(({ hash }) => hash !== sent.hash)
  write(key, [{ ...sent, title: sent.title.slice(0, 300) }, ...others].slice(0, maxKept))
}

/** Forgets one. */
export function forgetSent(network: Network, hash: Hex): void {
  const key = keyOf(network)
  write(
    key,
    entries(key).filter((sent) => sent.hash !== hash),
  )
}

/** Those of this network, newest first. */
export function useSent(network: Network): readonly Sent[] {
  const key = keyOf(network)
  return useSyncExternalStore(
    (changed) => {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
    () => entries(key),
  )
}
