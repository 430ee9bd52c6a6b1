// Sealed records within their bounds.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SealedStore } from './sealed-store.ts'

const limits = { appBytes: { logs: 10, bundle: 10 }, totalBytes: 25, ageMs: 1_000 }
const text = (store: SealedStore, appId: bigint, since = 0) =>
  store
    .list(appId, undefined, since)
    .map(({ id }) => Buffer.from(store.read(id) ?? []).toString())
    .join(' ')

test('records come back in their order, by application, kind and time', () => {
  let nowMs = 5_000
  const store = new SealedStore(':memory:', () => nowMs)
  store.put(7n, 'logs', Buffer.from('a'))
  store.put(8n, 'logs', Buffer.from('b'))
  nowMs += 1
  store.put(7n, 'bundle', Buffer.from('c'))
  expect(text(store, 7n)).toBe('a c')
  expect(text(store, 7n, 5_001)).toBe('c')
  expect(store.list(7n, 'logs', 0)).toEqual([{ id: 1, sizeBytes: 1 }])
  expect(store.list(9n, undefined, 0)).toEqual([])
  expect(store.read(99)).toBeUndefined()
  store.close()
})

test('ATTACK an application that seals more than its share drops its own oldest, of that kind alone', () => {
  const store = new SealedStore(':memory:', () => 0, limits)
  store.put(8n, 'logs', Buffer.from('theirs'))
  store.put(7n, 'bundle', Buffer.from('kept'))
  for (const one of ['1111', '2222', '3333']) store.put(7n, 'logs', Buffer.from(one))
  expect(text(store, 7n)).toBe('kept 2222 3333')
  expect(text(store, 8n)).toBe('theirs')
  // One that is larger than the share is not kept at all.
  store.put(7n, 'logs', Buffer.alloc(11))
  expect(text(store, 7n)).toBe('kept')
  store.close()
})

test('what all have together is bounded too: the oldest of all gives way', () => {
  const store = new SealedStore(':memory:', () => 0, limits)
  for (const appId of [1n, 2n, 3n]) store.put(appId, 'logs', Buffer.alloc(9, 'x'))
  expect([1n, 2n, 3n].map((appId) => store.list(appId, undefined, 0).length)).toEqual([0, 1, 1])
  store.close()
})

test('what is too old is not shown, and is gone at the next look', () => {
  let nowMs = 0
  const store = new SealedStore(':memory:', () => nowMs, limits)
  store.put(7n, 'logs', Buffer.from('old'))
  nowMs = 1_001
  expect(text(store, 7n)).toBe('')
  nowMs = 2_000
  for (let i = 0; i < 256; i++) store.put(8n, 'logs', Buffer.of(0))
  expect(store.read(1)).toBeUndefined()
  store.close()
})

test('records outlive the process', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wetee-ss-'))
  try {
    const first = new SealedStore(join(folder, 'sealed.db'), () => 0)
    first.put(7n, 'logs', Buffer.from('kept'))
    first.close()
    const second = new SealedStore(join(folder, 'sealed.db'), () => 0)
    expect(text(second, 7n)).toBe('kept')
    second.close()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
