// What the messages of a key generation cost on Polkadot Hub by the bytes of their calldata. Computes only.
import { keysAbi } from '@wetee/chain'
import { dealingBytes, REGISTRATION_BYTES, type Group } from '@wetee/threshold'
import { encodeFunctionData, toHex } from 'viem'
import { compare, type Measured } from './measure.ts'
import { people, sessionOf } from './threshold-testing.ts'

/** Hub's fee of a byte of calldata, DOT; its runtime of July 2026. What is computed and stored comes on top. */
const DOT_PER_BYTE = 5e-6
/** DOT of all messages of 64 members. */
const BUDGET_DOT = 1.6
/** Bytes of a dealing of 64 members of whom 43 are needed. */
const DEALING_BYTES = 4_700
const SIZE = 64
const REVEAL_BYTES = 97
const SIGNATURE = toHex(new Uint8Array(65))

/** The size of a dealing, and DOT of a key of 64 members for the usual threshold and that of two thirds. */
export function benchChainCost(group: Group): Measured[] {
  const who = people(group, SIZE, 'chain')
  const bytesFor = (threshold: number) => dealingBytes(sessionOf(group, who, threshold))
  const size = { name: 'budget', value: DEALING_BYTES }
  const budget = { name: 'budget', value: BUDGET_DOT }
  return [
    compare('dealing.n64.bytes', bytesFor(43), 'bytes', size, 1),
    ...[33, 43].map((threshold) => {
      const bytes = calldataBytes(threshold, bytesFor(threshold))
      return compare(`dkg.n64-t${threshold}.fees`, bytes * DOT_PER_BYTE, 'DOT', budget, 1)
    }),
  ]
}

/** Every member registers, deals and reveals, one opens, one brings the confirmation of a quorum; nobody complains. */
function calldataBytes(threshold: number, dealing: number): number {
  const length = (data: string) => (data.length - 2) / 2
  const message = (functionName: 'register' | 'deal' | 'reveal', size: number) =>
    length(
      encodeFunctionData({
        abi: keysAbi,
        functionName,
        args: [1n, 1, toHex(new Uint8Array(size)), SIGNATURE],
      }),
    )
  const digest = toHex(new Uint8Array(32))
  const point = toHex(new Uint8Array(33))
  const confirmed = {
    ...{ session: digest, epoch: 1n, threshold },
    ...{ membersDigest: digest, networkKeyDigest: digest, transcriptDigest: digest },
  }
  const signatures = toHex(new Uint8Array(65 * threshold))
  const signed = { epoch: 1n, expiry: 1n, bitmap: 1n, signatures }
  const confirm = encodeFunctionData({
    abi: keysAbi,
    functionName: 'confirm',
    args: [1n, confirmed, point, point, signed],
  })
  const open = encodeFunctionData({ abi: keysAbi, functionName: 'open', args: [1n] })
  return (
    SIZE * message('register', REGISTRATION_BYTES) +
    SIZE * (message('deal', dealing) + message('reveal', REVEAL_BYTES)) +
    length(confirm) +
    length(open)
  )
}
