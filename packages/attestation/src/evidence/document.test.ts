// The evidence document: what is written is read back, and nothing else is.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseEvidenceDocument, readEvidenceDocument, serializeEvidenceDocument } from '../index.ts'
import type { EvidenceDocument, Hex, Subject } from '../index.ts'
import {
  INTEL_ENDORSEMENT_FIELDS as ENDORSEMENT_FIELDS,
  type IntelEndorsements as Endorsements,
} from '../endorsement/intel/endorsements.ts'
import { toHex } from '../bytes.ts'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const hex = (length: number): fc.Arbitrary<Hex> => bytes(length).map(toHex)
const u64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n })
const u256 = fc.bigInt({ min: 0n, max: (1n << 256n) - 1n })
const instance = fc.record({
  kind: fc.constant('instance' as const),
  chainId: u256,
  cloud: hex(20),
  workerId: u64,
  appId: u64,
  version: fc.nat(0xffff_ffff),
  replica: fc.nat(0xffff),
  blockNumber: u64,
  blockHash: hex(32),
  signingKey: hex(33),
  hpkeKey: hex(32),
  tlsKeyHash: hex(32),
})
const node = fc.record({
  kind: fc.constant('node' as const),
  chainId: u256,
  subnet: hex(20),
  role: fc.constantFrom(1 as const, 2 as const),
  nodeId: u64,
  statementKey: hex(20),
  encryptionKey: hex(33),
  tlsKeyHash: hex(32),
  blockNumber: u64,
  blockHash: hex(32),
})
const endorsements = fc
  .array(fc.stringMatching(/^[\n\x20-\x7e]{0,40}$/), {
    minLength: ENDORSEMENT_FIELDS.length,
    maxLength: ENDORSEMENT_FIELDS.length,
  })
  .map(
    (texts) =>
      Object.fromEntries(ENDORSEMENT_FIELDS.map((field, i) => [field, texts[i]])) as Endorsements,
  )
const event = fc.record({
  register: fc.constant(3 as const),
  type: fc.constant('image' as const),
  service: fc.string({ minLength: 1, maxLength: 30 }),
  digest: bytes(32).map((d) => `sha256:${toHex(d).slice(2)}` as const),
})
const document: fc.Arbitrary<EvidenceDocument<'tdx'>> = fc
  .record({
    quote: fc.uint8Array({ minLength: 1, maxLength: 200 }),
    endorsements,
    eventLog: fc.array(event, { maxLength: 4 }),
    subject: fc.oneof<fc.Arbitrary<Subject>[]>(instance, node),
    manifest: fc.string({ unit: 'grapheme' }),
    agentImage: fc.option(
      bytes(32).map((d) => `sha256:${toHex(d).slice(2)}` as const),
      { nil: undefined },
    ),
  })
  .map(({ manifest, agentImage, ...rest }) => ({
    format: 'wetee/evidence/v1' as const,
    platform: 'tdx' as const,
    ...rest,
    ...(rest.subject.kind === 'instance' ? { manifest } : {}),
    ...(rest.subject.kind === 'instance' && agentImage !== undefined ? { agentImage } : {}),
  }))

const amd = { leaf: '3000', ask: '3001', crl: '3002' }

test('a document of SEV-SNP or SGX is read back as it was written, without an event log', () => {
  const { endorsements: intel, ...rest } = { ...good, eventLog: [] }
  const { crl: _, ...withoutList } = amd
  const documents: EvidenceDocument[] = [
    { ...rest, platform: 'sgx', endorsements: intel },
    { ...rest, platform: 'sev-snp', endorsements: amd },
    { ...rest, platform: 'sev-snp', endorsements: withoutList },
  ]
  for (const written of documents)
    expect(parseEvidenceDocument(serializeEvidenceDocument(written))).toEqual(written)
})

test('endorsements of another platform are refused', () => {
  const sgx = { ...json(), eventLog: [], platform: 'sgx' }
  refuses({ ...sgx, endorsements: amd }, 'endorsement.malformed')
  const snp = { ...sgx, platform: 'sev-snp' }
  refuses(snp, 'endorsement.malformed')
  refuses({ ...snp, endorsements: { leaf: '3000' } }, 'endorsement.malformed')
})

test('a document is read back as it was written', () => {
  fc.assert(
    fc.property(document, (written) => {
      const text = serializeEvidenceDocument(written)
      expect(parseEvidenceDocument(text)).toEqual(written)
      expect(readEvidenceDocument(JSON.parse(text), text)).toEqual(written)
    }),
  )
})

const [good] = fc.sample(
  document.filter(
    ({ subject, eventLog, agentImage }) =>
      subject.kind === 'instance' && eventLog.length > 0 && agentImage === undefined,
  ),
  { numRuns: 1, seed: 5 },
) as [EvidenceDocument<'tdx'>]
const json = () => JSON.parse(serializeEvidenceDocument(good)) as Record<string, unknown>
const refuses = (value: unknown, code = 'document.malformed') =>
  expect(() =>
    parseEvidenceDocument(typeof value === 'string' ? value : JSON.stringify(value)),
  ).toThrow(expect.objectContaining({ name: 'AttestationError', code }))

