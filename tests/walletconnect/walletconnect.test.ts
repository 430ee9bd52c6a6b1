// A wallet on another device by WalletConnect's own packages, with a relay of ours, real contracts, and the console in a real browser.
import decodeQR from 'qr/decode.js'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, onTestFailed, test } from 'vitest'
import { readVoter } from '@wetee/sdk'
import { launchChromium } from '../browser/chromium.ts'
import { describeWithChromium } from '../browser/in-chromium.ts'
import {
  signerOf,
  startConsoleChain,
  type ConsoleChain,
} from '../end-to-end/testing/console-chain.ts'
import {
  openConsole,
  testWallet,
  type ConsolePage,
  type WalletPolicy,
} from '../end-to-end/testing/console-page.ts'
import { startPhone, type Phone } from './phone.ts'
import { startRelay, type Relay } from './relay.ts'

const packages = process.env['WETEE_WALLETCONNECT']
if (packages === undefined) throw new Error('run it by npm run test:walletconnect')
const projectId = '0123456789abcdef0123456789abcdef'
/** Development account with all votes. */
const holder = signerOf(0)
const friend = `0x${'5'.repeat(40)}`

describeWithChromium('a wallet on another device', (executable) => {
  const policy: WalletPolicy = { connects: true, locked: false, signs: true, chainId: 31_337 }
  let relay: Relay
  let chain: ConsoleChain
  let browser: Browser
  let phone: Phone
  let open: ConsolePage
  beforeAll(async () => {
    relay = await startRelay()
    const walletConnect = { projectId, relayUrl: relay.url, packages }
    ;[chain, browser] = await Promise.all([
      startConsoleChain({ walletConnect }),
      launchChromium(executable),
    ])
    const signing = { rpcUrl: chain.anvil.rpcUrl, chainId: policy.chainId, account: holder }
    const { address } = holder
    const answer = testWallet(signing, policy)
    phone = await startPhone({ packages, relayUrl: relay.url, projectId, address, answer, policy })
    // The account that the other wallet of this page has is another one.
    open = await openConsole(browser, { ...signing, account: signerOf(1) })
    open.page.setDefaultTimeout(30_000)
    await open.page.goto(`${chain.url}#/dao/token`)
  })
  beforeEach(() => {
    onTestFailed(async () => {
      process.stderr.write(`${open.page.url()}\n${await open.page.locator('body').innerText()}\n`)
      process.stderr.write(`${open.problems.join('\n')}\n`)
      process.stderr.write(`${relay.seen.map(({ method }) => method).join(' ')}\n`)
    })
  })
  afterAll(async () => {
    await browser?.close()
    await phone?.close()
    await chain?.close()
    await relay?.close()
  })
  const button = (name: string | RegExp) => open.page.getByRole('button', { name, exact: true })
  const dialog = () => open.page.getByRole('dialog')
  const account = () => open.page.getByRole('banner').getByRole('button', { name: /^0x/ })
  const connectButton = () =>
    open.page.getByRole('banner').getByRole('button', { name: 'Connect wallet' })
  const fetched = () => open.requests.filter((url) => url.includes('walletconnect'))
  const offer = async ({ page }: ConsolePage = open) => {
    await page.getByRole('banner').getByRole('button', { name: 'Connect wallet' }).click()
    await page.getByRole('button', { name: 'WalletConnect', exact: true }).click()
    const link = await page
      .getByRole('link', { name: 'Open a wallet on this device' })
      .getAttribute('href')
    return link!
  }
  const delegate = async () => {
    await button('Delegate to somebody').click()
    await open.page.getByLabel('Delegate', { exact: true }).fill(friend)
    await button('Review').click()
    await button('Sign in the wallet').click()
  }
  const delegateNow = async () =>
    (await readVoter(await chain.network(0), holder.address)).delegate.toLowerCase()

  test('until it is chosen nothing of it is fetched, and no relay is asked', async () => {
    await connectButton().click()
    await button('WalletConnect').waitFor()
    await open.page.keyboard.press('Escape')
    expect(fetched()).toEqual([])
    expect(relay.seen).toEqual([])
  })

  test('who declines on the phone is told so, and gets another link', async () => {
    policy.connects = false
    await phone.scan(await offer())
    await dialog().getByText('Your wallet declined to connect.').waitFor()
    policy.connects = true
  })

  test('a code that is scanned shows the account, without a breach of the policy', async () => {
    await button('Try again').click()
    await dialog().getByText('Waiting for your wallet.').waitFor()
    await phone.scan(await readCode(open.page))
    await account().waitFor()
    expect(await dialog().count()).toBe(0)
    expect((await account().innerText()).toLowerCase()).toContain(
      holder.address.slice(0, 6).toLowerCase(),
    )
    expect(phone.pages.at(-1)).toMatchObject({ name: 'WeTEE', url: chain.url })
    expect(open.problems).toEqual([])
  })

  test('a transaction that is declined on the phone is not sent', async () => {
    policy.signs = false
    await delegate()
    await dialog().getByText('You declined it in the wallet. Nothing was sent').waitFor()
    expect(await delegateNow()).not.toBe(friend)
    policy.signs = true
  })

  test('one that is signed there is on the chain', async () => {
    await button('Try again').click()
    await button('Sign in the wallet').click()
    await dialog().getByText('Done, and final.').waitFor()
    await button('Close').last().click()
    expect(await delegateNow()).toBe(friend)
    expect(phone.asked.filter((method) => method === 'eth_sendTransaction')).toHaveLength(2)
  })

  test('a relay is told contract and transaction, and reads nothing of what is said', () => {
    const told = relay.seen
      .map(({ params }) => (params['tvf'] ?? params) as { rpcMethods?: readonly string[] })
      .filter(({ rpcMethods }) => rpcMethods?.includes('eth_sendTransaction'))
    expect(told.at(-1)).toMatchObject({
      chainId: 'eip155:31337',
      contractAddresses: [expect.stringMatching(/^0x/)],
      txHashes: [expect.stringMatching(/^0x/)],
    })
    const said = relay.seen.flatMap(({ params }) => Object.values(params)).filter(isLongText)
    expect(said.length).toBeGreaterThan(8)
    for (const text of said)
      expect(Buffer.from(text, 'base64').toString('latin1')).not.toContain('jsonrpc')
  })

  test('after a reload the session goes on', async () => {
    await open.page.reload()
    await account().waitFor()
    expect(phone.sessions()).toBe(1)
  })

  test('a session that the phone ends is over in the page, also after a reload', async () => {
    await phone.end()
    await connectButton().waitFor()
    const before = fetched().length
    await open.page.reload()
    await connectButton().waitFor()
    expect(fetched()).toHaveLength(before)
  })

  test('to disconnect in the page ends the session on the phone', async () => {
    await phone.scan(await offer())
    await account().click()
    const ended = phone.ended()
    await button('Disconnect').click()
    await ended
    await connectButton().waitFor()
    expect(phone.sessions()).toBe(0)
  })

  test('the link is shown well in light, in dark and on a phone, and axe finds nothing', async () => {
    const other = await chain.open(browser, 1)
    await other.page.goto(`${chain.url}#/dao/token`)
    await offer(other)
    for (const [name, colorScheme, width] of [
      ['light', 'light', 1320],
      ['dark', 'dark', 1320],
      ['phone', 'dark', 390],
    ] as const) {
      await other.page.emulateMedia({ colorScheme })
      await other.page.setViewportSize({ width, height: 844 })
      await other.picture(`walletconnect-${name}`)
      expect(await other.violations()).toEqual([])
    }
    await other.close()
  })

  test('a link that nobody takes up ends after five minutes, and says so', async () => {
    const other = await chain.open(browser, 1)
    await other.page.clock.install()
    await other.page.goto(`${chain.url}#/dao/token`)
    const link = await offer(other)
    await other.page.clock.fastForward('05:01')
    await other.page.getByText('and it has ended. Ask for a new one.').waitFor()
    await other.page.getByRole('button', { name: 'Try again' }).click()
    const next = other.page.getByRole('link', { name: 'Open a wallet on this device' })
    expect(await next.getAttribute('href')).not.toBe(link)
    await other.close()
  })

  test('a link that nobody sees any more cannot be taken up', async () => {
    const leave = async () => {
      await open.page.keyboard.press('Escape')
      await dialog().waitFor({ state: 'detached' })
    }
    const link = await offer()
    await leave()
    const answered = relay.next('wc_approveSession')
    await phone.scan(link)
    await answered
    // What the relay says comes in turn: the page has had time to hear of the answer, and has not.
    expect(await offer()).not.toBe(link)
    await leave()
    expect(await connectButton().count()).toBe(1)
    expect(open.problems).toEqual([])
  })
})

/** Neither a topic nor a name. */
const isLongText = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 100

/** What a camera reads: the squares of the drawing, eight pixels wide. */
async function readCode(page: Page): Promise<string> {
  const drawing = page.getByRole('img', { name: 'QR code of the link' })
  const modules = Number((await drawing.getAttribute('viewBox'))?.split(' ')[2])
  const path = (await drawing.locator('path').getAttribute('d')) ?? ''
  const size = modules * 8
  const data = new Uint8Array(size * size * 4).fill(255)
  for (const [, left, top] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g))
    for (let row = 0; row < 8; row += 1) {
      const from = ((Number(top) * 8 + row) * size + Number(left) * 8) * 4
      data.fill(0, from, from + 32)
    }
  return decodeQR({ width: size, height: size, data })
}
