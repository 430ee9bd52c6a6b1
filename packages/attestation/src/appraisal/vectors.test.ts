// Every case of the attestation vectors: real, tampered and synthetic evidence with known verdicts.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { platformCrypto as webCrypto } from '../crypto/web-crypto.ts'
import { appraise, intelTrustStore, type IntelEndorsements } from '../index.ts'
import { judgeVector, vectorPaths, vectorTable } from '../testing/vectors-judge.ts'
import type { VectorCase, VectorJudgement } from '../testing/vectors-judge.ts'

const folder = join(
  process.env['WETEE_VECTORS'] ?? join(import.meta.dirname, '../../../../../shared/vectors'),
  'attestation',
)
const present = existsSync(join(folder, 'manifest.json'))
const cases = present
  ? (JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { cases: VectorCase[] })
      .cases
  : []
const read = (path: string) => new Uint8Array(readFileSync(join(folder, path)))

if (!present) {
  const missing = `attestation vectors are not at ${folder}: set WETEE_VECTORS`
  test('the attestation vectors are there', ({ skip }) => {
    if (process.env['CI'] === 'true') throw new Error(missing)
    console.log(`skipped: ${missing}`)
    skip()
  })
}

describe.runIf(present)('attestation vectors', () => {
  const judged: VectorJudgement[] = []

  test.each(cases)('$id', async (vector) => {
    const files = new Map(vectorPaths(vector).map((path) => [path, read(path)] as const))
    const judgement = await judgeVector(vector, files)
    judged.push(judgement)
    expect(judgement.problems).toEqual([])
    expect(await judgeVector(vector, files, { crypto: webCrypto })).toEqual(judgement)
  })

  test('the PCK chain of another platform in the quote itself is refused', async () => {
    const vector = cases.find(({ id }) => id === 'tampered-pck-swapped')
    const { evidence = '', collateral = '', root = '', verifyAt = '' } = vector ?? {}
    const { pck_certificate_chain: other, ...endorsements } = JSON.parse(
      readFileSync(join(folder, collateral), 'utf8'),
    ) as IntelEndorsements & { pck_certificate_chain: string }
    const quote = withPckChain(read(evidence), other)
    const store = { roots: [{ name: 'intel', der: read(root), simulated: false }] }
    await expect(
      appraise({ platform: 'tdx', quote }, endorsements, store, Date.parse(verifyAt)),
    ).rejects.toMatchObject({
      code: expect.stringMatching(/^(qe-report.signature|tcb-info.mismatch)$/) as string,
    })
  })

  test('the pinned root is the one of the vectors', () => {
    expect(intelTrustStore.roots.map(({ der }) => der)).toEqual([
      read('intel/intel-sgx-root-ca.der'),
    ])
  })

  afterAll(() => console.log(`attestation vectors in Node\n${vectorTable(judged).join('\n')}`))
})

/** The quote with another PEM chain, lengths adjusted (offsets of version 4). */
function withPckChain(quote: Uint8Array, pem: string): Uint8Array {
  const view = Buffer.from(quote)
  const end = 636 + view.readUInt32LE(632)
  const change = pem.length - view.readUInt32LE(1254)
  const changed = Buffer.concat([view.subarray(0, 1258), Buffer.from(pem)])
  changed.writeUInt32LE(end - 636 + change, 632)
  changed.writeUInt32LE(view.readUInt32LE(766) + change, 766)
  changed.writeUInt32LE(pem.length, 1254)
  return new Uint8Array(changed)
}
