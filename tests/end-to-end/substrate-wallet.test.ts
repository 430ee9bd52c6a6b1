// An account that only a Substrate extension has, in a real browser: a fake extension, a Hub in memory that checks signatures, real contracts.
import type { Browser } from 'playwright-core'
import { numberToHex } from 'viem'
import { afterAll, beforeAll, beforeEach, expect, onTestFailed, test } from 'vitest'
import { MemoryHub, evmAddressOf, serveHub, testAccount } from '@wetee/console/substrate/testing'
import type { HubCall, HubResult, ServedHub } from '@wetee/console/substrate/testing'
import { abis, readVoter } from '@wetee/sdk'
import { launchChromium } from '../browser/chromium.ts'
import { describeWithChromium } from '../browser/in-chromium.ts'
import { startConsoleChain, type ConsoleChain } from './testing/console-chain.ts'
import type { ConsolePage } from './testing/console-page.ts'

const patientMs = 60_000
const account = testAccount(7)
const evmAddress = evmAddressOf(account.publicKey)
const friend = `0x${'5'.repeat(40)}` as const

describeWithChromium('an account of a Substrate extension', (executable) => {
  const memory = new MemoryHub()
  /** What the extension does, and how often it was asked for its accounts. */
  const policy = { signs: true, accounts: true, asked: 0 }
  let hub: ServedHub
  let chain: ConsoleChain
  let browser: Browser
  let open: ConsolePage

  beforeAll(async () => {
    hub = await serveHub(memory)
    const substrate = { rpcUrl: hub.url, genesisHash: memory.genesisHash }
    ;[chain, browser] = await Promise.all([
      startConsoleChain({ substrate }),
      launchChromium(executable),
    ])
    memory.mine(3)
    memory.balances.set(account.address, 10n ** 16n)
    memory.execute = (call) => carryOut(chain, call)
    await giveVotes(chain)
    open = await chain.open(browser, 0)
    open.page.setDefaultTimeout(patientMs)
    await open.page.exposeFunction('signAsTest', (payload: unknown) => {
      if (!policy.signs) throw new Error('Cancelled')
      return account.signPayload(payload)
    })
    await open.page.exposeFunction('accountsAsTest', () => {
      policy.asked += 1
      const { address } = account
      return policy.accounts ? [{ address, name: 'Hers', type: 'ed25519' }] : []
    })
    await open.page.addInitScript(inject)
  })
  beforeEach(() => {
    policy.accounts = true
    onTestFailed(async () => {
      process.stderr.write(`${open.page.url()}\n${await open.page.locator('body').innerText()}\n`)
      process.stderr.write(`${open.problems.join('\n')}\n${memory.asked.slice(-10).join(' ')}\n`)
    })
  })
  afterAll(async () => {
    await browser?.close()
    await chain?.close()
    await hub?.close()
  })
  const button = (name: string | RegExp) => open.page.getByRole('button', { name, exact: true })
  const field = (name: string) => open.page.getByLabel(name, { exact: true })
  const dialog = () => open.page.getByRole('dialog')
  const shownAccount = () =>
    open.page
      .getByRole('banner')
      .getByRole('button', { name: `${evmAddress.slice(0, 6)}`, exact: false })
  const sent = () => memory.asked.filter((method) => method === 'author_submitExtrinsic').length

  test('it is mapped once, and is then known by its address for contracts', async () => {
    await open.page.goto(`${chain.url}#/dao/token`)
    await button('Connect wallet').last().click()
    await button('Test extension (Substrate)').click()
    await button(/^Hers/).click()
    await dialog().getByText('no: contracts cannot be called yet').waitFor()
    await open.picture('substrate-mapping')
    expect(await dialog().getByTitle(evmAddress).count()).toBe(1)
    expect(await open.violations()).toEqual([])
    await button('Map this account').click()
    await button('Connect this account').click()
    await open.page.getByRole('region', { name: 'Your votes' }).getByText('7').first().waitFor()
    expect(memory.mapped.has(evmAddress.toLowerCase())).toBe(true)
  })

  test('who declines in the extension has sent nothing, and can try again', async () => {
    const before = sent()
    policy.signs = false
    await button('Delegate to somebody').click()
    await field('Delegate').fill(friend)
    await button('Review').click()
    await button('Sign in the wallet').click()
    await dialog().getByText('did not sign (Cancelled). Nothing was sent').waitFor()
    expect(sent()).toBe(before)
    policy.signs = true
    await button('Try again').click()
    await button('Sign in the wallet').click()
    await dialog().getByText('Done, and final.').waitFor()
    const voter = await readVoter(await chain.network(0), evmAddress)
    expect(voter.delegate.toLowerCase()).toBe(friend)
    await button('Close').last().click()
  })

  test('after a reload the account is there again by itself, and what was sent is followed', async () => {
    await open.page.reload()
    const activity = open.page.getByRole('region', { name: 'Your transactions' })
    await activity.getByText('final', { exact: true }).waitFor()
    await shownAccount().waitFor()
    // It signs again, too.
    await button('Delegate to somebody').click()
    await field('Delegate').fill(evmAddress)
    await button('Review').click()
    await button('Sign in the wallet').waitFor()
    await button('Cancel').click()
    expect(open.problems).toEqual([])
  })

  test('an account that its extension shows no more is not taken up; who disconnects is not connected again', async () => {
    policy.accounts = false
    const before = policy.asked
    await open.page.reload()
    await expect.poll(() => policy.asked, { timeout: patientMs }).toBeGreaterThan(before)
    await open.page.getByRole('banner').getByText('Connect wallet').waitFor()
    policy.accounts = true
    await open.page.reload()
    await shownAccount().click()
    await button('Disconnect').click()
    const asked = policy.asked
    await open.page.reload()
    await open.page.getByRole('banner').getByText('Connect wallet').waitFor()
    await open.page.getByRole('region', { name: 'Normal track' }).waitFor()
    expect(policy.asked).toBe(asked)
  })

  test('a node that does not answer is named before the extension is asked, and asked again', async () => {
    await open.page.route(`${hub.url}/**`, (route) => route.abort())
    await open.page.reload()
    await button('Connect wallet').first().click()
    await button('Test extension (Substrate)').click()
    await dialog().getByText('no answer from the Substrate RPC').waitFor()
    expect(await button(/^Hers/).count()).toBe(0)
    await open.page.unroute(`${hub.url}/**`)
    await button('Try again').click()
    await button(/^Hers/).click()
    await button('Connect this account').waitFor()
    await button('Close').first().click()
  })

  test('without a Substrate RPC in the profile no account is offered, and the reason is said', async () => {
    const { substrate, ...without } = chain.profile
    expect(substrate).toBeDefined()
    await open.page.route('**/network.json', (route) => route.fulfill({ json: without }))
    await open.page.reload()
    await button('Connect wallet').first().click()
    await dialog().getByText('profile names no Substrate RPC').waitFor()
    expect(await button('Test extension (Substrate)').count()).toBe(0)
  })
})

