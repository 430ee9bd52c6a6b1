// The sets of vendor roots that a genuine network may name. Pure.
import type { TrustStore } from '../trust-store.ts'
import { intelTrustStore } from './intel.ts'

/**
 * Intel's root alone, and Intel's with AMD's. A genuine network's Subnet names one of them by its
 * `trustStoreDigest`, for good.
 */
export const genuineTrustStores: readonly TrustStore[] = [intelTrustStore]
