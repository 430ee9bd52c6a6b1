// Who gets a token of the owner API, and who would like to.
import { ownerMessage, ownerMessageParts, type OwnerAudience } from '@wetee/sign-in'
import { privateKeyToAccount } from 'viem/accounts'
import { createSiweMessage } from 'viem/siwe'
import { hashMessage } from 'viem/utils'
import { beforeEach, expect, test } from 'vitest'
import { SecretError } from '../secrets/secret-error.ts'
import { SESSION_SECONDS, Sessions } from './sessions.ts'

const owner = privateKeyToAccount(`0x${'42'.repeat(32)}`)
const stranger = privateKeyToAccount(`0x${'43'.repeat(32)}`)
const audience: OwnerAudience = {
  chainId: 31_337n,
  cloud: `0x${'0c'.repeat(20)}`,
  appId: 7n,
  tlsKeyHash: `0x${'aa'.repeat(32)}`,
}
const start = Date.UTC(2026, 10, 26, 12)
let atMs: number
let ownerNow: `0x${string}` | undefined
let sessions: Sessions
/** What the owner, a contract, takes `0x1234` for. */
let asked = ''
beforeEach(() => {
  atMs = 1_000
  ownerNow = owner.address
  sessions = sessionsOf()
})

const sessionsOf = () =>
  new Sessions({
    audience,
    owner: () =>
      ownerNow === undefined
        ? Promise.reject(new SecretError('facts.no-quorum', 'no quorum'))
        : Promise.resolve({ owner: ownerNow }),
    isOwnersSignature: (digest, signature) =>
      Promise.resolve(digest === hashMessage(asked) && signature === '0x1234'),
    monotonicMs: () => atMs,
    now: () => start + atMs,
  })

async function signed(given: {
  nonce?: string
  account?: typeof owner
  audience?: Partial<OwnerAudience>
}) {
  const { account = owner } = given
  const message = ownerMessage(
    { ...audience, ...given.audience },
    {
      address: account.address,
      nonce: given.nonce ?? sessions.challenge().nonce,
      nowMs: start + atMs,
    },
  )
  return { message, signature: await account.signMessage({ message }) }
}
const refused = (code: string) => ({ code }) as Partial<Error>

test('the owner signs what the agent asks for, and has a token for a quarter of an hour', async () => {
  const { nonce, ...parts } = sessions.challenge()
  expect(parts).toEqual(ownerMessageParts(audience))
  const token = await sessions.open(await signed({ nonce }))
  expect(await sessions.require(`Bearer ${token}`)).toMatchObject({
    address: owner.address.toLowerCase(),
  })
  atMs += SESSION_SECONDS * 1_000 - 1
  await sessions.require(`Bearer ${token}`)
  atMs += 1
  await expect(sessions.require(`Bearer ${token}`)).rejects.toMatchObject(refused('sign-in.needed'))
})

test('a token that is signed out, cut, or of another agent opens nothing', async () => {
  const token = await sessions.open(await signed({}))
  for (const header of [
    undefined,
    '',
    token,
    `bearer ${token}`,
    `Bearer ${token.slice(1)}`,
    `Bearer ${token}x`,
    `Bearer ${'A'.repeat(43)}`,
  ])
    await expect(sessions.require(header)).rejects.toMatchObject(refused('sign-in.needed'))
  await expect(sessionsOf().require(`Bearer ${token}`)).rejects.toMatchObject(
    refused('sign-in.needed'),
  )
  sessions.close(`Bearer ${token}`)
  await expect(sessions.require(`Bearer ${token}`)).rejects.toMatchObject(refused('sign-in.needed'))
})

test('ATTACK somebody else, with a message that is good in every other way, is refused', async () => {
  await expect(sessions.open(await signed({ account: stranger }))).rejects.toMatchObject(
    refused('sign-in.not-owner'),
  )
  const { message } = await signed({})
  const signature = await stranger.signMessage({ message })
  await expect(sessions.open({ message, signature })).rejects.toMatchObject(
    refused('sign-in.invalid'),
  )
})

test.each<[string, Partial<OwnerAudience>]>([
  ['another application', { appId: 8n }],
  ['another contract', { cloud: `0x${'0d'.repeat(20)}` }],
  ['another chain', { chainId: 1n }],
  ['another TLS key, as a host in the middle would have', { tlsKeyHash: `0x${'bb'.repeat(32)}` }],
])('ATTACK a message that the owner signed for %s is worth nothing here', async (_what, over) => {
  await expect(sessions.open(await signed({ audience: over }))).rejects.toMatchObject(
    refused('sign-in.invalid'),
  )
})

