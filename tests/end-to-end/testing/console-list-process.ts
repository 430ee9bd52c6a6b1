// The console's list of many applications on a real chain in Chromium, measured and told to whoever has forked this. Starts processes.
import type { Browser, Page } from 'playwright-core'
import { buildConsole } from '@wetee/console/build'
import { serveConsole } from '@wetee/console/serve'
import { LocalNetwork } from '@wetee/contracts/local-network'
import { buildManifest } from '@wetee/manifest'
import { findChromium, launchChromium, MISSING_CHROMIUM } from '../../browser/chromium.ts'
import { startAnvil, type LocalAnvil } from './local-anvil.ts'

const APPLICATIONS = 1_000
const BATCH = 50
const LEASE_SECONDS = 3_600n
const LOADS = 7
const SCROLLS = 3
/** Pixels of one frame: the whole list in about four seconds. */
const STEP = 240
const ROW_HEIGHT = 56
const SHOWN = 'shown at '
const BLANK = `data:text/html,<body style="height:${APPLICATIONS * ROW_HEIGHT}px">`

/** What was measured. */
type Figures = {
  /** From the page's address to its first view, of a page that has been nowhere yet in a browser that runs. */
  readonly firstPageSeconds: readonly number[]
  /** From the page's address to the first row of the list. */
  readonly loadSeconds: readonly number[]
  /** Mean time of a frame from one end of the list to the other. */
  readonly frameMs: readonly number[]
  /** The same of a page of that height with nothing on it. */
  readonly blankMs: readonly number[]
}

process.send?.(await measure())
process.exit(0)

async function measure(): Promise<Figures> {
  const executable = findChromium()
  if (executable === undefined) throw new Error(MISSING_CHROMIUM)
  const anvil = await startAnvil(1)
  try {
    const profile = await deployAll(anvil)
    const folder = await buildConsole()
    const served = await serveConsole({ folder, profile, connect: [anvil.rpcUrl], port: 0 })
    const browser = await launchChromium(executable)
    try {
      return await look(browser, served.url)
    } finally {
      await browser.close()
      await served.close()
    }
  } finally {
    await anvil.close()
  }
}

/** Applications of one owner, each with a live lease; the text of the network's profile. */
async function deployAll(anvil: LocalAnvil): Promise<string> {
  const clients = { publicClient: anvil.client, walletClient: anvil.client } as never
  const network = await LocalNetwork.deploy(clients, LEASE_SECONDS)
  const { text, terms } = await buildManifest(
    `name: hello
services:
  web:
    image: registry.example/hello@sha256:${'ab'.repeat(32)}
    deploy: {resources: {limits: {cpus: '0.01', memory: 16M}}}
x-wetee: {tee: [tdx], level: 0, grace: 1h}
`,
    { resolveImage: (pinned) => Promise.resolve(pinned.slice(pinned.lastIndexOf('@') + 1)) },
  )
  await network.populate({
    cpuMilli: terms.cpuMilli * APPLICATIONS,
    memoryMiB: terms.memoryMiB * APPLICATIONS,
    diskMiB: terms.diskMiB * APPLICATIONS,
    gpu: 0,
  })
  for (let appId = 1; appId <= APPLICATIONS; appId++)
    await network.create(`app ${appId}`, terms, text)
  for (let first = 1; first <= APPLICATIONS; first += BATCH)
    await network.renewAll(
      Array.from({ length: BATCH }, (_, index) => BigInt(first + index)),
      1,
    )
  // The page reads what is final.
  await anvil.client.mine({ blocks: 8 })
  return JSON.stringify({
    ...{ name: 'bench', kind: 'development', simulated: true, chainId: 31_337 },
    ...{ rpcUrls: [anvil.rpcUrl], deployBlock: '0', trustRoots: [], finalityBlocks: 2 },
    contracts: network.addresses,
  })
}

async function look(browser: Browser, url: string): Promise<Figures> {
  const firstPageSeconds: number[] = []
  const loadSeconds: number[] = []
  const frameMs: number[] = []
  const blankMs: number[] = []
  // The first round is not counted: it finds the browser and the chain cold.
  for (let round = -1; round < LOADS; round++) {
    const first = await opened(browser, url, 'a[href="#/deploy"]')
    await first.context.close()
    const list = `table[aria-rowcount="${APPLICATIONS + 1}"] [data-row]`
    const { context, page, seconds } = await opened(browser, `${url}#/apps`, list)
    if (round >= 0) {
      firstPageSeconds.push(first.seconds)
      loadSeconds.push(seconds)
    }
    if (round >= LOADS - SCROLLS) {
      frameMs.push(await frameOf(page))
      await page.goto(BLANK)
      blankMs.push(await frameOf(page))
    }
    await context.close()
  }
  return { firstPageSeconds, loadSeconds, frameMs, blankMs }
}

/** A page without anything kept from others, and how long it took until what is wanted was on the screen: the page says when. */
async function opened(browser: Browser, url: string, wanted: string) {
  const context = await browser.newContext({ viewport: { width: 1_320, height: 900 } })
  const page = await context.newPage()
  await page.addInitScript(watchFor, { wanted, sign: SHOWN })
  const told = page.waitForEvent('console', { predicate: (one) => one.text().startsWith(SHOWN) })
  const startedAt = Date.now()
  await page.goto(url)
  const shownAt = Number((await told).text().slice(SHOWN.length))
  return { context, page, seconds: (shownAt - startedAt) / 1_000 }
}

/** Runs in the page: who looks from outside has to load its own program into it, and asks twice a second. */
function watchFor({ wanted, sign }: { wanted: string; sign: string }): void {
  const look = () => {
    if (document.querySelector(wanted) === null) requestAnimationFrame(look)
    // After the frame.
    else setTimeout(() => console.debug(sign + String(Date.now())))
  }
  requestAnimationFrame(look)
}

/** Mean milliseconds of a frame while the list is scrolled from its beginning to its end. */
async function frameOf(page: Page): Promise<number> {
  return page.evaluate(
    (step) =>
      new Promise<number>((resolve) => {
        const startedAt = performance.now()
        let count = 0
        const next = () => {
          const before = window.scrollY
          window.scrollBy(0, step)
          count += 1
          if (window.scrollY > before) requestAnimationFrame(next)
          else resolve((performance.now() - startedAt) / count)
        }
        requestAnimationFrame(next)
      }),
    STEP,
  )
}
