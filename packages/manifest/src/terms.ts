// Terms: what the contract enforces per replica and the manifest repeats; their digest and their
// price. Pure.
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { encodeAbiParameters, hexToBytes } from 'viem/utils'
import { z } from 'zod'

/** Lower-case hex with `0x`. */
export type Hex = `0x${string}`

/**
 * Equal to Solidity `ICloud.Terms`. Resources are per replica; `teeClasses` bit 0 TDX, bit 1 SEV-
 * SNP, bit 2 SGX.
 */
export type Terms = {
  readonly replicas: number
  readonly cpuMilli: number
  readonly memoryMiB: number
  readonly diskMiB: number
  readonly gpu: number
  readonly teeClasses: number
  readonly level: number
  readonly upgradeDelaySeconds: number
  readonly graceSeconds: number
}

/** A worker's prices, wei per second and unit. */
export type ResourcePrices = {
  readonly cpuMilli: bigint
  readonly memoryMiB: bigint
  readonly diskMiB: bigint
  readonly gpu: bigint
}

/** Names of TEE classes in Compose files, by their bit. */
export const teeClassBits = { tdx: 1, 'sev-snp': 2, sgx: 4 } as const

/** The chain's native token has 10 decimals: rents and payouts are multiples of this many wei. */
export const weiGranularity = 100_000_000n

const u8 = 0xff
const u16 = 0xffff
const u32 = 0xffff_ffff
const bounded = (minimum: number, maximum: number) => z.number().int().min(minimum).max(maximum)

/**
 * Ranges of the Solidity types; nothing that costs may be zero, and at least one TEE class is
 * named.
 */
export const termsSchema = z.strictObject({
  replicas: bounded(1, u16),
  cpuMilli: bounded(1, u32),
  memoryMiB: bounded(1, u32),
  diskMiB: bounded(1, u32),
  gpu: bounded(0, u16),
  teeClasses: bounded(1, 7),
  level: bounded(0, u8),
  upgradeDelaySeconds: bounded(0, u32),
  graceSeconds: bounded(0, u32),
})

const fields = [
  ['replicas', 'uint16'],
  ['cpuMilli', 'uint32'],
  ['memoryMiB', 'uint32'],
  ['diskMiB', 'uint32'],
  ['gpu', 'uint16'],
  ['teeClasses', 'uint8'],
  ['level', 'uint8'],
  ['upgradeDelaySeconds', 'uint32'],
  ['graceSeconds', 'uint32'],
] as const

const abi = fields.map(([name, type]) => ({ name, type }))

/** SHA-256 of `abi.encode(terms)`, as the Cloud contract computes it. */
export function termsDigest(terms: Terms): Hex {
  const encoded = encodeAbiParameters(
    abi,
    fields.map(([name]) => terms[name]),
  )
  return `0x${bytesToHex(sha256(hexToBytes(encoded)))}`
}

/** Whether every field is the same. */
export function termsEqual(a: Terms, b: Terms): boolean {
  return fields.every(([name]) => a[name] === b[name])
}

/** Rent of one replica in wei per second, rounded up to a multiple of `weiGranularity`. */
export function weiPerSecond(terms: Terms, prices: ResourcePrices): bigint {
  const exact =
    BigInt(terms.cpuMilli) * prices.cpuMilli +
    BigInt(terms.memoryMiB) * prices.memoryMiB +
    BigInt(terms.diskMiB) * prices.diskMiB +
    BigInt(terms.gpu) * prices.gpu
  return ((exact + weiGranularity - 1n) / weiGranularity) * weiGranularity
}
