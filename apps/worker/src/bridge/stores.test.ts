// What the courier keeps on disk: batches until they are final, bytes of large answers within a bound.
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bridgeCall } from '@wetee/chain/testing/bridge-calls'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { BatchStore } from './batch-store.ts'
import { BodyStore } from './body-store.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-courier-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const digestOf = (body: Uint8Array) => createHash('sha256').update(body).digest('hex')

test('a batch is kept as it is until it is removed, also over a restart', () => {
  const file = join(folder, 'bridge.db')
  const signature = `0x${'51'.repeat(65)}` as const
  const call = bridgeCall(2n ** 64n - 1n)
  const answers = [{ call, status: 200, payload: '0x00' as const, signature }]
  const store = new BatchStore(file)
  store.save({ key: 'a', answers })
  store.save({ key: 'b', answers: [] })
  store.close()
  const again = new BatchStore(file)
  again.remove('b')
  expect(again.all()).toEqual([{ key: 'a', answers }])
  again.close()
})

test('bytes are found by their digest; the oldest give way to what is more than the bound', () => {
  const store = new BodyStore(join(folder, 'answers.db'), 250)
  const bodies = [1, 2, 3].map((byte) => new Uint8Array(100).fill(byte))
  for (const body of bodies) store.put(body)
  expect(bodies.map((body) => store.read(digestOf(body)) !== undefined)).toEqual([
    false,
    true,
    true,
  ])
  store.put(bodies[1]!)
  store.put(bodies[0]!)
  expect(store.read(digestOf(bodies[1]!))).toEqual(bodies[1])
  expect(store.read(digestOf(bodies[2]!))).toBeUndefined()
  store.close()
})
