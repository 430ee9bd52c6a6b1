// The DAO in the console, in a real browser: delegate, propose from templates, vote, queue, execute; members, treasury, reference values.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, onTestFailed, test } from 'vitest'
import { listMembers, listProposals } from '@wetee/sdk'
import { parseEther } from 'viem'
import { launchChromium } from '../browser/chromium.ts'
import { describeWithChromium } from '../browser/in-chromium.ts'
import { anvilAccount } from './testing/local-anvil.ts'
import { startConsoleChain, type ConsoleChain } from './testing/console-chain.ts'
import type { ConsolePage } from './testing/console-page.ts'

const dot = 10n ** 18n
const patientMs = 60_000
/** Development accounts of the chain: one with all votes, one that nobody knows yet. */
const [holder, newcomer] = [0, 4] as const
const addressOf = (account: number) => anvilAccount(account).address

describeWithChromium('the DAO in the web console', (executable) => {
  let chain: ConsoleChain
  let browser: Browser
  let open: ConsolePage
  beforeAll(async () => {
    ;[chain, browser] = await Promise.all([startConsoleChain(), launchChromium(executable)])
    open = await chain.open(browser, holder)
    open.page.setDefaultTimeout(patientMs)
  })
  beforeEach(() => {
    onTestFailed(async () => {
      process.stderr.write(`${open.page.url()}\n${await open.page.locator('body').innerText()}\n`)
      process.stderr.write(`${open.problems.join('\n')}\n`)
      await open.picture('failed-dao')
    })
  })
  afterAll(async () => {
    await browser?.close()
    await chain?.close()
  })
  const visit = (address: string) => open.page.goto(`${chain.url}#/${address}`)
  const button = (name: string | RegExp) => open.page.getByRole('button', { name, exact: true })
  const field = (name: string) => open.page.getByLabel(name, { exact: true })
  const region = (name: string) => open.page.getByRole('region', { name })
  const badge = (text: string) => open.page.locator('.badge', { hasText: text })
  const sign = async (label = 'Sign in the wallet') => {
    const dialog = open.page.getByRole('dialog')
    await button(label).click()
    await dialog.getByText('Done, and final.').waitFor({ timeout: patientMs })
    await button('Close').last().click()
  }
  /** Signs the proposal that was put together, and opens its page. */
  const propose = async (title: string, why?: string) => {
    await field('Title').fill(title)
    if (why !== undefined) await field('Why').fill(why)
    await button('Review and sign').click()
    await button('Sign in the wallet').click()
    await open.page
      .getByRole('heading', { level: 1, name: 'It is proposed' })
      .waitFor({ timeout: patientMs })
    await open.page.getByRole('link', { name: 'All proposals' }).click()
    await open.page.getByRole('link', { name: title }).click()
    await open.page.getByRole('heading', { level: 1, name: title }).waitFor()
  }
  /** Votes for the proposal that is open, and executes it. */
  const decide = async (name?: string) => {
    await chain.pass(3)
    await badge('voting').waitFor()
    await button('Vote').click()
    await field('Reason').fill('agreed')
    await button('Review').click()
    await sign()
    await region('Who voted').getByText('agreed').waitFor()
    if (name !== undefined) await open.picture(`${name}-voting-light`)
    await chain.pass(70)
    await badge('won').waitFor()
    await button('Queue').click()
    await sign()
    await chain.pass(5)
    await button('Execute').click()
    await sign()
    await badge('executed').waitFor()
    if (name !== undefined) await open.picture(`${name}-executed-light`)
  }

  test('anybody sees members, rules, treasury and what counts as genuine, without a wallet', async () => {
    await visit('dao')
    await open.page.getByText('Nothing was ever proposed here').waitFor()
    await open.page.getByRole('link', { name: 'Members' }).click()
    await region('Members').getByText('0xf39Fd6', { exact: false }).waitFor()
    await open.page.getByRole('link', { name: 'Token' }).click()
    await region('Normal track').getByText('1 min', { exact: true }).waitFor()
    await open.page.getByRole('link', { name: 'Treasury' }).click()
    await region('Holds').getByText('0 DOT').waitFor()
    await open.page.getByRole('link', { name: 'Reference values' }).click()
    await open.page.getByText('None was ever set').waitFor()
  })

  test('votes that nobody was given are said to count for nothing, until they are delegated', async () => {
    await visit('dao/token')
    await button('Connect wallet').last().click()
    await button('Test wallet').click()
    const yours = region('Your votes')
    await yours.getByText('nobody: they do not count').waitFor()
    await button('Vote with your own tokens').click()
    await sign()
    await yours.getByText('yourself').waitFor()
    await open.picture('dao-token-own-light')
  })

  test(
    'the treasury pays by a proposal that is read in words, voted, queued and executed',
    { timeout: 300_000 },
    async () => {
      await chain.anvil.client.sendTransaction({
        to: chain.profile.contracts.timelock as `0x${string}`,
        value: parseEther('10'),
      })
      const receiver = `0x${'77'.repeat(20)}` as const
      await visit('dao/propose/spend')
      await button('Add to the proposal').click()
      await open.page
        .getByText('address.invalid')
        .or(open.page.getByText('amount.invalid'))
        .waitFor()
      await field('Amount').fill('4')
      await field('To').fill(receiver)
      await button('Add to the proposal').click()
      await region('What it does').getByText(`Send 4 DOT to ${receiver}`, { exact: true }).waitFor()
      await open.picture('propose-light')
      await propose('Pay the audit', 'It was done.\nThe report is public.')
      await region('Why').getByText('The report is public.').waitFor()
      await decide('proposal')
      expect(await chain.anvil.client.getBalance({ address: receiver })).toBe(4n * dot)
      await visit('dao/treasury')
      await region('Holds').getByText('6 DOT').waitFor()
    },
  )

  test(
    'parameters, a member and a reference value are changed together; what was added can be taken out again',
    { timeout: 300_000 },
    async () => {
      const measurement = `0x${'5a'.repeat(32)}`
      await visit('dao/propose/parameters')
      await field('feeBps').fill('150')
      await button('Add to the proposal').click()
      await field('What').selectOption('member')
      await field('Account').fill(addressOf(newcomer))
      await button('Add to the proposal').click()
      await field('What').selectOption('reference')
      await field('Measurement').fill('0x12')
      await button('Add to the proposal').click()
      await open.page.getByText('proposal.reference-invalid').waitFor()
      await field('Measurement').fill(measurement)
      await button('Add to the proposal').click()
      await field('What').selectOption('call')
      await field('Call').fill('cloud:setTreasury:["0x0000000000000000000000000000000000000001"]')
      await button('Add to the proposal').click()
      await region('What it does').getByText("Pay the network's fees to").first().waitFor()
      await button('Remove call 4').click()
      expect(await region('What it does').getByRole('listitem').count()).toBe(3)
      await propose('Housekeeping')
      await decide()
      const network = await chain.network(holder)
      expect((await listMembers(network)).members).toContain(addressOf(newcomer))
      await visit('dao/references')
      await region('Reference values').getByText('accepted').waitFor()
    },
  )

  test(
    'the fast track takes revocations alone, and they are voted and executed as others',
    { timeout: 300_000 },
    async () => {
      const measurement = `0x${'5a'.repeat(32)}`
      await visit('dao/propose/reference')
      await field('Track').selectOption('fast')
      await field('Measurement').fill(measurement)
      await field('State').selectOption('accepted')
      await button('Add to the proposal').click()
      await open.page.getByText('the fast track can only revoke').waitFor()
      await field('State').selectOption('revoked')
      await button('Add to the proposal').click()
      await propose('Revoke it')
      await open.page.getByText('Fast track').waitFor()
      await decide()
      await visit('dao/references')
      await region('Reference values').getByText('revoked').waitFor()
      const states = (await listProposals(await chain.network(holder))).map(({ state }) => state)
      expect(states).toEqual(['executed', 'executed', 'executed'])
    },
  )

  test(
    'no view of the DAO has anything that axe calls a barrier, in light, dark, and on a phone',
    { timeout: 400_000 },
    async () => {
      const [first] = await listProposals(await chain.network(holder))
      await open.looksRight(chain.url, [
        'dao',
        'dao/members',
        'dao/token',
        'dao/treasury',
        'dao/references',
        'dao/propose',
        `proposal/${first?.proposalId}`,
      ])
    },
  )
})
