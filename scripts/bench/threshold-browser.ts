// How long a browser encrypts a secret beside the reference library in the same page. Starts Chromium.
import { openNativeGroup } from '@wetee/threshold/native'
import { bundleForBrowser } from '../../tests/browser/bundle.ts'
import { startChromium } from '../../tests/browser/chromium.ts'
import { startSite } from '../../tests/browser/site.ts'
import { dealSharing } from './threshold-testing.ts'
import type { EncryptionTimes, TimedEncryption } from './threshold-browser-page.ts'
import type { Umbral } from './umbral.ts'

const ROUNDS = { rounds: 60, warmUp: 20 }
const GLUE = 'umbral.js'

/** Median milliseconds of an encryption of ours and of theirs, and the browser's major version. Rejects where there is no Chromium. */
export async function timeEncryptionInChromium(
  umbral: Umbral,
): Promise<EncryptionTimes & { readonly version: string }> {
  const { text } = await bundleForBrowser('scripts/bench/threshold-browser-page.ts', {
    minify: true,
  })
  const missing = 'missing' in umbral
  const scripts = { 'page.js': text, ...(missing ? {} : { [GLUE]: umbral.glue }) }
  const site = await startSite({ scripts, webAssembly: true })
  try {
    const browser = await startChromium()
    try {
      const page = await browser.open(`http://127.0.0.1:${site.port}/`)
      const group = openNativeGroup()
      const { encryptionKey } = dealSharing(group, { threshold: 2, size: 3, seed: 'encrypt' })
      const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
      const given: TimedEncryption = {
        networkKey: hex(group.encode(encryptionKey)),
        ...(missing ? {} : { reference: { script: `/${GLUE}`, wasm: hex(umbral.wasm) } }),
        rounds: ROUNDS,
      }
      const times = await page.call<EncryptionTimes>('measure', given)
      return { ...times, version: browser.version.split('.')[0] ?? '' }
    } finally {
      await browser.close()
    }
  } finally {
    await site.close()
  }
}
