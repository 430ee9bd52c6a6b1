// Every case of the attestation vectors: real, tampered and synthetic evidence with known answers.
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { platformCrypto as webCrypto } from '../crypto/web-crypto.ts'
import {
  appraise,
  AppraisalCache,
  intelTrustStore,
  type AppraiseOptions,
  type IntelEndorsements as Endorsements,
} from '../index.ts'
import { openVectors, type VectorCase } from '../testing/vectors-folder.ts'
import {
  judgeVector,
  vectorPaths,
  vectorTable,
  type VectorJudgement,
} from '../testing/vectors-judge.ts'

/** What the other library for Intel quotes answered when the vectors were made. */
type OtherAnswer = { readonly result: string; readonly status?: string; readonly error?: string }
type Case = VectorCase & { readonly differs?: boolean; readonly dcapQvlJs039?: OtherAnswer }

const { present, cases, read, readText } = openVectors<Case>(test)
const judge = (vector: Case, options: AppraiseOptions = {}) =>
  judgeVector(vector, new Map(vectorPaths(vector).map((path) => [path, read(path)])), options)

const intel = cases.filter(({ platform }) => platform === 'intel-dcap')

describe.runIf(present)('attestation vectors', () => {
  const judgements: VectorJudgement[] = []

  test.each(cases)('$id', async (vector) => {
    const judgement = await judge(vector)
    judgements.push(judgement)
    expect(judgement.problems).toEqual([])
    expect(await judge(vector, { crypto: webCrypto })).toEqual(judgement)
  })

  test.each([2, 40, 1024])(
    'a cache of at most %i entries that all cases share changes no answer',
    async (maxEntries) => {
      const order = fc.shuffledSubarray([...cases], { minLength: cases.length })
      const [first = [], second = []] = fc.sample(order, { numRuns: 2, seed: maxEntries })
      const cache = new AppraisalCache({ maxEntries })
      for (const vector of [...first, ...second]) {
        const expected = judgements.find(({ id }) => id === vector.id)
        expect(await judge(vector, { cache }), vector.id).toEqual(expected)
        expect(cache.size).toBeLessThanOrEqual(maxEntries)
      }
    },
    60_000,
  )

  test('where the other library differs, the manifest has the last word', async () => {
    const lines: string[] = []
    for (const vector of intel.filter(({ differs }) => differs === true)) {
      const { outcome, problems } = await judge(vector)
      const ours = answerOf(outcome)
      const theirs = otherAnswerOf(vector.dcapQvlJs039)
      expect(problems, vector.id).toEqual([])
      expect(ours, vector.id).not.toBe(theirs)
      lines.push(`${vector.id.padEnd(34)} ${ours.padEnd(36)} other library: ${theirs}`)
    }
    console.log(lines.join('\n'))
    expect(lines.length).toBeGreaterThan(0)
  })

  test('the PCK chain of another platform in the quote itself is refused', async () => {
    const vector = intel.find(({ id }) => id === 'tampered-pck-swapped')
    if (vector === undefined) throw new Error('no case')
    const { pck_certificate_chain: other, ...endorsements } = JSON.parse(
      readText(vector.collateral),
    ) as Endorsements & { pck_certificate_chain: string }
    const quote = withPckChain(read(vector.evidence), other)
    const store = { roots: [{ name: 'intel', der: read(vector.root), simulated: false }] }
    await expect(
      appraise({ platform: 'tdx', quote }, endorsements, store, Date.parse(vector.verifyAt ?? '')),
    ).rejects.toMatchObject({
      code: expect.stringMatching(/^(qe-report.signature|tcb-info.mismatch)$/) as string,
    })
  })

  test('the pinned root is the one of the vectors', () => {
    expect(intelTrustStore.roots.map(({ der }) => der)).toEqual([
      read('intel/intel-sgx-root-ca.der'),
    ])
  })

  afterAll(() => {
    console.log(`attestation vectors in Node\n${vectorTable(judgements).join('\n')}`)
  })
})

/** TCB status, with the flags that a policy may refuse, or the code of the refusal. */
function answerOf(outcome: string): string {
  const answer = JSON.parse(outcome) as {
    code?: string
    claims?: { tcbStatus: string; flags: string[] }
  }
  if (answer.claims === undefined) return `refuses: ${answer.code}`
  return ['accepts:', answer.claims.tcbStatus, ...answer.claims.flags].join(' ')
}

function otherAnswerOf(answer: OtherAnswer | undefined): string {
  return answer?.result === 'accept'
    ? `accepts: ${answer.status}`
    : `refuses: ${answer?.error ?? answer?.result}`
}

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
