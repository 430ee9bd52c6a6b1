// Providers in the console, in a real browser: a worker and a dsecret node from registration to the last DOT of their stake.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, onTestFailed, test } from 'vitest'
import {
  carryOut,
  deploy,
  evidenceDigest,
  planComplaint,
  planTermination,
  resolveImageFromRegistry,
  showComplaint,
  showNode,
  showWorker,
} from '@wetee/sdk'
import { launchChromium } from '../browser/chromium.ts'
import { describeWithChromium } from '../browser/in-chromium.ts'
import { anvilAccount } from './testing/local-anvil.ts'
import { startConsoleChain, type ConsoleChain } from './testing/console-chain.ts'
import type { ConsolePage } from './testing/console-page.ts'

const dot = 10n ** 18n
const patientMs = 60_000
/** Development accounts of the chain. */
const [admin, operator, provider, owner] = [0, 1, 2, 3] as const
const addressOf = (account: number) => anvilAccount(account).address

describeWithChromium('providers in the web console', (executable) => {
  let chain: ConsoleChain
  let browser: Browser
  let open: ConsolePage
  const pages = new Map<number, ConsolePage>()
  beforeAll(async () => {
    ;[chain, browser] = await Promise.all([startConsoleChain(), launchChromium(executable)])
  })
  beforeEach(() => {
    onTestFailed(async () => {
      process.stderr.write(`${open.page.url()}\n${await open.page.locator('body').innerText()}\n`)
      process.stderr.write(`${open.problems.join('\n')}\n`)
      await open.picture('failed-provide')
    })
  })
  afterAll(async () => {
    await browser?.close()
    await chain?.close()
  })

  /** The page of an account, connected. */
  const as = async (account: number) => {
    const known = pages.get(account)
    open = known ?? (await chain.open(browser, account))
    if (known !== undefined) return
    pages.set(account, open)
    open.page.setDefaultTimeout(patientMs)
    await visit('provide')
    await button('Connect wallet').last().click()
    await button('Test wallet').click()
    await open.page.getByRole('region', { name: 'Your workers' }).waitFor()
  }
  const visit = (address: string) => open.page.goto(`${chain.url}#/${address}`)
  const button = (name: string | RegExp) => open.page.getByRole('button', { name, exact: true })
  const field = (name: string) => open.page.getByLabel(name, { exact: true })
  const region = (name: string) => open.page.getByRole('region', { name })
  const finding = (code: string) => open.page.locator(`[data-code="${code}"]`)
  /** Signs what is shown, and waits until it is final. */
  const sign = async (label = 'Sign in the wallet') => {
    const dialog = open.page.getByRole('dialog')
    await button(label).click()
    await dialog.getByText('Done, and final.').waitFor({ timeout: patientMs })
    await button('Close').last().click()
  }

  const registered = (heading: string) =>
    open.page.getByRole('heading', { level: 1, name: heading }).waitFor({ timeout: patientMs })
  const now = () => chain.network(admin)

  test('what providing takes is said to anybody, and a form that is not complete cannot be signed', async () => {
    open = await chain.open(browser, owner)
    open.page.setDefaultTimeout(patientMs)
    await visit('provide')
    await region('What it takes').getByText('per security level').waitFor()
    await open.picture('provide-nobody-light')
    await open.page.getByRole('link', { name: 'Register a worker' }).click()
    await field('Operator').fill('0x12')
    await open.page.getByText('For the operator write an address').first().waitFor()
    expect(await button('Review and sign').isDisabled()).toBe(true)
    await open.close()
  })

  test('a dsecret node is registered from the keys that its TEE printed', async () => {
    await as(admin)
    await visit('provide/node')
    await field('Operator').fill(addressOf(operator))
    await field('Endpoint').fill('https://node.test:1')
    await field('Keys').fill('{"statementKey":"0x12"}')
    await open.page.getByText('these are no keys of a dsecret node').waitFor()
    await field('Keys').fill(chain.committee.nodeKeys)
    await open.page.getByText(chain.committee.account.address.toLowerCase()).first().waitFor()
    await open.picture('register-node-light')
    await button('Review and sign').click()
    await open.page.getByText('calls  subnet.registerNode(').waitFor({ state: 'attached' })
    await button('Sign in the wallet').click()
    await registered('The dsecret node is registered')
    await chain.committee.start(1n)
    await visit('node/1')
    await finding('node.seated').waitFor()
  })

  test(
    'a worker is registered, with its stake, and its offer is what the chain has then',
    { timeout: 180_000 },
    async () => {
      await as(provider)
      await visit('provide/worker')
      await field('Operator').fill(addressOf(operator))
      await field('Endpoint').fill('http://127.0.0.1:9')
      await field('Region').fill('eu-1')
      await field('CPUs').fill('8')
      await field('Memory').fill('16 GB')
      await field('Disk').fill('100GiB')
      await open.page.getByText('For memory write a size such as 64GiB').waitFor()
      await field('Memory').fill('16GiB')
      await field('Per CPU, DOT per day').fill('0.1')
      await field('Per GiB memory, DOT per day').fill('0.02')
      await field('Per GiB disk, DOT per day').fill('0.001')
      await field('Stake in DOT').fill('0.5')
      await button('Review and sign').click()
      await open.page.getByText('is below the minimum').waitFor()
      await open.picture('stake-too-low-light')
      await button('Close').click()
      await field('Stake in DOT').fill('20')
      await open.picture('register-worker-light')
      await button('Review and sign').click()
      await open.page.getByRole('dialog').getByText('20 DOT').first().waitFor()
      await button('Sign in the wallet').click()
      await registered('The worker is registered')
      await open.page.getByRole('link', { name: 'What you provide' }).click()
      await region('Your workers').getByRole('link', { name: 'Worker 1' }).click()
      await finding('worker.unproven').waitFor()
      await chain.committee.proveWorker(1n, operator)
      // Nothing answers at its endpoint: the console says so, and what helps.
      await finding('worker.unreachable').waitFor()
      const { capacity, region: where, stake } = await showWorker(await now(), 1n)
      expect(capacity).toMatchObject({ cpuMilli: 8_000, memoryMiB: 16_384, diskMiB: 102_400 })
      expect([where, stake.bondedWei]).toEqual(['eu-1', 20n * dot])
    },
  )

  test('stake is added, and prices and capacity are changed', { timeout: 180_000 }, async () => {
    await as(provider)
    await visit('worker/1')
    await button('Add stake').click()
    await field('Amount in DOT').fill('5')
    await button('Review').click()
    await sign()
    await button('Change prices').click()
    await field('Per CPU, DOT per day').fill('0.12')
    await open.picture('prices-light')
    await button('Review').click()
    await open.page.getByRole('dialog').getByText('->').first().waitFor()
    await sign()
    await region('Offer').getByText('0.12', { exact: false }).waitFor()
    await button('Change capacity').click()
    await field('Memory').fill('32GiB')
    await button('Review').click()
    await sign()
    await region('Room').getByText('of 32 GiB').waitFor()
    expect((await showWorker(await now(), 1n)).stake.bondedWei).toBe(25n * dot)
  })

  test(
    'applications with leases, earnings and a complaint are shown; the complaint is answered',
    { timeout: 240_000 },
    async () => {
      const buyer = await chain.network(owner)
      const { appId } = await deploy(buyer, {
        composeText: chain.compose('shop'),
        depositWei: 20n * dot,
        resolveImage: resolveImageFromRegistry,
      })
      expect(appId).toBe(1n)
      await chain.committee.lease(1n, 1, 0, 1n)
      await chain.pass(60)
      await chain.committee.lease(1n, 1, 0, 1n)
      const digest = evidenceDigest(new TextEncoder().encode('it did not answer'))
      const complaint = { appId: 1n, claimedWei: 4n * dot, digest, uri: 'https://example.org/e' }
      await carryOut(buyer, await planComplaint(buyer, complaint))
      await as(operator)
      await visit('worker/1')
      const apps = region('Applications and leases')
      await apps.getByRole('link', { name: 'shop' }).waitFor()
      await apps.getByText('1 of 1').waitFor()
      await finding('worker.complaint-open').waitFor()
      await open.picture('worker-light')
      await region('Complaints').getByRole('button', { name: 'Answer' }).click()
      await field('Answer').fill('the network was away, see our log')
      await field('Where it is published').fill('https://example.org/answer')
      await button('Review').click()
      await sign()
      const answered = await showComplaint(buyer, 1n)
      expect(answered.answerUri).toBe('https://example.org/answer')
      expect(answered.answerDigest).toBe(
        evidenceDigest(new TextEncoder().encode('the network was away, see our log')),
      )
    },
  )

  test(
    'a worker drains, gives notice, and shuts down once it is empty; its stake comes back after the unbonding time',
    { timeout: 300_000 },
    async () => {
      await as(operator)
      await visit('worker/1')
      await button('Drain').click()
      await sign()
      await open.page.getByText('draining', { exact: true }).waitFor()
      await button('Give notice').click()
      await sign()
      await as(provider)
      await visit('worker/1')
      await button('Terminate').click()
      await open.page.getByText('applications are still on worker 1').waitFor()
      await button('Close').click()
      const buyer = await chain.network(owner)
      await carryOut(buyer, await planTermination(buyer, 1n))
      // What it earned is there once the end has settled the rent.
      await visit('')
      await visit('worker/1')
      await region('Earnings').getByText('settlement').first().waitFor()
      await open.picture('worker-earnings-light')
      await button('Terminate').click()
      await sign('Shut down for good')
      await open.page.getByText('shutdown', { exact: true }).waitFor()
      await button('Ask stake back').click()
      await button('All that may leave').click()
      await sign()
      await button('Withdraw').click()
      await open.page.getByRole('dialog').getByText('stake.too-early').waitFor()
      await button('Close').click()
      await chain.pass(125)
      await button('Withdraw').click()
      await sign()
      const { stake, status } = await showWorker(await now(), 1n)
      // What the complaint locks stays.
      expect([status, stake.bondedWei, stake.unbondingWei]).toEqual(['shutdown', 4n * dot, 0n])
      await visit('provide')
      await open.page.getByText('are yours to withdraw').waitFor()
      await button('Withdraw').click()
      await sign()
    },
  )

  test(
    'a dsecret node adds stake, is refused to leave while the network needs it, and shows epochs and receipts',
    { timeout: 180_000 },
    async () => {
      await as(admin)
      await visit('node/1')
      await button('Add stake').click()
      await field('Amount in DOT').fill('3')
      await button('Review').click()
      await sign()
      await region('Receipts').getByText('It has posted none yet').waitFor()
      await button('Terminate').click()
      await open.page.getByText('contract.CommitteeTooSmall').waitFor()
      await button('Close').click()
      await button('Ask stake back').click()
      await field('Amount in DOT').fill('3')
      await button('Review').click()
      await sign()
      await button('Bond it again').click()
      await sign()
      await button('Ask stake back').click()
      await field('Amount in DOT').fill('3')
      await button('Review').click()
      await sign()
      await chain.pass(125)
      await button('Withdraw').click()
      await open.page.getByText('contract.NodeSeated').waitFor()
      await button('Close').click()
      expect((await showNode(await now(), 1n)).stake).toMatchObject({
        bondedWei: dot,
        unbondingWei: 3n * dot,
      })
      await visit('keys')
      await region('Epochs').getByRole('link', { name: 'node 1' }).waitFor()
      await region('Active: epoch 1').getByText('1 of 1').waitFor()
    },
  )

  test(
    'a node that no committee needs is registered and terminated, and gets its stake back',
    { timeout: 180_000 },
    async () => {
      await as(admin)
      await visit('provide/node')
      await field('Operator').fill(addressOf(operator))
      await field('Endpoint').fill('https://node.test:2')
      await field('Keys').fill((await chain.committee.anotherNode()).nodeKeys)
      await button('Review and sign').click()
      await button('Sign in the wallet').click()
      await registered('The dsecret node is registered')
      await visit('node/2')
      await finding('node.unproven').waitFor()
      await button('Terminate').click()
      await sign('Leave for good')
      await open.page.getByText('leaving', { exact: true }).waitFor()
      await button('Ask stake back').click()
      await button('All that may leave').click()
      await sign()
      await chain.pass(125)
      await button('Withdraw').click()
      await sign()
      const { status, stake } = await showNode(await now(), 2n)
      expect([status, stake.bondedWei, stake.unbondingWei]).toEqual(['leaving', 0n, 0n])
    },
  )

  test('the badge runs on a page of another origin, and is red where there is nothing to judge', async () => {
    const script = `<script type="module" crossorigin src="${chain.url}wetee-verify.js"></script>`
    const site = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html')
      response.end(`<!doctype html>${script}<wetee-verify app="1"></wetee-verify>`)
    })
    await once(site.listen(0, '127.0.0.1'), 'listening')
    const page = await browser.newPage()
    try {
      await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`)
      const badge = page.getByRole('link', { name: 'Not verified: there is nothing to judge' })
      await badge.waitFor({ timeout: patientMs })
      expect(await badge.getAttribute('href')).toBe(`${chain.url}#/verify/1`)
      const element = page.locator('wetee-verify')
      await element.evaluate((one) => one.setAttribute('app', 'none'))
      await page.getByText('app names no application').waitFor()
    } finally {
      await page.close()
      site.close()
    }
  })

  test(
    'no view of providers has anything that axe calls a barrier, in light, dark, and on a phone',
    { timeout: 400_000 },
    async () => {
      await as(provider)
      await open.looksRight(chain.url, [
        '',
        'provide',
        'provide/worker',
        'provide/node',
        'worker/1',
        'node/1',
        'keys',
      ])
    },
  )
})
