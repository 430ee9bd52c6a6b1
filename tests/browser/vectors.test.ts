// Every case of the attestation vectors in Chromium: judged as the manifest says, and as Node judges it, claim by claim.
import { beforeAll, expect, test } from 'vitest'
import { openVectors } from '@wetee/attestation/testing/vectors-folder'
import {
  judgeVector,
  vectorPaths,
  vectorTable,
  type VectorJudgement,
} from '@wetee/attestation/testing/vectors-judge'
import { bundleForBrowser } from './bundle.ts'
import { describeInChromium } from './in-chromium.ts'

const { present, folder, cases, read } = openVectors(test)
const paths = new Set(['manifest.json', ...cases.flatMap(vectorPaths)])

async function content() {
  const { text } = await bundleForBrowser('tests/browser/page/vectors.ts')
  return { scripts: { 'page.js': text }, files: { folder, paths } }
}

async function judgeInNode(): Promise<VectorJudgement[]> {
  const files = new Map([...paths].map((path) => [path, read(path)] as const))
  return Promise.all(cases.map((vector) => judgeVector(vector, files)))
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
