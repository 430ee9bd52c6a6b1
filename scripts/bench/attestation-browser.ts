// How fast a browser appraises TDX evidence beside the browser path of the one npm library for Intel quotes. Starts Chromium.
import { createSimulatedVendor } from '@wetee/attestation/simulated'
import { bundleForBrowser } from '../../tests/browser/bundle.ts'
import { startChromium } from '../../tests/browser/chromium.ts'
import { startSite } from '../../tests/browser/site.ts'
import type { Timed, TimedEvidence } from './attestation-browser-page.ts'
import { compare, type Measured } from './measure.ts'

/** At least ten appraisals in the time of one of theirs. */
const TARGET = 0.1
const ROUNDS = { rounds: 60, warmUp: 10 }
const atMs = Date.UTC(2026, 0, 1)
const seed = (byte: number) => new Uint8Array(32).fill(byte)

/** Times both in one page of one Chromium, one appraisal of each after the other. */
export async function benchAttestationBrowser(): Promise<Measured[]> {
  const { version, timed } = await timeInChromium(simulatedEvidence())
  const reference = {
    name: `@phala/dcap-qvl 0.3.9 in Chromium ${version.split('.')[0]}`,
    value: timed.reference,
  }
  return [
    compare('browser.appraisal', timed.plain, 'ms', reference, TARGET),
    compare('browser.appraisal.collateral-cached', timed.cached, 'ms', reference, TARGET),
  ]
}

async function timeInChromium(evidence: TimedEvidence) {
  const { text } = await bundleForBrowser('scripts/bench/attestation-browser-page.ts', {
    minify: true,
  })
  const site = await startSite({ scripts: { 'page.js': text } })
  try {
    const browser = await startChromium()
    try {
      const page = await browser.open(`http://127.0.0.1:${site.port}/`)
      return { version: browser.version, timed: await page.call<Timed>('measure', evidence) }
    } finally {
      await browser.close()
    }
  } finally {
    await site.close()
  }
}

function simulatedEvidence(): TimedEvidence {
  const vendor = createSimulatedVendor({ seed: seed(1), atMs })
  const guest = vendor
    .createChip({ seed: seed(2) })
    .launch({ mrtd: `0x${'11'.repeat(48)}`, mrConfigId: `0x${'22'.repeat(48)}` })
  return {
    quote: [...guest.quote(`0x${'33'.repeat(64)}`)],
    rootDer: [...vendor.rootDer],
    endorsements: vendor.collateral(atMs),
    atMs,
    rounds: ROUNDS,
  }
}
