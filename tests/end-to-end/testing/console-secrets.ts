// Secrets and updates in the web console: sealed in the page, kept by the nodes, read by the next version alone. Declares tests.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { listSecrets, showApp } from '@wetee/sdk'
import type { ConsoleOnDevnet } from './console-devnet.ts'
import type { ConsolePage } from './console-page.ts'
import { openOwnerPage, showOnFailure, type OwnerPage } from './console-owner.ts'
import { eventually } from './running-devnet.ts'

const patientMs = 120_000
const name = 'greeting_key'
const value = 'a value that the next version reads'
const digestOf = (text: string) => createHash('sha256').update(text).digest('hex')
const friend = `0x${'77'.repeat(20)}`

export function secretsSuite(of: () => ConsoleOnDevnet): void {
  let owner: OwnerPage
  let open: ConsolePage
  beforeAll(async () => {
    owner = await openOwnerPage(of())
    open = owner.open
  })
  afterAll(() => open?.close())
  beforeEach(() => showOnFailure(owner))
  const tab: OwnerPage['tab'] = (part) => owner.tab(part)
  const button: OwnerPage['button'] = (label) => owner.button(label)
  const text: OwnerPage['text'] = (wanted) => owner.text(wanted)
  const sign = () => owner.sign()
  const row = (secret: string) => open.page.getByRole('row').filter({ hasText: secret })
  const secret = async (wanted: string) => {
    const { sdk, appId } = of().devnet.application
    return (await listSecrets(sdk, appId)).find((one) => one.name === wanted)
  }
  /** Digests of what the application has been given. */
  const delivered = async () => {
    const { sdk, url } = of().devnet.application
    const { body } = await sdk.transport.get(`${url}/secret`, { maxBytes: 65_536 })
    return JSON.parse(new TextDecoder().decode(body)) as { file: string; variable: string }
  }

  test('a secret is set: what is wrong is said, the value leaves the page sealed, and the nodes keep it', async () => {
    await tab('secrets')
    await button('Set a secret').click()
    await open.page.getByLabel('Name').fill('.hidden')
    await text('no dot in front').waitFor()
    expect(await button('Seal and review').isDisabled()).toBe(true)
    await open.page.getByLabel('Name').fill('spare')
    await open.page.getByLabel('Value').fill(value)
    const sent: string[] = []
    open.page.on('request', (request) => sent.push(request.postData() ?? ''))
    await button('Seal and review').click()
    await button('Sign in the wallet').click()
    await text('spare, version 1: 3 nodes keep it').waitFor({ timeout: patientMs })
    expect((await secret('spare'))?.latest).toBe(1)
    const hex = Buffer.from(value).toString('hex')
    expect(sent.filter((body) => body.includes(value) || body.includes(hex))).toEqual([])
    expect(JSON.stringify(await open.page.evaluate(() => ({ ...localStorage })))).not.toContain(hex)
  })

  test('a secret is rotated over a reload: what was signed for still goes to the nodes', async () => {
    await button(`Rotate ${name}`).click()
    await open.page.getByLabel('Value').fill(value)
    await button('Seal and review').click()
    // No node is within reach until the page was loaded anew.
    const nodes = '**/v1/nodes/**'
    await open.page.route(nodes, (route) => route.abort())
    await button('Sign in the wallet').click()
    await text(`${name}, version 2 is not with the nodes yet`).waitFor({ timeout: patientMs })
    const download = open.page.waitForEvent('download')
    await button('Download your copy').last().click()
    expect(readFileSync(await (await download).path()).length).toBeGreaterThan(value.length)
    await open.page.unroute(nodes)
    await open.page.reload()
    await text(`${name}, version 2: 3 nodes keep it`).waitFor({ timeout: patientMs })
    expect((await secret(name))?.current.version).toBe(2)
  })

  test(
    'a secret is rolled back and forth, granted and revoked, and removed',
    { timeout: 240_000 },
    async () => {
      await button(`Make version 1 of ${name} the current one`).click()
      await sign()
      expect((await secret(name))?.current.version).toBe(1)
      await button(`Make version 2 of ${name} the current one`).click()
      await sign()
      await button(`Grant ${name}`).click()
      await open.page.getByLabel('Reader').selectOption('owner')
      await open.page.getByLabel('Address of the account').fill('0x77')
      await text('Expected 0x and 40 hex digits').waitFor()
      await open.page.getByLabel('Address of the account').fill(friend)
      await button('Review').click()
      await sign()
      await row(name).getByText('all of 0x77777777').waitFor()
      await open.picture('app-secrets-light')
      await button(/^Revoke/).click()
      await sign()
      await row(name).getByText('nobody').waitFor()
      await button('Remove spare').click()
      await button('Remove the secret').click()
      await text('Done, and final.').waitFor({ timeout: patientMs })
      await button('Close').first().click()
      await row('spare').waitFor({ state: 'detached' })
      expect(await secret('spare')).toBe(undefined)
    },
  )

  test(
    'an update is compared, signed, and stays in sight when its version begins to start; the new version reads the new secret',
    { timeout: 300_000 },
    async () => {
      const { sdk, appId } = of().devnet.application
      const next = (await showApp(sdk, appId)).currentVersion + 1
      await tab('update')
      const file = owner.compose()
      await open.page.getByRole('textbox', { name: 'Compose file' }).fill(file)
      await button('Compare with what runs').click()
      await text('It runs exactly this already').waitFor()
      await open.page
        .getByRole('textbox', { name: 'Compose file' })
        .fill(file.replace('GREETING: Hello', 'GREETING: Bonjour'))
      await button('Compare with what runs').click()
      await open.page.getByRole('row').filter({ hasText: 'Bonjour' }).waitFor()
      await open.picture('app-update-light')
      await button('Review and sign').click()
      await sign()
      await text(`Version ${next} is still being started`)
        .or(text(`version ${next}, on worker 1`))
        .first()
        .waitFor()
      await text(`version ${next}, on worker 1`).waitFor({ timeout: patientMs })
      await eventually('the next version alone', async () => {
        const { currentVersion, pending } = await showApp(sdk, appId)
        return currentVersion === next && pending === undefined
      })
      const wanted = digestOf(value)
      await eventually('the new secret', async () => {
        const { file: inFile, variable } = await delivered()
        return inFile === wanted && variable === wanted
      })
    },
  )

  test('receipts of all nodes say to whom the secret was released, and are checked in the page', async () => {
    await tab('secrets')
    await button('Read the receipts').click()
    await text('No node contradicts itself.').waitFor({ timeout: patientMs })
    await text('3 of 3 nodes answered').waitFor()
    await row(`${name}, version 2`).first().getByText('version 2, replica 0').waitFor()
    await open.picture('app-receipts-light')
  })
}
