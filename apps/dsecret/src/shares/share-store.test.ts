// Shares and keys of sessions on disk: opened by the TEE that sealed them, under the name that they have, and under no other.
import {
  copyFileSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSimulatedVendor } from '@wetee/attestation/simulated'
import { openNativeGroup } from '@wetee/threshold/native'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { testDevice } from '../testing/test-device.ts'
import { testNetwork } from '../testing/memory-view.ts'
import { ShareStore, type ShareName, type ShareStoreParts } from './share-store.ts'

const vendor = createSimulatedVendor({ seed: new Uint8Array(32).fill(7), atMs: 1_780_000_000_000 })
const chipOf = (n: number) => vendor.createChip({ seed: new Uint8Array(32).fill(n) })
const launch = { mrtd: `0x${'11'.repeat(48)}`, mrConfigId: `0x${'00'.repeat(48)}` } as const
const group = openNativeGroup()
const { signal } = new AbortController()
const name: ShareName = {
  epoch: 3n,
  sessionId: new Uint8Array(32).fill(1),
  transcriptDigest: new Uint8Array(32).fill(2),
}

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'dsecret-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const storeOf = (other: Partial<ShareStoreParts> = {}) =>
  new ShareStore({
    ...{ device: testDevice(chipOf(1), launch), stateDir: folder, chainId: 31_337 },
    ...{ keys: testNetwork.contracts.keys, group, signal },
    ...other,
  })
const newShare = () => group.randomSecret((size) => new Uint8Array(randomBytes(size)))
const shareFile = (epoch: bigint) => join(folder, 'shares', `epoch-${epoch}.sealed`)

test('a share is read again as it was written, also by another run', async () => {
  const share = newShare()
  expect(await storeOf().readShare(name)).toBeUndefined()
  await storeOf().writeShare(name, { index: 260, share })
  expect(await storeOf().readShare(name)).toEqual({ index: 260, share })
  expect(storeOf().epochs()).toEqual([3n])
  expect(readFileSync(shareFile(3n)).includes(Buffer.from(share))).toBe(false)
})

test('a share of another epoch, session, transcript, chain, contract, machine or program is unreadable', async () => {
  await storeOf().writeShare(name, { index: 1, share: newShare() })
  renameSync(shareFile(3n), shareFile(4n))
  expect(await storeOf().readShare({ ...name, epoch: 4n })).toBe('unreadable')
  renameSync(shareFile(4n), shareFile(3n))
  const other = new Uint8Array(32).fill(9)
  for (const changed of [{ sessionId: other }, { transcriptDigest: other }])
    expect(await storeOf().readShare({ ...name, ...changed })).toBe('unreadable')
  const newer = { ...launch, mrtd: `0x${'22'.repeat(48)}` } as const
  for (const elsewhere of [
    { chainId: 1 },
    { keys: testNetwork.contracts.cloud },
    { device: testDevice(chipOf(2), launch) },
    { device: testDevice(chipOf(1), newer) },
  ])
    expect(await storeOf(elsewhere).readShare(name)).toBe('unreadable')
  expect(await storeOf().readShare(name)).toMatchObject({ index: 1 })
})

test('a file that is changed, cut or longer is unreadable', async () => {
  await storeOf().writeShare(name, { index: 1, share: newShare() })
  const bytes = readFileSync(shareFile(3n))
  for (let at = 0; at < bytes.length; at += 3) {
    const changed = Buffer.from(bytes)
    changed[at] = (changed[at] ?? 0) ^ 4
    writeFileSync(shareFile(3n), changed)
    expect(await storeOf().readShare(name)).toBe('unreadable')
  }
  for (const other of [bytes.subarray(0, 30), Buffer.alloc(0), Buffer.concat([bytes, bytes])]) {
    writeFileSync(shareFile(3n), other)
    expect(await storeOf().readShare(name)).toBe('unreadable')
  }
})

test('the key of a session is read again; that of another session is unreadable', async () => {
  const secret = newShare()
  await storeOf().writeSessionKey(7n, secret)
  await storeOf().writeSessionKey(8n, newShare())
  expect(await storeOf().readSessionKey(7n)).toEqual(secret)
  expect(storeOf().sessions()).toEqual([7n, 8n])
  renameSync(join(folder, 'sessions', '7.sealed'), join(folder, 'sessions', '8.sealed'))
  expect(await storeOf().readSessionKey(8n)).toBe('unreadable')
  expect(await storeOf().readSessionKey(7n)).toBeUndefined()
})

test('the key of a session is removed with what a crash left of its writing, and overwritten before', async () => {
  await storeOf().writeSessionKey(7n, newShare())
  const file = join(folder, 'sessions', '7.sealed')
  copyFileSync(file, `${file}.partial`)
  copyFileSync(file, join(folder, 'sessions', '9.sealed.partial'))
  // Another name of the same bytes on disk.
  linkSync(file, join(folder, 'bytes'))
  for (const session of storeOf().sessions()) storeOf().removeSessionKey(session)
  expect(readdirSync(join(folder, 'sessions'))).toEqual([])
  expect(readFileSync(join(folder, 'bytes')).every((byte) => byte === 0)).toBe(true)
})

test('what is removed is gone, and what is none of its files is left alone', async () => {
  await storeOf().writeShare(name, { index: 1, share: newShare() })
  writeFileSync(join(folder, 'shares', 'notes.txt'), 'mine')
  storeOf().removeShare(3n)
  storeOf().removeShare(3n)
  expect(storeOf().epochs()).toEqual([])
  expect(readdirSync(join(folder, 'shares'))).toEqual(['notes.txt'])
})

test('a full disk is said as such', async () => {
  const write = () => {
    throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
  }
  const full = storeOf({ disk: { write } }).writeShare(name, { index: 1, share: newShare() })
  await expect(full).rejects.toThrow(
    expect.objectContaining({ code: 'state.disk-full', status: 503, retryable: true }) as Error,
  )
  expect(await storeOf().readShare(name)).toBeUndefined()
})
