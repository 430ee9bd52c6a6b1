// Unpacks an image's layers into a root folder: nothing leaves that folder, nothing but files,
// folders and links is made. Does file I/O.
import { randomUUID } from 'node:crypto'
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { ImageError } from './error.ts'
import { openImage } from './layout.ts'
import { readLayer } from './read-layer.ts'
import { RootFolder } from './root-folder.ts'

/** Bounds of what an image may become on disk; all layers together. */
export type UnpackLimits = {
  /** Uncompressed bytes, archive headers included; default 16 GiB. */
  readonly maxBytes: number
  /** Default 500,000. */
  readonly maxEntries: number
}

const defaultLimits: UnpackLimits = { maxBytes: 16 * 2 ** 30, maxEntries: 500_000 }

/**
 * Unpacks an image into `targetDir`, which must not exist or be empty: whole or not at all. Every
 * layer is hashed on the
 * way, packed and unpacked. Owners are kept when run as root, else everything belongs to the
 * caller; set-user-id bits are
 * dropped. Throws ImageError.
 */
export async function unpackImage(
  layout: string,
  digest: string,
  targetDir: string,
  options: Partial<UnpackLimits> & { readonly signal?: AbortSignal } = {},
): Promise<void> {
  const target = resolve(targetDir)
  if ((await readdir(target).catch(() => [])).length > 0)
    throw new ImageError('unpack.target-exists', `${target} is not empty`)
  const { manifest, config } = await openImage(layout, digest)
  const budget = { ...defaultLimits, ...options }
  const counter = { bytes: budget.maxBytes, entries: budget.maxEntries }
  const temporary = `${target}.${randomUUID()}.tmp`
  await mkdir(dirname(target), { recursive: true })
  await mkdir(temporary)
  try {
    await chmod(temporary, 0o755)
    const root = new RootFolder(temporary, process.getuid?.() === 0)
    for (const [index, layer] of manifest.layers.entries()) {
      options.signal?.throwIfAborted()
      const diffId = config.diffIds[index]
      if (diffId === undefined) throw new ImageError('image.config', 'a layer has no diff id')
      root.beginLayer()
      await readLayer(
        layout,
        layer,
        diffId,
        counter,
        (header, content) => root.apply(header, content),
        options.signal,
      )
    }
    await rename(temporary, target)
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}
