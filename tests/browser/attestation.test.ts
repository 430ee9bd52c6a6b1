// The verifier in a real browser: what Node says of simulated evidence, a page and a worker say too.
import { expect, test } from 'vitest'
import { bundleForBrowser } from './bundle.ts'
import { describeInChromium } from './in-chromium.ts'
import { answer } from './page/wire.ts'
import { intelRequests } from './simulated/intel.ts'
import { nitroRequests } from './simulated/nitro.ts'
import { snpRequests } from './simulated/snp.ts'

const requests = [...intelRequests(), ...snpRequests(), ...nitroRequests()]
const sound = requests.filter(({ name }) => !name.includes(':'))
const [genuine] = sound
/** Distinct codes that simulation reaches; falls when a fault stops being one. */
const MIN_CODES = 45

async function scripts() {
  const [page, worker] = await Promise.all([
    bundleForBrowser('tests/browser/page/main.ts'),
    bundleForBrowser('tests/browser/page/worker.ts'),
  ])
  return { scripts: { 'page.js': page.text, 'worker.js': worker.text } }
}

describeInChromium('simulated evidence in Chromium', scripts, ({ open, origin }) => {
  test('every answer of the page is that of Node, sound evidence and each fault alike', async () => {
    const page = await open()
    const inPage = await page.call<string[]>(
      'answerAll',
      requests.map(({ request }) => request),
    )
    const codes = new Set<string>()
    for (const [index, { name, request, authentic }] of requests.entries()) {
      const expected = await answer(request)
      expect(inPage[index], name).toBe(expected)
      const { claims, code } = JSON.parse(expected) as { claims?: object; code?: string }
      expect(claims !== undefined, name).toBe(authentic)
      // Neither claims nor a code: something broke.
      expect(claims === undefined, name).toBe(code !== undefined)
      if (code !== undefined) codes.add(code)
    }
    console.log(`simulated evidence in Chromium: ${requests.length} cases, ${codes.size} codes`)
    expect(codes.size).toBeGreaterThanOrEqual(MIN_CODES)
    await page.close()
  })

  test.each(sound)('$name is appraised in a worker too', async ({ request }) => {
    const page = await open()
    expect(await page.call('answerInWorker', request)).toBe(await answer(request))
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
    await page.call('answer', genuine?.request)
    expect(page.requests).toEqual([origin(), `${origin()}page.js`])
    await page.close()
  })

  test('a page without WebCrypto says so, and never that evidence is right or wrong', async () => {
    const page = await open('insecure')
    expect(await page.call('environment')).toMatchObject({ secure: false, subtle: false })
    const unavailable = expect.stringMatching(
      /^\{"name":"AttestationError","code":"crypto.unavailable"/,
    ) as string
    for (const { name, request } of sound)
      expect(await page.call('answer', request), name).toEqual(unavailable)
    expect(await page.call('answerInWorker', genuine?.request)).toEqual(unavailable)
    // What can be refused without signatures still is.
    const short = requests.find(({ name }) => name.endsWith(': half of it'))
    expect(await page.call('answer', short?.request)).toContain('quote.malformed')
    await page.close()
  })
})
