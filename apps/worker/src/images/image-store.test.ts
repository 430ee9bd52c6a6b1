// The image store with a real registry.
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRegistryServer, filesLayer, pullImage, writeImage } from '@wetee/image'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ImageStore } from './image-store.ts'

let root: string
let host: string
let digest: string
let closeRegistry: () => Promise<void>
const { signal } = new AbortController()
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'wetee-im-'))
  const layout = join(root, 'served')
  const written = await writeImage({
    layout,
    layers: [filesLayer({ '/a': Buffer.alloc(1_000, 'a') })],
    config: { user: '1000:2000' },
  })
  digest = written.digest
  const registry = await createRegistryServer({
    layouts: { app: layout },
    host: '127.0.0.1',
    port: 0,
  })
  closeRegistry = () => registry.close()
  host = new URL(registry.url).host
})
afterEach(async () => {
  await closeRegistry()
  rmSync(root, { recursive: true, force: true })
})
const store = (over: Partial<ConstructorParameters<typeof ImageStore>[0]> = {}) =>
  new ImageStore({
    folder: join(root, 'store'),
    loopbackRegistries: new Set([host]),
    ...over,
  })
const reference = () => `${host}/app@${digest}`

test('a pulled image is present, for a new process as well, and tells its user', async () => {
  const first = store()
  expect(await first.present([digest])).toEqual(new Set())
  await first.pull(reference(), signal)
  expect(await first.present([digest])).toEqual(new Set([digest]))
  const second = store()
  expect(await second.present([digest])).toEqual(new Set([digest]))
  expect(second.userOf(digest)).toBe('1000:2000')
})

test('an image that was damaged on disk is not present, and the next pull repairs it', async () => {
  const made = store()
  await made.pull(reference(), signal)
  const blobs = join(made.layout(digest), 'blobs', 'sha256')
  const [largest] = readdirSync(blobs).sort(
    (a, b) => statSync(join(blobs, b)).size - statSync(join(blobs, a)).size,
  )
  truncateSync(join(blobs, largest!), 10)
  made.distrust(digest)
  expect(await made.present([digest])).toEqual(new Set())
  await made.pull(reference(), signal)
  expect(await made.present([digest])).toEqual(new Set([digest]))
})

test('two applications with one image share one download', async () => {
  let pulls = 0
  const made = store({
    pull: (...args) => {
      pulls++
      return pullImage(...args)
    },
  })
  await Promise.all([made.pull(reference(), signal), made.pull(reference(), signal)])
  expect(pulls).toBe(1)
})

test('half a download is not present while it runs', async () => {
  let release: () => void = () => undefined
  const made = store({
    pull: async (...args) => {
      await pullImage(...args)
      await new Promise<void>((resolve) => (release = resolve))
    },
  })
  const pulling = made.pull(reference(), signal)
  await expect.poll(() => existsSync(join(made.layout(digest), 'index.json'))).toBe(true)
  expect(await made.present([digest])).toEqual(new Set())
  release()
  await pulling
  expect(await made.present([digest])).toEqual(new Set([digest]))
})

test.each(['127.0.0.1:1', '127.9.9.9:80', 'localhost:80', '[::1]:80'])(
  'the loopback registry %s is refused unless it was allowed',
  async (other) => {
    await expect(store().pull(`${other}/app@${digest}`, signal)).rejects.toMatchObject({
      code: 'registry.not-allowed',
    })
  },
)

test('a registry that is down, an image it does not have, a tag without digest', async () => {
  const missing = `sha256:${'0'.repeat(64)}`
  await expect(store().pull(`${host}/app@${missing}`, signal)).rejects.toMatchObject({
    code: 'image.unavailable',
    retryable: true,
  })
  await expect(store().pull(`${host}/app:latest`, signal)).rejects.toMatchObject({
    code: 'image.unavailable',
  })
})

test.skipIf(process.geteuid?.() !== 0)(
  'a disk that is full: nothing counts as an image, what is there stays, and with room it goes on by itself',
  async () => {
    const full = mkdtempSync(join(tmpdir(), 'wetee-full-'))
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', full])
    if (mount.status !== 0) return
    try {
      writeFileSync(join(full, 'kept'), 'x')
      writeFileSync(join(full, 'rest'), Buffer.alloc(60_000))
      const made = store({ folder: join(full, 'images') })
      await expect(made.pull(reference(), signal)).rejects.toMatchObject({
        code: 'image.unavailable',
        retryable: true,
        message: expect.stringMatching(/ENOSPC|no space/i) as string,
      })
      expect(await made.present([digest])).toEqual(new Set())
      expect(readFileSync(join(full, 'kept'), 'utf8')).toBe('x')
      spawnSync('mount', ['-o', 'remount,size=512m', full])
      await made.pull(reference(), signal)
      expect(await made.present([digest])).toEqual(new Set([digest]))
    } finally {
      spawnSync('umount', ['-l', full])
      rmSync(full, { recursive: true, force: true })
    }
  },
)

test('images that nobody needs are removed, the others stay', async () => {
  const made = store()
  await made.pull(reference(), signal)
  await made.keepOnly(new Set([digest]))
  expect(await made.present([digest])).toEqual(new Set([digest]))
  await made.keepOnly(new Set())
  expect(existsSync(made.layout(digest))).toBe(false)
  expect(await made.present([digest])).toEqual(new Set())
})
