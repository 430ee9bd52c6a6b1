// The chain of usage samples of an application: each digest covers the sample and the digest before it. Pure.
import { sha256 } from '@noble/hashes/sha2.js'
import { fromHex, toHex, unsigned, type Hex } from '../bytes.ts'
import { frame } from './frame.ts'

/** Whose chain it is: one for each application on each worker. */
export type UsageScope = {
  readonly chainId: number
  /** Address of the Subnet. */
  readonly subnet: Hex
  readonly workerId: bigint
  readonly appId: bigint
}

/** What an application has used from `fromMs` to `toMs` (milliseconds since 1970); whole numbers, 0 or more. */
export type UsageSample = {
  /** 1 for the first of the chain, then one more each. */
  readonly sequence: number
  readonly fromMs: number
  readonly toMs: number
  readonly cpuMicros: number
  /** Memory held, times the seconds that it was held. */
  readonly memoryByteSeconds: number
  /** Written bytes at the end. */
  readonly diskBytes: number
  readonly receivedBytes: number
  readonly sentBytes: number
  readonly restarts: number
}

/** Digest before the first sample. */
export const USAGE_START: Hex = `0x${'00'.repeat(32)}`

const TAG = 'wetee/usage/v1'
const FIELDS = [
  'sequence',
  'fromMs',
  'toMs',
  'cpuMicros',
  'memoryByteSeconds',
  'diskBytes',
  'receivedBytes',
  'sentBytes',
  'restarts',
] as const

/**
 * Digest of a chain that ends with this sample, 32 bytes: H over the tag, the scope, the digest before and the sample's
 * numbers, each framed by its length. Throws AttestationError `binding.invalid` for numbers out of bounds.
 */
export function usageDigest(scope: UsageScope, previous: Hex, sample: UsageSample): Hex {
  const numbers = FIELDS.map((name) => unsigned(sample[name], 8, name))
  const parts = [
    unsigned(scope.chainId, 8, 'chainId'),
    fromHex(scope.subnet.toLowerCase(), 20, 'subnet'),
    unsigned(scope.workerId, 8, 'workerId'),
    unsigned(scope.appId, 8, 'appId'),
    fromHex(previous, 32, 'previous'),
    ...numbers,
  ]
  return toHex(sha256(frame(TAG, ...parts)))
}

/** What the operator signs (EIP-191) of a chain when rent is settled: scope, last sample and digest. */
export function usageStatement(scope: UsageScope, sequence: number, digest: Hex): string {
  const { chainId, subnet, workerId, appId } = scope
  const names = `chain ${chainId}, subnet ${subnet.toLowerCase()}, worker ${workerId}`
  return `${TAG}: ${names}, application ${appId}, sample ${sequence}: ${digest}`
}

/** The first sample of a chain that does not follow, and why; `undefined` where all do. */
export type UsageBreak = {
  readonly sequence: number
  readonly why: 'out of order' | 'overlaps in time' | 'other digest'
}

/** A sample with the digest that its worker gives for it. */
export type ChainedUsage = UsageSample & { readonly digest: Hex }

/**
 * Follows a chain from the digest before its first sample: every number one more, no time counted twice, every digest
 * the one computed here. Throws AttestationError `binding.invalid` for numbers out of bounds.
 */
export function followUsage(
  scope: UsageScope,
  before: { readonly sequence: number; readonly digest: Hex },
  samples: readonly ChainedUsage[],
): UsageBreak | undefined {
  let { sequence, digest } = before
  let fromMs = 0
  for (const sample of samples) {
    const broken = (why: UsageBreak['why']) => ({ sequence: sample.sequence, why })
    if (sample.sequence !== ++sequence) return broken('out of order')
    if (sample.fromMs < fromMs || sample.toMs < sample.fromMs) return broken('overlaps in time')
    digest = usageDigest(scope, digest, sample)
    if (digest !== sample.digest) return broken('other digest')
    fromMs = sample.toMs
  }
  return undefined
}
