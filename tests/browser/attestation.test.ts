// The verifier in a real browser: what Node says of simulated evidence, a page and a worker say too.
import { expect, test } from 'vitest'
import { createSimulatedVendor } from '@wetee/attestation/simulated'
import type { Hex } from '@wetee/attestation'
import { bundleForBrowser } from './bundle.ts'
import { describeInChromium } from './in-chromium.ts'
import { answer, type AppraisalRequest } from './page/wire.ts'

const atMs = Date.UTC(2026, 5, 1)
const seed = (byte: number) => new Uint8Array(32).fill(byte)
const hex = (bytes: Uint8Array): Hex => `0x${Buffer.from(bytes).toString('hex')}`

const vendor = createSimulatedVendor({ seed: seed(1), atMs })
const chip = vendor.createChip({ seed: seed(2) })
const quote = chip
  .launch({ mrtd: `0x${'a1'.repeat(48)}`, mrConfigId: `0x${'c0'.repeat(48)}` })
  .quote(`0x${'5d'.repeat(64)}`)
const genuine: AppraisalRequest = {
  platform: 'tdx',
  quote: hex(quote),
  endorsements: vendor.collateral(atMs),
  roots: [{ name: vendor.name, der: hex(vendor.rootDer), simulated: true }],
  atMs,
}
const flipped = (at: number) => hex(quote.map((byte, index) => (index === at ? byte ^ 1 : byte)))
const other = createSimulatedVendor({ seed: seed(3), atMs })

/** Requests by what is wrong with them. */
const requests: Readonly<Record<string, readonly [AppraisalRequest, string]>> = {
  'of a genuine guest': [genuine, '"claims"'],
  'with a changed measurement': [{ ...genuine, quote: flipped(200) }, '"quote.signature"'],
  'cut short': [{ ...genuine, quote: hex(quote.subarray(0, 1000)) }, '"quote.malformed"'],
  'with collateral that has run out': [{ ...genuine, atMs: atMs + 31 * 86_400_000 }, '.expired"'],
  'under another root': [
    { ...genuine, roots: [{ name: 'other', der: hex(other.rootDer), simulated: true }] },
    '"root.untrusted"',
  ],
  'with the collateral of another vendor': [
    { ...genuine, endorsements: other.collateral(atMs) },
    '"code":"',
  ],
}

async function scripts() {
  const [page, worker] = await Promise.all([
    bundleForBrowser('tests/browser/page/main.ts'),
    bundleForBrowser('tests/browser/page/worker.ts'),
  ])
  return { scripts: { 'page.js': page.text, 'worker.js': worker.text } }
}

describeInChromium('simulated evidence in Chromium', scripts, ({ open, origin }) => {
  test.each(Object.entries(requests))('%s gets the answer of Node', async (_, [request, word]) => {
    const page = await open()
    const expected = await answer(request)
    expect(expected).toContain(word)
    expect(await page.call('answer', request)).toBe(expected)
    expect(await page.call('answerInWorker', request)).toBe(expected)
    await page.close()
  })

  test('the page has no help of Node, and asks nobody but its own site', async () => {
    const page = await open()
    expect(await page.call('environment')).toEqual({
      secure: true,
      subtle: true,
      isolated: true,
      node: false,
    })
    await page.call('answer', genuine)
    expect(page.requests).toEqual([origin(), `${origin()}page.js`])
    await page.close()
  })

  test('a page without WebCrypto says so, and never that evidence is right or wrong', async () => {
    const page = await open('insecure')
    expect(await page.call('environment')).toMatchObject({ secure: false, subtle: false })
    const unavailable = expect.stringMatching(
      /^\{"name":"AttestationError","code":"crypto.unavailable"/,
    ) as string
    for (const call of ['answer', 'answerInWorker'])
      expect(await page.call(call, genuine)).toEqual(unavailable)
    // What can be refused without signatures still is.
    const [short] = requests['cut short'] ?? []
    expect(await page.call('answer', short)).toContain('quote.malformed')
    await page.close()
  })
})
