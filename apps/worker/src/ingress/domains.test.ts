// Domains on a clock that the test moves, and a name server of this process.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { appScope, ConditionBoard } from '../condition/condition.ts'
import { MemoryChain } from '../testing/memory-chain.ts'
import { startTxtServer } from '../testing/txt-server.ts'
import { Domains, txtResolver } from './domains.ts'

const { network } = new MemoryChain()
const { chainId, contracts } = network
const proofOf = (appId: number) =>
  `app=${appId},network=${chainId}:${contracts.cloud.toLowerCase()}`
let nowMs = 1_000
let zone: Map<string, string[] | Error>
let asked: string[]
let board: ConditionBoard
let domains: Domains
beforeEach(() => {
  zone = new Map()
  asked = []
  board = new ConditionBoard()
  domains = new Domains({
    ...{ network, board, monotonicMs: () => nowMs },
    resolveTxt: (name) => {
      asked.push(name)
      const found = zone.get(name) ?? []
      return found instanceof Error ? Promise.reject(found) : Promise.resolve(found)
    },
  })
})
const shop = { name: 'shop.example', target: 80 }
const check = async (afterMs = 0) => {
  nowMs += afterMs
  await domains.checkDue()
}
const codes = () => board.list(appScope(7n)).map(({ code }) => code)

test('a domain leads to the application that its DNS names', async () => {
  zone.set('_wetee.shop.example', [proofOf(7)])
  domains.want(7n, [shop])
  expect(domains.find('shop.example')).toBeUndefined()
  await check()
  expect(domains.find('shop.example')).toMatchObject({ appId: 7n, target: 80 })
  expect(codes()).toEqual([])
})

test('somebody else’s domain leads nowhere, and a condition says which record is missing', async () => {
  zone.set('_wetee.shop.example', [proofOf(8)])
  domains.want(7n, [shop])
  await check()
  expect(domains.find('shop.example')).toBeUndefined()
  const [condition] = board.list(appScope(7n))
  expect(condition).toMatchObject({ code: 'ingress.domain-unproven' })
  expect(condition?.remedy).toContain(`_wetee.shop.example to "${proofOf(7)}"`)
})

test('of two applications that want a domain, only the named one gets it, and it moves with the record', async () => {
  zone.set('_wetee.shop.example', [proofOf(7)])
  domains.want(7n, [shop])
  domains.want(8n, [shop])
  await check()
  expect(domains.find('shop.example')).toMatchObject({ appId: 7n })
  zone.set('_wetee.shop.example', [proofOf(8)])
  await check(300_000)
  expect(domains.find('shop.example')).toMatchObject({ appId: 8n })
  zone.set('_wetee.shop.example', [proofOf(7), proofOf(8)])
  await check(300_000)
  expect(domains.find('shop.example')).toBeUndefined()
})

test('a record that is taken away ends the way within five minutes', async () => {
  zone.set('_wetee.shop.example', [proofOf(7)])
  domains.want(7n, [shop])
  await check()
  zone.set('_wetee.shop.example', [])
  await check(299_999)
  expect(domains.find('shop.example')).toBeDefined()
  await check(1)
  expect(domains.find('shop.example')).toBeUndefined()
  expect(codes()).toEqual(['ingress.domain-unproven'])
})

test('name servers that are away change nothing for an hour, and prove nothing', async () => {
  zone.set('_wetee.shop.example', new Error('SERVFAIL'))
  domains.want(7n, [shop])
  await check()
  expect(domains.find('shop.example')).toBeUndefined()
  zone.set('_wetee.shop.example', [proofOf(7)])
  await check(30_000)
  zone.set('_wetee.shop.example', new Error('SERVFAIL'))
  await check(3_600_000)
  expect(domains.find('shop.example')).toBeDefined()
  await check(300_000)
  expect(domains.find('shop.example')).toBeUndefined()
})

test('what is not due is not asked for, and what nobody wants is forgotten', async () => {
  domains.want(7n, [shop])
  await check()
  await check(29_999)
  expect(asked).toHaveLength(1)
  await check(1)
  expect(asked).toHaveLength(2)
  domains.want(7n, [])
  await check(1_000_000)
  expect(asked).toHaveLength(2)
  expect(codes()).toEqual([])
})

const cleanups: (() => unknown)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

test('records come from the name servers that are configured; a name that is not there has none', async () => {
  const server = await startTxtServer(new Map([['_wetee.shop.example', 'app=7,more']]))
  cleanups.push(() => server.close())
  const resolveTxt = txtResolver([server.address])
  expect(await resolveTxt('_wetee.shop.example')).toEqual(['app=7,more'])
  expect(await resolveTxt('_wetee.none.example')).toEqual([])
})
