// An image from whoever has it: each blob is what the digest says, or the image is refused.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { filesLayer } from './layer.ts'
import { openImage, readLayout, verifyLayout } from './layout.ts'
import { receiveImage } from './receive-image.ts'
import { writeImage } from './write-image.ts'

const folder = mkdtempSync(join(tmpdir(), 'wetee-receive-'))
const given = join(folder, 'given')
let digest: string
let layer: string
let count = 0
const at = () => join(folder, `layout-${++count}`)
const refusal = (code: string) => expect.objectContaining({ name: 'ImageError', code }) as unknown

beforeAll(async () => {
  const layers = [filesLayer({ '/a': new Uint8Array(100_000) }), filesLayer({ '/b': 'text' })]
  const written = await writeImage({ layout: given, layers, config: {} })
  digest = written.digest
  const { manifest } = await openImage(given, digest)
  layer = manifest.layers[0]!.digest
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Blobs of the image in pieces, with one of them changed. */
function server(changed = '', change = (bytes: Buffer) => bytes) {
  const asked: string[] = []
  async function* fetch(blob: string) {
    asked.push(blob)
    const bytes = readFileSync(join(given, 'blobs/sha256', blob.slice('sha256:'.length)))
    const sent = blob === changed ? change(bytes) : bytes
    for (let from = 0; from < sent.length; from += 1_000)
      yield await Promise.resolve(sent.subarray(from, from + 1_000))
  }
  return { asked, fetch }
}
const flip = (bytes: Buffer) => {
  const other = Buffer.from(bytes)
  other[0] = (other[0] ?? 0) ^ 1
  return other
}

test('an image is taken whole, and once: what is here or in a known layout is not asked for', async () => {
  const layout = at()
  const first = server()
  await receiveImage(digest, layout, first.fetch)
  await verifyLayout(layout, digest)
  expect(first.asked).toHaveLength(4)
  for (const [target, known] of [[layout, []] as const, [at(), [given]] as const]) {
    const again = server()
    await receiveImage(digest, target, again.fetch, known)
    await verifyLayout(target, digest)
    expect(again.asked).toEqual([digest])
  }
})

test('a changed manifest, a changed layer and one that is cut are refused, and no image is listed', async () => {
  const cut = (bytes: Buffer) => bytes.subarray(0, -1)
  for (const [blob, change] of [
    [digest, flip],
    [layer, flip],
    [layer, cut],
  ] as const) {
    const layout = at()
    const receiving = receiveImage(digest, layout, server(blob, change).fetch)
    await expect(receiving).rejects.toEqual(refusal('blob.digest'))
    await expect(readLayout(layout)).rejects.toEqual(refusal('layout.invalid'))
  }
})

test('no more is read of a blob than the manifest says', async () => {
  const layout = at()
  const longer = (bytes: Buffer) => Buffer.concat([bytes, bytes])
  const receiving = receiveImage(digest, layout, server(layer, longer).fetch)
  await expect(receiving).rejects.toEqual(refusal('image.too-large'))
  const left = readdirSync(join(layout, 'blobs/sha256'))
  expect(left.filter((name) => name.endsWith('.tmp') || layer.endsWith(name))).toEqual([])
})
