import { expect, test } from 'vitest'
import { buildManifest } from './build.ts'
import { parseManifest } from './document.ts'
import { domainProof, isDomainName, proofNameOf, provesDomain } from './domains.ts'
import { ManifestError } from './error.ts'

const digest = `sha256:${'a1'.repeat(32)}`
const compose = (domains: string, ports = '["80"]') => `name: shop
services: { web: { image: registry.example/shop:1, read_only: true, ports: ${ports} } }
${domains}
`
const build = (domains: string, ports?: string) =>
  buildManifest(compose(domains, ports), { resolveImage: () => Promise.resolve(digest) })
const codesOf = async (building: Promise<unknown>) => {
  const error = await building.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  expect(error).toBeInstanceOf(ManifestError)
  return (error as ManifestError).problems.map(({ code }) => code)
}

test('domains are sorted; without a port they lead to the only published one', async () => {
  const { document, text } = await build('x-wetee: { domains: [Shop.Example.org, a.example.org] }')
  expect(document.domains).toEqual([
    { name: 'a.example.org', target: 80 },
    { name: 'shop.example.org', target: 80 },
  ])
  expect(parseManifest(text)).toEqual(document)
})

test('a domain names its port where there are several', async () => {
  const named = 'x-wetee: { domains: [{ name: a.example.org, port: 81 }] }'
  expect((await build(named, '["80", "81"]')).document.domains).toEqual([
    { name: 'a.example.org', target: 81 },
  ])
})

test('a manifest without domains is what it was before there were any', async () => {
  const { text, digest: found } = await build('')
  expect(text).not.toContain('domains')
  expect((await build('x-wetee: { domains: [] }')).digest).toBe(found)
})

test('domains change nothing of terms, and so of the price', async () => {
  const { terms } = await build('x-wetee: { domains: [a.example.org] }')
  expect(terms).toEqual((await build('')).terms)
})

test.each([
  ['[a.example.org, A.example.org]', 'domain.duplicate'],
  ['["*.example.org"]', 'domain.invalid'],
  ['[example.org.]', 'domain.invalid'],
  ['[localhost]', 'domain.invalid'],
  ['[192.0.2.1]', 'domain.invalid'],
  ['[müller.example]', 'domain.invalid'],
  ['[{ name: a.example.org, port: 81 }]', 'domain.port'],
  ['[{ name: a.example.org, tls: x }]', 'key.unknown'],
  ['a.example.org', 'value.type'],
])('refused: %s', async (domains, code) => {
  expect(await codesOf(build(`x-wetee: { domains: ${domains} }`))).toContain(code)
})

test('without a port, one port has to be published', async () => {
  const domains = 'x-wetee: { domains: [a.example.org] }'
  expect(await codesOf(build(domains, '["80", "81"]'))).toEqual(['domain.port'])
  expect(await codesOf(build(domains, '[]'))).toEqual(['domain.port'])
})

test('the parser takes no domain in another form, order or to a port that is not published', async () => {
  const { text, document } = await build('x-wetee: { domains: [a.example.org, b.example.org] }')
  const change = (from: string, to: string) => () => parseManifest(text.replace(from, to))
  expect(change('"a.example.org"', '"c.example.org"')).toThrow(ManifestError)
  expect(change('"a.example.org"', '"A.example.org"')).toThrow(ManifestError)
  expect(
    change('"name":"a.example.org","target":80', '"name":"a.example.org","target":81'),
  ).toThrow(ManifestError)
  const none = text.replace(JSON.stringify(document.domains), '[]')
  expect(() => parseManifest(none)).toThrow(ManifestError)
})

const application = {
  appId: 7n,
  chainId: 31337,
  cloud: '0xABcdabcdabcdabcdabcdabcdabcdabcdabcdabcd',
} as const
const proof = 'app=7,network=31337:0xabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd'

test('the record names application, chain and contract', () => {
  expect(domainProof(application)).toBe(proof)
  expect(proofNameOf('shop.example.org')).toBe('_wetee.shop.example.org')
})

test.each<[string, string[], boolean]>([
  ['the record', [proof], true],
  ['the record in other letters and with blanks', [proof.toUpperCase().replace(',', ', ')], true],
  ['beside records of others', ['v=spf1 -all', proof], true],
  ['beside one of another network', [proof, proof.replace('31337', '1')], true],
  ['none', [], false],
  ['another application', [proof.replace('app=7', 'app=8')], false],
  ['another application beside it', [proof, proof.replace('app=7', 'app=8')], false],
  ['another network', [proof.replace('31337', '31338')], false],
  ['another contract', [proof.replace(/.$/, 'e')], false],
  ['a longer number', [proof.replace('app=7', 'app=77')], false],
  ['something after it', [`${proof},app=8`], false],
  ['something before it', [`x${proof}`], false],
])('%s proves the domain or does not', (_, records, expected) => {
  expect(provesDomain(records, application)).toBe(expected)
})

test('names: long labels and long names are refused just across the line', () => {
  expect(isDomainName(`${'a'.repeat(63)}.example`)).toBe(true)
  expect(isDomainName(`${'a'.repeat(64)}.example`)).toBe(false)
  const long = `${'a.'.repeat(116)}examplee`
  expect(long).toHaveLength(240)
  expect(isDomainName(long)).toBe(true)
  expect(isDomainName(`b${long}`)).toBe(false)
})
