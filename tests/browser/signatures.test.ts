// Chromium's cryptography judges every signature as Node's does: OpenSSL and BoringSSL must not differ in a verdict.
import { expect, test } from 'vitest'
import { signatureChecks } from '@wetee/attestation/testing/signature-cases'
import { bundleForBrowser } from './bundle.ts'
import { describeInChromium } from './in-chromium.ts'

async function content() {
  const { text } = await bundleForBrowser('tests/browser/page/signatures.ts')
  return { scripts: { 'page.js': text } }
}

describeInChromium('signatures in Chromium', content, ({ open }) => {
  test('genuine ones hold, and nothing that was made of them', async () => {
    const checks = signatureChecks()
    const page = await open()
    expect(await page.call('wrong', checks)).toEqual([])
    // The page does find wrong ones.
    const [first] = checks
    const reversed = [{ ...first, holds: false }]
    expect(await page.call('wrong', reversed)).toEqual([first?.name])
    await page.close()
  })
})
