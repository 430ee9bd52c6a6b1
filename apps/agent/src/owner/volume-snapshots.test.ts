// Snapshots of a volume by a real launcher, as the worker would have it run in the container: made, opened, put back, and disturbed.
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ManifestDocument } from '@wetee/manifest'
import { openSnapshot } from '@wetee/sealed-log'
import { makeStoredReaderKeys, readReaderKeys, type ReaderKeys } from '@wetee/sealing'
import { privateKeyToAccount } from 'viem/accounts'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { execSession as session, execStand, type ExecStand } from '../testing/exec-stand.ts'
import type { ServiceExec, ServiceExecParts } from './service-exec.ts'
import { VolumeSnapshots } from './volume-snapshots.ts'

const account = privateKeyToAccount(`0x${'42'.repeat(32)}`)
const place = {
  chainId: '31337',
  cloud: `0x${'0c'.repeat(20)}`,
  appId: '7',
  version: 1,
  replica: 0,
  instanceKey: account.address.toLowerCase() as `0x${string}`,
} as const
const never = new AbortController().signal
/** Longer than what the launcher takes for a change of just now. */
const SETTLED_MS = 40
let stand: ExecStand
let folder: string
let keys: ReaderKeys
let key: string
beforeAll(async () => {
  const stored = await makeStoredReaderKeys()
  keys = await readReaderKeys(stored)
  key = `0x${Buffer.from(stored.publicKey).toString('hex')}`
})
beforeEach(() => {
  stand = execStand()
  folder = mkdtempSync(join(tmpdir(), 'wetee-sn-'))
})
afterEach(() => {
  stand.close()
  rmSync(folder, { recursive: true, force: true })
})

type Given = { readonly snapshots?: true; readonly readOnly?: true; readonly sizeMiB?: number }

function snapshotsOf(given: Given = { snapshots: true }, changes: Partial<ServiceExecParts> = {}) {
  const exec = stand.exec({ allowed: false, ...changes })
  const { snapshots, readOnly, sizeMiB = 64 } = given
  const manifest = {
    services: [
      {
        name: 'web',
        volumes: [{ name: 'data', target: folder, ...(readOnly ? { readOnly } : {}) }],
      },
    ],
    volumes: [
      { name: 'data', sizeMiB },
      { name: 'nobody', sizeMiB: 1 },
    ],
    ...(snapshots === undefined ? {} : { snapshots }),
  } as unknown as ManifestDocument
  const sign = (hash: `0x${string}`) => account.sign({ hash })
  const parts = { manifest, place, exec, sign, now: Date.now }
  return {
    exec,
    volumes: new VolumeSnapshots({ ...parts, monotonicMs: () => performance.now() }),
  }
}

/** The archive of a snapshot, opened by the owner. */
async function opened(volumes: VolumeSnapshots): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of openSnapshot(keys, volumes.snapshot('data', key, session, never)))
    if ('bytes' in part) parts.push(part.bytes)
  return Buffer.concat(parts)
}

/** Once the volume has been left alone for a moment. */
async function settled(volumes: VolumeSnapshots): Promise<Buffer> {
  await sleep(SETTLED_MS)
  return opened(volumes)
}

async function putBack(volumes: VolumeSnapshots, exec: ServiceExec, archive: Uint8Array) {
  let last: unknown
  for await (const frame of volumes.restore('data', session, never)) {
    last = frame
    if (!('id' in frame)) continue
    void (async () => {
      for (let at = 0; at < archive.length; at += 12_000) {
        const data = Buffer.from(archive.subarray(at, at + 12_000)).toString('base64')
        await exec.input(frame.id, { data }, session)
      }
      await exec.input(frame.id, { end: true }, session)
    })().catch(() => undefined)
  }
  return last
}

