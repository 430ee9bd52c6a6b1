// An owner in the web console: what is read of an application and changed of it after it was deployed. Declares tests.
import { readFileSync } from 'node:fs'
import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, onTestFailed, test } from 'vitest'
import { readApis } from '@wetee/sdk'
import type { ConsoleOnDevnet } from './console-devnet.ts'
import type { ConsolePage } from './console-page.ts'

const patientMs = 120_000

/** A page of the application that came with the devnet, connected as its owner. */
export type OwnerPage = {
  readonly open: ConsolePage
  tab(name: string): Promise<unknown>
  button(name: string | RegExp): Locator
  text(wanted: string | RegExp): Locator
  /** Signs what is shown, waits until it is final, and closes it. */
  sign(): Promise<void>
  /** The Compose file of the example, as the devnet has deployed it. */
  compose(): string
}

/** Opens it. */
export async function openOwnerPage(console: ConsoleOnDevnet): Promise<OwnerPage> {
  const { devnet, url } = console
  const { appId } = devnet.application
  const open = await console.newPage()
  open.page.setDefaultTimeout(patientMs)
  const owner: OwnerPage = {
    open,
    tab: (name) => open.page.goto(`${url}#/app/${appId}${name === '' ? '' : `/${name}`}`),
    button: (name) => open.page.getByRole('button', { name }),
    text: (wanted) => open.page.getByText(wanted),
    sign: async () => {
      await owner.button('Sign in the wallet').click({ timeout: patientMs })
      await owner.text('Done, and final.').waitFor({ timeout: patientMs })
      await owner.button('Close').first().click()
    },
    compose: () => devnet.application.composeText(),
  }
  await owner.tab('')
  await owner.button('Connect wallet').click()
  await owner.button('Test wallet').click()
  await owner.button('Terminate').waitFor()
  return owner
}

/** Says where the page was when the test failed. */
export function showOnFailure({ open }: OwnerPage): void {
  onTestFailed(async () => {
    process.stderr.write(`${open.page.url()}\n${await open.page.locator('body').innerText()}\n`)
    process.stderr.write(`${open.problems.join('\n')}\n`)
    await open.picture('failed-application')
  })
}

