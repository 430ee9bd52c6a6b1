// Sealed secrets that are on chain, or about to be, and not at the nodes yet; over reloads. Ciphertext alone. Browser storage.
import { useSyncExternalStore } from 'react'
import { bytesToHex, hexToBytes, type Hex } from 'viem'
import type { Network, SealedVersion } from '@wetee/sdk'

/** One that has to go to the nodes once the chain names it. */
export type PendingUpload = {
  readonly appId: string
  readonly name: string
  readonly version: number
  readonly digest: Hex
  readonly bytes: Hex
}

const maxKept = 8
/** Eight of the longest secrets in hex, and some to spare. */
const maxTextLength = 1_500_000
const maxBytesLength = 150_000
const listeners = new Set<() => void>()
const read = new Map<string, readonly PendingUpload[]>()

const keyOf = ({ profile }: Network) => `wetee.sealed.${profile.chainId}.${profile.contracts.cloud}`

/** What is kept; whatever else lies in the storage is passed over. */
export function parsePendingUploads(text: string | null): readonly PendingUpload[] {
  if (text === null || text.length > maxTextLength) return []
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value.filter(isPending).slice(0, maxKept) : []
  } catch {
    return []
  }
}

function isPending(value: unknown): value is PendingUpload {
  const { appId, name, version, digest, bytes } = (value ?? {}) as Record<string, unknown>
  return (
    typeof appId === 'string' &&
    /^[1-9]\d{0,18}$/.test(appId) &&
    typeof name === 'string' &&
    name.length <= 64 &&
    typeof version === 'number' &&
    Number.isSafeInteger(version) &&
    typeof digest === 'string' &&
    /^0x[0-9a-f]{64}$/.test(digest) &&
    typeof bytes === 'string' &&
    bytes.length <= maxBytesLength &&
    /^0x([0-9a-f]{2})+$/.test(bytes)
  )
}

function entries(key: string): readonly PendingUpload[] {
  const known = read.get(key) ?? parsePendingUploads(localStorage.getItem(key))
  read.set(key, known)
  return known
}

function write(key: string, next: readonly PendingUpload[]): void {
  read.set(key, next)
  localStorage.setItem(key, JSON.stringify(next))
  for (const listener of listeners) listener()
}

/** Keeps a sealed version until it is forgotten; the oldest gives way. */
export function keepPending(network: Network, sealed: SealedVersion): void {
  const { appId, name, version, digest, bytes } = sealed
  const one = { appId: String(appId), name, version, digest, bytes: bytesToHex(bytes) }
  const others = entries(keyOf(network)).filter((other) => other.digest !== digest)
  write(keyOf(network), [one, ...others].slice(0, maxKept))
}

/** Forgets one. */
export function forgetPending(network: Network, digest: Hex): void {
  const key = keyOf(network)
  write(
    key,
    entries(key).filter((one) => one.digest !== digest),
  )
}

/** Those of an application. */
export function usePending(network: Network, appId: bigint): readonly PendingUpload[] {
  const key = keyOf(network)
  const all = useSyncExternalStore(
    (changed) => {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
    () => entries(key),
  )
  return all.filter((one) => one.appId === String(appId))
}

/** The ciphertext of one. */
export const bytesOf = ({ bytes }: PendingUpload): Uint8Array => hexToBytes(bytes)