function fill(): void {
  mkdirSync(join(folder, 'sub/deep'), { recursive: true })
  writeFileSync(join(folder, 'b'), 'second')
  writeFileSync(join(folder, 'a'), 'x'.repeat(1_000))
  chmodSync(join(folder, 'a'), 0o640)
  utimesSync(join(folder, 'a'), 1_700_000_000, 1_700_000_000)
  writeFileSync(join(folder, 'sub/large'), Buffer.alloc(700_001, 7))
  writeFileSync(join(folder, 'sub', 'n'.repeat(150)), 'long name')
  writeFileSync(join(folder, 'sub/deep/empty'), '')
  symlinkSync('t'.repeat(120), join(folder, 'link'))
  execFileSync('mkfifo', [join(folder, 'pipe')])
}
const list = (where: string) =>
  (readdirSync(where, { recursive: true }) as string[]).sort().filter((name) => name !== 'pipe')

test('a snapshot is an archive of GNU tar that others unpack, with the same bytes each time, sealed to the owner', async () => {
  fill()
  const { volumes } = snapshotsOf()
  const archive = await settled(volumes)
  const again = await settled(volumes)
  expect(again.equals(archive)).toBe(true)
  const other = mkdtempSync(join(tmpdir(), 'wetee-sx-'))
  execFileSync('tar', ['-x', '-C', other], { input: archive })
  expect(list(other)).toEqual(list(folder))
  for (const name of ['a', 'b', 'sub/large', `sub/${'n'.repeat(150)}`])
    expect(readFileSync(join(other, name)).equals(readFileSync(join(folder, name)))).toBe(true)
  expect(readlinkSync(join(other, 'link'))).toBe('t'.repeat(120))
  expect(statSync(join(other, 'a')).mode & 0o777).toBe(0o640)
  expect(statSync(join(other, 'a')).mtimeMs).toBe(1_700_000_000_000)
  rmSync(other, { recursive: true })
  expect(
    stand.events
      .list()
      .map(({ code }) => code)
      .slice(0, 2),
  ).toEqual(['snapshot.started', 'snapshot.ended'])
  expect(stand.leftovers()).toEqual([])
})

test('ATTACK the worker hears a number, and what leaves the TEE is sealed', async () => {
  writeFileSync(join(folder, 'secret-name'), 'secret-content')
  await sleep(SETTLED_MS)
  const { volumes } = snapshotsOf()
  const wire: Uint8Array[] = []
  for await (const one of volumes.snapshot('data', key, session, never)) wire.push(one)
  const bytes = Buffer.concat(wire)
  for (const word of ['secret-name', 'secret-content', '"data"', 'ustar'])
    expect(bytes.includes(word), word).toBe(false)
  expect(stand.orders).toEqual([
    { service: 'web', id: expect.stringMatching(/^[0-9a-f]{16}$/) as string, timeoutMs: 3_600_000 },
  ])
})

test('a volume that is written to while it is read gives none: in place, and by names that come and go', async () => {
  fill()
  writeFileSync(join(folder, 'sub/large'), Buffer.alloc(4_000_000))
  const { volumes } = snapshotsOf()
  const changes = [
    () => appendFileSync(join(folder, 'a'), 'more'),
    () => writeFileSync(join(folder, 'new'), ''),
    () => linkSync(join(folder, 'b'), join(folder, 'c')),
    () => truncateSync(join(folder, 'sub/large'), 3_000_000),
  ]
  for (const [number, change] of changes.entries()) {
    await sleep(SETTLED_MS)
    const disturbed = async () => {
      let count = 0
      // The launcher waits for its pipe to be read: it has not seen everything when the first of it comes.
      const source = async function* () {
        for await (const one of volumes.snapshot('data', key, session, never)) {
          count++
          if (count === 2) change()
          yield one
        }
      }
      for await (const part of openSnapshot(keys, source())) void part
    }
    await expect(disturbed(), `change ${number}`).rejects.toMatchObject({
      code: 'snapshot.failed',
      reason: 'snapshot.changed',
    })
  }
  expect((await settled(volumes)).length).toBeGreaterThan(600_000)
})

test('ATTACK a host that ends the launcher early and says all went well has made no snapshot', async () => {
  writeFileSync(join(folder, 'zeros'), Buffer.alloc(3_000_000))
  await sleep(SETTLED_MS)
  const { volumes } = snapshotsOf({ snapshots: true }, { start: () => Promise.resolve(0) })
  await expect(opened(volumes)).rejects.toMatchObject({ code: 'snapshot.failed' })
})

