// A devnet with its console, and a browser to look at it. Starts processes, declares groups of tests.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { launchChromium } from '../../browser/chromium.ts'
import { describeWithChromium } from '../../browser/in-chromium.ts'
import { openConsole, type ConsolePage } from './console-page.ts'
import { startDevnet, type RunningDevnet } from './running-devnet.ts'

/** What suites of the console stand on, once it runs. */
export type ConsoleOnDevnet = {
  readonly devnet: RunningDevnet
  /** Of the console; ends in a slash. */
  readonly url: string
  /** A page whose wallet has the developer's key and is not connected yet. */
  newPage(): Promise<ConsolePage>
}

/** Declares suites on a network of their own. */
export function describeConsole(title: string, suites: (of: () => ConsoleOnDevnet) => void): void {
  describeWithChromium(title, (executable) => {
    let devnet: RunningDevnet
    let browser: Browser
    beforeAll(async () => {
      ;[devnet, browser] = await Promise.all([startDevnet('sandbox'), launchChromium(executable)])
    }, 600_000)
    afterAll(async () => {
      await browser?.close()
      await devnet?.close()
    })
    suites(() => ({
      devnet,
      url: devnet.network.consoleUrl ?? '',
      newPage: () => {
        const { rpcUrl, profile, accounts } = devnet.network
        const options = { rpcUrl, chainId: profile.chainId, account: accounts.developer }
        return openConsole(browser, options)
      },
    }))
  })
}
