// Pages on a machine whose networks change under the browser.
import type { Page } from 'playwright-core'

/** What a page cannot do without. */
const PARTS = new Set(['document', 'script', 'stylesheet', 'font'])
const ATTEMPTS = 10

/**
 * Opens a page again when a part of it was lost to a change of the machine's networks: Chromium ends whatever is under way when an
 * interface comes or goes, also on loopback, and containers of other tests make and remove networks all the time. Nothing else is tried
 * twice: any other failure of a part stays one.
 */
export function reopenWhereNetworksChange(page: Page): void {
  let lost = 0
  page.on('requestfailed', (request) => {
    const isLost = request.failure()?.errorText === 'net::ERR_NETWORK_CHANGED'
    if (isLost && PARTS.has(request.resourceType())) lost += 1
  })
  const [open, again] = [page.goto.bind(page), page.reload.bind(page)]
  const whole = async (first: () => ReturnType<Page['goto']>, url: () => string) => {
    for (let attempt = 1; ; attempt += 1) {
      lost = 0
      const address = url()
      try {
        const response = await (attempt === 1 ? first() : open(address))
        if (lost === 0 || attempt === ATTEMPTS) return response
      } catch (error) {
        if (lost === 0 || attempt === ATTEMPTS) throw error
      }
      // From another page: to the same address with another fragment a browser loads nothing.
      await open('about:blank')
    }
  }
  page.goto = (url, options) =>
    whole(
      () => open(url, options),
      () => url,
    )
  page.reload = (options) => {
    const address = page.url()
    return whole(
      () => again(options),
      () => address,
    )
  }
}
