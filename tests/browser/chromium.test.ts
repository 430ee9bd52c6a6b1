// A browser that is missing, does not start or breaks ends a test with one clear sentence.
import { expect, test } from 'vitest'
import { findChromium, MISSING_CHROMIUM, startChromium } from './chromium.ts'
import { describeInChromium } from './in-chromium.ts'

test('without one on the PATH there is none, and the error says what to install', () => {
  expect(findChromium({ PATH: '/nowhere' })).toBeUndefined()
  expect(findChromium({ PATH: process.env['PATH'], WETEE_CHROMIUM: '/nowhere' })).toBeUndefined()
  expect(MISSING_CHROMIUM).toContain('apt-get install')
})

test('a program that ends at once is named', async () => {
  await expect(startChromium('/bin/false')).rejects.toThrow(/^\/bin\/false did not start: /)
})

const script = `globalThis.wetee = { fails() { throw new Error('as it should') }, echo: (x) => x, never: () => new Promise(() => {}) }`

describeInChromium(
  'a page',
  () => Promise.resolve({ scripts: { 'page.js': script } }),
  ({ open, openAt, origin }) => {
    test('gets its input and hands back its result', async () => {
      const page = await open()
      expect(await page.call('echo', { one: [1] })).toEqual({ one: [1] })
      expect(page.requests).toEqual([origin(), `${origin()}page.js`])
    })

    test('that throws rejects the call with its words', async () => {
      const page = await open()
      await expect(page.call('fails')).rejects.toThrow(/^Chromium, calling fails: .*as it should/)
    })

    test('that is closed meanwhile rejects the call', async () => {
      const page = await open()
      const refused = expect(page.call('never')).rejects.toThrow(
        /^Chromium, calling never: .*closed/,
      )
      await page.close()
      await refused
    })

    test('that crashes says so', async () => {
      await expect(openAt('chrome://crash')).rejects.toThrow(
        /^Chromium, opening chrome:\/\/crash: .*crash/,
      )
    })
  },
)