const subjectOf = () => json()['subject'] as Record<string, unknown>
const inSubject = (change: object) => ({ ...json(), subject: { ...subjectOf(), ...change } })
const inEvent = (change: object) => ({
  ...json(),
  eventLog: [{ ...(json()['eventLog'] as object[])[0], ...change }],
})

test.each([
  ['no JSON', () => '{'],
  ['not an object', () => []],
  ['an unknown field', () => ({ ...json(), extra: 1 })],
  ['another format', () => ({ ...json(), format: 'wetee/evidence/v2' })],
  ['another platform', () => ({ ...json(), platform: 'nitro', endorsements: {} })],
  [
    'images on hardware that cannot have measured them',
    () => ({ ...json(), platform: 'sev-snp', endorsements: amd }),
  ],
  ['no quote', () => ({ ...json(), quote: '' })],
  ['a quote in URL-safe base64', () => ({ ...json(), quote: '__8=' })],
  ['a quote with bits left over', () => ({ ...json(), quote: 'AB==' })],
  ['a quote of more than 16 KiB', () => ({ ...json(), quote: 'A'.repeat(21_848) })],
  ['no event log', () => ({ ...json(), eventLog: undefined })],
  [
    'too many events',
    () => ({ ...json(), eventLog: Array(257).fill((json()['eventLog'] as object[])[0]) }),
  ],
  ['an event of another register', () => inEvent({ register: 2 })],
  ['an event of another type', () => inEvent({ type: 'note' })],
  ['an event with an upper-case digest', () => inEvent({ digest: `sha256:${'AA'.repeat(32)}` })],
  ['an event with an unknown field', () => inEvent({ note: '' })],
  ['an event without a service', () => inEvent({ service: '' })],
  ["an agent's image that is no digest", () => ({ ...json(), agentImage: 'registry.test/agent' })],
  [
    "an agent's image in SGX",
    () => ({ ...json(), eventLog: [], platform: 'sgx', agentImage: `sha256:${'aa'.repeat(32)}` }),
  ],
  ['no subject', () => ({ ...json(), subject: null })],
  ['a subject of another kind', () => inSubject({ kind: 'other' })],
  ['an unknown field of the subject', () => inSubject({ nodeId: '1' })],
  ['a 64-bit integer as a number', () => inSubject({ appId: 1 })],
  ['a 64-bit integer with a leading zero', () => inSubject({ appId: '01' })],
  ['a negative integer', () => inSubject({ appId: '-1' })],
  ['2^64', () => inSubject({ appId: String(1n << 64n) })],
  ['a replica of 2^16', () => inSubject({ replica: 65_536 })],
  ['a version that is no integer', () => inSubject({ version: 1.5 })],
  ['upper-case hex', () => inSubject({ blockHash: `0x${'AA'.repeat(32)}` })],
  ['hex of another length', () => inSubject({ blockHash: `0x${'aa'.repeat(31)}` })],
  ['no manifest for an instance', () => ({ ...json(), manifest: undefined })],
  ['a manifest of more than 64 KiB', () => ({ ...json(), manifest: 'a'.repeat(65_537) })],
  ['a lone surrogate in the manifest', () => ({ ...json(), manifest: '\ud800' })],
  ['a field twice', () => JSON.stringify(json()).replace('{', '{"platform":"tdx",')],
  [
    'a field twice, once escaped',
    () => JSON.stringify(json()).replace('{', '{"\\u0070latform":"tdx",'),
  ],
  ['lists in lists without end', () => `${'['.repeat(100)}${']'.repeat(100)}`],
])('%s is refused', (_what, make) => {
  refuses(make())
})

test('endorsements with a missing or unknown field, or text that is not ASCII, are refused', () => {
  const given = json()['endorsements'] as Record<string, unknown>
  for (const change of [{ extra: '' }, { tcb_info: undefined }, { tcb_info: 'é' }, { tcb_info: 1 }])
    refuses({ ...json(), endorsements: { ...given, ...change } }, 'endorsement.malformed')
})

test('a manifest beside a node is refused, on writing too', () => {
  const [subject] = fc.sample(node, { numRuns: 1, seed: 1 }) as [Subject]
  expect(() => serializeEvidenceDocument({ ...good, subject })).toThrow(
    expect.objectContaining({ code: 'document.malformed' }),
  )
})

test('the size limit is in bytes, and just below it is read', () => {
  const text = serializeEvidenceDocument(good)
  const size = new TextEncoder().encode(text).length
  expect(parseEvidenceDocument(text + ' '.repeat(262_144 - size))).toEqual(good)
  refuses(text + ' '.repeat(262_145 - size), 'document.too-large')
})

test('a document inside another JSON text is bounded and refused as one that stands alone', () => {
  const code = (expected: string) => expect.objectContaining({ code: expected }) as Error
  const read = (change: object) => () => {
    const text = JSON.stringify({ evidence: { ...json(), ...change } })
    return readEvidenceDocument((JSON.parse(text) as { evidence: unknown }).evidence, text)
  }
  expect(read({ more: 1 })).toThrow(code('document.malformed'))
  expect(read({ more: 'x'.repeat(262_144) })).toThrow(code('document.too-large'))
  // Two bytes each in UTF-8.
  expect(read({ more: 'é'.repeat(131_072) })).toThrow(code('document.too-large'))
  for (const value of [undefined, null, [], 'text'])
    expect(() => readEvidenceDocument(value, '')).toThrow(code('document.malformed'))
})
