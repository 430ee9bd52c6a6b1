// One transaction per key, whatever fails in between: stored first, in nonce order, resumed, replaced, final.
import { encodeErrorResult, parseTransaction, type Abi, type Hex } from 'viem'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cloudAbi } from '../generated/cloud.ts'
import { MemoryChain, TestRpcError } from '../testing/memory-chain.ts'
import { memoryOutbox } from '../testing/memory-stores.ts'
import { settle, settleData, startQueue, testAccount, type TestRun } from '../testing/test-queue.ts'
import type { TransactionQueueOptions } from './transaction-queue.ts'

let memory: MemoryChain
let outbox: ReturnType<typeof memoryOutbox>
let runs: TestRun[]

beforeEach(() => {
  memory = new MemoryChain()
  memory.mine()
  outbox = memoryOutbox()
  runs = []
})
afterEach(() => runs.forEach((run) => run.stop()))

function start(options: TransactionQueueOptions = {}): TestRun {
  const run = startQueue(memory, outbox, options)
  runs.push(run)
  return run
}
/** Blocks until everything on the chain is final. */
const finalise = () => {
  for (let i = 0; i < memory.finalityBlocks; i++) memory.mine()
}
/** Lets everything else run until that holds. */
const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise(setImmediate)
}
const entries = () => [...outbox.entries.values()]
const states = () => entries().map(({ state }) => state)
const nonces = (raws: readonly Hex[]) => raws.map((raw) => parseTransaction(raw).nonce ?? 0)
const fees = (raws: readonly Hex[]) => raws.map((raw) => parseTransaction(raw).maxFeePerGas ?? 0n)
const abi: Abi = cloudAbi
const revert = (errorName: 'TooEarly' | 'AmountZero', args: readonly unknown[] = []) =>
  new TestRpcError(3, 'execution reverted', encodeErrorResult({ abi, errorName, args }))

describe('sending', () => {
  test('a call resolves once it is mined and is done once its block is final', async () => {
    const { queue } = start()
    const arrived = memory.arrival()
    const sent = queue.send(settle(1))
    await arrived
    memory.mine()
    const receipt = await sent
    expect(receipt).toMatchObject({ status: 'success', blockNumber: memory.head.number })
    expect(states()).toEqual(['open'])
    finalise()
    await queue.idle()
    expect(entries()).toMatchObject([{ state: 'done', minedHash: receipt.transactionHash }])
  })

  test('the signed transaction is stored before it is sent', async () => {
    memory.isInstant = true
    const stored: (readonly Hex[])[] = []
    memory.intercept = (method) => {
      if (method === 'eth_sendRawTransaction')
        stored.push(entries().flatMap(({ attempts }) => attempts.map(({ raw }) => raw)))
      return undefined
    }
    await start().queue.send(settle(1))
    expect(stored).toEqual([memory.received])
  })

  test('nothing is sent when it cannot be stored, and the nonce stays free', async () => {
    memory.isInstant = true
    const full = { ...outbox, saveEntry: () => Promise.reject(new Error('disk full')) }
    const broken = startQueue(memory, full)
    await expect(broken.queue.send(settle(1))).rejects.toThrow('disk full')
    expect(memory.received).toEqual([])
    broken.stop()
    await start().queue.send(settle(2))
    expect(nonces(memory.received)).toEqual([0])
  })

  test('calls made at once get nonces in the order of the calls', async () => {
    memory.isInstant = true
    const { queue } = start()
    await Promise.all([1, 2, 3, 4, 5].map((id) => queue.send(settle(id))))
    expect(nonces(memory.received)).toEqual([0, 1, 2, 3, 4])
    expect(memory.received.map((raw) => parseTransaction(raw).data)).toEqual(
      [1, 2, 3, 4, 5].map(settleData),
    )
  })

  test('transactions of the account that are in the pool already are not overwritten', async () => {
    memory.isInstant = true
    memory.intercept = (method, params) =>
      method === 'eth_getTransactionCount' && params[1] === 'pending' ? '0x5' : undefined
    const { queue } = start({ waitMs: 5 })
    await expect(queue.send(settle(1))).rejects.toMatchObject({ code: 'chain.not-mined' })
    expect(nonces(memory.received)).toEqual([5])
  })

  test('a call that would revert is named and neither stored nor sent', async () => {
    memory.intercept = (method) => {
      if (method === 'eth_estimateGas') throw revert('TooEarly', [9n])
      return undefined
    }
    await expect(start().queue.send(settle(1))).rejects.toMatchObject({
      code: 'contract.TooEarly',
      retryable: false,
      message: expect.stringContaining('TooEarly(9)') as string,
    })
    expect(entries()).toEqual([])
    expect(memory.received).toEqual([])
  })

  test('an account that cannot pay is told before anything is stored', async () => {
    memory.balanceWei = 1_000n
    await expect(start().queue.send(settle(1))).rejects.toMatchObject({ code: 'account.funds' })
    expect(entries()).toEqual([])
  })

  test('a key is 1 to 128 characters', async () => {
    memory.isInstant = true
    const { queue } = start()
    for (const key of ['', 'k'.repeat(129)])
      await expect(queue.send(settle(1, key))).rejects.toMatchObject({ code: 'outbox.key-invalid' })
    await queue.send(settle(1, 'k'.repeat(128)))
  })
})