export function ownerSuite(of: () => ConsoleOnDevnet): void {
  let owner: OwnerPage
  let open: ConsolePage
  beforeAll(async () => {
    owner = await openOwnerPage(of())
    open = owner.open
  })
  afterAll(() => open?.close())
  beforeEach(() => {
    open.policy.signs = true
    showOnFailure(owner)
  })
  const tab: OwnerPage['tab'] = (name) => owner.tab(name)
  const button: OwnerPage['button'] = (name) => owner.button(name)
  const text: OwnerPage['text'] = (wanted) => owner.text(wanted)
  const sign = () => owner.sign()
  const rules = async () => {
    const { appId, sdk } = of().devnet.application
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
    await fetch(of().devnet.application.url).catch(() => undefined)
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
    const chart = open.page.getByRole('img', { name: /^Memory.*: [\d.]+ \w+ now, highest/ })
    await chart.locator('canvas').waitFor()
    // A value and its time are said where pointer or arrow keys are.
    const said = open.page.locator('figure', { has: chart }).locator('figcaption')
    const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/
    await chart.hover()
    await said.getByText(time).waitFor()
    await text('Metered usage').hover()
    await said.getByText(time).waitFor({ state: 'detached' })
    await chart.press('ArrowLeft')
    await said.getByText(time).waitFor()
    await open.picture('app-metrics-light')
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

  test('another owner: what was offered is said, and only that can be taken back', async () => {
    await button('Offer it').waitFor()
    expect(await button('Take the offer back').count()).toBe(0)
    await open.page.getByLabel('Address of the new owner').fill(`0x${'77'.repeat(20)}`)
    await button('Offer it').click()
    await sign()
    await text('who has not taken it yet').waitFor()
    await button('Take the offer back').click()
    await sign()
    await text('who has not taken it yet').waitFor({ state: 'detached' })
  })

  /** The first version of its API, and the next one: another path, an argument, another answer, another price. */
  const first = `{ path: /, response: { body: { type: string, from: body } }, price: 0.001 }`
  const next = `{ path: '/greeting/{name}', request: { name: string }, response: { text: string, calls: uint64 }, price: 0.002 }`
  /** Syncs the book with a file that has this one; `change` stands in the difference that is signed. */
  const sync = async (api: string, change: string) => {
    const file = `${owner.compose()}  apis:\n    greeting: ${api}\n`
    await open.page.getByLabel('Compose file with x-wetee.apis').fill(file)
    await text('1 API: greeting').waitFor()
    await button('Compare and sync').click()
    await open.page.getByRole('dialog').getByText(change).waitFor()
    await sign()
  }
  /** Signs the call that is put together, and looks at it until the application has answered. */
  const answered = async (callId: number) => {
    await button('Review the call').click()
    await button('Sign in the wallet').click()
    await button(`Show call ${callId}`).click({ timeout: patientMs })
    const dialog = open.page.getByRole('dialog')
    await dialog.getByText(/opened in block/).waitFor()
    await dialog.getByText('✓ answered').waitFor({ timeout: patientMs })
    await open.picture(`app-call-${callId}-light`)
    const said = await dialog.locator('.facts').innerText()
    await button('Close').first().click()
    return said
  }
  const book = () => readApis(of().devnet.application.sdk, of().devnet.application.appId)
  const api = () => open.page.getByRole('row').filter({ hasText: 'greeting' }).first()

  test('apis: an application is registered with its first API, which is called and answered; code has the right address', async () => {
    await tab('apis')
    await text('Nothing of it can be called yet.').waitFor()
    expect((await book()).registered).toBe(false)
    await sync(first, 'anybody may call')
    await api().getByText('number 1, version 1').waitFor()
    expect((await book()).registered).toBe(true)
    await button('Try greeting').click()
    expect(await answered(1)).toContain('from a confidential computer')
    await button('ink!').click()
    const bridge = of().devnet.network.profile.contracts.bridge ?? ''
    await text(bridge.slice(2).toLowerCase()).first().waitFor()
    await open.picture('app-apis-light')
  })

  test('apis: an API is changed, by its difference, and answers as its next version', async () => {
    await sync(next, 'version 2 instead of version 1')
    await api().getByText('number 1, version 2').waitFor()
    await api().getByText('0.002').waitFor()
    await button('Try greeting').click()
    await open.page.getByLabel('name (string)').fill('Ada')
    expect(await answered(2)).toMatch(/Hello, Ada\s+calls\s+1$/)
  })

  test(
    'apis: an API is removed; it is gone from the list, and nobody calls it any more, also who still has it open',
    { timeout: 180_000 },
    async () => {
      const other = await openOwnerPage(of())
      try {
        await other.tab('apis')
        await other.button('Try greeting').click()
        await other.open.page.getByLabel('name (string)').fill('Ada')
        await button('Remove greeting').click()
        await button('Remove the API').click()
        await text('Done, and final.').waitFor({ timeout: patientMs })
        await button('Close').first().click()
        await text('Nothing of it can be called yet.').waitFor()
        expect((await book()).apis).toEqual([])
        await button('Show call 2').waitFor()
        await text('number 1, removed').first().waitFor()
        await other.button('Review the call').click()
        await other.text(/has no API 1/).waitFor()
        expect(await other.button('Sign in the wallet').count()).toBe(0)
      } finally {
        await other.open.close()
      }
    },
  )

  test(
    'no part of an application has anything that axe calls a barrier, on a dark phone',
    { timeout: 180_000 },
    async () => {
      const { appId } = of().devnet.application
      const parts = ['logs', 'events', 'metrics', 'secrets', 'update', 'configure', 'domains']
      const more = ['attestation', 'apis', 'upgrades', 'failures', 'alerts', 'billing']
      const views = [...parts, ...more].map((part) => `app/${appId}/${part}`)
      await open.looksRight(of().url, views, ['phone'])
    },
  )
}