test('ATTACK a message is good once, and so is its nonce', async () => {
  const first = await signed({})
  await sessions.open(first)
  await expect(sessions.open(first)).rejects.toMatchObject(refused('sign-in.invalid'))
  const { nonce } = sessions.challenge()
  await sessions.open(await signed({ nonce }))
  await expect(sessions.open(await signed({ nonce }))).rejects.toMatchObject(
    refused('sign-in.invalid'),
  )
})

test('ATTACK a nonce that this agent did not give, or gave too long ago, does not count', async () => {
  const { nonce } = sessions.challenge()
  const flip = (at: number) =>
    nonce.slice(0, at) + (nonce[at] === '0' ? '1' : '0') + nonce.slice(at + 1)
  for (const wrong of ['nonce12345', flip(11), flip(20), flip(40), `${nonce}0`])
    await expect(sessions.open(await signed({ nonce: wrong })), wrong).rejects.toMatchObject(
      refused('sign-in.invalid'),
    )
  const other = sessionsOf().challenge().nonce
  await expect(sessions.open(await signed({ nonce: other }))).rejects.toMatchObject(
    refused('sign-in.invalid'),
  )
  atMs += 300_000
  await expect(sessions.open(await signed({ nonce }))).rejects.toMatchObject(
    refused('sign-in.invalid'),
  )
})

test('a message without the resources, or with more of them, is refused', async () => {
  const parts = ownerMessageParts(audience)
  for (const resources of [[], [parts.resources[0]!], [...parts.resources, 'urn:more']]) {
    const message = createSiweMessage({
      ...parts,
      resources,
      address: owner.address,
      nonce: sessions.challenge().nonce,
      version: '1',
      issuedAt: new Date(start),
    })
    const signature = await owner.signMessage({ message })
    await expect(sessions.open({ message, signature })).rejects.toMatchObject(
      refused('sign-in.invalid'),
    )
  }
})

test('ATTACK who was the owner is not any more once the application has another', async () => {
  const token = await sessions.open(await signed({}))
  ownerNow = stranger.address
  await expect(sessions.require(`Bearer ${token}`)).rejects.toMatchObject(
    refused('sign-in.not-owner'),
  )
  await sessions.open(await signed({ account: stranger }))
})

test('a contract that owns the application signs in by its own rule, and for nobody else', async () => {
  const contract = `0x${'c0'.repeat(20)}` as const
  const messageOf = (address: `0x${string}`) =>
    ownerMessage(audience, { address, nonce: sessions.challenge().nonce, nowMs: start + atMs })
  ownerNow = contract
  asked = messageOf(contract)
  await expect(sessions.open({ message: asked, signature: '0x4321' })).rejects.toMatchObject(
    refused('sign-in.invalid'),
  )
  const token = await sessions.open({ message: asked, signature: '0x1234' })
  expect((await sessions.require(`Bearer ${token}`)).address).toBe(contract)
  asked = messageOf(`0x${'c1'.repeat(20)}`)
  await expect(sessions.open({ message: asked, signature: '0x1234' })).rejects.toMatchObject(
    refused('sign-in.invalid'),
  )
})

test('without a quorum that says whose it is nobody gets in: the host is not asked', async () => {
  const token = await sessions.open(await signed({}))
  ownerNow = undefined
  await expect(sessions.require(`Bearer ${token}`)).rejects.toMatchObject({
    ...refused('owner.unknown'),
    retryable: true,
  })
  await expect(sessions.open(await signed({}))).rejects.toMatchObject(refused('owner.unknown'))
})

test('tries, requests and sessions are bounded', async () => {
  const wrong = { message: 'x', signature: `0x${'11'.repeat(65)}` } as const
  for (let i = 0; i < 20; i++)
    await expect(sessions.open(wrong)).rejects.toMatchObject(refused('sign-in.invalid'))
  await expect(sessions.open(wrong)).rejects.toMatchObject(refused('request.too-many'))
  atMs += 200
  const first = await sessions.open(await signed({}))
  for (let i = 0; i < 50; i++) await sessions.require(`Bearer ${first}`)
  await expect(sessions.require(`Bearer ${first}`)).rejects.toMatchObject(
    refused('request.too-many'),
  )
  for (let i = 0; i < 64; i++) {
    atMs += 200
    await sessions.open(await signed({}))
  }
  await expect(sessions.require(`Bearer ${first}`)).rejects.toMatchObject(refused('sign-in.needed'))
})
