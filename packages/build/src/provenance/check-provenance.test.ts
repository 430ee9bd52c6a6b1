// A signed provenance: a genuine one leads to the commit; each thing that was tampered with ends at its own step.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { serializeEvidenceDocument, type EvidenceDocument, type Hex } from '@wetee/attestation'
import { applicationDigest } from '@wetee/sdk'
import { attestedApp, instanceSecret, type AttestedApp } from '@wetee/sdk/testing/attested-app'
import { beforeAll, expect, test } from 'vitest'
import { privateKeyToAccount } from 'viem/accounts'
import type { BuiltImage } from '../build.ts'
import { checkProvenance, type AcceptedBuilder } from './check-provenance.ts'
import { describeImage } from './describe.ts'
import {
  encodeSignedProvenance,
  parseSignedProvenance,
  provenanceDigest,
  type SignedProvenance,
} from './signed-provenance.ts'
import { encodeProvenance, type Provenance } from './statement.ts'

const hex = (digit: string, length = 64) => digit.repeat(length)
const imageDigest = `sha256:${hex('a')}` as const
const image: BuiltImage = {
  ...{ digest: imageDigest, configDigest: `sha256:${hex('b')}`, size: 1, layout: '/x' },
  ...{ preset: 'node', port: 8080, timeSeconds: 5, cached: false, installScripts: [] },
  source: {
    commit: hex('c', 40),
    uri: 'https://git.example/app',
    tree: { sha1: hex('d', 40), sha256: hex('e') },
    ...{ sizeBytes: 1, files: 1 },
  },
  materials: [],
}
const builderImage = `sha256:${'cd'.repeat(32)}`
let app: AttestedApp
let statement: Provenance
let genuine: SignedProvenance

beforeAll(async () => {
  app = await attestedApp()
  statement = describeImage(image, instanceOf(app))
  genuine = await sign(statement)
})

const instanceOf = ({ document }: AttestedApp) => {
  if (document.subject.kind !== 'instance') throw new Error('no instance')
  return document.subject
}

/** As a builder does it by its agent. */
async function sign(
  provenance: Provenance,
  {
    key = instanceSecret,
    evidence = app.document,
  }: { readonly key?: Hex; readonly evidence?: EvidenceDocument } = {},
): Promise<SignedProvenance> {
  const payload = encodeProvenance(provenance)
  const account = privateKeyToAccount(key)
  const signature = await account.sign({ hash: applicationDigest(provenanceDigest(payload)) })
  return { payload, signature, keyId: account.address, evidence, block: 100n }
}

const check = (
  signed: SignedProvenance = genuine,
  {
    builder = { appId: 7n },
    network = app,
    digest = imageDigest,
  }: {
    readonly builder?: AcceptedBuilder
    readonly network?: AttestedApp
    readonly digest?: string
  } = {},
) => checkProvenance(network, signed, { imageDigest: digest, builder, nowMs: app.nowMs })

/** The statement with a part of its text replaced. */
const changed = (from: string, to: string): Provenance => {
  const text = JSON.stringify(statement)
  expect(text).toContain(from)
  return JSON.parse(text.replaceAll(from, to)) as Provenance
}

test('a genuine one leads from the image to commit and repository, and survives being written', async () => {
  const read = parseSignedProvenance(encodeSignedProvenance(genuine))
  const report = await check(read)
  expect(report.steps.filter(({ ok }) => !ok)).toEqual([])
  expect(report).toMatchObject({
    ...{ ok: true, simulated: true },
    source: { repository: 'https://git.example/app', commit: hex('c', 40), tree: hex('d', 40) },
  })
  expect((await check(genuine, { builder: { imageDigest: builderImage } })).ok).toBe(true)
})

test.each([
  ['subject', hex('a'), hex('9')],
  ['commit', hex('c', 40), hex('9', 40)],
  ['repository', 'git.example', 'evil.example'],
])('a changed %s is not what was signed', async (_, from, to) => {
  const payload = encodeProvenance(changed(from, to))
  expect(await check({ ...genuine, payload })).toMatchObject({ ok: false, failed: 'signature' })
})

test('another image than the one that the statement is about is refused', async () => {
  const other = await check(genuine, { digest: `sha256:${hex('9')}` })
  expect(other).toMatchObject({ ok: false, failed: 'image' })
  const two = { ...statement, subject: [...statement.subject, ...statement.subject] }
  expect(await check(await sign(two))).toMatchObject({ failed: 'image' })
})

test('a signature by another key than that of the evidence is refused', async () => {
  const other = await sign(statement, { key: `0x${'12'.repeat(32)}` })
  expect(await check(other)).toMatchObject({ ok: false, failed: 'signature' })
  const none = { ...genuine, signature: `0x${'00'.repeat(65)}` } as const
  expect(await check(none)).toMatchObject({ failed: 'signature' })
  // Of the digest itself, which an agent never signs: it would be whatever else the key says.
  const bare = await privateKeyToAccount(instanceSecret).sign({
    hash: `0x${Buffer.from(provenanceDigest(genuine.payload)).toString('hex')}`,
  })
  expect(await check({ ...genuine, signature: bare })).toMatchObject({ failed: 'signature' })
})

