// Who gets a token of the owner API, and who would like to.
import { ownerMessage, ownerMessageParts, type OwnerAudience } from '@wetee/sign-in'
import { privateKeyToAccount } from 'viem/accounts'
import { createSiweMessage } from 'viem/siwe'
import { hashMessage } from 'viem/utils'
import { beforeEach, expect, test } from 'vitest'
import { SecretError } from '../secrets/secret-error.ts'
import { SESSION_SECONDS, Sessions } from './sessions.ts'
import { MAX_VIEWER_SECONDS, Viewers } from './viewers.ts'

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
let viewers: Viewers
/** What the owner, a contract, takes `0x1234` for. */
let asked = ''
beforeEach(() => {
  atMs = 1_000
  ownerNow = owner.address
  viewers = new Viewers(() => atMs)
  sessions = sessionsOf()
})

const sessionsOf = () =>
  new Sessions({
    ...{ audience, viewers },
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
const access = { role: 'owner', counted: 'requests' } as const
const refused = (code: string) => ({ code }) as Partial<Error>

test('the owner signs what the agent asks for, and has a token for a quarter of an hour', async () => {
  const { nonce, ...parts } = sessions.challenge()
  expect(parts).toEqual(ownerMessageParts(audience))
  const { token } = await sessions.open(await signed({ nonce }))
  expect(await sessions.require(`Bearer ${token}`, access)).toMatchObject({
    address: owner.address.toLowerCase(),
  })
  atMs += SESSION_SECONDS * 1_000 - 1
  await sessions.require(`Bearer ${token}`, access)
  atMs += 1
  await expect(sessions.require(`Bearer ${token}`, access)).rejects.toMatchObject(
    refused('sign-in.needed'),
  )
})

test('a token that is signed out, cut, or of another agent opens nothing', async () => {
  const { token } = await sessions.open(await signed({}))
  for (const header of [
    undefined,
    '',
    token,
    `bearer ${token}`,
    `Bearer ${token.slice(1)}`,
    `Bearer ${token}x`,
    `Bearer ${'A'.repeat(43)}`,
  ])
    await expect(sessions.require(header, access)).rejects.toMatchObject(refused('sign-in.needed'))
  await expect(sessionsOf().require(`Bearer ${token}`, access)).rejects.toMatchObject(
    refused('sign-in.needed'),
  )
  sessions.close(`Bearer ${token}`)
  await expect(sessions.require(`Bearer ${token}`, access)).rejects.toMatchObject(
    refused('sign-in.needed'),
  )
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
  const { token } = await sessions.open(await signed({}))
  ownerNow = stranger.address
  await expect(sessions.require(`Bearer ${token}`, access)).rejects.toMatchObject(
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
  const { token } = await sessions.open({ message: asked, signature: '0x1234' })
  expect((await sessions.require(`Bearer ${token}`, access)).address).toBe(contract)
  asked = messageOf(`0x${'c1'.repeat(20)}`)
  await expect(sessions.open({ message: asked, signature: '0x1234' })).rejects.toMatchObject(
    refused('sign-in.invalid'),
  )
})

test('without a quorum that says whose it is nobody gets in: the host is not asked', async () => {
  const { token } = await sessions.open(await signed({}))
  ownerNow = undefined
  await expect(sessions.require(`Bearer ${token}`, access)).rejects.toMatchObject({
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
  const { token: first } = await sessions.open(await signed({}))
  for (let i = 0; i < 50; i++) await sessions.require(`Bearer ${first}`, access)
  await expect(sessions.require(`Bearer ${first}`, access)).rejects.toMatchObject(
    refused('request.too-many'),
  )
  for (let i = 0; i < 64; i++) {
    atMs += 200
    await sessions.open(await signed({}))
  }
  await expect(sessions.require(`Bearer ${first}`, access)).rejects.toMatchObject(
    refused('sign-in.needed'),
  )
})

const reading = { role: 'viewer', counted: 'requests' } as const
const grant = (seconds = 3_600) => viewers.grant(stranger.address, seconds, owner.address)
const viewerToken = async () => (await sessions.open(await signed({ account: stranger }))).token

test('a viewer reads as long as its grant and its session last', async () => {
  grant(600)
  const { token, role } = await sessions.open(await signed({ account: stranger }))
  expect(role).toBe('viewer')
  expect(await sessions.require(`Bearer ${token}`, reading)).toMatchObject({
    ...{ role: 'viewer', address: stranger.address.toLowerCase(), endMs: atMs + 600_000 },
  })
  expect(viewers.list(owner.address)).toEqual([
    { account: stranger.address.toLowerCase(), expiresInSeconds: 600 },
  ])
  atMs += 599_999
  await sessions.require(`Bearer ${token}`, reading)
})

test('ATTACK a viewer does nothing but read, whatever it calls itself', async () => {
  grant()
  const token = await viewerToken()
  for (const counted of ['requests', 'input'] as const)
    await expect(
      sessions.require(`Bearer ${token}`, { role: 'owner', counted }),
    ).rejects.toMatchObject(refused('sign-in.not-owner'))
})

test('ATTACK a grant that has expired opens nothing, and what was open ends with it', async () => {
  grant(60)
  const token = await viewerToken()
  atMs += 60_000
  await expect(sessions.require(`Bearer ${token}`, reading)).rejects.toMatchObject(
    refused('sign-in.not-owner'),
  )
  await expect(viewerToken()).rejects.toMatchObject(refused('sign-in.not-owner'))
  expect(viewers.list(owner.address)).toEqual([])
})

test('ATTACK a grant that is taken back opens nothing, and ends what is being read', async () => {
  grant()
  const token = await viewerToken()
  const { ended } = await sessions.require(`Bearer ${token}`, reading)
  expect(ended?.aborted).toBe(false)
  expect(viewers.revoke(stranger.address)).toBe(true)
  expect(ended?.aborted).toBe(true)
  await expect(sessions.require(`Bearer ${token}`, reading)).rejects.toMatchObject(
    refused('sign-in.not-owner'),
  )
  await expect(viewerToken()).rejects.toMatchObject(refused('sign-in.not-owner'))
  expect(viewers.revoke(stranger.address)).toBe(false)
})

test('ATTACK grants of an owner are void with the next one, and a grant is for its account alone', async () => {
  grant()
  const token = await viewerToken()
  const third = privateKeyToAccount(`0x${'44'.repeat(32)}`)
  await expect(sessions.open(await signed({ account: third }))).rejects.toMatchObject(
    refused('sign-in.not-owner'),
  )
  ownerNow = third.address
  await expect(sessions.require(`Bearer ${token}`, reading)).rejects.toMatchObject(
    refused('sign-in.not-owner'),
  )
  expect(viewers.list(third.address)).toEqual([])
})

test("ATTACK a viewer's message for another application, another agent, or used before signs nobody in", async () => {
  grant()
  for (const over of [{ appId: 8n }, { tlsKeyHash: `0x${'bb'.repeat(32)}` as const }])
    await expect(
      sessions.open(await signed({ account: stranger, audience: over })),
    ).rejects.toMatchObject(refused('sign-in.invalid'))
  const once = await signed({ account: stranger })
  await sessions.open(once)
  await expect(sessions.open(once)).rejects.toMatchObject(refused('sign-in.invalid'))
})

test('a viewer that becomes the owner, or the other way, signs in anew', async () => {
  grant()
  const token = await viewerToken()
  ownerNow = stranger.address
  await expect(sessions.require(`Bearer ${token}`, access)).rejects.toMatchObject(
    refused('sign-in.not-owner'),
  )
  const own = await viewerToken()
  await sessions.require(`Bearer ${own}`, access)
})

test('64 accounts read at one time; those that have expired make room', () => {
  const account = (i: number) => `0x${i.toString(16).padStart(40, '0')}` as const
  for (let i = 0; i < 64; i++) viewers.grant(account(i), i === 0 ? 1 : 60, owner.address)
  expect(() => grant()).toThrow(expect.objectContaining({ code: 'request.too-many' }))
  viewers.grant(account(1), MAX_VIEWER_SECONDS, owner.address)
  atMs += 1_000
  grant()
  expect(viewers.list(owner.address)).toHaveLength(64)
})
