// Sign-ins as an owner makes them, and as somebody else would like them to be.
import { privateKeyToAccount } from 'viem/accounts'
import { createSiweMessage } from 'viem/siwe'
import { beforeEach, expect, test } from 'vitest'
import { SignIn } from './sign-in.ts'

const owner = privateKeyToAccount(`0x${'42'.repeat(32)}`)
const stranger = privateKeyToAccount(`0x${'43'.repeat(32)}`)
const start = Date.UTC(2026, 10, 24, 12)
const expected = { domain: '127.0.0.1:7780', chainId: 31337, owner: owner.address }
let nowMs = start
let signIn: SignIn
let counter = 0
beforeEach(() => {
  nowMs = start
  signIn = new SignIn(() => nowMs)
})

async function header(over: Record<string, unknown> = {}, account = owner): Promise<string> {
  const message = createSiweMessage({
    address: account.address,
    chainId: 31337,
    domain: '127.0.0.1:7780',
    nonce: `nonce${String(++counter).padStart(8, '0')}`,
    uri: 'http://127.0.0.1:7780',
    version: '1',
    issuedAt: new Date(start),
    expirationTime: new Date(start + 600_000),
    ...over,
  })
  const signature = await account.signMessage({ message })
  return encode({ message, signature })
}
const encode = (value: unknown) =>
  `SIWE ${Buffer.from(JSON.stringify(value)).toString('base64url')}`
const check = (text: string | undefined) => signIn.verify(text, expected)

test('the owner gets in', async () => {
  await check(await header())
})

test('the same request again does not', async () => {
  const text = await header()
  await check(text)
  await expect(check(text)).rejects.toMatchObject({ code: 'auth.replayed' })
})

test.each([
  ['another worker', { domain: 'other.example' }],
  ['another chain', { chainId: 1 }],
  ['an end that has come', { expirationTime: new Date(start) }],
  ['a start that has not come', { notBefore: new Date(start + 1) }],
  ['a time of issue in the future', { issuedAt: new Date(start + 30_001) }],
  [
    'a message older than ten minutes, whatever its own end',
    { issuedAt: new Date(start - 600_000), expirationTime: new Date(start + 1e9) },
  ],
])('a message for %s is refused', async (_what, over) => {
  await expect(check(await header(over))).rejects.toMatchObject({ code: 'auth.invalid' })
})

test('just before the end it is good, at the end it is not', async () => {
  nowMs = start + 599_999
  await check(await header())
  nowMs = start + 600_000
  await expect(check(await header())).rejects.toMatchObject({ code: 'auth.invalid' })
})

test("somebody else's own sign-in is refused", async () => {
  await expect(check(await header({}, stranger))).rejects.toMatchObject({ code: 'auth.not-owner' })
})

test("a message in the owner's name with a stranger's signature is refused", async () => {
  const text = await header({ address: owner.address }, stranger)
  await expect(check(text)).rejects.toMatchObject({ code: 'auth.invalid' })
})

test('a stranger cannot use up the nonce of the owner', async () => {
  const message = createSiweMessage({
    address: owner.address,
    chainId: 31337,
    domain: '127.0.0.1:7780',
    nonce: 'samesame1',
    uri: 'http://127.0.0.1:7780',
    version: '1',
    issuedAt: new Date(start),
  })
  const forged = encode({ message, signature: await stranger.signMessage({ message }) })
  await expect(check(forged)).rejects.toMatchObject({ code: 'auth.invalid' })
  await check(encode({ message, signature: await owner.signMessage({ message }) }))
})

test.each([
  undefined,
  '',
  'Bearer x',
  'SIWE !',
  'SIWE e30',
  encode(null),
  `SIWE ${'a'.repeat(9_000)}`,
])('a header out of form is refused: %s', async (text) => {
  await expect(check(text)).rejects.toMatchObject({ code: 'auth.invalid' })
})

test('a token lasts fifteen minutes, and is no sign-in of somebody else', async () => {
  const { token, expiresInSeconds } = await signIn.open(await header(), expected)
  expect(expiresInSeconds).toBe(900)
  nowMs = start + 899_999
  await check(`Bearer ${token}`)
  const other = { ...expected, owner: stranger.address }
  await expect(signIn.verify(`Bearer ${token}`, other)).rejects.toMatchObject({
    code: 'auth.not-owner',
  })
  nowMs = start + 900_000
  await expect(check(`Bearer ${token}`)).rejects.toMatchObject({ code: 'auth.invalid' })
})

test('ATTACK a recorded sign-in opens no second session', async () => {
  const text = await header()
  await signIn.open(text, expected)
  await expect(signIn.open(text, expected)).rejects.toMatchObject({ code: 'auth.replayed' })
})
