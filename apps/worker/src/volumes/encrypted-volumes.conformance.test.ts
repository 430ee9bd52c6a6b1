// Volumes on this machine, by real mounts: what is written is kept, encrypted, bounded, closed and forgotten. Needs root and gocryptfs.
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openRuntime, type Runtime } from '../runtime/index.ts'
import { script, writeFixtureImage, type FixtureImage } from '../runtime/testing/fixture-image.ts'
import { keepLog } from '../testing/silent-log.ts'
import { codeOf } from '../worker-error.ts'
import { EncryptedVolumes } from './encrypted-volumes.ts'
import { findVolumeTools } from './volume-tools.ts'
import type { VolumeSecrets } from './volumes.ts'

const missing = ((): string | undefined => {
  try {
    findVolumeTools()
    return existsSync('/dev/fuse') ? undefined : 'there is no /dev/fuse'
  } catch (error) {
    return String(error)
  }
})()
if (missing !== undefined) console.log(`SKIPPED: volumes cannot be tested here: ${missing}`)

const MIB = 1_048_576
const owner = { uid: 1_000, gid: 1_000 }
const volume = { appId: 7n, replica: 0, name: 'data', sizeMiB: 24 }
const { signal } = new AbortController()
/** A key of a volume under the key of the network of that number. */
const secretOf = (byte: number, networkKey = 'first') => ({
  key: new Uint8Array(32).fill(byte),
  networkKey,
})
const none = () => Promise.resolve(undefined)
const keysOf = (byte: number): VolumeSecrets => ({
  own: () => Promise.resolve(secretOf(byte)),
  older: none,
})
let folder: string
let volumes: EncryptedVolumes
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-vol-'))
  volumes = new EncryptedVolumes({ folder, log: keepLog() })
})
afterEach(async () => {
  await volumes.remove(7n)
  expect(mounts()).toEqual([])
  expect(processes()).toBe(0)
  rmSync(folder, { recursive: true, force: true })
})
const mounts = () =>
  readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.includes(folder))
