// A Substrate account's calls on a Hub in memory that checks signatures: mapped, priced, sent, final; and every refusal.
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { encodeFunctionData, type Hex } from 'viem'
import { abis, type Call } from '@wetee/sdk'
import { accountIdOf, evmAddressOf } from './account.ts'
import { lookFor } from './follow.ts'
import { mortalEra, openHub, readAccount, eraBlocks, type Hub } from './hub.ts'
import { openRpc } from './hub-rpc.ts'
import { substrateSender } from './sender.ts'
import { signAndSend, type Signatory } from './sign.ts'
import { MemoryHub, type HubCall } from './testing/memory-hub.ts'
import { testAccount } from './testing/test-extension.ts'

const cloud = `0x${'c1'.repeat(20)}` as const
const weiPerPlanck = 10n ** 6n
let memory: MemoryHub
/** Opened once: its runtime is the same in every test. */
let opened: Hub
let hub: Hub
let account: ReturnType<typeof testAccount>
let by: Signatory

beforeAll(async () => {
  const { genesisHash, rpc } = new MemoryHub()
  opened = await openHub({ rpcUrl: 'http://127.0.0.1:9', genesisHash }, rpc)
})
beforeEach(() => {
  memory = new MemoryHub()
  memory.mine(20)
  account = testAccount(7)
  memory.balances.set(account.address, 10n ** 15n)
  hub = { ...opened, rpc: memory.rpc }
  by = { address: account.address, wallet: 'Test extension', signPayload: account.signPayload }
})

const recharge: Call = {
  to: cloud,
  data: encodeFunctionData({ abi: abis.cloud, functionName: 'recharge', args: [3n, 5n] }),
  valueWei: 5n * weiPerPlanck,
  doing: 'recharge application 3',
}
const map = () => signAndSend(hub, by, hub.runtime.mapAccount(), 'map the account')

test('an account is mapped by itself, once, and contracts then know it', async () => {
  expect(await readAccount(hub, by.address)).toMatchObject({
    evmAddress: evmAddressOf(accountIdOf(by.address)),
    isMapped: false,
    freePlanck: 10n ** 15n,
  })
  expect(await map()).toMatchObject({ blockNumber: 21, emitted: [] })
  expect(await readAccount(hub, by.address)).toMatchObject({ isMapped: true })
})

test('a call arrives with its value in planck, and its events are the receipt', async () => {
  await map()
  const calls: HubCall[] = []
  const log = { address: cloud, data: '0x05', topics: [`0x${'aa'.repeat(32)}`] } as const
  memory.execute = (call) => {
    calls.push(call)
    return Promise.resolve({ reverted: false, logs: [log] })
  }
  const sender = substrateSender(hub, by)
  // The fee of the Hub in memory, and its deposit.
  expect(await sender.feeWei(recharge)).toBe((1_000n + 5_000n) * weiPerPlanck)
  const told: unknown[] = []
  const receipt = await sender.send(recharge, { onSent: (...sent) => told.push(sent) })
  const from = evmAddressOf(accountIdOf(by.address))
  expect(calls).toEqual([{ from, dest: cloud, planck: 5n, data: recharge.data }])
  expect(receipt).toMatchObject({ blockNumber: 22n, logs: [log] })
  expect(told).toEqual([[receipt.transactionHash, 21]])
})

test('an account that is not mapped sends nothing', async () => {
  const sender = substrateSender(hub, by)
  await expect(sender.send(recharge, {})).rejects.toMatchObject({
    code: 'substrate.unmapped',
    message: expect.stringContaining('map_account') as string,
  })
  expect(account.payloads).toEqual([])
})

test('who declines in the extension has sent nothing', async () => {
  const decline = { ...by, signPayload: () => Promise.reject(new Error('Cancelled')) }
  await expect(signAndSend(hub, decline, hub.runtime.mapAccount(), 'map')).rejects.toMatchObject({
    code: 'wallet.declined',
    message: expect.stringContaining('Test extension did not sign (Cancelled)') as string,
  })
  expect(memory.asked).not.toContain('author_submitExtrinsic')
})

test('ATTACK an extension that signs another transaction is not helped to send it', async () => {
  const other: Signatory = {
    ...by,
    signPayload: async (payload) => ({
      ...((await account.signPayload(payload)) as object),
      signedTransaction: `0x${'84'.repeat(120)}`,
    }),
  }
  await expect(signAndSend(hub, other, hub.runtime.mapAccount(), 'map')).rejects.toMatchObject({
    code: 'wallet.changed',
  })
  expect(memory.asked).not.toContain('author_submitExtrinsic')
})

test('an extension that answers with no signature is said to', async () => {
  const mute = { ...by, signPayload: () => Promise.resolve(null) }
  await expect(signAndSend(hub, mute, hub.runtime.mapAccount(), 'map')).rejects.toMatchObject({
    code: 'substrate.unsupported',
  })
})

test('a wrong signature is refused by the chain, and the reason is shown', async () => {
  const wrong = { ...by, signPayload: testAccount(8).signPayload }
  await expect(signAndSend(hub, wrong, hub.runtime.mapAccount(), 'map')).rejects.toMatchObject({
    code: 'substrate.refused',
    message: expect.stringContaining('bad signature') as string,
  })
})

test('an account without money is told before it signs, and by the chain where that changed', async () => {
  await map()
  memory.balances.set(by.address, 6_004n)
  await expect(substrateSender(hub, by).feeWei(recharge)).rejects.toMatchObject({
    code: 'account.funds',
  })
  memory.balances.set(by.address, 6_005n)
  expect(await substrateSender(hub, by).feeWei(recharge)).toBe(6_000n * weiPerPlanck)
  memory.balances.set(by.address, 0n)
  await expect(map()).rejects.toMatchObject({ code: 'account.funds' })
})