describe('the same key', () => {
  test('gives the same transaction while it is open', async () => {
    const { queue } = start()
    const arrived = memory.arrival()
    const both = Promise.all([queue.send(settle(1)), queue.send(settle(1))])
    await arrived
    memory.mine()
    const [a, b] = await both
    expect(a.transactionHash).toBe(b.transactionHash)
    expect(memory.mined(settleData(1))).toBe(1)
  })

  test('gives the same receipt when it is done, after a restart too', async () => {
    memory.isInstant = true
    const { queue } = start()
    const first = await queue.send(settle(1))
    finalise()
    await queue.idle()
    expect(await queue.send(settle(1))).toEqual(first)
    expect(await start().queue.send(settle(1))).toEqual(first)
    expect(memory.received).toHaveLength(1)
  })

  test('for another call is a mistake, open or done', async () => {
    memory.isInstant = true
    const { queue } = start()
    await queue.send(settle(1, 'key'))
    await expect(queue.send(settle(2, 'key'))).rejects.toMatchObject({ code: 'outbox.key-reused' })
    finalise()
    await queue.idle()
    await expect(queue.send(settle(2, 'key'))).rejects.toMatchObject({ code: 'outbox.key-reused' })
    await expect(queue.send({ ...settle(1, 'key'), valueWei: 1n })).rejects.toMatchObject({
      code: 'outbox.key-reused',
    })
  })

  test('gives the same refusal when it was refused as it was executed', async () => {
    memory.isInstant = true
    memory.failing.add(settleData(1))
    memory.intercept = (method) => {
      if (method === 'eth_call') throw revert('AmountZero')
      return undefined
    }
    const { queue } = start()
    const refusal = {
      code: 'contract.AmountZero',
      message: expect.stringContaining('settle/1') as string,
    }
    await expect(queue.send(settle(1))).rejects.toMatchObject(refusal)
    finalise()
    await queue.idle()
    expect(states()).toEqual(['failed'])
    await expect(start().queue.send(settle(1))).rejects.toMatchObject(refusal)
    expect(memory.received).toHaveLength(1)
  })

  test('without a reason to be found is a plain refusal', async () => {
    memory.isInstant = true
    memory.failing.add(settleData(1))
    await expect(start().queue.send(settle(1))).rejects.toMatchObject({ code: 'contract.Reverted' })
  })
})

