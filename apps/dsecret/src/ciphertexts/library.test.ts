// The library: takes what the chain names, makes room by age, removes what can be current no more, fetches once for many.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { secretKey } from '../testing/memory-view.ts'
import { SecretNetwork } from '../testing/secret-network.ts'
import { CiphertextStore } from './ciphertext-store.ts'
import { Library } from './library.ts'
import type { AskForCiphertext } from './peer-fetch.ts'

let network: SecretNetwork
beforeEach(async () => {
  network = await SecretNetwork.open()
})
afterEach(() => network.close())

const never = new AbortController().signal
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore }
function ignore(): void {}

function open(
  ask: AskForCiphertext,
  limits = { files: 9, bytes: 1e6, filesOfApp: 2, bytesOfApp: 1e6 },
) {
  const store = new CiphertextStore(`${network.stateOf(network.nodes[0]!)}/own`, limits)
  const { view, clock } = network.context
  return {
    store,
    library: new Library({
      nodeId: 1n,
      view,
      group: network.group,
      store,
      ask,
      clock,
      log: silent,
    }),
  }
}
const nobody: AskForCiphertext = () => Promise.resolve(undefined)

test('where an application has no room, the oldest version of the same secret goes, and never the current one', async () => {
  const { store, library } = open(nobody)
  const made = [1, 2, 3].map((n) => network.setSecret(7n, 'token', `value ${n}`))
  for (const { item, bytes } of made) await library.accept(item.digest, bytes)
  expect(made.map(({ item }) => store.has(item.digest))).toEqual([false, true, true])
  const other = network.setSecret(7n, 'other', 'x')
  await expect(library.accept(other.item.digest, other.bytes)).rejects.toThrow(
    expect.objectContaining({ code: 'ciphertext.app-full' }),
  )
  // An older one may not drive out the current one.
  const [oldest] = made
  await expect(library.accept(oldest!.item.digest, oldest!.bytes)).rejects.toThrow(
    expect.objectContaining({ code: 'ciphertext.app-full' }),
  )
})

test('a version that was rolled back to stays where there is no room, however old it is', async () => {
  const { store, library } = open(nobody)
  const first = network.setSecret(7n, 'token', 'value 1')
  const set = network.world.secrets.get(secretKey(7n, 'token'))!
  const made = [first, network.setSecret(7n, 'token', 'value 2')]
  for (const { item, bytes } of made) await library.accept(item.digest, bytes)
  const newest = network.setSecret(7n, 'token', 'value 3')
  network.world.secrets.set(secretKey(7n, 'token'), { ...set, latest: 3 })
  await library.accept(newest.item.digest, newest.bytes)
  expect(made.map(({ item }) => store.has(item.digest))).toEqual([true, false])
})

test('a view that is more than 5 minutes old takes nothing and removes nothing', async () => {
  const { store, library } = open(nobody)
  const kept = network.setSecret(7n, 'token', 'kept')
  await library.accept(kept.item.digest, kept.bytes)
  const offered = network.setSecret(7n, 'other', 'x')
  network.world.ciphertexts.clear()
  const { nowMs } = network.clock
  const stale: unknown = expect.objectContaining({ code: 'view.stale' })
  network.clock.nowMs = nowMs + 300_001
  await expect(library.accept(offered.item.digest, offered.bytes)).rejects.toThrow(stale)
  await expect(library.sweep(never)).rejects.toThrow(stale)
  expect(store.has(kept.item.digest)).toBe(true)
  network.clock.nowMs = nowMs
  expect(await library.sweep(never)).toBe(1)
})

test('a sweep keeps older versions and removes what can be current no more', async () => {
  const { store, library } = open(nobody, { files: 9, bytes: 1e6, filesOfApp: 9, bytesOfApp: 1e6 })
  network.world.apps.set(8n, network.world.apps.get(7n)!)
  const old = network.setSecret(7n, 'token', 'old')
  const renewed = network.setSecret(7n, 'token', 'new')
  const removed = network.setSecret(7n, 'removed', 'gone')
  const ended = network.setSecret(8n, 'token', 'ended')
  const forgotten = network.setSecret(7n, 'older', 'than sixteen others')
  const all = [old, renewed, removed, ended, forgotten]
  for (const { item, bytes } of all) await library.accept(item.digest, bytes)
  expect(await library.sweep(never)).toBe(0)
  network.world.secrets.delete(secretKey(7n, 'removed'))
  network.world.apps.set(8n, { ...network.world.apps.get(8n)!, state: 'ended' })
  network.world.ciphertexts.delete(`0x${forgotten.item.digest}`)
  expect(await library.sweep(never)).toBe(3)
  expect(all.map(({ item }) => store.has(item.digest))).toEqual([true, true, false, false, false])
})

test('a sweep that cannot read the chain removes nothing', async () => {
  const { store, library } = open(nobody)
  const made = network.setSecret(7n, 'token', 'kept')
  await library.accept(made.item.digest, made.bytes)
  network.world.reachable = false
  await expect(library.sweep(never)).rejects.toThrow()
  expect(store.has(made.item.digest)).toBe(true)
})

test('many who want one ciphertext ask a peer once; a peer that lies is passed over', async () => {
  const made = network.setSecret(7n, 'token', 'value')
  const asked: string[] = []
  const { library } = open(({ endpoint }) => {
    asked.push(endpoint)
    return Promise.resolve(asked.length === 1 ? new Uint8Array(300) : made.bytes)
  })
  const head = await network.context.view.head()
  const named = await library.named(made.item.digest, head.number)
  const found = await Promise.all([1, 2, 3].map(() => library.fetch(named, head, never)))
  expect(new Set(found).size).toBe(1)
  expect(asked).toHaveLength(2)
  expect(asked.some((endpoint) => endpoint.includes('node-1'))).toBe(false)
})

test('fetches at one time are bounded', async () => {
  let answer: (bytes: undefined) => void = ignore
  const waiting = new Promise<undefined>((resolve) => {
    answer = resolve
  })
  const { library } = open(() => waiting)
  const head = await network.context.view.head()
  const fetches = []
  for (let n = 0; n < 17; n++) {
    const { item } = network.setSecret(7n, `name-${n}`, 'value')
    const named = await library.named(item.digest, head.number)
    fetches.push(library.fetch(named, head, never).catch((error: unknown) => error))
  }
  answer(undefined)
  const codes = (await Promise.all(fetches)).map((error) => (error as { code: string }).code)
  expect(codes.filter((code) => code === 'ciphertext.busy')).toHaveLength(1)
  expect(codes.filter((code) => code === 'ciphertext.missing')).toHaveLength(16)
})

test('a peer whose machine has lapsed or was revoked is asked for nothing', async () => {
  const made = network.setSecret(7n, 'token', 'value')
  const asked: string[] = []
  const { library } = open(({ endpoint }) => {
    asked.push(endpoint)
    return Promise.resolve(made.bytes)
  })
  const head = await network.context.view.head()
  const named = await library.named(made.item.digest, head.number)
  network.world.proofs.set(2n, head.timestamp)
  network.world.proofs.set(3n, 0n)
  await expect(library.fetch(named, head, never)).rejects.toThrow(
    expect.objectContaining({ code: 'ciphertext.missing' }),
  )
  expect(asked).toEqual([])
  // Live to the last second.
  network.world.proofs.set(3n, head.timestamp + 1n)
  await library.fetch(named, head, never)
  expect(asked).toEqual([expect.stringContaining('node-3')])
})
