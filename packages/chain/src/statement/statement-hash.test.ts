// Digests of statements are those of viem, for what is hashed here as for what is left to it.
import fc from 'fast-check'
import { getAddress, hashTypedData, type Hex, type TypedDataDefinition } from 'viem'
import { expect, test } from 'vitest'
import { testProfile } from '../testing/memory-chain.ts'
import { hashStatement } from './statement-hash.ts'
import { operatorStatementTypedData, releaseRequestTypedData } from './typed-data.ts'

const CONTRACT = `0x${'c1'.repeat(20)}` as const
const domain = { name: 'WeTEE', version: '1', chainId: 7, verifyingContract: CONTRACT }
const hex = (bytes: number) =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .map((value): Hex => `0x${Buffer.from(value).toString('hex')}`)
const unsigned = (bits: number) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n })
const byType = {
  address: fc.oneof(
    hex(20),
    hex(20).map((it) => getAddress(it)),
  ),
  bytes32: hex(32),
  uint8: fc.integer({ min: 0, max: 255 }),
  uint16: fc.oneof(unsigned(16), fc.integer({ min: 0, max: 65_535 })),
  uint32: unsigned(32),
  uint64: unsigned(64),
  uint128: unsigned(128),
  uint256: fc.oneof(unsigned(256), fc.constantFrom(0n, 2n ** 64n, 2n ** 256n - 1n)),
  bytes: hex(5),
  string: fc.string(),
  bool: fc.boolean(),
  int16: fc.integer({ min: -5, max: 5 }),
  'uint8[]': fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 3 }),
} as const
const value = (type: keyof typeof byType): fc.Arbitrary<unknown> => byType[type]
const field = fc.constantFrom(...(Object.keys(byType) as (keyof typeof byType)[]))

test('any struct has the digest that viem gives it', () => {
  const struct = fc
    .array(field, { minLength: 1, maxLength: 8 })
    .chain((types) => fc.tuple(fc.constant(types), fc.tuple(...types.map(value))))
  fc.assert(
    fc.property(struct, unsigned(53), ([types, values], chainId) => {
      const typedData = {
        domain: { ...domain, chainId: Number(chainId) },
        types: { Thing: types.map((type, index) => ({ type, name: `field${index}` })) },
        primaryType: 'Thing',
        message: Object.fromEntries(values.map((given, index) => [`field${index}`, given])),
      } as TypedDataDefinition
      const expected = hashTypedData(typedData)
      expect([hashStatement(typedData), hashStatement(typedData)]).toEqual([expected, expected])
    }),
    { numRuns: 300 },
  )
})

test('a domain that differs in one field from the one before has its own digest', () => {
  const others = [
    { name: 'Other' },
    { version: '2' },
    { chainId: 8 },
    { chainId: 7n },
    { verifyingContract: `0x${'c2'.repeat(20)}` },
    { salt: `0x${'00'.repeat(32)}` },
  ] as const
  for (const change of others)
    for (const given of [domain, { ...domain, ...change }, domain]) {
      const typedData: TypedDataDefinition = {
        domain: given,
        types: { Thing: [{ type: 'uint64', name: 'a' }] },
        primaryType: 'Thing',
        message: { a: 1n },
      }
      expect(hashStatement(typedData), JSON.stringify(Object.keys(change))).toBe(
        hashTypedData(typedData),
      )
    }
})

test('one description under two names, and one name with two, have their own digests', () => {
  const fields = [{ type: 'uint64', name: 'a' }]
  const statement = (primaryType: string, types: typeof fields) =>
    ({ domain, types: { [primaryType]: types }, primaryType, message: { a: 1n, b: 1n } }) as const
  const all = [
    statement('One', fields),
    statement('Two', fields),
    statement('One', fields),
    statement('One', [{ type: 'uint64', name: 'b' }]),
  ].map((it) => it as unknown as TypedDataDefinition)
  expect(all.map(hashStatement)).toEqual(all.map((it) => hashTypedData(it)))
  expect(new Set(all.map(hashStatement)).size).toBe(3)
})

test('a domain of other fields is viem’s to hash, and each network and contract has its own', () => {
  const types = { Thing: [{ type: 'uint64', name: 'a' }] }
  const under = (given: object) =>
    ({ domain: given, types, primaryType: 'Thing', message: { a: 1n } }) as TypedDataDefinition
  const { name, chainId, verifyingContract } = domain
  const domains = [
    domain,
    { ...domain, chainId: 8 },
    { ...domain, name: 'Other' },
    { ...domain, version: '2' },
    { ...domain, verifyingContract: `0x${'c2'.repeat(20)}` },
    { ...domain, salt: `0x${'01'.repeat(32)}` },
    { name, chainId, verifyingContract },
    {},
  ]
  const digests = domains.map((given) => hashStatement(under(given)))
  expect(digests).toEqual(domains.map((given) => hashTypedData(under(given))))
  expect(new Set(digests).size).toBe(domains.length)
})

test('what viem refuses is refused', () => {
  const refused = (type: string, given: unknown) => {
    const types = { Thing: [{ type, name: 'a' }] }
    const typedData = { domain, types, primaryType: 'Thing', message: { a: given } }
    const attempt = (hash: (it: TypedDataDefinition) => Hex) => () => hash(typedData)
    expect(attempt(hashTypedData)).toThrow()
    expect(attempt(hashStatement)).toThrow()
  }
  refused('uint8', 256)
  refused('uint64', -1n)
  refused('uint256', 2n ** 256n)
  refused('uint16', 1.5)
  refused('address', '0x1234')
  refused('address', `0x${'Ab'.repeat(20)}`)
  refused('bytes32', `0x${'00'.repeat(31)}`)
  refused('uint64', undefined)
})

test('statements of releases are hashed here with the digests of viem', () => {
  const word = `0x${'a5'.repeat(32)}` as const
  const place = { appId: 7n, version: 1, replica: 0 }
  const statements = [
    releaseRequestTypedData(testProfile, {
      ...{ ...place, nodeId: 1n, requestId: word, itemsDigest: word },
    }),
    operatorStatementTypedData(testProfile, {
      ...{ ...place, platformId: word, instanceKey: CONTRACT, evidenceBlock: 9n },
    }),
  ]
  expect(statements.map(hashStatement)).toEqual(statements.map((it) => hashTypedData(it)))
})
