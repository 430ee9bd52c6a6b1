// The roots of every hardware vendor whose evidence is appraised. Pure.
import type { TrustStore } from '../trust-store.ts'
import { amdTrustStore } from './amd.ts'
import { intelTrustStore } from './intel.ts'
import { nitroTrustStore } from './nitro.ts'

/** Intel's, AMD's and AWS's roots: what is authentic under none of them is from no real hardware. */
export const vendorTrustStore: TrustStore = {
  roots: [...intelTrustStore.roots, ...amdTrustStore.roots, ...nitroTrustStore.roots],
}
