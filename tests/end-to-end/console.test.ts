// The web console in a real browser on a running network: everything that a newcomer does there, and what goes wrong on the way.
import { once } from 'node:events'
import { readFileSync, readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, beforeEach, describe, expect, onTestFailed, test } from 'vitest'
import { serveConsole } from '@wetee/console/serve'
import { buildConsole, firstLoadBudgetBytes } from '@wetee/console/build'
import { listAppRows, showApp } from '@wetee/sdk'
import { awaySuite } from './testing/console-away.ts'
import { describeConsole } from './testing/console-devnet.ts'
import { ownerSuite } from './testing/console-owner.ts'
import type { ConsolePage } from './testing/console-page.ts'
import { secretsSuite } from './testing/console-secrets.ts'
import { eventually, type RunningDevnet } from './testing/running-devnet.ts'

const patientMs = 90_000

describeConsole('the web console', (of) => {
  let devnet: RunningDevnet
  let open: ConsolePage
  let url: string
  beforeAll(async () => {
    ;({ devnet, url } = of())
    open = await newPage()
    open.page.setDefaultTimeout(30_000)
  })
  beforeEach(() => {
    onTestFailed(async () => {
      process.stderr.write(`${open.page.url()}\n${await open.page.locator('body').innerText()}\n`)
      process.stderr.write(`${open.problems.join('\n')}\n`)
      await open.picture('failed-console')
    })
  })
  const newPage = () => of().newPage()
  const visit = (address: string) => open.page.goto(`${url}#/${address}`)
  const button = (name: string | RegExp) => open.page.getByRole('button', { name })
  const step = (id: string) => open.page.locator(`[data-step="${id}"]`)
  const states = () =>
    open.page
      .locator('[data-step]')
      .evaluateAll((steps) =>
        steps.map((one) => `${one.getAttribute('data-step')} ${one.getAttribute('data-state')}`),
      )
  const appNamed = async (name: string) =>
    (await listAppRows(devnet.application.sdk)).find((row) => row.name === name)

  test('the first load is small, asks for nothing from elsewhere, and breaks no rule of its own policy', async () => {
    const sizes = new Map<string, number>()
    open.page.on('response', (response) => {
      if (!response.url().endsWith('.js')) return
      void response.body().then(
        (body) => sizes.set(response.url(), gzipSync(body).length),
        () => undefined,
      )
    })
    const startedAt = performance.now()
    const first = await visit('')
    await open.page.getByRole('link', { name: 'Deploy', exact: true }).first().waitFor()
    console.log(`console: can be used after ${(performance.now() - startedAt).toFixed(0)} ms`)
    expect(first?.headers()['content-security-policy']).toMatch(
      /default-src 'none'; script-src 'self';/,
    )
    await open.page.getByText('TDX', { exact: false }).first().waitFor()
    const total = [...sizes.values()].reduce((sum, size) => sum + size, 0)
    console.log(`console: ${total} bytes of JavaScript (gzip) at first load`)
    expect(sizes.size).toBe(1)
    expect(total).toBeLessThanOrEqual(firstLoadBudgetBytes)
    const { rpcUrl } = devnet.network
    const others = open.requests.filter((one) => !one.startsWith(url) && !one.startsWith(rpcUrl))
    expect(others).toEqual([])
    // Asked for by the page's head, and used by its script.
    expect(open.requests.filter((one) => one.endsWith('/network.json'))).toHaveLength(1)
    expect(open.problems).toEqual([])
  })

  test('anybody sees workers, committee and applications, and is told what a simulation is', async () => {
    await visit('')
    const workers = open.page.getByRole('region', { name: 'Workers' })
    await workers.getByRole('heading', { name: 'local' }).waitFor()
    expect(await workers.getByRole('row').count()).toBe(2)
    const nodes = open.page.getByRole('region', { name: 'Committee' })
    await nodes.getByText('member', { exact: true }).nth(2).waitFor()
    await open.page.getByRole('complementary', { name: 'Simulated network' }).waitFor()
    await open.page.getByRole('link', { name: 'Applications', exact: true }).click()
    await open.page.getByRole('searchbox').fill('nobody')
    await open.page.getByText('Nothing matches').waitFor()
    await open.page.getByRole('searchbox').fill('hel')
    await open.page.getByRole('link', { name: 'hello' }).click()
    await open.page.getByRole('heading', { level: 1, name: 'hello' }).waitFor()
    await open.page.getByText('live', { exact: true }).waitFor()
    await open.page.getByText('Manifest, as it is on chain').click()
    await open.page.getByText('"wetee/manifest/v1"').waitFor()
  })

  test('an application is verified in the browser; its own connection is said to be out of sight', async () => {
    const startedAt = performance.now()
    await visit(`verify/${devnet.application.appId}`)
    await open.page.getByText('Every step holds, of a SIMULATED TEE').waitFor()
    console.log(`console: verified after ${(performance.now() - startedAt).toFixed(0)} ms`)
    const shown = await states()
    expect(shown).toHaveLength(13)
    expect(shown.filter((one) => !one.endsWith(' held'))).toEqual(['channel skipped'])
    await expect
      .poll(() => step('channel').innerText())
      .toContain('No web page can see the TLS key')
  })

  test('ATTACK evidence that its worker has changed is found out, wherever it is changed', async () => {
    const evidence = `**/v1/apps/${devnet.application.appId}/evidence**`
    const edits: [string, (text: string) => string][] = [
      [
        'report-data',
        (text) =>
          text.replace(
            /("tlsKeyHash":\s*"0x)(.)/,
            (_, before: string, digit: string) => `${before}${digit === '0' ? '1' : '0'}`,
          ),
      ],
      ['manifest', (text) => text.replace('GREETING', 'GREETINH')],
    ]
    for (const [failing, edit] of edits) {
      await open.page.route(evidence, async (route) => {
        const answer = await route.fetch()
        const text = await answer.text()
        expect(edit(text)).not.toBe(text)
        await route.fulfill({ response: answer, body: edit(text) })
      })
      await visit('')
      await visit(`verify/${devnet.application.appId}`)
      await open.page.getByText('Not verified').waitFor()
      await open.picture(`tampered-${failing}-light`)
      expect(await step(failing).getAttribute('data-state'), failing).toBe('failed')
      await open.page.unroute(evidence)
    }
  })

  test("a page of another origin has a badge of the application: verified in its reader's browser, red once its evidence is changed", async () => {
    const { appId } = devnet.application
    const script = `<script type="module" crossorigin src="${url}wetee-verify.js"></script>`
    const listen = `<script>addEventListener('wetee-verify', ({ detail }) => (document.title = detail.tone))</script>`
    // A server of its own: a browser lets no page of an unknown network read from this machine.
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'text/html')
      response.end(`<!doctype html>${listen}${script}<wetee-verify app="${appId}"></wetee-verify>`)
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const other = await newPage()
    const { page } = other
    try {
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
      const badge = page.getByRole('link')
      // Every step held: a simulated TEE is never more than a warning.
      await badge.getByText('Simulated TEE: this protects nothing').waitFor({ timeout: 30_000 })
      expect(await page.title()).toBe('warn')
      expect(await badge.getAttribute('href')).toBe(`${url}#/verify/${appId}`)
      await page.route(`**/v1/apps/${appId}/evidence**`, async (route) => {
        const answer = await route.fetch()
        const body = (await answer.text()).replace('GREETING', 'GREETINH')
        await route.fulfill({ response: answer, body })
      })
      await page.reload()
      await badge.getByText(/Not verified: \d+ of 13 steps failed/).waitFor({ timeout: 30_000 })
      expect(await page.title()).toBe('bad')
    } finally {
      await other.close()
      server.close()
    }
  })

  test('evidence is kept, judged again from the file, and refused when a byte of it was changed', async () => {
    await visit('')
    await visit(`verify/${devnet.application.appId}`)
    const download = open.page.waitForEvent('download')
    await button('Download the evidence').click()
    const text = readFileSync(await (await download).path(), 'utf8')
    const choose = async (name: string, content: string) => {
      await visit('')
      await visit('verify')
      const buffer = Buffer.from(content)
      const file = { name, mimeType: 'application/json', buffer }
      await open.page.getByLabel('Choose evidence.json').first().setInputFiles(file)
    }
    await choose('good.json', text)
    await open.page.getByText('Every step holds, of a SIMULATED TEE').waitFor()
    const quote = /"quote":\s*"[^"]{1200}/.exec(text)?.[0] ?? ''
    const last = quote.at(-1) === 'A' ? 'B' : 'A'
    await choose('bad.json', text.replace(quote, `${quote.slice(0, -1)}${last}`))
    await open.page.getByText('Not verified').waitFor()
    expect(await step('quote').getAttribute('data-state')).toBe('failed')
    await choose('no.json', '{"format":"nothing"}')
    await open.page.getByText('Not verified').waitFor()
    await expect.poll(() => step('application').innerText()).toContain('cannot be read')
  })

  test('a wallet that declines is not connected; one on another network is asked to change', async () => {
    await visit('mine')
    open.policy.connects = false
    open.policy.chainId = 1
    await button('Connect wallet').last().click()
    await button('Test wallet').click()
    await open.page.getByText('you declined to connect').waitFor()
    open.policy.connects = true
    await button('Test wallet').click()
    await button('Wrong network: switch').click()
    await open.page.getByRole('link', { name: 'hello' }).waitFor()
    expect(open.asked).toContain('wallet_addEthereumChain')
    await expect.poll(() => button('Wrong network: switch').count()).toBe(0)
  })

  test('a Compose file is checked as it is written, at the line', async () => {
    await visit('deploy')
    await button('Use the example').click()
    await open.page.getByText('Fine: 1 service').waitFor()
    const area = open.page.getByRole('textbox', { name: 'Compose file' })
    const good = await area.inputValue()
    await area.fill(good.replace('read_only: true', 'privileged: true'))
    const line = good.split('\n').findIndex((one) => one.includes('read_only: true')) + 1
    await button(`line ${line}`).waitFor()
    expect(await button('Review and sign').isDisabled()).toBe(true)
    await area.fill(good)
    await open.page.getByText('Fine: 1 service').waitFor()
    await open.page.getByText('Worker 1, local').waitFor()
  })

  test(
    'an application is deployed: shown in words, declined, signed, followed over a reload until it runs',
    { timeout: 180_000 },
    async () => {
      open.policy.signs = false
      await button('Review and sign').click()
      const dialog = open.page.getByRole('dialog')
      await dialog.getByText('public for ever').waitFor()
      await dialog.getByText('What is signed').click()
      await dialog.getByText('calls  cloud.create(').waitFor()
      await open.picture('sign-light')
      expect(await open.violations()).toEqual([])
      await button('Sign in the wallet').click()
      await dialog.getByText('You declined it in the wallet. Nothing was sent').waitFor()
      expect(await appNamed('my-hello')).toBe(undefined)
      open.policy.signs = true
      await button('Try again').click()
      await button('Sign in the wallet').click()
      await dialog.getByText('Sent. Waiting until it is final').waitFor()
      await open.picture('sent-light')
      await open.page.reload()
      const sent = open.page.getByRole('region', { name: 'Your transactions' })
      await sent.getByText('final', { exact: true }).waitFor({ timeout: patientMs })
      await sent.getByRole('link', { name: /Application \d+/ }).click()
      await open.page.getByRole('heading', { level: 1, name: 'my-hello' }).waitFor()
      const waiting = open.page.getByText('Waiting for version 1')
      await waiting
        .or(open.page.getByText('live', { exact: true }))
        .first()
        .waitFor()
      await open.picture('starting-light')
      await open.page.getByText('active', { exact: true }).first().waitFor({ timeout: patientMs })
      await open.page.getByText('live', { exact: true }).waitFor({ timeout: patientMs })
    },
  )

  test('an application is recharged, and lasts longer', async () => {
    const { application } = devnet
    const before = await showApp(application.sdk, application.appId)
    await visit(`app/${application.appId}`)
    await button('Recharge').click()
    await open.page.getByLabel('Amount in DOT').fill('much')
    await open.page.getByText('is not an amount').waitFor()
    await open.page.getByLabel('Amount in DOT').fill('1.5')
    await button('Review').click()
    await button('Sign in the wallet').click()
    await open.page.getByText('Done, and final.').waitFor({ timeout: patientMs })
    await button('Close').first().click()
    const after = await showApp(application.sdk, application.appId)
    expect(after.escrowWei - before.escrowWei).toBeGreaterThan(14n * 10n ** 17n)
    expect(after.lastsSeconds ?? 0).toBeGreaterThan(before.lastsSeconds ?? 0)
  })

  test(
    'an application is terminated, and what is left comes back',
    { timeout: 180_000 },
    async () => {
      const app = await appNamed('my-hello')
      await visit('mine')
      await open.page.getByRole('link', { name: 'my-hello' }).click()
      await button('Terminate').click()
      await open.page.getByText('its volumes and everything in its memory').waitFor()
      await button('Terminate for good').click()
      await open.page.getByText('Done, and final.').waitFor({ timeout: patientMs })
      await button('Close').first().click()
      await open.page.getByText('ended', { exact: true }).waitFor()
      const { sdk } = devnet.application
      await eventually(
        'the end',
        async () => (await showApp(sdk, app?.appId ?? 0n)).state === 'ended',
      )
    },
  )

  test(
    'a newcomer deploys the example with the mouse alone, in a few clicks and under two minutes',
    { timeout: 180_000 },
    async () => {
      const other = await newPage()
      const { page } = other
      page.setDefaultTimeout(patientMs)
      let clicks = 0
      const click = async (name: string, role: 'button' | 'link' = 'button') => {
        clicks += 1
        await page.getByRole(role, { name, exact: true }).first().click()
      }
      await page.addInitScript(() => {
        addEventListener('keydown', () => document.documentElement.setAttribute('data-keys', ''))
      })
      try {
        const startedAt = performance.now()
        await page.goto(url)
        await click('Deploy', 'link')
        await click('Use the example')
        await click('Connect wallet to deploy')
        await click('Test wallet')
        await click('Review and sign')
        await click('Sign in the wallet')
        await page.getByRole('heading', { level: 1, name: 'my-hello' }).waitFor()
        await page.getByText('live', { exact: true }).waitFor()
        const seconds = (performance.now() - startedAt) / 1_000
        console.log(`console: deployed and attested by ${clicks} clicks in ${seconds.toFixed(1)} s`)
        expect(seconds).toBeLessThan(120)
        expect(await page.locator('html').getAttribute('data-keys')).toBe(null)
      } finally {
        await other.close()
      }
    },
  )

  test(
    'no view has anything that axe calls a barrier, in light, dark, and on a phone',
    { timeout: 180_000 },
    async () => {
      const { appId } = devnet.application
      await open.looksRight(url, [
        '',
        'apps',
        `app/${appId}`,
        `verify/${appId}`,
        'verify',
        'mine',
        'deploy',
        'nowhere',
      ])
    },
  )

  test('unless it is built for WalletConnect, it has nothing of it and lets no relay through', async () => {
    const folder = await buildConsole()
    expect(readdirSync(join(folder, 'assets')).filter((name) => /wallet/.test(name))).toEqual([])
    expect(readFileSync(join(folder, 'index.html'), 'utf8')).not.toMatch(/wss?:/)
    const { headers } = await fetch(url)
    expect(headers.get('content-security-policy')).not.toMatch(/wss?:/)
    const other = await newPage()
    try {
      await other.page.goto(url)
      await other.page.getByRole('button', { name: 'Connect wallet' }).click()
      await other.page.getByRole('button', { name: 'Test wallet' }).waitFor()
      expect(await other.page.getByRole('button', { name: 'WalletConnect' }).count()).toBe(0)
    } finally {
      await other.close()
    }
  })

  test('below another path and without a profile it says what is missing', async () => {
    const served = await serveConsole({
      folder: await buildConsole(),
      profile: '{}',
      connect: [devnet.network.rpcUrl],
      port: 0,
      path: '/some/where/',
    })
    const other = await newPage()
    try {
      await other.page.goto(served.url)
      await other.page.getByText('This console has no network').waitFor()
      await other.page.getByText('network.profile-invalid').waitFor()
    } finally {
      await other.close()
      await served.close()
    }
  })

  test('a profile that the network has lost is asked for again', async () => {
    const other = await newPage()
    try {
      await other.page.route('**/network.json', (route) => route.abort('internetdisconnected'), {
        times: 2,
      })
      await other.page.goto(url)
      await other.page.getByRole('link', { name: 'Deploy', exact: true }).waitFor()
    } finally {
      await other.close()
    }
  })

  test('it can be used with the keyboard alone: verify, connect, recharge and sign', async () => {
    const other = await newPage()
    const { page } = other
    page.setDefaultTimeout(patientMs)
    const { keyboard } = page
    const { application } = devnet
    const named = () =>
      page.evaluate(() => {
        const { activeElement: at } = document
        const label = at instanceof HTMLInputElement ? at.labels?.[0]?.textContent : undefined
        return (at?.getAttribute('aria-label') ?? label ?? at?.textContent ?? '').trim()
      })
    /** Tab until the focus is there; forty presses are too many for anybody. */
    const reach = async (name: string) => {
      await page.getByText(name).or(page.getByLabel(name)).first().waitFor()
      const passed: string[] = []
      for (let tabs = 0; tabs < 40 && passed.at(-1) !== name; tabs += 1) {
        await keyboard.press('Tab')
        passed.push(await named())
      }
      expect(passed.at(-1), passed.join(', ')).toBe(name)
    }
    const press = async (name: string) => {
      await reach(name)
      await keyboard.press('Enter')
    }
    await page.addInitScript(() => {
      addEventListener('pointerdown', () => document.documentElement.setAttribute('data-mouse', ''))
    })
    try {
      await page.goto(`${url}#/verify`)
      await reach('Number of the application')
      await keyboard.type(String(application.appId))
      await keyboard.press('Enter')
      await page.getByText('Every step holds, of a SIMULATED TEE').waitFor()
      await page.goto(`${url}#/app/${application.appId}`)
      await press('Connect wallet')
      await press('Test wallet')
      const before = await showApp(application.sdk, application.appId)
      await press('Recharge')
      await reach('Amount in DOT')
      await keyboard.type('0.5')
      await press('Review')
      await press('Sign in the wallet')
      await page.getByText('Done, and final.').waitFor()
      await keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      expect(await named()).toBe('Recharge')
      const after = await showApp(application.sdk, application.appId)
      expect(after.escrowWei).toBeGreaterThan(before.escrowWei)
      expect(await page.locator('html').getAttribute('data-mouse')).toBe(null)
    } finally {
      await other.close()
    }
  })

  test('nothing of this has broken a rule of the page’s own policy', () => open.close())

  describe('an application of an owner', () => ownerSuite(of))
  describe('secrets and updates of an owner', () => secretsSuite(of))
  describe('a worker that is down', () => awaySuite(of))
})
