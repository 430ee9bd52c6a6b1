// Whether memory stays flat while evidence that changes all the time is appraised with a cache.
// Computes only.
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { appraise, AppraisalCache, type IntelEndorsements } from '@wetee/attestation'
import { createSimulatedVendor } from '@wetee/attestation/simulated'
import { compare, type Measured } from './measure.ts'

/** Heap after all appraisals by heap after the first tenth of them. */
const TARGET = 1.1
const APPRAISALS = 100_000
/** More machines and collateral than the cache has room for. */
const MACHINES = 300
const MAX_ENTRIES = 256
const atMs = Date.UTC(2026, 0, 1)
const HOUR_MS = 3_600_000

/** 100,000 appraisals of quotes of many machines under collateral of many hours. Minutes. */
export async function benchAttestationMemory(): Promise<Measured[]> {
  const collectGarbage = readyCollector()
  const vendor = createSimulatedVendor({ seed: seed(1), atMs })
  const trustStore = { roots: [{ name: 'simulated', der: vendor.rootDer, simulated: true }] }
  const quotes = Array.from({ length: MACHINES }, (_, machine) =>
    vendor
      .createChip({ seed: seed(2, machine & 255, machine >> 8) })
      .launch({ mrtd: `0x${'11'.repeat(48)}`, mrConfigId: `0x${'22'.repeat(48)}` })
      .quote(`0x${'33'.repeat(64)}`),
  )
  const collateral = Array.from({ length: 24 }, (_, hour) =>
    vendor.collateral(atMs + hour * HOUR_MS),
  )
  const cache = new AppraisalCache({ maxEntries: MAX_ENTRIES })
  const heaps: number[] = []
  for (let count = 1; count <= APPRAISALS; count++) {
    const quote = quotes[(count * 7) % MACHINES] as Uint8Array
    const hour = Math.floor(count / 100) % collateral.length
    const endorsements = collateral[hour] as IntelEndorsements
    const time = atMs + hour * HOUR_MS
    await appraise({ platform: 'tdx', quote }, endorsements, trustStore, time, { cache })
    if (cache.size > MAX_ENTRIES) throw new Error(`${cache.size} entries in the cache`)
    if (count === APPRAISALS / 10 || count === APPRAISALS) {
      // What has native memory behind it goes in two steps.
      for (let step = 0; step < 3; step++) {
        collectGarbage()
        await setImmediate()
      }
      const { heapUsed, external } = process.memoryUsage()
      heaps.push((heapUsed + external) / 1_000_000)
    }
  }
  const [first = NaN, last = NaN] = heaps
  const reference = { name: `heap after ${APPRAISALS / 10} appraisals`, value: first }
  return [compare(`heap.after-${APPRAISALS}`, last, 'MB', reference, TARGET)]
}

/** `gc`, whether or not the process was started with it. */
function readyCollector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}

function seed(...bytes: readonly number[]): Uint8Array {
  const whole = new Uint8Array(32)
  whole.set(bytes)
  return whole
}
