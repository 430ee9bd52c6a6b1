// The sets of vendor roots that a genuine network may name. Pure.
import type { TrustStore } from '../trust-store.ts'
import { amdTrustStore } from './amd.ts'
import { intelTrustStore } from './intel.ts'

/**
 * Intel's root alone, AMD's alone, both. A genuine network's Subnet names one of them by its
 * `trustStoreDigest`, for good.
 */
export const genuineTrustStores: readonly TrustStore[] = [
  intelTrustStore,
  amdTrustStore,
  { roots: [...intelTrustStore.roots, ...amdTrustStore.roots] },
]
