// An owner in the web console: what is read of an application and changed of it after it was deployed, in a real browser.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFailed, test } from 'vitest'
import type { Network } from '@wetee/sdk'
import { findChromium, launchChromium, MISSING_CHROMIUM } from '../browser/chromium.ts'
import { openConsole, type ConsolePage } from './testing/console-page.ts'
import { startDevnet, type RunningDevnet } from './testing/running-devnet.ts'

const patientMs = 120_000
const executable = findChromium()
test.runIf(executable === undefined)('the console of an owner: Chromium is there', ({ skip }) => {
  if (process.env['CI'] === 'true') throw new Error(MISSING_CHROMIUM)
  console.log(`skipped: the console of an owner: ${MISSING_CHROMIUM}`)
  skip()
})

describe.runIf(executable !== undefined)('an owner in the web console', () => {
  let devnet: RunningDevnet
  let browser: Browser
  let open: ConsolePage
  let url: string
  let appId: bigint
  let sdk: Network
  beforeAll(async () => {
    ;[devnet, browser] = await Promise.all([
      startDevnet('sandbox'),
      launchChromium(executable ?? ''),
    ])
    url = devnet.network.consoleUrl ?? ''
    ;({ appId, sdk } = devnet.application)
    open = await newPage()
    await tab('')
    await button('Connect wallet').click()
    await button('Test wallet').click()
    await button('Terminate').waitFor()
  }, 600_000)
  beforeEach(() => {
    open.policy.signs = true
    onTestFailed(async () => {
      process.stderr.write(`${open.page.url()}\n${await open.page.locator('body').innerText()}\n`)
      process.stderr.write(`${open.problems.join('\n')}\n`)
      await open.picture('failed')
    })
  })
  afterAll(async () => {
    await browser?.close()
    await devnet?.close()
  })
  const newPage = async () => {
    const { rpcUrl, profile, accounts } = devnet.network
    const account = accounts.developer
    const page = await openConsole(browser, { rpcUrl, chainId: profile.chainId, account })
    page.page.setDefaultTimeout(30_000)
    return page
  }
  const tab = (name: string) =>
    open.page.goto(`${url}#/app/${appId}${name === '' ? '' : `/${name}`}`)
  const button = (name: string | RegExp) => open.page.getByRole('button', { name })
  const text = (wanted: string | RegExp) => open.page.getByText(wanted)
  const sign = async () => {
    await button('Sign in the wallet').click({ timeout: patientMs })
    await text('Done, and final.').waitFor({ timeout: patientMs })
    await button('Close').first().click()
  }
  const compose = () =>
    readFileSync(join(import.meta.dirname, '../../examples/hello/compose.yaml'), 'utf8').replaceAll(
      '127.0.0.1:5780',
      `127.0.0.1:${devnet.network.ports.registry}`,
    )
  const rules = async () => {
    const { number } = await sdk.reader.finalized()
    return sdk.reader.view('cloud', 'rules', [appId], number)
  }

  test('logs: sign in with the wallet, follow, search; whoever declines reads nothing', async () => {
    await tab('logs')
    open.policy.signs = false
    await button('Sign in').click()
    await text('You declined it in the wallet: nothing was read.').waitFor()
    open.policy.signs = true
    await button('Try again').click()
    await open.page.getByRole('log').getByText('listening').first().waitFor()
    await fetch(devnet.application.url).catch(() => undefined)
    await open.page.getByLabel('Search the logs').fill('LISTENING')
    await open.page.locator('mark').first().waitFor()
    await open.picture('app-logs-light')
    const download = open.page.waitForEvent('download')
    await button('Download').click()
    const path = await (await download).path()
    expect(readFileSync(path, 'utf8')).toContain('listening')
    await open.page.getByLabel('Search the logs').fill('nobody writes this')
    await text(/None of \d+ lines contains/).waitFor()
  })

  test('events and failures need no second signature while the session lasts', async () => {
    const before = open.asked.filter((method) => method === 'personal_sign').length
    await open.page.getByRole('link', { name: 'Events', exact: true }).click()
    await text('instance.attested').first().waitFor()
    await open.page.getByRole('link', { name: 'Failures' }).click()
    await open.page.getByRole('heading', { name: 'Failure bundles' }).waitFor()
    expect(open.asked.filter((method) => method === 'personal_sign')).toHaveLength(before)
  })

  test('metrics: one signature, then charts and the chain of usage that is checked here', async () => {
    await tab('metrics')
    await button('Sign in').click()
    await open.page.getByRole('img', { name: /^Memory/ }).waitFor()
    await button('24 h').click()
    await button('Check it').click()
    await text(/samples follow each other/).waitFor()
    expect(open.problems).toEqual([])
  })

  test('configure: a cap and settings are signed; what is not allowed says why before it is', async () => {
    await tab('configure')
    await open.page.getByLabel('Most per day in DOT').fill('0.0000001')
    await button('Set the cap').click()
    await text(/is below that/).waitFor()
    await button('Close').first().click()
    await open.page.getByLabel('Most per day in DOT').fill('50')
    await button('Set the cap').click()
    await sign()
    expect((await rules()).maxWeiPerSecond).toBeGreaterThan(0n)
    await open.page.getByLabel('New settings').fill('{"mode": "quiet"}')
    await button('Configure').click()
    await sign()
    await text('Revision').first().waitFor()
  })

  test('apis: a book is synced from a file, a call is made and shown with its life, and code has the right address', async () => {
    await tab('apis')
    await open.page.getByLabel('Compose file with x-wetee.apis').fill(`${compose()}  apis:
    greeting:
      path: /
      response: { body: { type: string, from: body } }
      price: 0.001
      timeout: 60s
`)
    await text(/1 API: greeting/).waitFor()
    await button('Compare and sync').click()
    await sign()
    await button('Try greeting').click()
    await button('Review the call').click()
    await button('Sign in the wallet').click()
    await button('Show call 1').waitFor({ timeout: patientMs })
    await button('Show call 1').click()
    await text(/opened in block/).waitFor()
    await open.picture('app-call-light')
    await button('Close').first().click()
    await button('ink!').click()
    const bridge = devnet.network.profile.contracts.bridge ?? ''
    await text(bridge.slice(2).toLowerCase()).first().waitFor()
    await open.picture('app-apis-light')
  })
})
