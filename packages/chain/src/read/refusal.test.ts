// Every failure of a call becomes one code; what an RPC says beyond that does not get into messages.
import {
  BaseError,
  BlockNotFoundError,
  encodeErrorResult,
  HttpRequestError,
  InsufficientFundsError,
  InternalRpcError,
  RpcRequestError,
  TimeoutError,
  UnknownRpcError,
  type Abi,
  type Hex,
} from 'viem'
import { expect, test } from 'vitest'
import { ChainError } from '../chain-error.ts'
import { cloudAbi } from '../generated/cloud.ts'
import { quorumAbi } from '../generated/quorum.ts'
import { subnetAbi } from '../generated/subnet.ts'
import { toChainError } from './refusal.ts'

const url = 'http://rpc.example/secret-key'
const rpcError = (code: number, message: string, data?: unknown) =>
  new RpcRequestError({ body: {}, url, error: { code, message, data } })
const wrapped = (cause: Error) => new BaseError('call failed', { cause })
const encoded = (abi: Abi, errorName: string, args: readonly unknown[] = []): Hex =>
  encodeErrorResult({ abi, errorName, args })

test.each([
  ['Cloud', cloudAbi, 'DepositTooLow', [1n, 2n], 'DepositTooLow(1, 2)'],
  ['Subnet', subnetAbi, 'StakeTooLow', [1n, 2n], 'StakeTooLow(1, 2)'],
  ['Quorum', quorumAbi, 'GenesisClosed', [], 'GenesisClosed()'],
])('an error of the %s has its name, whatever contract was called', (_, abi, name, args, text) => {
  for (const data of [encoded(abi, name, args), { data: encoded(abi, name, args) }])
    expect(toChainError(wrapped(rpcError(3, 'execution reverted', data)), 'do it')).toMatchObject({
      code: `contract.${name}`,
      retryable: false,
      message: `could not do it: the contract answered ${text}`,
    })
})

test.each([
  ['an error that no contract has', rpcError(3, 'execution reverted', '0x12345678')],
  ['a revert without data', rpcError(3, 'execution reverted')],
])('%s is a refusal without a name', (_, cause) => {
  expect(toChainError(wrapped(cause), 'do it').code).toBe('contract.Reverted')
})

test.each([
  ['no connection', new HttpRequestError({ url, details: 'fetch failed' })],
  ['no answer in time', new TimeoutError({ body: {}, url })],
  ['a failure inside the node', new InternalRpcError(rpcError(-32_603, 'internal error'))],
])('%s is unreachable, worth another try, and says nothing of the address', (_, cause) => {
  const error = toChainError(wrapped(cause), 'do it')
  expect(error).toMatchObject({ code: 'chain.unreachable', retryable: true })
  expect(error.message).not.toContain('secret-key')
})

test('missing funds are the account, by class or by text', () => {
  for (const cause of [
    new InsufficientFundsError({ cause: new BaseError('x') }),
    rpcError(-32_000, 'insufficient funds for gas * price + value'),
  ])
    expect(toChainError(cause, 'do it')).toMatchObject({ code: 'account.funds', retryable: false })
})

test('a block that is not there is pruned history', () => {
  const cause = new BlockNotFoundError({ blockNumber: 7n })
  expect(toChainError(cause, 'do it').code).toBe('chain.history-pruned')
})

test('after the signal everything is aborted', () => {
  const signal = AbortSignal.abort()
  expect(toChainError(new TimeoutError({ body: {}, url }), 'do it', signal).code).toBe('aborted')
})

test('a ChainError stays what it is, anything else keeps its cause and a short text', () => {
  const own = new ChainError('outbox.full', 'full')
  expect(toChainError(own, 'do it')).toBe(own)
  const cause = new Error('x'.repeat(10_000))
  const error = toChainError(cause, 'do it')
  expect(error).toMatchObject({ code: 'chain.refused', cause })
  expect(error.message.length).toBeLessThan(300)
  expect(toChainError('text', 'do it').message).toContain('unknown error')
})

test('what a transport said as a ChainError comes through the layers of viem', () => {
  const said = new ChainError('view.disagree', 'two RPCs differ', { retryable: true })
  expect(toChainError(wrapped(new UnknownRpcError(said)), 'do it')).toBe(said)
})