const processes = () =>
  readdirSync('/proc').filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${folder}/`)
    } catch {
      return false
    }
  }).length
const open = (over: object = {}, byte = 1) =>
  volumes.open({ ...volume, ...over }, { keys: keysOf(byte), owner, signal })
/** Every byte that lies on the disk. */
const onDisk = () => readFileSync(join(folder, '7', '0', 'data', 'disk'))
/** Those beside the first. */
const seals = () =>
  readdirSync(join(folder, '7', '0', 'data')).filter((it) => it.startsWith('seal-'))
async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  )
}

describe.skipIf(missing !== undefined)('encrypted volumes', () => {
  test('what is written is there after a close, and cannot be found on the disk', async () => {
    const place = await open()
    expect(statSync(place)).toMatchObject(owner)
    writeFileSync(join(place, 'secret-name'), 'secret-content'.repeat(1_000))
    expect(await open()).toBe(place)
    await volumes.close(7n, 0)
    expect(mounts()).toEqual([])
    expect(processes()).toBe(0)
    const bytes = onDisk()
    for (const word of ['secret-name', 'secret-content']) expect(bytes.includes(word)).toBe(false)
    expect(readFileSync(join(await open(), 'secret-name'), 'utf8')).toContain('secret-content')
  })

  test('another process of the worker finds it open and leaves it open', async () => {
    const place = await open()
    writeFileSync(join(place, 'kept'), 'x')
    const other = new EncryptedVolumes({ folder, log: keepLog() })
    const neverAsked = () => Promise.reject(new Error('asked for the older key'))
    const keys = { ...keysOf(1), older: neverAsked }
    expect(await other.open(volume, { keys, owner, signal })).toBe(place)
    expect(existsSync(join(place, 'kept'))).toBe(true)
    expect(seals()).toEqual([])
  })

  test('with another key it stays closed, and with the right one it opens again', async () => {
    writeFileSync(join(await open(), 'kept'), 'x')
    await volumes.close(7n, 0)
    expect(codeOf(await failure(open({}, 2)))).toBe('volume.failed')
    expect(mounts()).toEqual([])
    expect(existsSync(join(await open(), 'kept'))).toBe(true)
  })

  test('it takes what was paid for and not much more, and other volumes go on', async () => {
    const place = await open()
    const other = await open({ name: 'other' })
    const piece = Buffer.alloc(MIB)
    let written = 0
    const fill = async () => {
      for (; written < 64; written++) writeFileSync(join(place, `f${written}`), piece)
      return Promise.resolve()
    }
    expect(codeOf(await failure(fill()))).toBe('ENOSPC')
    expect(written).toBeGreaterThanOrEqual(volume.sizeMiB)
    expect(written).toBeLessThanOrEqual(volume.sizeMiB + 8)
    writeFileSync(join(other, 'free'), piece)
  })

  test('ten thousand files take inodes of the volume and not of the machine', async () => {
    const place = await open({ sizeMiB: 1 })
    const fill = async () => {
      for (let n = 0; n < 10_000; n++) writeFileSync(join(place, String(n)), '')
      return Promise.resolve()
    }
    expect(codeOf(await failure(fill()))).toBe('ENOSPC')
    expect(readdirSync(join(folder, '7', '0', 'data')).sort()).toEqual(['disk', 'open', 'sealed'])
  })

  test('a larger size is given at the next opening, with what was there', async () => {
    writeFileSync(join(await open(), 'kept'), 'x')
    await volumes.close(7n, 0)
    const place = await open({ sizeMiB: 48 })
    expect(existsSync(join(place, 'kept'))).toBe(true)
    writeFileSync(join(place, 'large'), Buffer.alloc(44 * MIB))
  })

  test('a file system whose process was killed is opened anew', async () => {
    const place = await open()
    writeFileSync(join(place, 'kept'), 'x')
    spawnSync('pkill', ['-9', '-f', `gocryptfs.*${folder}/`])
    expect(existsSync(join(await open(), 'kept'))).toBe(true)
    expect(place).toBe(await open())
  })

  test('a removed volume leaves nothing, and cannot be read from a copy of its blocks', async () => {
    writeFileSync(join(await open(), 'kept'), 'x')
    await volumes.remove(7n)
    expect(readdirSync(folder)).toEqual([])
    expect(existsSync(join(await open(), 'kept'))).toBe(false)
  })

  test('an interrupted making is done again', async () => {
    await open()
    await volumes.close(7n, 0)
    // As after a crash between the file system and what is in it.
    const place = join(folder, '7', '0', 'data')
    rmSync(join(place, 'disk'))
    writeFileSync(join(place, 'disk.partial'), 'half')
    writeFileSync(join(await open(), 'kept'), 'x')
  })

  test('files whose configuration is gone stay as they are until it is put back', async () => {
    writeFileSync(join(await open(), 'kept'), 'x')
    const place = join(folder, '7', '0', 'data')
    const [sealed, copy] = [join(place, 'sealed'), join(folder, 'copy')]
    const configuration = join(sealed, 'gocryptfs.conf')
    writeFileSync(copy, readFileSync(configuration))
    rmSync(configuration)
    await volumes.close(7n, 0)
    expect(String(await failure(open()))).toContain('no gocryptfs.conf')
    expect(mounts()).toEqual([])
    spawnSync('mount', ['-o', 'loop', join(place, 'disk'), sealed])
    writeFileSync(configuration, readFileSync(copy))
    spawnSync('umount', [sealed])
    expect(existsSync(join(await open(), 'kept'))).toBe(true)
    rmSync(copy)
  })

  test('a key that is not 32 bytes, and one that does not come, mount nothing', async () => {
    const codeFor = async (own: VolumeSecrets['own']) =>
      codeOf(await failure(volumes.open(volume, { keys: { own, older: none }, owner, signal })))
    const short = { key: new Uint8Array(31), networkKey: 'first' }
    expect(await codeFor(() => Promise.resolve(short))).toBe('volume.failed')
    const error = Object.assign(new Error('no'), { code: 'secrets.too-few' })
    expect(await codeFor(() => Promise.reject(error))).toBe('secrets.too-few')
    expect(mounts()).toEqual([])
  })

  test('under another key of the network it gets a second seal, and either opens it from then on', async () => {
    const openWith = (keys: VolumeSecrets) => volumes.open(volume, { keys, owner, signal })
    writeFileSync(join(await open(), 'kept'), 'under the first')
    await volumes.close(7n, 0)
    let asked = 0
    const older = () => {
      asked++
      return Promise.resolve(secretOf(1))
    }
    const second = { own: () => Promise.resolve(secretOf(2, 'second')), older }
    // Without the older key there is nothing to open it with, and nothing is changed.
    expect(codeOf(await failure(openWith({ ...second, older: none })))).toBe('volume.failed')
    const place = await openWith(second)
    expect(readFileSync(join(place, 'kept'), 'utf8')).toBe('under the first')
    writeFileSync(join(place, 'new'), 'under the second')
    await volumes.close(7n, 0)
    expect(await openWith({ ...second, older: none })).toBe(place)
    expect(asked).toBe(1)
    await volumes.close(7n, 0)
    expect(readFileSync(join(await open(), 'new'), 'utf8')).toBe('under the second')
    await volumes.close(7n, 0)
    // The next key takes the seal of the one before it: the first has ended.
    const third = {
      own: () => Promise.resolve(secretOf(3, 'third')),
      older: () => Promise.resolve(secretOf(2, 'second')),
    }
    expect(readFileSync(join(await openWith(third), 'kept'), 'utf8')).toBe('under the first')
  })

  test('one that an instance of the older key has open gets its second seal all the same', async () => {
    const place = await open()
    writeFileSync(join(place, 'kept'), 'x')
    const older = () => Promise.resolve(secretOf(1))
    const keys = { own: () => Promise.resolve(secretOf(2, 'second')), older }
    const wrong = { ...keys, older: () => Promise.resolve(secretOf(9)) }
    // Who cannot open it later has no use of it, and takes it from nobody.
    for (const bad of [{ ...keys, older: none }, wrong]) {
      const opening = volumes.open(volume, { keys: bad, owner, signal })
      expect(codeOf(await failure(opening))).toBe('volume.failed')
      expect(existsSync(join(place, 'kept'))).toBe(true)
      expect(seals()).toEqual([])
    }
    expect(await volumes.open(volume, { keys, owner, signal })).toBe(place)
    expect(seals()).toHaveLength(1)
    await volumes.close(7n, 0)
    const alone = { ...keys, older: none }
    expect(await volumes.open(volume, { keys: alone, owner, signal })).toBe(place)
    expect(existsSync(join(place, 'kept'))).toBe(true)
  })

  test('an older key that opens nothing leaves no seal behind', async () => {
    writeFileSync(join(await open(), 'kept'), '1')
    await volumes.close(7n, 0)
    const wrong = {
      own: () => Promise.resolve(secretOf(2, 'second')),
      older: () => Promise.resolve(secretOf(9)),
    }
    const opening = volumes.open(volume, { keys: wrong, owner, signal })
    expect(codeOf(await failure(opening))).toBe('volume.failed')
    expect(seals()).toEqual([])
    expect(existsSync(join(await open(), 'kept'))).toBe(true)
  })

  test('the key is in no command line and no error', async () => {
    const key = Buffer.alloc(32, 3).toString('hex')
    await open({}, 3)
    const lines = readdirSync('/proc').flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8')]
      } catch {
        return []
      }
    })
    expect(lines.join()).not.toContain(key)
    await volumes.close(7n, 0)
    const error = await failure(open({}, 4))
    expect(String(error)).not.toContain(Buffer.alloc(32, 4).toString('hex'))
  })
})

test('missing programs are named with their packages', () => {
  expect(() => findVolumeTools(['/nowhere'])).toThrow(
    process.geteuid?.() === 0 ? /apt-get install e2fsprogs mount gocryptfs fuse3/ : /as root/,
  )
})

describe.skipIf(missing !== undefined).each(['sandbox', 'docker'] as const)(
  'in a container of %s',
  (kind) => {
    let image: FixtureImage
    let runtime: Runtime | undefined
    let state: string
    beforeAll(async () => {
      state = mkdtempSync(join(tmpdir(), 'wetee-volrt-'))
      image = await writeFixtureImage(join(state, 'image'))
      const socketPath = process.env['WETEE_DOCKER_SOCKET']
      const options = {
        ...{ kind, stateDir: join(state, 'runtime'), allowSandbox: kind === 'sandbox', signal },
        ...(socketPath === undefined ? {} : { socketPath }),
        log: keepLog(),
      }
      runtime = await openRuntime(options).catch((error: unknown) => {
        console.log(`SKIPPED: volumes on ${kind}: ${String(error)}`)
        return undefined
      })
    }, 60_000)
    afterAll(async () => {
      await runtime?.close()
      rmSync(state, { recursive: true, force: true })
    })

    /** What a container of the application says that does this to its volume, which is opened when the pod is there: its agent has the key. */
    async function run(opening: () => Promise<string>, body: string): Promise<string> {
      const podId = `wetee-w1-00000000-a7-v1-r0`
      const pods = runtime!
      await pods.createPod({ id: podId, labels: { 'wetee.worker': 'volumes' }, hostNames: [] })
      try {
        const place = await opening()
        await pods.startContainer(podId, {
          ...{
            name: 'web',
            image,
            environment: {},
            readOnlyRoot: true,
            tmpfs: [],
            user: '1000:1000',
          },
          ...script(body),
          mounts: [{ source: place, target: '/data', readOnly: false }],
          limits: { cpuMilli: 500, memoryBytes: 128 * MIB, pids: 32 },
        })
        const lines: string[] = []
        for await (const line of pods.logs(podId, 'web', { tail: 100, follow: true }))
          lines.push(line.text)
        return lines.join('\n')
      } finally {
        await pods.removePod(podId, 0)
      }
    }

    test('a service keeps its files over instances, within its size', async () => {
      if (runtime === undefined) return
      const write = `fs.writeFileSync('/data/kept','by '+process.getuid());let n=0;try{for(;n<64;n++)fs.writeFileSync('/data/'+n,Buffer.alloc(${MIB}))}catch(e){console.log(e.code,n>=${volume.sizeMiB})}`
      expect(await run(open, write)).toBe('ENOSPC true')
      await volumes.close(7n, 0)
      const read = `console.log(fs.readFileSync('/data/kept','utf8'))`
      expect(await run(open, read)).toBe('by 1000')
    }, 60_000)

    test('where the volume is closed nothing can be written in the clear', async () => {
      if (runtime === undefined) return
      const place = await open()
      await volumes.close(7n, 0)
      const write = `try{fs.writeFileSync('/data/clear','x');console.log('written')}catch(e){console.log(e.code)}`
      expect(await run(() => Promise.resolve(place), write)).toBe('EACCES')
    }, 60_000)
  },
)