test('what does not fit into the volume, a file with holes, ends it', async () => {
  writeFileSync(join(folder, 'holes'), '')
  truncateSync(join(folder, 'holes'), 32 << 20)
  await sleep(SETTLED_MS)
  const { volumes } = snapshotsOf({ snapshots: true, sizeMiB: 1 })
  await expect(opened(volumes)).rejects.toMatchObject({ reason: 'snapshot.too-large' })
})

test('an archive takes the place of what the volume holds, and is what the next snapshot gives', async () => {
  fill()
  const { volumes, exec } = snapshotsOf()
  const archive = await settled(volumes)
  rmSync(join(folder, 'sub'), { recursive: true })
  writeFileSync(join(folder, 'a'), 'changed')
  mkdirSync(join(folder, 'later/x'), { recursive: true })
  expect(await putBack(volumes, exec, archive)).toEqual({ restoredBytes: archive.length })
  expect(existsSync(join(folder, 'later'))).toBe(false)
  expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o640)
  expect(readFileSync(join(folder, 'sub/large'))).toHaveLength(700_001)
  expect(readdirSync(folder)).not.toContain('.wetee-restore')
  const names = (bytes: Buffer) => execFileSync('tar', ['-t'], { input: bytes }).toString()
  expect(names(await settled(volumes))).toBe(names(archive))
})

test('ATTACK an archive that is cut short, or leads out of the volume, changes nothing', async () => {
  fill()
  const { volumes, exec } = snapshotsOf()
  const archive = await settled(volumes)
  const before = list(folder)
  const refused = { error: { code: 'snapshot.failed', message: expect.any(String) as string } }
  expect(await putBack(volumes, exec, archive.subarray(0, archive.length - 700))).toEqual(refused)
  expect(await putBack(volumes, exec, Buffer.alloc(1_024, 1))).toEqual(refused)
  const outside = mkdtempSync(join(tmpdir(), 'wetee-so-'))
  const made = (words: string[]) => execFileSync('tar', ['-c', '--format=gnu', '-P', ...words])
  writeFileSync(join(outside, 'f'), 'evil')
  symlinkSync(outside, join(outside, 'way'))
  const rename = (from: string, to: string) => [
    `--transform=s,^${from}$,${to},`,
    '-C',
    outside,
    from,
  ]
  for (const words of [
    rename('f', '../escaped'),
    rename('f', join(outside, 'escaped')),
    rename('f', 'x/../../escaped'),
  ])
    expect(await putBack(volumes, exec, made(words)), words[0]).toEqual(refused)
  // A link first, then a file through it.
  const link = made(['-C', outside, 'way']).subarray(0, 512)
  const through = made(rename('f', 'way/escaped'))
  expect(await putBack(volumes, exec, Buffer.concat([link, through]))).toEqual(refused)
  expect(existsSync(join(outside, 'escaped'))).toBe(false)
  expect(existsSync(join(folder, '..', 'escaped'))).toBe(false)
  rmSync(outside, { recursive: true })
  expect(list(folder).filter((name) => !name.startsWith('.wetee-restore'))).toEqual(before)
})

test('only where the manifest allows it, of a volume that a service has, one at a time', async () => {
  expect(() => snapshotsOf({}).volumes.check('data', 'read')).toThrow(/x-wetee.snapshots/)
  const { volumes } = snapshotsOf()
  expect(() => volumes.check('nobody', 'read')).toThrow(/such a volume/)
  expect(() =>
    snapshotsOf({ snapshots: true, readOnly: true }).volumes.check('data', 'write'),
  ).toThrow(/can write/)
  expect(volumes.list()).toEqual([
    { name: 'data', sizeMiB: 64, service: 'web' },
    { name: 'nobody', sizeMiB: 1 },
  ])
  const first = volumes.snapshot('data', key, session, never)
  await first.next()
  expect(() => volumes.check('data', 'read')).toThrow(/another snapshot/)
  await first.return()
  volumes.check('data', 'read')
})
