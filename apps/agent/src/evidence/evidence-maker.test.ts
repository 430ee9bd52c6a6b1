// When evidence is made anew.
import type { TeeDevice } from '@wetee/tee-device'
import { expect, test } from 'vitest'
import type { Head, WorkerClient } from '../worker/worker-client.ts'
import { ChainClock } from './chain-clock.ts'
import { EvidenceMaker } from './evidence-maker.ts'

const collateral = Object.fromEntries(
  [
    'pck_crl_issuer_chain',
    'root_ca_crl',
    'pck_crl',
    'tcb_info_issuer_chain',
    'tcb_info',
    'tcb_info_signature',
    'qe_identity_issuer_chain',
    'qe_identity',
    'qe_identity_signature',
  ].map((field) => [field, '00']),
)

function start() {
  let nowMs = 0
  let block = 10n
  const world = { down: false, quotes: 0, order: [] as string[] }
  const clock = new ChainClock(() => nowMs)
  const worker = {
    head: () => {
      world.order.push('head')
      const timestamp = 1_000n + BigInt(Math.floor(nowMs / 1000))
      return Promise.resolve<Head>({ number: block++, hash: `0x${'01'.repeat(32)}`, timestamp })
    },
    collateral: () => {
      world.order.push('collateral')
      return world.down ? Promise.reject(new Error('down')) : Promise.resolve(collateral)
    },
  } as unknown as WorkerClient
  const device = {
    platform: 'tdx',
    quote: () => {
      world.quotes++
      world.order.push('quote')
      return Promise.resolve(new Uint8Array([1, 2, 3]))
    },
  } as unknown as TeeDevice
  const maker = new EvidenceMaker(
    {
      device,
      worker,
      clock,
      events: () => {
        world.order.push('images')
        return Promise.resolve([])
      },
      subject: (head) => ({
        kind: 'node',
        chainId: 1n,
        subnet: `0x${'01'.repeat(20)}`,
        role: 1,
        nodeId: 1n,
        statementKey: `0x${'02'.repeat(20)}`,
        encryptionKey: `0x${'00'.repeat(33)}`,
        tlsKeyHash: `0x${'00'.repeat(32)}`,
        blockNumber: head.number,
        blockHash: head.hash,
      }),
      signal: new AbortController().signal,
    },
    () => nowMs,
  )
  return { maker, world, pass: (seconds: number) => (nowMs += seconds * 1000) }
}

test('images are hashed before every quote, and the block is asked for last', async () => {
  const { maker, world } = start()
  await maker.make()
  expect(world.order).toEqual(['images', 'collateral', 'head', 'quote'])
})

test('whoever asks gets evidence at most a minute old; many who ask at once cause one quote', async () => {
  const { maker, world, pass } = start()
  const shown = await Promise.all([maker.shown(), maker.shown(), maker.shown()])
  expect(new Set(shown.map((made) => made?.head.number))).toEqual(new Set([10n]))
  pass(59)
  expect((await maker.shown())?.head.number).toBe(10n)
  expect(world.quotes).toBe(1)
  pass(2)
  expect((await maker.shown())?.head.number).toBe(11n)
  expect(world.quotes).toBe(2)
})

test('while the worker is away the newest evidence is shown, and it is not asked at every request', async () => {
  const { maker, world, pass } = start()
  await maker.make()
  pass(61)
  world.down = true
  world.order.length = 0
  for (let request = 0; request < 5; request++) expect((await maker.shown())?.head.number).toBe(10n)
  expect(world.order.filter((call) => call === 'collateral')).toHaveLength(1)
  world.down = false
  pass(6)
  expect((await maker.shown())?.head.number).toBe(11n)
})

test('before there is any, nothing is shown', async () => {
  const { maker, world } = start()
  world.down = true
  expect(await maker.shown()).toBeUndefined()
})
