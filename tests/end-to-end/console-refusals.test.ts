// What goes wrong around a transaction in the console, in a real browser: refused, locked, elsewhere, no money, no chain, a reload.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, onTestFailed, test } from 'vitest'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { readVoter } from '@wetee/sdk'
import { launchChromium } from '../browser/chromium.ts'
import { describeWithChromium } from '../browser/in-chromium.ts'
import { anvilAccount } from './testing/local-anvil.ts'
import { startConsoleChain, type ConsoleChain } from './testing/console-chain.ts'
import { openConsole, type ConsolePage } from './testing/console-page.ts'

const patientMs = 60_000
/** Development account with all votes. */
const holder = 0
const friendOf = (number: number) => `0x${String(number).repeat(40)}`

describeWithChromium('a transaction in the web console', (executable) => {
  let chain: ConsoleChain
  let browser: Browser
  let open: ConsolePage
  beforeAll(async () => {
    ;[chain, browser] = await Promise.all([startConsoleChain(), launchChromium(executable)])
    open = await chain.open(browser, holder)
    await connect()
  })
  beforeEach(() => {
    onTestFailed(async () => {
      process.stderr.write(`${open.page.url()}\n${await open.page.locator('body').innerText()}\n`)
      process.stderr.write(`${open.problems.join('\n')}\n`)
    })
  })
  afterAll(async () => {
    await browser?.close()
    await chain?.close()
  })
  const visit = (address: string) => open.page.goto(`${chain.url}#/${address}`)
  const button = (name: string | RegExp) => open.page.getByRole('button', { name, exact: true })
  const field = (name: string) => open.page.getByLabel(name, { exact: true })
  const dialog = () => open.page.getByRole('dialog')
  const connect = async () => {
    open.page.setDefaultTimeout(patientMs)
    await visit('dao/token')
    await button('Connect wallet').last().click()
    await button('Test wallet').click()
    await open.page.getByRole('region', { name: 'Your votes' }).waitFor()
  }
  /** Brings a transaction before its signature. */
  const delegateTo = async (to: string) => {
    await button('Delegate to somebody').click()
    await field('Delegate').fill(to)
    await button('Review').click()
  }
  const delegate = async () => {
    const voter = await readVoter(await chain.network(holder), anvilAccount(holder).address)
    return voter.delegate.toLowerCase()
  }
  /** How often the wallet was asked to send something. */
  const sendings = () => open.asked.filter((method) => method === 'eth_sendTransaction').length
  const final = () => dialog().getByText('Done, and final.').waitFor()

  test('the wallet declines: nothing is sent, and it can be tried again', async () => {
    const before = await delegate()
    open.policy.signs = false
    await delegateTo(friendOf(1))
    await button('Sign in the wallet').click()
    await dialog().getByText('You declined it in the wallet. Nothing was sent').waitFor()
    expect(await delegate()).toBe(before)
    open.policy.signs = true
    await button('Try again').click()
    await button('Sign in the wallet').click()
    await final()
    await button('Close').last().click()
    expect(await delegate()).toBe(friendOf(1))
  })

  test('the wallet is locked while something is checked: it says so, and goes on once it is open', async () => {
    open.policy.locked = true
    await button('Delegate to somebody').click()
    await field('Delegate').fill(friendOf(2))
    await open.tell('accountsChanged')
    await open.page.locator('header').getByText('Connect wallet').waitFor()
    await button('Review').click()
    await dialog().getByText('No account is connected.').waitFor()
    open.policy.locked = false
    await open.tell('accountsChanged')
    await button('Sign in the wallet').click()
    await final()
    await button('Close').last().click()
    expect(await delegate()).toBe(friendOf(2))
  })

  test('ATTACK a wallet on another network signs nothing, whether it said so or not', async () => {
    await delegateTo(friendOf(3))
    await button('Sign in the wallet').waitFor()
    // It changes behind the page: the chain is asked again before anything is sent.
    open.policy.chainId = 5
    const [asked, before] = [sendings(), await delegate()]
    await button('Sign in the wallet').click()
    await dialog().getByText('could not', { exact: false }).waitFor()
    expect([sendings(), await delegate()]).toEqual([asked, before])
    await button('Close').last().click()
    await open.tell('chainChanged')
    await button('Wrong network: switch').waitFor()
    await delegateTo(friendOf(3))
    await dialog().getByText('Your wallet is on another network.').waitFor()
    await button('Switch').click()
    await button('Sign in the wallet').click()
    await final()
    await button('Close').last().click()
    expect(await delegate()).toBe(friendOf(3))
  })

  test('a chain that does not answer is named, on the page and before a signature; it goes on by itself', async () => {
    const rpc = `${chain.anvil.rpcUrl}/**`
    await open.page.route(rpc, (route) => route.abort())
    await delegateTo(friendOf(4))
    await dialog().getByText('chain.unreachable').waitFor()
    await button('Close').last().click()
    await visit('dao')
    await open.page.getByText('chain.unreachable').first().waitFor()
    await open.page.unroute(rpc)
    await open.page.getByText('Nothing was ever proposed here').waitFor()
  })

  test('without a network a page still does what needs none, and says what does not answer', async () => {
    await visit('dao/members')
    await open.page.getByRole('region', { name: 'Members' }).waitFor()
    await visit('deploy')
    const file = open.page.getByRole('textbox', { name: 'Compose file' })
    await file.waitFor()
    await open.page.context().setOffline(true)
    try {
      await file.fill(chain.compose('offline'))
      await open.page.getByText('Fine: 1 service').waitFor()
      await visit('dao/members')
      await open.page.getByText('chain.unreachable').first().waitFor()
    } finally {
      await open.page.context().setOffline(false)
    }
    await open.page.getByRole('region', { name: 'Members' }).getByRole('row').nth(1).waitFor()
  })

  test('a page whose file the network breaks off is asked for again, and is there', async () => {
    const asked: string[] = []
    await open.page.route('**/assets/treasury-page-*', async (route) => {
      asked.push(new URL(route.request().url()).search)
      if (asked.length > 2) await route.continue()
      else await route.abort('connectionreset')
    })
    await visit('dao/treasury')
    await open.page.getByRole('heading', { level: 1, name: 'Treasury' }).waitFor()
    expect(asked).toEqual(['', '?again=1', '?again=2'])
  })

  test('a dialog whose file does not come says so in its place, and comes once it can', async () => {
    const file = '**/assets/modal-*'
    await open.page.route(file, (route) => route.abort('connectionreset'))
    await visit('dao/token')
    await open.page.reload()
    await button('Delegate to somebody').click()
    const failure = open.page.getByRole('region', { name: 'This view has failed' })
    await failure.getByRole('alert').waitFor()
    expect(await open.violations()).toEqual([])
    await open.picture('dialog-failed')
    await open.page.unroute(file)
    await failure.getByRole('button', { name: 'Try again' }).click()
    await button('Delegate to somebody').click()
    await field('Delegate').waitFor()
    await open.page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })
  })

  test('a reload between signature and block loses nothing: it is followed until it is final', async () => {
    await visit('dao/token')
    const before = await delegate()
    await chain.halt()
    await delegateTo(friendOf(5))
    await button('Sign in the wallet').click()
    await dialog().getByText('Sent. Waiting until it is final').waitFor()
    await open.page.reload()
    const all = open.page.getByRole('region', { name: 'Your transactions' })
    const sent = all.getByRole('listitem').first()
    await all.getByText('final', { exact: true }).first().waitFor()
    await sent.getByText('waiting for a block').waitFor()
    expect(await delegate()).toBe(before)
    await chain.resume()
    await sent.getByText('final', { exact: true }).waitFor()
    expect(await delegate()).toBe(friendOf(5))
  })

  test('an account without money is told what is missing before it is asked to sign', async () => {
    const account = privateKeyToAccount(generatePrivateKey())
    const { rpcUrl } = chain.anvil
    open = await openConsole(browser, { rpcUrl, chainId: chain.profile.chainId, account })
    open.page.setDefaultTimeout(patientMs)
    await visit('provide/node')
    await button('Connect wallet').last().click()
    await button('Test wallet').click()
    await field('Operator').fill(account.address)
    await field('Endpoint').fill('https://node.test:1')
    await field('Keys').fill(chain.committee.nodeKeys)
    await button('Review and sign').click()
    await dialog().getByText('account.funds').waitFor()
    expect(sendings()).toBe(0)
  })
})
