// How fast a browser appraises Intel evidence beside the browser path of the one npm library for it. Starts Chromium.
import { createSimulatedVendor } from '@wetee/attestation/simulated'
import { bundleForBrowser } from '../../tests/browser/bundle.ts'
import { startChromium } from '../../tests/browser/chromium.ts'
import { startSite } from '../../tests/browser/site.ts'
import type { Timed, TimedEvidence } from './attestation-browser-page.ts'
import { compare, type Measured } from './measure.ts'

/** At least ten appraisals in the time of one of theirs, whatever is known already. */
const TARGET = 1 / 10
const ROUNDS = { rounds: 60, warmUp: 10 }
const REPORT_DATA = `0x${'33'.repeat(64)}` as const
const atMs = Date.UTC(2026, 0, 1)
const seed = (...bytes: readonly number[]) => {
  const whole = new Uint8Array(32)
  whole.set(bytes)
  return whole
}

/** Times both in one page of one Chromium: an appraisal of each kind, one after the other, in every round. */
export async function benchAttestationBrowser(): Promise<Measured[]> {
  const { version, timed } = await timeInChromium([evidenceOf('tdx'), evidenceOf('sgx')])
  const name = `@phala/dcap-qvl 0.3.9 in Chromium ${version.split('.')[0]}`
  return timed.flatMap(([kind, { nothing, collateral, platform, reference: value }]) => {
    const reference = { name, value }
    return [
      compare(`browser.${kind}.nothing-cached`, nothing, 'ms', reference, TARGET),
      compare(`browser.${kind}.collateral-cached`, collateral, 'ms', reference, TARGET),
      compare(`browser.${kind}.platform-known`, platform, 'ms', reference, TARGET),
    ]
  })
}

async function timeInChromium(evidence: readonly TimedEvidence[]) {
  const entry = 'scripts/bench/attestation-browser-page.ts'
  const { text } = await bundleForBrowser(entry, { minify: true })
  const site = await startSite({ scripts: { 'page.js': text } })
  try {
    const browser = await startChromium()
    try {
      const page = await browser.open(`http://127.0.0.1:${site.port}/`)
      const timed: [string, Timed][] = []
      for (const one of evidence)
        timed.push([
          one.tee === 'tdx' ? 'tdx-v4' : 'sgx-v3',
          await page.call<Timed>('measure', one),
        ])
      return { version: browser.version, timed }
    } finally {
      await browser.close()
    }
  } finally {
    await site.close()
  }
}

function evidenceOf(tee: TimedEvidence['tee']): TimedEvidence {
  const vendor = createSimulatedVendor({ seed: seed(1), atMs })
  const quoteOf = (machine: number) => {
    const chip = vendor.createChip({ seed: seed(2, machine) })
    if (tee === 'tdx')
      return chip
        .launch({ mrtd: `0x${'11'.repeat(48)}`, mrConfigId: `0x${'22'.repeat(48)}` })
        .quote(REPORT_DATA)
    const names = { mrEnclave: `0x${'11'.repeat(32)}`, mrSigner: `0x${'22'.repeat(32)}` } as const
    return chip.launchEnclave({ ...names, isvProdId: 1, isvSvn: 1 }).quote(REPORT_DATA)
  }
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
  return {
    tee,
    quotes: Array.from({ length: 1 + ROUNDS.rounds + ROUNDS.warmUp }, (_, machine) =>
      hex(quoteOf(machine)),
    ),
    rootDer: hex(vendor.rootDer),
    endorsements: vendor.collateral(atMs, { tee }),
    atMs,
    rounds: ROUNDS,
  }
}