test('a contract that reverts is told before anything is signed', async () => {
  await map()
  memory.dryRunFlags = 1
  const signed = account.payloads.length
  await expect(substrateSender(hub, by).send(recharge, {})).rejects.toMatchObject({
    code: 'substrate.failed',
    message: expect.stringContaining('Revive.ContractReverted') as string,
  })
  expect(account.payloads).toHaveLength(signed)
})

test('a call that is refused only when it is executed has failed', async () => {
  await map()
  memory.execute = () => Promise.resolve({ reverted: true, logs: [] })
  await expect(substrateSender(hub, by).send(recharge, {})).rejects.toMatchObject({
    code: 'substrate.failed',
    retryable: true,
    message: expect.stringContaining('(Revive.ContractReverted)') as string,
  })
})

test('an amount between two planck is refused', async () => {
  await map()
  const call = { ...recharge, valueWei: weiPerPlanck + 1n }
  await expect(substrateSender(hub, by).feeWei(call)).rejects.toMatchObject({
    code: 'substrate.amount',
  })
})

test.each([
  [
    'what defines APIs',
    encodeFunctionData({ abi: abis.apis, functionName: 'multicall', args: [[]] }),
  ],
  ['no function at all', '0x'],
  ['an unknown function', '0x12345678'],
] satisfies [string, Hex][])('%s has to be an Ethereum transaction', async (_, data) => {
  await map()
  const call = { ...recharge, data }
  await expect(substrateSender(hub, by).send(call, {})).rejects.toMatchObject({
    code: 'substrate.unfit',
  })
})

test('what was sent is found again by its hash, waits while no block has it, and expires', async () => {
  const { hash } = await map()
  expect(await lookFor(hub, { hash, fromBlock: 20 })).toMatchObject({
    name: 'final',
    blockNumber: 21,
  })
  const absent = { hash: `0x${'00'.repeat(32)}`, fromBlock: 21 } as const
  expect(await lookFor(hub, absent)).toEqual({ name: 'waiting', seenBlock: 21 })
  memory.mine(eraBlocks - 1)
  expect(await lookFor(hub, absent)).toMatchObject({ name: 'waiting' })
  memory.mine(1)
  expect(await lookFor(hub, absent)).toEqual({ name: 'expired' })
})

test('a transaction that no block takes ends as one that never happened', async () => {
  memory.includes = false
  const call = hub.runtime.mapAccount()
  const onSent = () => memory.mine(eraBlocks)
  await expect(signAndSend(hub, by, call, 'map', { onSent })).rejects.toMatchObject({
    code: 'substrate.expired',
    message: expect.stringContaining('Nothing has happened') as string,
  })
})

test('a node of another chain is refused', async () => {
  const genesisHash = `0x${'ab'.repeat(32)}` as const
  const opening = openHub({ rpcUrl: 'http://127.0.0.1:9', genesisHash }, memory.rpc)
  await expect(opening).rejects.toMatchObject({ code: 'substrate.wrong-network' })
  expect(memory.asked.at(-1)).toBe('chain_getBlockHash')
})

test('a runtime that changes while the page is open is said to', async () => {
  await expect(
    signAndSend({ ...hub, specVersion: 1 }, by, hub.runtime.mapAccount(), 'map'),
  ).rejects.toThrow('load it again')
})

test.each([
  ['does not answer', () => Promise.reject(new TypeError('fetch failed'))],
  ['answers 502', () => Promise.resolve(new Response('down', { status: 502 }))],
  ['answers no JSON', () => Promise.resolve(new Response('<html>'))],
  ['answers null', () => Promise.resolve(new Response('null'))],
  ['answers nothing', () => Promise.resolve(new Response('{}'))],
])('an RPC that %s is unreachable', async (_, answer) => {
  const rpc = openRpc('http://127.0.0.1:9', answer)
  await expect(rpc('chain_getBlockHash', [0])).rejects.toMatchObject({
    code: 'substrate.unreachable',
    retryable: true,
  })
})

test('ATTACK an answer without an end is left while it still comes', async () => {
  let sent = 0
  const mebibyte = new Uint8Array(2 ** 20)
  const endless = new ReadableStream<Uint8Array>({
    pull: (stream) => {
      sent += 1
      // Whoever waits for its end fails here, and not in this machine's memory.
      if (sent > 64) stream.close()
      else stream.enqueue(mebibyte)
    },
  })
  const rpc = openRpc('http://127.0.0.1:9', () => Promise.resolve(new Response(endless)))
  await expect(rpc('state_call', [])).rejects.toThrow('answered more than 33554432 bytes')
  expect(sent).toBeLessThan(40)
})

test('what an RPC refuses is in its own words', async () => {
  const error = { code: 1010, message: 'Invalid Transaction', data: 'Inability to pay some fees' }
  const rpc = openRpc('http://127.0.0.1:9', () => Promise.resolve(Response.json({ error })))
  await expect(rpc('author_submitExtrinsic', [])).rejects.toThrow(
    'Invalid Transaction: Inability to pay some fees',
  )
})

test('an era is written as Substrate does: period 256, phase by the block', () => {
  // `Era::mortal(256, 20)` and `(256, 300)`: exponent 7 in the low four bits, phase 20 and 44 above.
  expect([...mortalEra(20)]).toEqual([0x47, 0x01])
  expect([...mortalEra(300)]).toEqual([0xc7, 0x02])
})
