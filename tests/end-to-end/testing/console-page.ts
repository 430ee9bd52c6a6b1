// A console in a real browser, with a wallet that announces itself (EIP-6963) and signs with a development key. Starts a browser.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import {
  createWalletClient,
  defineChain,
  http,
  numberToHex,
  type Address,
  type Hex,
  type PrivateKeyAccount,
} from 'viem'
import { reopenWhereNetworksChange } from './reopened-page.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What the wallet does when it is asked; a test changes it as it goes. */
export type WalletPolicy = {
  connects: boolean
  /** A locked one shows no account, also to pages that it is connected to. */
  locked: boolean
  signs: boolean
  chainId: number
}

/** An open console. */
export type ConsolePage = {
  readonly page: Page
  readonly policy: WalletPolicy
  /** Methods that the wallet was asked for. */
  readonly asked: readonly string[]
  /** Errors of scripts and what the page wrote to its console as such. */
  readonly problems: readonly string[]
  /** Addresses that the page asked for. */
  readonly requests: readonly string[]
  /** The wallet says that something of it has changed, as wallets do by themselves (EIP-1193). */
  tell(event: 'accountsChanged' | 'chainChanged'): Promise<void>
  /** Keeps a picture of the page as `<name>.jpg` in the folder `WETEE_SCREENSHOTS`, where that is set. */
  picture(name: string): Promise<void>
  /** What axe finds wrong with the page as it is now: rule and places. */
  violations(): Promise<string[]>
  /**
   * Each view in light, in dark and on a phone, or as wanted: axe finds nothing, nothing is wider than the screen. Keeps a picture of
   * each in all looks, where pictures are kept. Leaves the page as it was at first. Throws what was found.
   */
  looksRight(url: string, views: readonly string[], wanted?: readonly Look[]): Promise<void>
  close(): Promise<void>
}

type Request = { readonly method: string; readonly params?: readonly unknown[] }
type Sent = { readonly to: Address; readonly data?: Hex; readonly value?: Hex; readonly gas?: Hex }

/** What a wallet says instead of a result. */
export class Refusal extends Error {
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** Opens a page of its own context. The wallet is on the chain of `rpcUrl` and lets itself be connected, unless told otherwise. */
export async function openConsole(
  browser: Browser,
  options: {
    readonly rpcUrl: string
    readonly chainId: number
    readonly account: PrivateKeyAccount
  },
): Promise<ConsolePage> {
  const context = await browser.newContext({
    acceptDownloads: true,
    viewport: { width: 1320, height: 900 },
  })
  const page = await context.newPage()
  reopenWhereNetworksChange(page)
  waitForViews(page)
  const policy: WalletPolicy = {
    connects: true,
    locked: false,
    signs: true,
    chainId: options.chainId,
  }
  const asked: string[] = []
  const [problems, requests]: [string[], string[]] = [[], []]
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    // Networks of containers come and go on this machine, and Chromium fails what is under way then: no fault of the page.
    const isOfMachine = message.text().includes('net::ERR_NETWORK_CHANGED')
    if (message.type() === 'error' && !isOfMachine) problems.push(message.text())
  })
  page.on('request', (request) => requests.push(request.url()))
  const answer = testWallet(options, policy)
  await page.exposeFunction('askTestWallet', async (request: Request) => {
    asked.push(request.method)
    try {
      return { result: await answer(request) }
    } catch (error) {
      const code = error instanceof Refusal ? error.code : -32_603
      return { error: { code, message: error instanceof Error ? error.message : String(error) } }
    }
  })
  await page.addInitScript(announce)
  await page.addInitScript(tellViolations)
  const picture = async (name: string) => {
    const folder = process.env['WETEE_SCREENSHOTS']
    if (folder === undefined) return
    const path = join(folder, `${name}.jpg`)
    // Half the time of a PNG.
    await page.screenshot({ path, type: 'jpeg', quality: 85, fullPage: true })
  }
  return {
    ...{ page, policy, asked, problems, requests, picture },
    violations: () => violationsOf(page),
    tell: async (event) => {
      const method = event === 'chainChanged' ? 'eth_chainId' : 'eth_accounts'
      const said = { event, detail: await answer({ method }) }
      await page.evaluate(
        ({ event: name, detail }) =>
          void window.dispatchEvent(new CustomEvent(`test-wallet:${name}`, { detail })),
        said,
      )
    },
    looksRight: (url, views, wanted = ['phone', 'light']) =>
      looksRight(page, picture, { url, views, wanted }),
    close: async () => {
      await context.close()
      const forbidden = problems.filter((text) => text.includes('Content Security Policy'))
      if (forbidden.length > 0) throw new Error(`against its own policy: ${forbidden.join('\n')}`)
    },
  }
}

/** Runs in the page: Chromium says nothing of code that a script tries to make at run time, and that the policy forbids. */
function tellViolations(): void {
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
    if (blockedURI === 'eval') console.error(`Content Security Policy: ${violatedDirective} eval`)
  })
}

/** An address is opened once its view is there: until its file has come, the page shows the view before, and says that it is busy. */
function waitForViews(page: Page): void {
  const open = page.goto.bind(page)
  page.goto = async (url, options) => {
    const response = await open(url, options)
    await page.locator('main[aria-busy=true]').waitFor({ state: 'detached' })
    return response
  }
}

