// What announces itself as a wallet (EIP-6963) and is none is kept from wagmi, which takes every announcement. Listens to the window.

/** More than anybody has; each is kept for as long as the page is open. */
const maxWallets = 32
const maxTextLength = 200

/** Whether it can be listed and asked: the words are of whatever runs in this page. */
export function isWallet(detail: unknown): boolean {
  const { info, provider } = (detail ?? {}) as { info?: unknown; provider?: unknown }
  const { uuid, rdns, name } = (info ?? {}) as Record<string, unknown>
  const { request, on } = (provider ?? {}) as Record<string, unknown>
  return [uuid, rdns, name].every(isText) && [request, on].every((one) => typeof one === 'function')
}

const isText = (value: unknown): boolean =>
  typeof value === 'string' && value !== '' && value.length <= maxTextLength

/** Passes over announcements of what is no wallet; to be called before anything else listens. */
export function screenAnnouncements(): void {
  const announced = new Set<unknown>()
  window.addEventListener('eip6963:announceProvider', (event) => {
    const { detail } = event as CustomEvent<{ info: { uuid: string } }>
    if (!isWallet(detail)) return event.stopImmediatePropagation()
    announced.add(detail.info.uuid)
    if (announced.size > maxWallets) event.stopImmediatePropagation()
  })
}
