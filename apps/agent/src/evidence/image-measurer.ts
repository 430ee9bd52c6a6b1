// Hashes the images of a manifest, again before every evidence, and records them in RTMR3 where there is one. Reads files, extends
// registers.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { imageEventDigest, replayImageEvents, type ImageEvent } from '@wetee/attestation'
import { verifyLayout } from '@wetee/image'
import type { ManifestDocument } from '@wetee/manifest'
import type { AnyTeeDevice } from '@wetee/tee-device'
import { AgentError } from '../agent-error.ts'

const REGISTER = 3
const NOTHING = `0x${'00'.repeat(48)}` as const
const MAX_BLOBS = 10_000

/** Which image each service must have. */
export type ServiceImage = {
  readonly service: string
  readonly layout: string
  readonly digest: `sha256:${string}`
}

/** Where the images of a manifest lie: `<folder>/<service>`. */
export function serviceImages(manifest: ManifestDocument, folder: string): ServiceImage[] {
  return manifest.services.map(({ name, image }) => ({
    service: name,
    layout: join(folder, name),
    digest: `sha256:${image.slice(image.lastIndexOf('@sha256:') + '@sha256:'.length)}`,
  }))
}

/** Keeps RTMR3 and its event log in step with the images. */
export class ImageMeasurer {
  readonly #device: AnyTeeDevice
  readonly #images: readonly ServiceImage[]
  readonly #believed: boolean
  readonly #events: ImageEvent[] = []
  readonly #changed = new Set<string>()

  /** `believed`: whoever pulls the images is taken at its word, and none of them is looked for. */
  constructor(
    device: AnyTeeDevice,
    images: readonly ServiceImage[],
    { believed = false }: { readonly believed?: boolean } = {},
  ) {
    this.#device = device
    this.#images = images
    this.#believed = believed
  }

  /** What RTMR3 has been extended by, in order; nothing where the hardware has no such register. */
  get events(): readonly ImageEvent[] {
    return this.#events
  }

  /**
   * Hashes every image and extends RTMR3. When an earlier agent of the same guest has already recorded exactly these
   * images, the register is left alone: an agent may be started again in a TEE that goes on. Hardware without such a register
   * relies on this program, which it has measured, to go no further with other images.
   * Throws AgentError `image.mismatch` or `rtmr.unexpected`.
   */
  async measure(signal: AbortSignal): Promise<void> {
    for (const image of this.#believed ? [] : this.#images) {
      try {
        await verifyLayout(image.layout, image.digest)
      } catch (cause) {
        throw new AgentError(
          'image.mismatch',
          `${image.service}: the image is not ${image.digest}: ${message(cause)}`,
          { cause },
        )
      }
    }
    const device = this.#device
    if (device.platform !== 'tdx') return
    const expected = this.#images.map(eventOf)
    const { rtmr } = await device.report({ signal })
    if (rtmr[REGISTER] === NOTHING)
      for (const { service, digest } of expected)
        await device.extend(REGISTER, imageEventDigest(service, hexOf(digest)), { signal })
    const after = await device.report({ signal })
    if (after.rtmr[REGISTER] !== replayImageEvents(expected))
      throw new AgentError('rtmr.unexpected', 'RTMR3 holds events of something else')
    this.#events.push(...expected)
  }

  /**
   * Hashes every image again. One that is no longer what was measured is recorded once under what it is now, so that
   * all later evidence says so, where there is a register to record it in. Returns the services that have changed since the
   * start.
   */
  async recheck(signal: AbortSignal): Promise<readonly string[]> {
    for (const image of this.#believed ? [] : this.#images) {
      if (this.#changed.has(image.service)) continue
      const intact = await verifyLayout(image.layout, image.digest).then(
        () => true,
        () => false,
      )
      if (intact) continue
      this.#changed.add(image.service)
      if (this.#device.platform !== 'tdx') continue
      const event = { ...eventOf(image), digest: await contentDigest(image.layout) }
      const extension = imageEventDigest(event.service, hexOf(event.digest))
      await this.#device.extend(REGISTER, extension, { signal })
      this.#events.push(event)
    }
    return [...this.#changed]
  }
}

function eventOf({ service, digest }: ServiceImage): ImageEvent {
  return { register: REGISTER, type: 'image', service, digest }
}

function hexOf(digest: string): `0x${string}` {
  return `0x${digest.slice('sha256:'.length)}`
}

/** SHA-256 over the names and contents of all blobs of a layout; for a layout that cannot be read, over nothing. */
async function contentDigest(layout: string): Promise<`sha256:${string}`> {
  const summary = createHash('sha256')
  const folder = join(layout, 'blobs', 'sha256')
  const names = await readdir(folder).catch(() => [])
  for (const name of names.sort().slice(0, MAX_BLOBS)) {
    const hash = createHash('sha256')
    const readable = await pipeline(createReadStream(join(folder, name)), hash).then(
      () => true,
      () => false,
    )
    summary.update(`${name} ${readable ? hash.digest('hex') : 'unreadable'}\n`)
  }
  return `sha256:${summary.digest('hex')}`
}

function message(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
