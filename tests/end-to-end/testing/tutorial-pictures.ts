// `npm run screenshots`: draws the pictures of docs/tutorial anew, of the console on a devnet, doing what the pages say. Starts processes,
// writes files.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { listAppRows } from '@wetee/sdk'
import { findChromium, launchChromium, MISSING_CHROMIUM } from '../../browser/chromium.ts'
import { openConsole, type ConsolePage } from './console-page.ts'
import { eventually, startDevnet, type RunningDevnet } from './running-devnet.ts'
import { composeOf, tutorial } from './tutorial.ts'

const patientMs = 120_000
const size = { width: 1_100, height: 740 }
const WEBP_QUALITY = 82

type Reader = {
  readonly open: ConsolePage
  visit(view: string): Promise<unknown>
  press(name: string): Promise<void>
  fill(label: string, value: string): Promise<void>
  see(text: string | RegExp): Promise<void>
  /** Signs what is shown, and waits until it is final. */
  sign(): Promise<void>
  /** Keeps the top of the page, without the list of transactions in its corner. */
  keep(name: string): Promise<void>
}

const executable = findChromium()
if (executable === undefined) {
  console.error(`missing: ${MISSING_CHROMIUM}`)
  process.exit(3)
}
const devnet = await startDevnet('sandbox')
const browser = await launchChromium(executable)
try {
  const { rpcUrl, profile, accounts } = devnet.network
  const account = accounts.developer
  const open = await openConsole(browser, { rpcUrl, chainId: profile.chainId, account })
  const reader = readerOf(open, devnet.network.consoleUrl ?? '')
  await open.page.setViewportSize(size)
  open.page.setDefaultTimeout(patientMs)
  await firstApplication(reader, devnet)
  await contractCallback(reader, devnet)
  await takePart(reader)
} finally {
  await browser.close()
  await devnet.close()
}

async function firstApplication(reader: Reader, devnet: RunningDevnet): Promise<void> {
  const { application, network } = devnet
  const { page } = reader.open
  await reader.visit('deploy')
  await reader.press('Connect wallet')
  await reader.press('Test wallet')
  await reader.fill('Compose file', composeOf('first-application.md', network) ?? '')
  await reader.see('Fine: 1 service')
  await reader.press('Review and sign')
  await page.getByRole('button', { name: 'Sign in the wallet' }).waitFor()
  await reader.keep('deploy')
  await reader.press('Sign in the wallet')
  const appId = await eventually('the application', async () => {
    const rows = await listAppRows(application.sdk)
    return rows.find(({ name }) => name === 'notes')?.appId
  })
  await reader.visit(`app/${appId}/secrets`)
  await reader.press('Set a secret')
  await reader.fill('Name', 'greeting_key')
  await reader.fill('Value', 'what only the application reads')
  await reader.keep('secret')
  await reader.press('Seal and review')
  await reader.press('Sign in the wallet')
  await reader.see('greeting_key, version 1: 3 nodes keep it')
  await reader.visit(`app/${appId}`)
  await page.getByText('live', { exact: true }).waitFor()
  await reader.visit(`verify/${appId}`)
  await reader.see('Every step holds')
  await reader.keep('verify')
}

async function contractCallback(reader: Reader, { application, network }: RunningDevnet) {
  const { page } = reader.open
  await reader.visit(`app/${application.appId}/apis`)
  await reader.fill(
    'Compose file with x-wetee.apis',
    composeOf('contract-callback.md', network) ?? '',
  )
  await reader.press('Compare and sync')
  await reader.sign()
  await reader.press('Try greeting')
  await reader.fill('name (string)', 'Ada')
  await reader.press('Review the call')
  await reader.press('Sign in the wallet')
  await reader.press('Show call 1')
  await page.getByRole('dialog').getByText('✓ answered').waitFor()
  await reader.keep('call')
  await reader.press('Close')
}

async function takePart(reader: Reader): Promise<void> {
  await reader.visit('dao/propose/parameters')
  await reader.fill('feeBps', '150')
  await reader.press('Add to the proposal')
  await reader.fill('Title', 'A lower fee')
  await reader.keep('proposal')
  await reader.visit('worker/1')
  await reader.see('Earnings')
  await reader.keep('worker')
}

function readerOf(open: ConsolePage, url: string): Reader {
  const { page } = open
  const button = (name: string) => page.getByRole('button', { name })
  const reader: Reader = {
    open,
    visit: (view) => page.goto(`${url}#/${view}`),
    press: (name) => button(name).last().click(),
    fill: (label, value) => page.getByLabel(label, { exact: true }).last().fill(value),
    see: (text) => page.getByText(text).first().waitFor(),
    sign: async () => {
      await reader.press('Sign in the wallet')
      await reader.see('Done, and final.')
      await reader.press('Close')
    },
    keep: async (name) => {
      await page.locator('[aria-label^=Reading]').first().waitFor({ state: 'detached' })
      await showActivity(page, 'hidden')
      await page.evaluate(() => scrollTo(0, 0))
      const session = await page.context().newCDPSession(page)
      const { data } = await session.send('Page.captureScreenshot', {
        format: 'webp',
        quality: WEBP_QUALITY,
      })
      await showActivity(page, 'visible')
      const image = Buffer.from(data, 'base64')
      writeFileSync(join(tutorial, `${name}.webp`), image)
      console.log(`docs/tutorial/${name}.webp: ${image.length} bytes`)
    },
  }
  return reader
}

/** By the element's own style: the page's policy forbids a sheet that is not its own. */
function showActivity(page: Page, visibility: 'hidden' | 'visible'): Promise<void> {
  return page.locator('.activity').evaluateAll((found: HTMLElement[], wanted) => {
    for (const element of found) element.style.visibility = wanted
  }, visibility)
}