/** A call of the Hub, on the chain with the contracts: from the account's address there. */
async function carryOut({ anvil }: ConsoleChain, call: HubCall): Promise<HubResult> {
  const { client } = anvil
  await client.impersonateAccount({ address: call.from })
  const hash = await client.request({
    method: 'eth_sendTransaction',
    params: [{ from: call.from, to: call.dest, data: call.data, value: numberToHex(call.planck) }],
  } as never)
  const receipt = await client.waitForTransactionReceipt({ hash })
  return { reverted: receipt.status !== 'success', logs: receipt.logs }
}

/** Seven votes for the account, and money as the Ethereum RPC sees it. */
async function giveVotes({ anvil, profile }: ConsoleChain): Promise<void> {
  const { token } = profile.contracts
  if (token === undefined) throw new Error('the test chain has a token')
  await anvil.client.setBalance({ address: evmAddress, value: 10n ** 18n })
  const hash = await anvil.client.writeContract({
    ...{ address: token, abi: abis.token, functionName: 'transfer' },
    args: [evmAddress, 7n * 10n ** 18n],
  })
  await anvil.client.waitForTransactionReceipt({ hash })
}

/** Runs in the page before its own scripts. */
function inject(): void {
  const page = globalThis as unknown as {
    signAsTest: (payload: unknown) => Promise<unknown>
    accountsAsTest: () => Promise<unknown>
    injectedWeb3: unknown
  }
  const hostile = {
    get enable(): unknown {
      throw new Error('not for you')
    },
  }
  page.injectedWeb3 = {
    hostile,
    'Test extension': {
      enable: () =>
        Promise.resolve({
          accounts: { get: () => page.accountsAsTest() },
          signer: { signPayload: (payload: unknown) => page.signAsTest(payload) },
        }),
    },
  }
}