test('evidence that does not hold is refused: changed, of another application, without a lease', async () => {
  const { subject } = app.document
  const renamed = { ...app.document, subject: { ...subject, appId: 8n } } as EvidenceDocument
  const signed = await sign(statement, { evidence: renamed })
  expect(await check(signed, { builder: { imageDigest: builderImage } })).toMatchObject({
    failed: 'evidence',
  })
  expect(await check(genuine, { builder: { appId: 8n } })).toMatchObject({ failed: 'evidence' })
  const never = await attestedApp()
  never.world.leases.clear()
  expect(await check(genuine, { network: never })).toMatchObject({ failed: 'evidence' })
})

test('what held in a block counts later; what had lapsed by then does not', async () => {
  const later = await attestedApp()
  const { world } = later
  const seconds = world.head.timestamp + 1_000n
  world.head = { ...world.head, number: 1_100n, timestamp: seconds }
  world.blocks.set(1_100n, world.head)
  const held = await check(genuine, { network: later })
  expect(held.steps.filter(({ ok }) => !ok)).toEqual([])
  const { block: _, ...now } = genuine
  for (const signed of [now, { ...genuine, block: 1_100n }])
    expect(await check(signed, { network: later })).toMatchObject({ failed: 'evidence' })
  expect(await check({ ...genuine, block: 1_101n }, { network: later })).toMatchObject({
    failed: 'evidence',
  })
})

test('a builder that signs as another one is refused', async () => {
  for (const wrong of [{ appId: 8n }, { version: 2 }, { chainId: 1n }]) {
    const other = describeImage(image, { ...instanceOf(app), ...wrong })
    expect(await check(await sign(other))).toMatchObject({ failed: 'builder' })
  }
  expect(await check(await sign(describeImage(image)))).toMatchObject({ failed: 'builder' })
})

test('another program, or one that was given words or variables, is not the builder that is accepted', async () => {
  const builder = { imageDigest: `sha256:${hex('9')}` }
  expect(await check(genuine, { builder })).toMatchObject({ failed: 'builder' })
  await expect(check(genuine, { builder: {} })).rejects.toThrow('no builder')
})

const given = {
  command: 'command: [--evil]',
  entrypoint: 'entrypoint: [/bin/evil]',
  environment: 'environment: { NODE_OPTIONS: --import=data:x }',
  'working directory': 'working_dir: /tmp',
  'health check': 'healthcheck: { test: [CMD, /usr/local/bin/node, -e, evil()] }',
}
test.each(Object.entries(given))(
  'a builder whose deployer gave it a %s is not the program alone',
  async (_, line) => {
    const network = await attestedApp({ serviceLine: line })
    const signed = await sign(statement, { evidence: network.document })
    const accepted = { network, builder: { appId: 7n } }
    expect(await check(signed, accepted)).toMatchObject({ ok: true })
    const strict = { network, builder: { imageDigest: builderImage } }
    expect(await check(signed, strict)).toMatchObject({ failed: 'builder' })
  },
)

test('the health check of the builder’s own Compose file is no program of whoever deployed it', async () => {
  const file = join(import.meta.dirname, '../../../../apps/builder/compose.yaml')
  const [, test] = /test:\n((?: +- .*\n)+)/.exec(readFileSync(file, 'utf8')) ?? []
  const words = [...(test ?? '').matchAll(/- (.*)/g)].map(([, word]) => word)
  const network = await attestedApp({ serviceLine: `healthcheck: { test: [${words.join(',')}] }` })
  const signed = await sign(statement, { evidence: network.document })
  const report = await check(signed, { network, builder: { imageDigest: builderImage } })
  expect([words.length, report.ok]).toEqual([4, true])
})

test('a builder into which its owner can reach is refused, whoever accepts it', async () => {
  const network = await attestedApp({ composeEnd: 'x-wetee: { exec: true }' })
  const signed = await sign(statement, { evidence: network.document })
  expect(await check(signed, { network })).toMatchObject({ failed: 'builder' })
})

test('a statement of something else, or without a commit, leads nowhere', async () => {
  const other = await sign(changed('urn:wetee:build:v1', 'urn:other'))
  expect(await check(other)).toMatchObject({ failed: 'source' })
  const { commit: _, ...source } = image.source
  const uncommitted = describeImage({ ...image, source }, instanceOf(app))
  expect(await check(await sign(uncommitted))).toMatchObject({ failed: 'source' })
})

test('a second statement, signature, evidence or field beside what is checked is refused', () => {
  const text = encodeSignedProvenance(genuine)
  const evidence = serializeEvidenceDocument(app.document)
  const refused = expect.objectContaining({ code: 'build.provenance-invalid' }) as Error
  const sig = /\{"keyid":[^}]*\}/.exec(text)?.[0] ?? ''
  for (const other of [
    text.replace('"envelope":', '"envelope":{"payload":"e30="},"envelope":'),
    text.replace('"payload":', '"payload":"e30=","payload":'),
    text.replace('"payload":', '"statement":{},"payload":'),
    text.replace(sig, `${sig},${sig}`),
    text.replace('"evidence":', `"evidence":${evidence},"evidence":`),
    text.replace('{"format"', '{"more":1,"format"'),
    text.replace('"block":"100"', '"block":"0100"'),
    text.replace('provenance/v1', 'provenance/v2'),
    `${text}{}`,
    '[]',
  ]) {
    expect(other).not.toBe(text)
    expect(() => parseSignedProvenance(other)).toThrow(refused)
  }
})
