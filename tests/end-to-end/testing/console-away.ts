// A worker that does not answer, in the web console: what is said, what still works, and that all goes on once it is back. Declares tests.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startWorker } from '@wetee/devnet/workers'
import type { ConsoleOnDevnet } from './console-devnet.ts'
import type { ConsolePage } from './console-page.ts'
import { openOwnerPage, showOnFailure, type OwnerPage } from './console-owner.ts'
import { eventually } from './running-devnet.ts'

const away = 'Worker 1 does not answer.'
/** What browsers say of connections, which helps nobody. */
const raw = /Failed to fetch|network error|TypeError/i

export function awaySuite(of: () => ConsoleOnDevnet): void {
  let owner: OwnerPage
  let newcomer: ConsolePage
  beforeAll(async () => {
    owner = await openOwnerPage(of())
    newcomer = await of().newPage()
  })
  afterAll(async () => {
    await owner?.open.close()
    await newcomer?.close()
  })
  beforeEach(() => showOnFailure(owner))
  const address = (part: string) => `${of().url}#/app/${of().devnet.application.appId}${part}`
  const body = ({ page }: ConsolePage) => page.locator('body').innerText()
  const signIn = () => owner.button('Sign in').click()
  const signatures = ({ asked }: ConsolePage) =>
    asked.filter((method) => method === 'personal_sign').length
  const chart = () => owner.open.page.getByRole('img', { name: /^Memory/ })
  const lines = () => owner.open.page.getByRole('log')
  /** Nothing is still being read, and nothing is as the browser said it. */
  const isSaid = async (open: ConsolePage) => {
    await open.page.getByText(away).waitFor()
    await open.page.locator('[aria-label^=Reading]').first().waitFor({ state: 'detached' })
    expect(await body(open)).not.toMatch(raw)
  }

  test('a failure and its button stay in sight while it is tried again', async () => {
    const { page } = owner.open
    const held = Promise.withResolvers<void>()
    let asked = 0
    await page.route('**/v1/apps/*/metrics**', async (route) => {
      asked += 1
      if (asked === 1) await route.abort()
      else held.resolve()
    })
    await owner.tab('metrics')
    await signIn()
    await owner.button('Try again').click()
    await held.promise
    expect(await owner.button('Try again').count()).toBe(1)
    expect(await page.getByLabel('Reading the metrics').count()).toBe(0)
    expect(await body(owner.open)).not.toMatch(raw)
    // What is held goes on.
    await page.unroute('**/v1/apps/*/metrics**')
    await chart().waitFor()
  })

  test('every part of an application says that its worker is away, since when, and what goes on', async () => {
    await owner.tab('logs')
    await signIn()
    await lines().getByText('listening').first().waitFor()
    await of().devnet.network.children.kill('worker')
    await isSaid(owner.open)
    await owner.text(/It last answered this browser/).waitFor()
    await owner.text(/The chain saw it last .* when it renewed a lease/).waitFor()
    await owner.text(/safe: the contract holds [\d.]+ DOT/).waitFor()
    await owner.text(/ends with its lease in/).waitFor()
    await lines().getByText('listening').first().waitFor()
    for (const part of ['events', 'failures', 'metrics', 'billing', 'secrets', '']) {
      await owner.tab(part)
      await isSaid(owner.open)
    }
    await owner.text('Paid so far').waitFor()
    await owner.open.picture('app-away-light')
    expect(await owner.open.violations()).toEqual([])
  })

  test('whoever comes while it is away is asked for no signature, and is told what there is', async () => {
    const { page } = newcomer
    page.setDefaultTimeout(30_000)
    await page.goto(address('/logs'))
    await page.getByText('It has not answered this browser yet.').waitFor()
    await page.getByRole('button', { name: 'Connect wallet' }).first().click()
    await page.getByRole('button', { name: 'Test wallet' }).click()
    await page.getByText('Logs come from inside its instances through worker 1').waitFor()
    expect(await page.getByRole('button', { name: 'Sign in' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Try again' }).click()
    await isSaid(newcomer)
    await page.goto(address('/secrets'))
    await page.getByText('The nodes are reached through worker 1').waitFor()
    await page.getByRole('button', { name: 'Move to another worker' }).click()
    await page.getByRole('dialog').getByText('worker.none-fits').waitFor()
    await page.getByRole('button', { name: 'Close' }).first().click()
    await page.goto(`${of().url}#/verify/${of().devnet.application.appId}`)
    await page.getByText('there is nothing to judge now').waitFor()
    await isSaid(newcomer)
    await newcomer.picture('verify-away-light')
    expect(signatures(newcomer)).toBe(0)
  })

  test('once it is back all goes on by itself; its sessions are signed for anew', async () => {
    await owner.tab('metrics')
    await isSaid(owner.open)
    const { network, application } = of().devnet
    startWorker(network)
    // How long a worker takes to come back is not the page's.
    await eventually('the application to be served again', async () => {
      const { sdk, url } = application
      const answer = await sdk.transport.get(url, { maxBytes: 65_536 }).catch(() => undefined)
      return answer?.status === 200
    })
    await newcomer.page.getByText('Thirteen steps').waitFor()
    await owner.text(away).waitFor({ state: 'detached' })
    await signIn()
    await chart().waitFor()
    const before = signatures(owner.open)
    await owner.tab('events')
    await owner.text('instance.attested').first().waitFor()
    await owner.tab('logs')
    await lines().getByText('listening').first().waitFor()
    expect(signatures(owner.open)).toBe(before)
  })
}
