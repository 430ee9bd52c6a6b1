// What is read of the chain, and how often.
import { expect, test } from 'vitest'
import type { Chain } from '@wetee/chain'
import { openChainReads } from './viem-chain.ts'

test('keys are read once for a block, whoever asks, and again after an error', async () => {
  const asked: bigint[] = []
  let isDown = false
  const readContract = ({ blockNumber }: { blockNumber: bigint }) => {
    asked.push(blockNumber)
    return isDown ? Promise.reject(new Error('down')) : Promise.resolve([])
  }
  const contracts = { keys: `0x${'01'.repeat(20)}` }
  const chain = { client: { readContract }, profile: { contracts } } as unknown as Chain
  const reads = openChainReads(chain)
  await Promise.all([reads.liveKeys(5n), reads.liveKeys(5n), reads.liveKeys(5n)])
  expect(asked).toEqual([5n])
  isDown = true
  await expect(reads.liveKeys(6n)).rejects.toThrow('could not read the keys of the network')
  isDown = false
  expect(await reads.liveKeys(6n)).toEqual([])
  expect(asked).toEqual([5n, 6n, 6n])
})
