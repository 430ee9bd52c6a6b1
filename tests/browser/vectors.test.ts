// Every case of the attestation vectors in Chromium: judged as the manifest says, and as Node judges it, claim by claim.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import {
  judgeVector,
  vectorPaths,
  vectorTable,
  type VectorCase,
  type VectorJudgement,
} from '@wetee/attestation/testing/vectors-judge'
import { bundleForBrowser } from './bundle.ts'
import { describeInChromium } from './in-chromium.ts'

const folder = join(
  process.env['WETEE_VECTORS'] ?? join(import.meta.dirname, '../../../shared/vectors'),
  'attestation',
)
const present = existsSync(join(folder, 'manifest.json'))
const cases = present
  ? (JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { cases: VectorCase[] })
      .cases
  : []
const paths = new Set(['manifest.json', ...cases.flatMap(vectorPaths)])

if (!present) {
  const missing = `attestation vectors are not at ${folder}: set WETEE_VECTORS`
  test('the attestation vectors are there', ({ skip }) => {
    if (process.env['CI'] === 'true') throw new Error(missing)
    console.log(`skipped: ${missing}`)
    skip()
  })
}

async function content() {
  const { text } = await bundleForBrowser('tests/browser/page/vectors.ts')
  return { scripts: { 'page.js': text }, files: { folder, paths } }
}

async function judgeInNode(): Promise<VectorJudgement[]> {
  const files = new Map([...paths].map((path) => [path, readBytes(path)] as const))
  return Promise.all(cases.map((vector) => judgeVector(vector, files)))
}

function readBytes(path: string): Uint8Array {
  return new Uint8Array(readFileSync(join(folder, path)))
}

if (present)
  describeInChromium('the attestation vectors in Chromium', content, ({ open }) => {
    let inNode: Map<string, VectorJudgement>
    let inChromium: Map<string, VectorJudgement>
    const byId = (list: readonly VectorJudgement[]) => new Map(list.map((one) => [one.id, one]))

    beforeAll(async () => {
      const page = await open()
      inNode = byId(await judgeInNode())
      inChromium = byId(await page.call<VectorJudgement[]>('judgeVectors'))
      await page.close()
      const table = vectorTable([...inChromium.values()])
      console.log(`attestation vectors in Chromium\n${table.join('\n')}`)
    })

    test('all ran, none left out', () => {
      expect([...inChromium.keys()]).toEqual(cases.map(({ id }) => id))
    })

    test.each(cases)('$id', ({ id }) => {
      expect(inChromium.get(id)?.problems).toEqual([])
      expect(inChromium.get(id)?.outcome).toBe(inNode.get(id)?.outcome)
    })
  })
