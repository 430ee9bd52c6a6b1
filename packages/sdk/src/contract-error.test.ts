// Refusals of the chain in words that a user can act on.
import { errorsAbi } from '@wetee/chain'
import {
  BaseError,
  ContractFunctionRevertedError,
  encodeErrorResult,
  HttpRequestError,
  InsufficientFundsError,
  stringToHex,
  zeroAddress,
  zeroHash,
} from 'viem'
import { expect, test } from 'vitest'
import { chainError, explainedContractErrors } from './contract-error.ts'

const dot = 10n ** 18n
/** Names and arguments of the tables are checked by encoding, not by the compiler. */
const itemOf = (errorName: string) =>
  errorsAbi.filter((item) => 'name' in item && item.name === errorName).slice(0, 1)
const reverted = (errorName: string, args: readonly unknown[]) =>
  new BaseError('call failed', {
    cause: new ContractFunctionRevertedError({
      abi: errorsAbi,
      data: encodeErrorResult({ abi: itemOf(errorName), errorName, args }),
      functionName: 'create',
    }),
  })

test.each([
  ['DepositTooLow', [dot, 2n * dot], 'the deposit of 1 DOT is below the minimum of 2 DOT'],
  ['PriceAboveLimit', [dot, dot / 2n], '86400 DOT per day, above the agreed 43200 DOT'],
  ['NameTaken', [stringToHex('hello', { size: 32 })], 'already have an application named "hello"'],
  ['WorkerUnfit', [3n, 'level'], 'worker 3 cannot run this application (level)'],
  ['AppStateWrong', [3n, 3], 'application 3 is ended'],
  ['FrozenUntil', [2n ** 64n - 1n], 'frozen the code of this application for good'],
  ['TooEarly', [1_800_000_000n], 'not allowed before 2027-01-15T08:00:00Z'],
  ['KeyEnded', [1], 'key 1 of the network has ended, and what was sealed to it'],
  ['KeyNotNewest', [1, 2], 'sealed to key 1 of the network, and the newest is key 2'],
  ['VersionOfOtherKey', [3, 1], 'version 3 was sealed to key 1'],
  ['OlderKeyLives', [1, 1_800_000_000n], 'key 1 of the network lives until 2027-01-15T08:00:00Z'],
  ['FeeTooLow', [dot, 2n * dot], '1 DOT were sent, the call costs 2 DOT now'],
  ['StakeTooLow', [dot, 2n * dot], '1 DOT is below the 2 DOT'],
  ['AccessManagedUnauthorized', [zeroAddress], 'wetee dao propose --file'],
  ['GovernorUnexpectedProposalState', [5n, 1, zeroHash], 'proposal 5 is active'],
])('%s says what and what to do', (name, args, text) => {
  const error = chainError(reverted(name, args), 'create the application')
  expect(error.code).toBe(`contract.${name}`)
  expect(error.message).toContain('could not create the application: ')
  expect(error.message).toContain(text)
  expect(error.retryable).toBe(false)
})

test('every explained error exists in one of the contracts', () => {
  const names = errorsAbi.map((entry) => ('name' in entry ? entry.name : ''))
  for (const name of explainedContractErrors) expect(names).toContain(name)
})

test('missing funds name what was needed and what is there', () => {
  const cause = new InsufficientFundsError({ cause: new BaseError('insufficient funds') })
  const error = chainError(cause, 'create it', { neededWei: 5n * dot, balanceWei: dot })
  expect(error.code).toBe('account.funds')
  expect(error.message).toContain('it needs 5 DOT and the transaction fee, the account has 1 DOT')
  expect(error.details).toEqual({ neededWei: String(5n * dot), balanceWei: String(dot) })
})

test('a chain that does not answer is unreachable and worth a retry', () => {
  const cause = new HttpRequestError({
    url: 'http://127.0.0.1:1',
    cause: new Error('ECONNREFUSED'),
  })
  expect(chainError(cause, 'read')).toMatchObject({ code: 'chain.unreachable', retryable: true })
})

test('an error with a code of its own keeps it', () => {
  const cause = Object.assign(new Error('wrong chain'), { code: 'network.wrong-chain' })
  expect(chainError(cause, 'read')).toMatchObject({ code: 'network.wrong-chain' })
})
