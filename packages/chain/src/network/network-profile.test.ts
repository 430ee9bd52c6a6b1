// Profiles come from files and servers: what is accepted, what is refused, and that nothing else can happen.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ChainError } from '../chain-error.ts'
import { testProfile } from '../testing/memory-chain.ts'
import { parseNetworkProfile } from './network-profile.ts'

const addresses = {
  subnet: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
  quorum: '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC',
  cloud: '0x90F79bf6EB2c4f870365E785982E1f101E93b906',
} as const
const good = {
  ...testProfile,
  contracts: addresses,
  rpcUrls: ['https://rpc.example/key', 'http://127.0.0.1:8545'],
  trustRoots: [
    { name: 'root', pem: '-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n' },
  ],
}
const parse = (value: unknown) => parseNetworkProfile(JSON.stringify(value))

test('a profile is read as it was written, and written again gives the same', () => {
  expect(parse(good)).toEqual(good)
  expect(parse(parse(good))).toEqual(good)
})

test('contracts after the first three may be there', () => {
  const contracts = { ...addresses, complaints: addresses.cloud, timelock: addresses.quorum }
  expect(parse({ ...good, contracts }).contracts).toEqual(contracts)
})

test('a Substrate RPC may be there, with the chain that it has to serve', () => {
  const substrate = { rpcUrl: 'https://hub.example', genesisHash: `0x${'ab'.repeat(32)}` }
  expect(parse({ ...good, substrate }).substrate).toEqual(substrate)
})

test('addresses in lower case are given back with their checksum', () => {
  const contracts = { ...addresses, cloud: addresses.cloud.toLowerCase() }
  expect(parse({ ...good, contracts }).contracts).toEqual(addresses)
})

const without = (key: keyof typeof good) =>
  Object.fromEntries(Object.entries(good).filter(([name]) => name !== key))

const refused: [string, unknown][] = [
  ['an unknown key', { ...good, rpcUrl: 'http://127.0.0.1' }],
  [
    'an unknown key among the contracts',
    { ...good, contracts: { ...addresses, dao: addresses.cloud } },
  ],
  ...(Object.keys(good) as (keyof typeof good)[]).map((key): [string, unknown] => [
    `no ${key}`,
    without(key),
  ]),
  [
    'a wrong checksum',
    { ...good, contracts: { ...addresses, cloud: addresses.cloud.replace('B', 'b') } },
  ],
  ['a short address', { ...good, contracts: { ...addresses, cloud: '0x00' } }],
  ['another kind', { ...good, kind: 'production' }],
  ['a chain id of text', { ...good, chainId: '31337' }],
  ['chain id 0', { ...good, chainId: 0 }],
  ['a Substrate RPC of any chain', { ...good, substrate: { rpcUrl: 'https://hub.example' } }],
  [
    'a Substrate RPC that is no web address',
    { ...good, substrate: { rpcUrl: 'wss://hub.example', genesisHash: `0x${'ab'.repeat(32)}` } },
  ],
  [
    'half a genesis hash',
    { ...good, substrate: { rpcUrl: 'https://hub.example', genesisHash: `0x${'ab'.repeat(16)}` } },
  ],
  ['no RPC', { ...good, rpcUrls: [] }],
  ['nine RPCs', { ...good, rpcUrls: Array(9).fill('http://127.0.0.1') }],
  ['an RPC that is a file', { ...good, rpcUrls: ['file:///etc/passwd'] }],
  ['an RPC that is no URL', { ...good, rpcUrls: ['127.0.0.1'] }],
  ['a deploy block as number', { ...good, deployBlock: 0 }],
  ['a deploy block with a leading zero', { ...good, deployBlock: '00' }],
  ['a negative finality', { ...good, finalityBlocks: -1 }],
  ['nine trust roots', { ...good, trustRoots: Array(9).fill(good.trustRoots[0]) }],
  ['a name with a line break', { ...good, name: 'a\nb' }],
  ['an empty name', { ...good, name: '' }],
  ['a live network of simulated TEEs', { ...good, kind: 'live' }],
  ['a list', [good]],
  ['null', null],
]
test.each(refused)('%s is refused', (_, value) => {
  expect(() => parse(value)).toThrow(
    expect.objectContaining({
      name: 'ChainError',
      code: 'network.profile-invalid',
      retryable: false,
    }),
  )
})

test('every wrong field is named', () => {
  expect(() => parse({ ...good, chainId: 'x', rpcUrls: [] })).toThrow(/chainId[^]*rpcUrls/)
})

test('text of exactly 65,536 characters is read, one more is refused before it is parsed', () => {
  const text = JSON.stringify(good)
  expect(parseNetworkProfile(text.padEnd(65_536))).toEqual(good)
  expect(() => parseNetworkProfile(text.padEnd(65_537))).toThrow('at most 65536')
})

test('keys of the prototype change nothing', () => {
  const text = JSON.stringify(good).replace('{', '{"__proto__":{"simulated":false},')
  expect(() => parseNetworkProfile(text)).toThrow(ChainError)
})

test('any text is a profile or a ChainError with a message of bounded length', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.json(),
    fc
      .record({ key: fc.constantFrom(...Object.keys(good)), value: fc.jsonValue() })
      .map(({ key, value }) => JSON.stringify({ ...good, [key]: value })),
  )
  fc.assert(
    fc.property(text, (input) => {
      try {
        expect(Object.keys(parseNetworkProfile(input)).sort()).toEqual(Object.keys(good).sort())
      } catch (error) {
        expect(error).toBeInstanceOf(ChainError)
        expect((error as ChainError).message.length).toBeLessThan(1_100)
      }
    }),
    { numRuns: 2_000, seed: 1 },
  )
})
