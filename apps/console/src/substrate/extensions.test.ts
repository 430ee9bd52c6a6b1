// What runs in this page and calls itself a Substrate wallet.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAccounts, parseExtensions, saidBy } from './extensions.ts'

const address = '5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY'
const signPayload = () => Promise.resolve({ signature: '0x00' })
const opens = (accounts: unknown, signer: unknown = { signPayload }) => ({
  enable: () => Promise.resolve({ accounts: { get: () => Promise.resolve(accounts) }, signer }),
})

test('an extension has a name, and accounts once it has been asked', async () => {
  const [found] = parseExtensions({ 'polkadot-js': opens([{ address, name: 'mine' }]) })
  expect(found).toMatchObject({ id: 'polkadot-js', name: 'Polkadot.js' })
  const opened = await found?.open()
  expect(opened?.accounts).toEqual([{ address, name: 'mine' }])
  expect(await opened?.signPayload({})).toEqual({ signature: '0x00' })
})

test('its own signer is what signs, whoever "this" is', async () => {
  const signer = {
    word: 'mine',
    signPayload(this: { word: string }) {
      return Promise.resolve({ signature: this.word })
    },
  }
  const [found] = parseExtensions({ a: opens([], signer) })
  expect(await (await found?.open())?.signPayload({})).toEqual({ signature: 'mine' })
})

test.each([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'polkadot-js'],
  ['an extension without "enable"', { a: {} }],
  ['an extension that is null', { a: null }],
  ['an endless id', { ['x'.repeat(201)]: opens([]) }],
  ['an empty id', { '': opens([]) }],
])('%s is no extension', (_, injected) => {
  expect(parseExtensions(injected)).toEqual([])
})

test('ATTACK getters that throw hide their own extension alone', () => {
  const hostile = {
    get bad(): unknown {
      throw new Error('gotcha')
    },
    good: opens([]),
  }
  expect(parseExtensions(hostile).map(({ id }) => id)).toEqual(['good'])
  const closed = new Proxy({}, { ownKeys: () => ['a', 'a'] })
  expect(parseExtensions(closed)).toEqual([])
})

test('ATTACK names are cut, and no more than 32 extensions and 64 accounts are taken', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [`${'n'.repeat(100)}${index}`, opens([])]),
  )
  const found = parseExtensions(many)
  expect(found).toHaveLength(32)
  expect(found[0]?.name).toHaveLength(60)
  const accounts = parseAccounts(Array(100).fill({ address, name: 'n'.repeat(10_000) }))
  expect(accounts).toHaveLength(64)
  expect(accounts[0]?.name).toHaveLength(60)
  const [loud] = parseExtensions({
    loud: { enable: () => Promise.reject(new Error('x'.repeat(10_000))) },
  })
  await expect(loud?.open()).rejects.toSatisfy((error: Error) => error.message.length < 300)
})

test('accounts that are none, or Ethereum ones, are passed over', () => {
  const thrower = {
    get address(): string {
      throw new Error('gotcha')
    },
  }
  const others = [null, 3, {}, { address: 7 }, { address: 'x' }, { address: 'x'.repeat(10_000) }]
  const ethereum = { address: `0x${'11'.repeat(20)}`, type: 'ethereum' }
  expect(
    parseAccounts([...others, thrower, ethereum, { address, type: 'sr25519', name: 5 }]),
  ).toEqual([{ address, name: '' }])
  expect(parseAccounts('accounts')).toEqual([])
})

test.each([
  ['it declines', { enable: () => Promise.reject(new Error('Rejected')) }, 'Rejected'],
  ['it throws no error', { enable: () => Promise.reject(new Error('')) }, 'it gave no reason'],
  [
    'it throws at once',
    {
      enable: () => {
        throw new Error('at once')
      },
    },
    'at once',
  ],
  ['it answers with nothing', { enable: () => undefined }, 'did not let this page see accounts'],
  ['it has no signer', opens([], {}), 'offers no "signPayload"'],
  ['its signer is null', opens([], null), 'offers no "signPayload"'],
])('%s: that is said', async (_, extension, words) => {
  const [found] = parseExtensions({ talisman: extension })
  await expect(found?.open()).rejects.toThrow(words)
  await expect(found?.open()).rejects.toThrow('Talisman')
})

test('whatever is injected is read without an error', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      expect(Array.isArray(parseExtensions(value))).toBe(true)
      expect(Array.isArray(parseExtensions({ a: value }))).toBe(true)
      expect(Array.isArray(parseAccounts([value]))).toBe(true)
      expect(typeof saidBy(value)).toBe('string')
    }),
    { seed: 1 },
  )
})