describe('a chain that gives trouble', () => {
  test('a transaction that a reorganisation dropped is sent again', async () => {
    const { queue, clock } = start()
    const arrived = memory.arrival()
    const sent = queue.send(settle(1))
    await arrived
    memory.mine()
    await sent
    memory.reorganise(1, 'fork')
    expect(memory.mined(settleData(1))).toBe(0)
    clock.ms += 5_000
    await until(() => memory.pool.length === 1)
    memory.mine()
    finalise()
    await queue.idle()
    expect(memory.mined(settleData(1))).toBe(1)
    expect(states()).toEqual(['done'])
    expect(new Set(memory.received).size).toBe(1)
  })

  test('what is stuck pays a quarter more, and whichever attempt is mined counts', async () => {
    const { queue, clock } = start({ stuckMs: 30_000 })
    const arrived = memory.arrival()
    const sent = queue.send(settle(1))
    await arrived
    memory.baseFeeWei *= 3n
    memory.mine()
    clock.ms += 30_000
    await until(() => memory.received.length === 2 && memory.pool.length === 1)
    memory.mine()
    const receipt = await sent
    finalise()
    await queue.idle()
    const [first = 0n, second = 0n] = fees(memory.received)
    expect(second).toBeGreaterThanOrEqual((first * 125n) / 100n)
    expect(second).toBeGreaterThan(memory.baseFeeWei)
    expect(entries()[0]?.attempts).toHaveLength(2)
    expect(receipt.transactionHash).toBe(entries()[0]?.attempts[1]?.hash)
    expect(memory.mined(settleData(1))).toBe(1)
  })

  test('an older attempt that was mined after all is the result', async () => {
    const { queue, clock } = start()
    const arrived = memory.arrival()
    const sent = queue.send(settle(1))
    await arrived
    const { pool } = memory
    memory.pool = []
    await until(() => (clock.ms += 30_000) > 0 && memory.received.length > 1)
    memory.pool = pool
    memory.mine()
    expect((await sent).transactionHash).toBe(entries()[0]?.attempts[0]?.hash)
  })

  test('one that is not next in line does not pay more: another holds it up', async () => {
    const { queue, clock } = start()
    const sends = Promise.all([queue.send(settle(1)), queue.send(settle(2))])
    await until(() => memory.pool.length === 2)
    memory.pool = []
    await until(() => (clock.ms += 30_000) > 0 && memory.pool.length === 2)
    memory.mine()
    await sends
    expect(entries()[0]?.attempts.length).toBeGreaterThan(1)
    expect(entries()[1]?.attempts.length).toBe(1)
  })

  test('the fee is raised seven times at most', async () => {
    const { queue, clock } = start()
    queue.send(settle(1)).catch(() => undefined)
    await until(() => {
      memory.pool = []
      clock.ms += 30_000
      return memory.received.length >= 12
    })
    expect(entries()[0]?.attempts).toHaveLength(8)
    const [first = 0n] = fees(memory.received)
    expect(fees(memory.received).at(-1)).toBeLessThan(first * 5n)
  })

  test('one that the RPC finds underpriced pays more at once', async () => {
    const { queue } = start()
    let refusals = 2
    memory.intercept = (method) => {
      if (method === 'eth_sendRawTransaction' && refusals-- > 0)
        throw new TestRpcError(-32_000, 'transaction underpriced')
      return undefined
    }
    memory.isInstant = true
    await queue.send(settle(1))
    expect(entries()[0]?.attempts).toHaveLength(3)
    expect(memory.received).toHaveLength(1)
  })

  test('one that the RPC will never take gives its place to an empty transfer', async () => {
    const { queue, clock } = start()
    memory.intercept = (method, params) => {
      if (
        method === 'eth_sendRawTransaction' &&
        parseTransaction(params[0] as Hex).data === settleData(1)
      )
        throw new TestRpcError(-32_000, 'oversized data')
      return undefined
    }
    const first = queue.send(settle(1))
    const second = queue.send(settle(2))
    await until(() => (clock.ms += 30_000) > 0 && memory.pool.length === 2)
    memory.mine()
    await expect(first).rejects.toMatchObject({
      code: 'chain.refused',
      message: expect.stringContaining('oversized') as string,
    })
    await second
    finalise()
    await queue.idle()
    expect(states()).toEqual(['failed', 'done'])
    expect(parseTransaction(memory.received[1]!)).toMatchObject({
      to: testAccount.address.toLowerCase(),
      gas: 21_000n,
    })
    await expect(start().queue.send(settle(1))).rejects.toMatchObject({ code: 'chain.refused' })
  })

  test('one whose nonce another program used is never sent again under another nonce', async () => {
    const { queue } = start()
    const arrived = memory.arrival()
    const sent = queue.send(settle(1))
    await arrived
    memory.pool = []
    memory.intercept = (method) => (method === 'eth_getTransactionCount' ? '0x1' : undefined)
    await expect(sent).rejects.toMatchObject({ code: 'outbox.nonce-taken', retryable: false })
    await queue.idle()
    await expect(start().queue.send(settle(1))).rejects.toMatchObject({
      code: 'outbox.nonce-taken',
    })
    expect(memory.received).toHaveLength(1)
  })

  test('a receipt that comes later than the state is waited for', async () => {
    const { queue } = start()
    const arrived = memory.arrival()
    const sent = queue.send(settle(1))
    await arrived
    memory.mine()
    finalise()
    let asked = 0
    memory.intercept = (method) =>
      method === 'eth_getTransactionReceipt' && ++asked <= 8 ? null : undefined
    await sent
    await queue.idle()
    expect(states()).toEqual(['done'])
  })

  test('a chain that stops answering after the store is gone on with when it answers', async () => {
    const { queue, clock } = start()
    memory.intercept = (method) => {
      if (method === 'eth_sendRawTransaction') memory.isDown = true
      return undefined
    }
    const sent = queue.send(settle(1))
    await until(() => memory.isDown)
    memory.intercept = undefined
    memory.isInstant = true
    memory.isDown = false
    await until(() => (clock.ms += 5_000) > 0 && memory.received.length > 0)
    await sent
    expect(memory.mined(settleData(1))).toBe(1)
  })

  test('a chain that does not answer at all is unreachable, and nothing is stored', async () => {
    memory.isDown = true
    await expect(start().queue.send(settle(1))).rejects.toMatchObject({
      code: 'chain.unreachable',
      retryable: true,
    })
    expect(entries()).toEqual([])
  })

  test('a chain that was replaced gets none of the old transactions', async () => {
    const { queue } = start()
    const arrived = memory.arrival()
    queue.send(settle(1)).catch(() => undefined)
    await arrived
    const other = new MemoryChain('another genesis')
    memory.blocks = other.blocks
    memory.pool = []
    await expect(queue.send(settle(2))).rejects.toMatchObject({ code: 'chain.reset' })
    const received = memory.received.length
    runs.forEach((run) => run.stop())
    memory.isInstant = true
    await start().queue.send(settle(3))
    expect(memory.received.slice(received)).toHaveLength(1)
    expect(memory.mined(settleData(1))).toBe(0)
  })
})

