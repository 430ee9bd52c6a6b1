// Runs a group of tests in one Chromium on one loopback site, or says in one line why not. Starts processes, listens.
import { afterAll, beforeAll, describe, test } from 'vitest'
import {
  findChromium,
  INSECURE_HOST,
  MISSING_CHROMIUM,
  startChromium,
  type OpenPage,
  type RunningChromium,
} from './chromium.ts'
import { startSite, type Site, type SiteContent } from './site.ts'

/** What the tests of a group get. Valid while they run. */
export type InChromium = {
  /** Opens the site's page as 127.0.0.1, which counts as secure, or under a name that does not. */
  readonly open: (context?: 'secure' | 'insecure') => Promise<OpenPage>
  /** Opens any address. */
  readonly openAt: (url: string) => Promise<OpenPage>
  /** Address of the site's page. */
  readonly origin: (context?: 'secure' | 'insecure') => string
}

/**
 * Declares a group of tests where there is a Chromium, whose path `define` gets. Elsewhere one test is skipped with a printed line; under
 * CI=true it fails.
 */
export function describeWithChromium(name: string, define: (executable: string) => void): void {
  const executable = findChromium()
  if (executable !== undefined) {
    describe(name, () => define(executable))
    return
  }
  test(`${name}: Chromium is there`, ({ skip }) => {
    if (process.env['CI'] === 'true') throw new Error(MISSING_CHROMIUM)
    console.log(`skipped: ${name}: ${MISSING_CHROMIUM}`)
    skip()
  })
}

/** Declares tests in a group that starts browser and site first and ends both whatever happens. */
export function describeInChromium(
  name: string,
  content: () => Promise<SiteContent>,
  define: (world: InChromium) => void,
): void {
  describeWithChromium(name, () => {
    let site: Site | undefined
    let browser: RunningChromium | undefined
    beforeAll(async () => {
      site = await startSite(await content())
      browser = await startChromium()
    })
    afterAll(async () => {
      await Promise.all([browser?.close(), site?.close()])
    })
    const origin: InChromium['origin'] = (context = 'secure') =>
      `http://${context === 'secure' ? '127.0.0.1' : INSECURE_HOST}:${site?.port}/`
    const openAt = (url: string) => {
      if (browser === undefined) throw new Error('Chromium is not running')
      return browser.open(url)
    }
    define({ origin, openAt, open: (context) => openAt(origin(context)) })
  })
}
