// Whose signatures speak for the network.
import { privateKeyToAccount } from 'viem/accounts'
import { expect, test } from 'vitest'
import { CommitteeBook, type KnownMember } from './committee-book.ts'

const digest = `0x${'d1'.repeat(32)}` as const
const accounts = Array.from({ length: 6 }, (_, place) =>
  privateKeyToAccount(`0x${String(place + 1).repeat(64)}`),
)
const member = (place: number, index = place + 1): KnownMember => ({
  index,
  nodeId: BigInt(place + 100),
  statementKey: accounts[place]!.address.toLowerCase() as `0x${string}`,
})
const epochOf = (epoch: bigint, places: readonly number[], threshold = 3) => ({
  epoch,
  threshold,
  members: places.map((place) => member(place)),
})
const signed = (...places: number[]) =>
  Promise.all(places.map((place) => accounts[place]!.sign({ hash: digest })))
const idsOf = (members: readonly KnownMember[] | undefined) =>
  members?.map(({ nodeId }) => Number(nodeId)).sort()

function start() {
  const now = { seconds: 1_000 }
  return { book: new CommitteeBook(() => now.seconds), now }
}

test('as many distinct members as the threshold speak for the network, one fewer does not', async () => {
  const { book } = start()
  expect(book.verifyQuorum(digest, await signed(0, 1, 2))).toBeUndefined()
  book.note(epochOf(1n, [0, 1, 2, 3]))
  expect(idsOf(book.verifyQuorum(digest, await signed(0, 1, 2)))).toEqual([100, 101, 102])
  expect(idsOf(book.verifyQuorum(digest, await signed(3, 1, 2, 0)))).toEqual([100, 101, 102, 103])
  expect(book.verifyQuorum(digest, await signed(0, 1))).toBeUndefined()
})

test('ATTACK a member that signs twice, strangers, and signatures of something else are no quorum', async () => {
  const { book } = start()
  book.note(epochOf(1n, [0, 1, 2, 3]))
  const [again] = await signed(0)
  const malleated = malleate(again!)
  expect(book.verifyQuorum(digest, [...(await signed(0, 1)), again!, malleated])).toBeUndefined()
  expect(book.verifyQuorum(digest, await signed(0, 1, 4, 5))).toBeUndefined()
  const other = await accounts[2]!.sign({ hash: `0x${'d2'.repeat(32)}` })
  expect(book.verifyQuorum(digest, [...(await signed(0, 1)), other])).toBeUndefined()
  expect(book.verifyQuorum(digest, [...(await signed(0, 1)), '0x00'])).toBeUndefined()
})

test('ATTACK a member that names the key of another one lends it no second voice', async () => {
  const { book } = start()
  book.note({ ...epochOf(1n, [0, 1]), members: [member(0), member(1), member(0, 3)] })
  expect(book.verifyQuorum(digest, await signed(0, 1))).toBeUndefined()
})

test('ATTACK fewer members than an epoch needs do not begin it, and an older epoch adds nothing', async () => {
  const { book } = start()
  book.note(epochOf(9n, [4, 5]))
  book.note({ ...epochOf(9n, []), members: [member(4, 1), member(5, 1), member(4, 1)] })
  expect(book.current()).toBeUndefined()
  book.note(epochOf(2n, [0, 1, 2]))
  book.note(epochOf(1n, [3, 4, 5]))
  expect(book.current()).toMatchObject({ epoch: 2n, threshold: 3 })
  expect(book.verifyQuorum(digest, await signed(3, 4, 5))).toBeUndefined()
  // Once it has begun, members come one by one.
  book.note(epochOf(2n, [3]))
  expect(idsOf(book.verifyQuorum(digest, await signed(1, 2, 3)))).toEqual([101, 102, 103])
})

test('the epoch before counts for fifteen minutes and no longer; epochs do not mix', async () => {
  const { book, now } = start()
  book.note(epochOf(1n, [0, 1, 2]))
  book.note(epochOf(2n, [2, 3, 4]))
  expect(book.verifyQuorum(digest, await signed(0, 1, 3))).toBeUndefined()
  now.seconds += 900
  expect(idsOf(book.verifyQuorum(digest, await signed(0, 1, 2)))).toEqual([100, 101, 102])
  now.seconds += 1
  expect(book.verifyQuorum(digest, await signed(0, 1, 2))).toBeUndefined()
  expect(idsOf(book.verifyQuorum(digest, await signed(2, 3, 4)))).toEqual([102, 103, 104])
})

test('under another threshold an epoch begins anew: it is another sharing', () => {
  const { book } = start()
  book.note(epochOf(1n, [0, 1, 2, 3]))
  book.note(epochOf(1n, [4], 1))
  expect(book.current()).toMatchObject({ threshold: 1, members: [member(4)] })
})

/** The other signature of the same key over the same digest. */
function malleate(signature: `0x${string}`): `0x${string}` {
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
  const s = order - BigInt(`0x${signature.slice(66, 130)}`)
  const v = signature.endsWith('1b') ? '1c' : '1b'
  return `0x${signature.slice(2, 66)}${s.toString(16).padStart(64, '0')}${v}`
}
