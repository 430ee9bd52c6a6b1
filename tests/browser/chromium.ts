// Headless Chromium for tests and benchmarks: finds it, starts it, opens pages. Starts processes.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
const START_TIMEOUT_MS = 30_000
const LOAD_TIMEOUT_MS = 15_000
/** A name for the loopback address that browsers do not count as a secure context. */
export const INSECURE_HOST = 'insecure.test'
const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`,
]

/** What to say where there is none. */
export const MISSING_CHROMIUM =
  'Chromium is missing: apt-get install --no-install-recommends chromium, or WETEE_CHROMIUM=/path/to/chromium'

/** A running browser; everything it opened ends with `close`. */
export type RunningChromium = {
  readonly version: string
  /** Opens `url` and waits until its script has set `globalThis.wetee`. */
  open(url: string): Promise<OpenPage>
  close(): Promise<void>
}

/** A page whose script offers functions under `globalThis.wetee`. */
export type OpenPage = {
  /** Calls one of them; input and result are JSON. Rejects in one sentence when the page breaks. */
  call<Result>(name: string, input?: unknown): Promise<Result>
  /** Addresses that the page asked for, in order. */
  readonly requests: readonly string[]
  close(): Promise<void>
}

/** The path of `WETEE_CHROMIUM`, else the first Chromium on the PATH; undefined where there is none. */
export function findChromium(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = environment['WETEE_CHROMIUM']
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const paths = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))
  return (named === undefined ? paths : [named]).find(isExecutable)
}

/** Starts it without a window and with a profile of its own. Rejects in one sentence when it does not come up. */
export async function startChromium(executable = findChromium()): Promise<RunningChromium> {
  if (executable === undefined) throw new Error(MISSING_CHROMIUM)
  const browser = await launchChromium(executable)
  return {
    version: browser.version(),
    open: (url) => openPage(browser, url),
    close: () => browser.close(),
  }
}

/** A browser without a window, for who drives its pages alone. Rejects in one sentence when it does not come up. */
export async function launchChromium(executablePath: string): Promise<Browser> {
  try {
    return await chromium.launch({
      executablePath,
      headless: true,
      // Only pages of this repository are opened; containers and root have no user namespaces for it.
      chromiumSandbox: false,
      args: FLAGS,
      timeout: START_TIMEOUT_MS,
    })
  } catch (cause) {
    throw new Error(`${executablePath} did not start: ${firstLine(cause)}`, { cause })
  }
}

async function openPage(browser: Browser, url: string): Promise<OpenPage> {
  const page = await browser.newPage()
  const requests: string[] = []
  const said: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  page.on('pageerror', (error) => said.push(error.message))
  page.on('console', (message) => message.type() === 'error' && said.push(message.text()))
  const explain = (what: string, cause: unknown) => {
    const heard = said.length === 0 ? '' : `; the page said: ${said.join('; ')}`
    return new Error(`Chromium, ${what}: ${firstLine(cause)}${heard}`, { cause })
  }
  try {
    await page.goto(url, { timeout: LOAD_TIMEOUT_MS })
    await page.waitForFunction(() => 'wetee' in globalThis, undefined, { timeout: LOAD_TIMEOUT_MS })
  } catch (cause) {
    await page.close()
    throw explain(`opening ${url}`, cause)
  }
  return {
    requests,
    call: async <Result>(name: string, input: unknown) => {
      try {
        return (await callPage(page, name, input)) as Result
      } catch (cause) {
        throw explain(`calling ${name}`, cause)
      }
    },
    close: () => page.close(),
  }
}

function callPage(page: Page, name: string, input: unknown): Promise<unknown> {
  return page.evaluate(
    ([called, json]) => {
      const { wetee } = globalThis as unknown as {
        wetee: Record<string, (input: unknown) => unknown>
      }
      return wetee[called]?.(JSON.parse(json))
    },
    [name, JSON.stringify(input ?? null)] as const,
  )
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
}
