// Images that our own writer would never make, for tests of what reads them. Does file I/O.
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pack, type Header } from 'tar-stream'
import { makeBlobFolder, writeBlob } from '../blob.ts'
import { addToLayout } from '../layout.ts'
import type { Descriptor, Digest } from '../manifest.ts'
import { ociConfig, ociLayer, ociManifest } from '../media-type.ts'

/** An entry of a raw archive. */
export type RawEntry = Partial<Header> & { readonly name: string; readonly content?: string }

/** A folder that `dispose` removes. */
export function temporaryFolder(): { readonly path: string; dispose(): void } {
  const path = mkdtempSync(join(tmpdir(), 'wetee-image-'))
  return { path, dispose: () => rmSync(path, { recursive: true, force: true }) }
}

/** A tar archive with exactly these headers. */
export async function rawArchive(entries: readonly RawEntry[]): Promise<Buffer> {
  const archive = pack()
  for (const { content, ...header } of entries) {
    const full = { mode: 0o644, mtime: new Date(0), ...header }
    if (content !== undefined) archive.entry(full, Buffer.from(content), () => undefined)
    else if (full.type === undefined) archive.entry(full, Buffer.alloc(0), () => undefined)
    else archive.entry(full, () => undefined)
  }
  archive.finalize()
  return buffer(archive as AsyncIterable<Uint8Array> as never)
}

/** A layer as stored, with the digest of its uncompressed bytes. */
export type RawLayer = {
  readonly bytes: Uint8Array
  readonly diffId?: Digest
  readonly mediaType?: string
}

/** Writes an image of raw layers; returns its manifest digest. */
export async function writeRawImage(layout: string, layers: readonly RawLayer[]): Promise<Digest> {
  await makeBlobFolder(layout)
  const descriptors: Descriptor[] = []
  for (const { bytes, mediaType = ociLayer } of layers)
    descriptors.push({ mediaType, digest: await writeBlob(layout, bytes), size: bytes.length })
  const diffIds = layers.map(({ bytes, diffId }) => diffId ?? sha256(bytes))
  const config = json({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: diffIds } })
  const configDigest = await writeBlob(layout, config)
  const manifest = json({
    schemaVersion: 2,
    mediaType: ociManifest,
    config: { mediaType: ociConfig, digest: configDigest, size: config.length },
    layers: descriptors,
  })
  const digest = await writeBlob(layout, manifest)
  await addToLayout(layout, { mediaType: ociManifest, digest, size: manifest.length }, 'raw')
  return digest
}

export function sha256(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

export function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}