describe('bounds', () => {
  test('a wait ends after its time, and the same key goes on with it', async () => {
    const { queue } = start({ waitMs: 5 })
    await expect(queue.send(settle(1))).rejects.toMatchObject({
      code: 'chain.not-mined',
      retryable: true,
    })
    memory.mine()
    await queue.send(settle(1))
    expect(memory.received).toHaveLength(1)
  })

  test('a caller may stop waiting; the transaction goes on', async () => {
    const { queue } = start()
    const caller = new AbortController()
    const sent = queue.send(settle(1), { signal: caller.signal })
    await memory.arrival()
    caller.abort()
    await expect(sent).rejects.toMatchObject({ code: 'aborted' })
    memory.mine()
    finalise()
    await queue.idle()
    expect(states()).toEqual(['done'])
  })

  test('only so many are open at once', async () => {
    const { queue } = start({ maxOpen: 2, waitMs: 5 })
    const sends = [1, 2, 3].map((id) => queue.send(settle(id)))
    const codes = await Promise.all(
      sends.map((sent) =>
        sent.then(
          () => 'ok',
          (error: { code: string }) => error.code,
        ),
      ),
    )
    expect(codes).toEqual(['chain.not-mined', 'chain.not-mined', 'outbox.full'])
    memory.mine()
    finalise()
    await queue.idle()
    memory.isInstant = true
    await queue.send(settle(3))
  })

  test('only so many calls wait to be signed', async () => {
    const { queue } = start({ waitMs: 50 })
    memory.intercept = (method) =>
      method === 'eth_getBlockByNumber' ? new Promise(() => undefined) : undefined
    const sends = Array.from({ length: 257 }, (_, id) => queue.send(settle(id)))
    await expect(sends[256]).rejects.toMatchObject({ code: 'outbox.full', retryable: true })
  })

  test('keys of the newest finished transactions are kept', async () => {
    memory.isInstant = true
    const { queue } = start({ keepFinished: 2 })
    for (const id of [1, 2, 3, 4]) {
      await queue.send(settle(id))
      finalise()
      await queue.idle()
    }
    expect(entries().map(({ key }) => key)).toEqual(['settle/3', 'settle/4'])
  })

  test('a store that fails while it watches ends the wait, and the next call takes up what is stored', async () => {
    const { queue } = start()
    const arrived = memory.arrival()
    const sent = queue.send(settle(1))
    await arrived
    outbox.pruneEntries = () => Promise.reject(new Error('disk full'))
    memory.mine()
    await sent
    finalise()
    await queue.idle()
    expect(await queue.resume()).toBe(0)
    expect(states()).toEqual(['done'])
  })
})
