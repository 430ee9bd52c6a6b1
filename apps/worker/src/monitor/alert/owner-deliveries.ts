// Deliveries to the webhooks of manifests, one for each application that names one. Pure but for its memory.
import type { Alerts } from '@wetee/manifest'
import { Delivery, type DeliveryParts } from './delivery.ts'
import type { Send } from './destinations.ts'

/** What deliveries are made with. */
export type OwnerDeliveryParts = Omit<DeliveryParts, 'name' | 'send'> & {
  /** Of the version that is current. */
  readonly alertsOf: (appId: bigint) => Alerts | undefined
  readonly sendTo: (url: string) => Send
}

/** Applications that are remembered; the one told longest ago gives way, with what waits of it. */
const MAX_APPLICATIONS = 4_096

/** Keeps a delivery for as long as its application names the address. */
export class OwnerDeliveries {
  readonly #parts: OwnerDeliveryParts
  readonly #known = new Map<
    bigint,
    { readonly url: string; readonly delivery: Delivery; readonly ended: AbortController }
  >()

  constructor(parts: OwnerDeliveryParts) {
    this.#parts = parts
  }

  /** Where the owner is told; `undefined` where the manifest names nothing. */
  of(appId: bigint): Delivery | undefined {
    const url = this.#parts.alertsOf(appId)?.webhook
    const known = this.#known.get(appId)
    this.#known.delete(appId)
    if (known !== undefined && known.url !== url) known.ended.abort()
    if (url === undefined) return undefined
    const entry = known?.url === url ? known : this.#open(appId, url)
    this.#known.set(appId, entry)
    for (const [oldest, { ended }] of this.#known) {
      if (this.#known.size <= MAX_APPLICATIONS) break
      ended.abort()
      this.#known.delete(oldest)
    }
    return entry.delivery
  }

  #open(appId: bigint, url: string) {
    const { sendTo, signal } = this.#parts
    const ended = new AbortController()
    const delivery = new Delivery({
      ...this.#parts,
      name: `the owner of application ${appId}`,
      send: sendTo(url),
      signal: AbortSignal.any([signal, ended.signal]),
    })
    return { url, delivery, ended }
  }
}