async function violationsOf(page: Page): Promise<string[]> {
  // Views of one document share it.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe)
  return page.evaluate(async () => {
    type Found = { violations: { id: string; nodes: { target: string[] }[] }[] }
    const { axe: run } = globalThis as unknown as {
      axe: { run: (options: { resultTypes: string[] }) => Promise<Found> }
    }
    // What holds is not described in full, which is most of its work.
    const { violations } = await run.run({ resultTypes: ['violations'] })
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.target.join(' ') ?? ''}`)
  })
}

type Look = 'dark' | 'phone' | 'light'
/** What a colour is seen against does not depend on the width: the phone is dark, and axe needs not see a wide dark page as well. */
const looks: readonly (readonly [Look, 'dark' | 'light', number])[] = [
  ['dark', 'dark', 1320],
  ['phone', 'dark', 390],
  ['light', 'light', 1320],
]

async function looksRight(
  page: Page,
  picture: (name: string) => Promise<void>,
  asked: {
    readonly url: string
    readonly views: readonly string[]
    readonly wanted: readonly Look[]
  },
): Promise<void> {
  const { url, views, wanted } = asked
  const isKept = process.env['WETEE_SCREENSHOTS'] !== undefined
  const found: string[] = []
  for (const view of views) {
    await page.goto(`${url}#/${view}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    for (const [look, colorScheme, width] of looks) {
      if (!isKept && !wanted.includes(look)) continue
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 900 })
      await page.locator('[aria-label^=Reading]').first().waitFor({ state: 'detached' })
      await picture(`${view.replaceAll('/', '-').replace(/\d{20,}/, '1') || 'network'}-${look}`)
      for (const one of await page.evaluate(tooWide)) found.push(`${view} ${look}: ${one}`)
      if (!wanted.includes(look)) continue
      for (const one of await violationsOf(page)) found.push(`${view} ${look}: ${one}`)
    }
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1320, height: 900 })
  if (found.length > 0) throw new Error(found.join('\n'))
}

/** Runs in the page: what ends outside of the screen, of its table or its list. */
function tooWide(): string[] {
  const over = document.documentElement.scrollWidth - innerWidth
  const parts = [...document.querySelectorAll('.scroll, .checks')].filter(
    ({ scrollWidth, clientWidth }) => scrollWidth > clientWidth,
  )
  return [
    ...(over > 0 ? [`${over} pixels too wide`] : []),
    ...parts.map(
      ({ scrollWidth, clientWidth, textContent }) =>
        `${scrollWidth - clientWidth} pixels too wide: ${textContent.slice(0, 60)}`,
    ),
  ]
}

/** Answers as MetaMask does, with a Refusal or a result. */
export function testWallet(
  { rpcUrl, chainId, account }: Parameters<typeof openConsole>[1],
  policy: WalletPolicy,
) {
  let isConnected = false
  const chain = defineChain({
    id: chainId,
    name: 'devnet',
    nativeCurrency: { name: 'DOT', symbol: 'DOT', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  })
  const client = createWalletClient({ account, chain, transport: http(rpcUrl) })
  const accounts = () => (isConnected && !policy.locked ? [account.address] : [])
  return async ({ method, params = [] }: Request): Promise<unknown> => {
    switch (method) {
      case 'eth_accounts':
        return accounts()
      case 'eth_requestAccounts':
        if (!policy.connects) throw new Refusal(4001, 'User rejected the request.')
        isConnected = true
        return accounts()
      case 'eth_chainId':
        return numberToHex(policy.chainId)
      case 'wallet_switchEthereumChain':
        if (policy.chainId === 1) {
          policy.chainId = 2
          throw new Refusal(4902, 'Unrecognized chain ID.')
        }
        policy.chainId = chainId
        return null
      case 'wallet_addEthereumChain':
        policy.chainId = chainId
        return null
      case 'personal_sign': {
        if (!policy.signs) throw new Refusal(4001, 'User rejected the request.')
        const [raw] = params as [Hex]
        return account.signMessage({ message: { raw } })
      }
      case 'eth_sendTransaction': {
        if (!policy.signs) throw new Refusal(4001, 'User rejected the request.')
        const [{ to, data, value, gas }] = params as [Sent]
        return client.sendTransaction({
          to,
          ...(data === undefined ? {} : { data }),
          ...(value === undefined ? {} : { value: BigInt(value) }),
          ...(gas === undefined ? {} : { gas: BigInt(gas) }),
        })
      }
      default:
        throw new Refusal(4200, `this wallet does not do ${method}`)
    }
  }
}

/** Runs in the page before its own scripts. */
function announce(): void {
  type Answer = { result?: unknown; error?: { code: number; message: string } }
  type Heard = (said: unknown) => void
  const listeners = new Map<Heard, (said: Event) => void>()
  const { askTestWallet } = globalThis as unknown as {
    askTestWallet: (request: unknown) => Promise<Answer>
  }
  const provider = {
    request: async (request: unknown) => {
      const { result, error } = await askTestWallet(request)
      if (error === undefined) return result
      throw Object.assign(new Error(error.message), { code: error.code })
    },
    on: (event: string, heard: Heard) => {
      const listener = (said: Event) => heard((said as CustomEvent<unknown>).detail)
      listeners.set(heard, listener)
      window.addEventListener(`test-wallet:${event}`, listener)
    },
    removeListener: (event: string, heard: Heard) => {
      const listener = listeners.get(heard)
      if (listener !== undefined) window.removeEventListener(`test-wallet:${event}`, listener)
    },
  }
  const info = {
    uuid: 'test',
    name: 'Test wallet',
    rdns: 'org.wetee.test',
    icon: 'data:image/svg+xml,',
  }
  // Others announce what is no wallet: no page may break at it.
  const announced = [undefined, { info: { ...info, uuid: 'odd', name: {} } }, { info, provider }]
  const say = () => {
    for (const detail of announced)
      window.dispatchEvent(
        new CustomEvent('eip6963:announceProvider', { detail: Object.freeze(detail) }),
      )
  }
  window.addEventListener('eip6963:requestProvider', say)
  say()
}
