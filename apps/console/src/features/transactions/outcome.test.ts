// What has become of a transaction, as a chain in memory tells it.
import {
  encodeAbiParameters,
  encodeEventTopics,
  TransactionReceiptNotFoundError,
  type Hex,
} from 'viem'
import { expect, test } from 'vitest'
import { cloudAbi } from '@wetee/chain'
import type { Network } from '@wetee/sdk'
import { readOutcome } from './outcome.ts'

const hash: Hex = `0x${'ab'.repeat(32)}`
const sent = { hash, sentAtMs: 1_000_000 }
const recharged = {
  address: `0x${'11'.repeat(20)}` as const,
  topics: encodeEventTopics({
    abi: cloudAbi,
    eventName: 'Recharged',
    args: { appId: 7n, from: `0x${'22'.repeat(20)}` },
  }),
  data: encodeAbiParameters([{ type: 'uint256' }], [5n]),
}

const chainWith = (receipt: object | undefined, finalized = 10n) =>
  ({
    chain: {
      client: {
        getTransactionReceipt: () =>
          receipt === undefined
            ? Promise.reject(new TransactionReceiptNotFoundError({ hash }))
            : Promise.resolve(receipt),
      },
    },
    reader: { finalized: () => Promise.resolve({ number: finalized }) },
  }) as unknown as Network
const mined = { status: 'success', blockNumber: 10n, logs: [recharged] }

test.each([
  ['not mined yet', chainWith(undefined), 1_000_001, { state: 'pending' }],
  ['unknown ten minutes later', chainWith(undefined), 1_600_001, { state: 'lost' }],
  ['refused', chainWith({ ...mined, status: 'reverted' }), 0, { state: 'failed' }],
  ['in a block that may go', chainWith(mined, 9n), 0, { state: 'mined', appId: 7n }],
  ['in a final block', chainWith(mined), 0, { state: 'final', appId: 7n }],
])('%s', async (_, network, nowMs, outcome) => {
  expect(await readOutcome(network, sent, nowMs)).toEqual(outcome)
})

test('a chain that does not answer says nothing about it', async () => {
  const down = {
    chain: { client: { getTransactionReceipt: () => Promise.reject(new Error('no answer')) } },
  } as unknown as Network
  await expect(readOutcome(down, sent, 0)).rejects.toThrow('no answer')
})

test('the transaction of a Substrate account has no receipt, and is not looked for as one', async () => {
  const unnamed = { profile: {} } as unknown as Network
  expect(await readOutcome(unnamed, { ...sent, fromBlock: 21 }, 0)).toEqual({ state: 'lost' })
})
