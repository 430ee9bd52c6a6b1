// The cache changes no answer: whatever was appraised before, in whatever order, under whichever
// roots, at whichever time.
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { platformCrypto } from '#crypto'
import { AppraisalKeys, KeyMemory } from '../crypto/key-memory.ts'
import {
  appraise,
  AppraisalCache,
  AttestationError,
  type CryptoBackend,
  type KeyKind,
  type IntelEndorsements,
  type TrustStore,
} from '../index.ts'
import { createSimulatedVendor, type SimulatedVendor } from '../simulated/index.ts'

const DAY_MS = 86_400_000
const atMs = Date.UTC(2026, 5, 1)
const seed = (byte: number) => new Uint8Array(32).fill(byte)
const mrtd = `0x${'a1'.repeat(48)}` as const
const reportData = `0x${'5d'.repeat(64)}` as const
const ENCLAVE = {
  mrEnclave: `0x${'e1'.repeat(32)}`,
  mrSigner: `0x${'e2'.repeat(32)}`,
  isvProdId: 1,
  isvSvn: 2,
} as const

type Question = {
  readonly name: string
  readonly platform: 'tdx' | 'sgx'
  readonly quote: Uint8Array
  readonly endorsements: IntelEndorsements
  readonly trustStore: TrustStore
  readonly at: number
}
type Answer = object | string

const storeOf = (...vendors: SimulatedVendor[]): TrustStore => ({
  roots: vendors.map(({ name, rootDer }, index) => ({
    name: `${name} ${index}`,
    der: rootDer,
    simulated: true,
  })),
})

/** Claims, or the code of the refusal. */
async function answerTo(question: Question, cache?: AppraisalCache): Promise<Answer> {
  const { platform, quote, endorsements, trustStore, at } = question
  try {
    return await appraise(
      { platform, quote },
      endorsements,
      trustStore,
      at,
      cache === undefined ? {} : { cache },
    )
  } catch (error) {
    if (!(error instanceof AttestationError)) throw error
    return error.code
  }
}

/** Every combination of quotes, collateral, trust stores and times that could be taken for another. */
function makeQuestions(): Question[] {
  const one = createSimulatedVendor({ seed: seed(1), atMs })
  const other = createSimulatedVendor({ seed: seed(2), atMs })
  const chip = one.createChip({ seed: seed(3) })
  const old = one.createChip({ seed: seed(4) })
  old.setTcb('OutOfDate')
  const revoked = one.createChip({ seed: seed(5) })
  const before = one.collateral(atMs)
  revoked.revoke()
  const guestOf = (from: typeof chip) => from.launch({ mrtd, mrConfigId: mrtd }).quote(reportData)
  const changed = (at: number) => {
    const quote = guestOf(chip)
    return quote.with(at, (quote[at] ?? 0) ^ 1)
  }
  const quotes = [
    ['tdx', 'tdx', guestOf(chip)],
    ['tdx', 'old', guestOf(old)],
    ['tdx', 'revoked', guestOf(revoked)],
    ['tdx', 'of another CA', guestOf(one.createChip({ seed: seed(7), ca: 'processor' }))],
    ['tdx', 'foreign', guestOf(other.createChip({ seed: seed(6) }))],
    ['tdx', 'with another report', changed(600)],
    ['tdx', 'with another signature of its QE', changed(1160)],
    ['sgx', 'sgx', chip.launchEnclave(ENCLAVE).quote(reportData)],
    ['sgx', 'tdx as sgx', guestOf(chip)],
  ] as const
  const after = one.collateral(atMs)
  const collateral: readonly (readonly [string, IntelEndorsements])[] = [
    ['before', before],
    ['after', after],
    ['sgx', one.collateral(atMs, { tee: 'sgx' })],
    ['foreign', other.collateral(atMs)],
    ['edited', { ...after, tcb_info: after.tcb_info.replace('"UpToDate"', '"OutOfDate"') }],
    ['lists of before', { ...after, pck_crl: before.pck_crl }],
  ]
  const [root] = storeOf(one).roots
  const stores: readonly (readonly [string, TrustStore])[] = [
    ['one', storeOf(one)],
    ['other', storeOf(other)],
    ['both', storeOf(other, one)],
    ['renamed', { roots: root === undefined ? [] : [{ ...root, name: 'renamed' }] }],
    ['as genuine', { roots: root === undefined ? [] : [{ ...root, simulated: false }] }],
  ]
  const times = [atMs, atMs + 31 * DAY_MS, atMs - DAY_MS / 2]
  return quotes.flatMap(([platform, quoteName, quote]) =>
    collateral.flatMap(([collateralName, endorsements]) =>
      stores.flatMap(([storeName, trustStore]) =>
        times.map((at, index) => ({
          name: `${quoteName}, ${collateralName}, ${storeName}, time ${index}`,
          platform,
          quote,
          endorsements,
          trustStore,
          at,
        })),
      ),
    ),
  )
}

describe('a shared cache', () => {
  let questions: Question[]
  let answers: Answer[]
  beforeAll(async () => {
    questions = makeQuestions()
    answers = []
    for (const question of questions) answers.push(await answerTo(question))
  }, 30_000)

  test('has something to confuse: claims and many kinds of refusals', () => {
    const codes = new Set(answers.map((answer) => (typeof answer === 'string' ? answer : 'claims')))
    expect([...codes]).toEqual(
      expect.arrayContaining([
        'claims',
        'pck-crl.invalid',
        'pck.revoked',
        'qe-report.signature',
        'quote.signature',
        'quote.unsupported',
        'root-crl.expired',
        'root-crl.not-yet-valid',
        'root.untrusted',
        'tcb-info.mismatch',
        'tcb-info.signature',
        'trust-store.invalid',
      ]),
    )
  })

  test.each([1, 3, 1024])(
    'of at most %i entries gives every answer as without it, in any order',
    async (maxEntries) => {
      await fc.assert(
        fc.asyncProperty(
          fc.shuffledSubarray([...questions.keys()], { minLength: 60, maxLength: 60 }),
          async (order) => {
            const cache = new AppraisalCache({ maxEntries })
            for (const index of order) {
              const question = questions[index] as Question
              expect(await answerTo(question, cache), question.name).toEqual(answers[index])
              expect(cache.size).toBeLessThanOrEqual(maxEntries)
            }
          },
        ),
        { numRuns: 12 },
      )
    },
    60_000,
  )

  test('gives the same answers to questions that are asked at the same time', async () => {
    const cache = new AppraisalCache()
    const all = await Promise.all(questions.map((question) => answerTo(question, cache)))
    expect(all).toEqual(answers)
  }, 60_000)

  test('hands out nothing that a caller could change for the next one', async () => {
    const cache = new AppraisalCache()
    const index = answers.findIndex((answer) => typeof answer !== 'string')
    const question = questions[index] as Question
    const claims = (await answerTo(question, cache)) as { advisoryIds: string[]; flags: string[] }
    claims.advisoryIds.push('changed')
    claims.flags.push('changed')
    Object.assign(claims, { tcbStatus: 'changed', trustRoot: 'changed' })
    expect(await answerTo(question, cache)).toEqual(answers[index])
  })

  test('takes copies: bytes that change afterwards change nothing that it holds', async () => {
    const cache = new AppraisalCache()
    const index = answers.findIndex((answer) => typeof answer !== 'string')
    const question = questions[index] as Question
    const quote = new Uint8Array(question.quote)
    const roots = question.trustStore.roots.map((root) => ({
      ...root,
      der: new Uint8Array(root.der),
    }))
    await answerTo({ ...question, quote, trustStore: { roots } }, cache)
    quote.fill(0)
    for (const { der } of roots) der.fill(0)
    expect(await answerTo(question, cache)).toEqual(answers[index])
  })

  test('does not use for one back end what another one has verified', async () => {
    const yes: CryptoBackend = { ...platformCrypto, verify: () => true }
    const index = answers.indexOf('quote.signature')
    const { platform, quote, endorsements, trustStore, at } = questions[index] as Question
    const ask = (crypto: CryptoBackend, cache: AppraisalCache, bytes: Uint8Array) =>
      appraise({ platform, quote: bytes }, endorsements, trustStore, at, { crypto, cache })
    const cache = new AppraisalCache()
    // A QE report with another signature: only the credulous back end lets it pass.
    const forged = new Uint8Array(quote)
    forged[1160] = (forged[1160] ?? 0) ^ 1
    await ask(yes, cache, forged)
    expect(cache.size).toBeGreaterThan(0)
    const held = cache.size
    await expect(ask(platformCrypto, cache, forged)).rejects.toMatchObject({
      code: 'qe-report.signature',
    })
    expect(cache.size).toBe(held)
  })

  test('does not take what one CA has revoked for the list of another', async () => {
    const cache = new AppraisalCache()
    const named = (name: string) => questions.find((one) => one.name === name) as Question
    expect(await answerTo(named('tdx, after, one, time 0'), cache)).toBeTypeOf('object')
    const ofOther = named('of another CA, after, one, time 0')
    expect(await answerTo(ofOther, cache)).toBe('pck-crl.invalid')
  })

  test('does not take what one chip has signed for the word of another', async () => {
    const vendor = createSimulatedVendor({ seed: seed(1), atMs })
    const chip = vendor.createChip({ seed: seed(3) })
    const cache = new AppraisalCache()
    const ask = () => {
      const quote = chip.launch({ mrtd, mrConfigId: mrtd }).quote(reportData)
      const endorsements = vendor.collateral(atMs)
      const trustStore = storeOf(vendor)
      return answerTo(
        { name: '', platform: 'tdx', quote, endorsements, trustStore, at: atMs },
        cache,
      )
    }
    expect(await ask()).toBeTypeOf('object')
    // The same report and signature of the quoting enclave, the certificate of another chip.
    chip.set({ faults: ['pck-of-another-chip'] })
    expect(await ask()).toBe('qe-report.signature')
  })

  test('does not take texts for others that are the same when put together', async () => {
    const cache = new AppraisalCache()
    const index = answers.findIndex((answer) => typeof answer !== 'string')
    const question = questions[index] as Question
    await answerTo(question, cache)
    const { root_ca_crl, pck_crl } = question.endorsements
    const moved = { root_ca_crl: root_ca_crl + pck_crl.slice(0, 2), pck_crl: pck_crl.slice(2) }
    const asked = { ...question, endorsements: { ...question.endorsements, ...moved } }
    expect(await answerTo(asked, cache)).toBe('root-crl.invalid')
  })

  test('does not hold a failure', async () => {
    const cache = new AppraisalCache()
    const index = answers.indexOf('tcb-info.signature')
    const question = questions[index] as Question
    await answerTo(question, cache)
    const held = cache.size
    expect(await answerTo(question, cache)).toBe('tcb-info.signature')
    expect(cache.size).toBe(held)
  })
})

describe('entries', () => {
  test('never exceed their bound, and the least recently used leaves first', () => {
    const cache = new AppraisalCache({ maxEntries: 3 })
    const made: string[] = []
    for (const key of ['a', 'b', 'c', 'a', 'd', 'a', 'b', 'c']) {
      const held = cache.find(key)
      if (held === undefined) {
        made.push(key)
        cache.hold(key, { key })
      } else expect(held).toEqual({ key })
      expect(cache.size).toBeLessThanOrEqual(3)
    }
    expect(made).toEqual(['a', 'b', 'c', 'd', 'b', 'c'])
  })

  test('of texts are few: each of them may be long', () => {
    const cache = new AppraisalCache()
    let made = 0
    const digestOf = (...texts: string[]) => {
      const known = cache.digestOf(texts)
      if (known !== undefined) return known
      const digest = Uint8Array.of(++made, texts.length)
      cache.holdDigest(texts, digest)
      return digest
    }
    expect(digestOf('a', 'b')).toBe(digestOf('a', 'b'))
    expect([digestOf('a', 'c'), digestOf('a'), digestOf('ab')].map(([n]) => n)).toEqual([2, 3, 4])
    for (let i = 0; i < 64; i++) digestOf(`other ${i}`)
    expect(digestOf('a', 'b')[0]).toBe(69)
  })

  test('of texts names their content once, and never that of other texts', () => {
    const cache = new AppraisalCache()
    let made = 0
    const contentOf = (...texts: string[]) => cache.contentOf(texts, () => `0x${++made}`)
    // Nothing is held of texts that have not been verified.
    expect([contentOf('a', 'b'), contentOf('a', 'b')]).toEqual(['0x1', '0x2'])
    cache.holdDigest(['a', 'b'], Uint8Array.of(1))
    expect([contentOf('a', 'b'), contentOf('a', 'b')]).toEqual(['0x3', '0x3'])
    expect([contentOf('a', 'c'), contentOf('ab', ''), contentOf('a', 'b', '')]).toEqual([
      '0x4',
      '0x5',
      '0x6',
    ])
  })

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'cannot be at most %s',
    (maxEntries) => {
      expect(() => new AppraisalCache({ maxEntries })).toThrow(RangeError)
    },
  )
})

describe('a memory of keys', () => {
  const keyOf = (byte: number, kind: KeyKind = 'p256') => ({ kind, bytes: Uint8Array.of(byte) })

  test('holds what is handed on to it, at most its bound, the least recently used leaves first', () => {
    const memory = new KeyMemory(2)
    const made: number[] = []
    const ask = (byte: number) => {
      const keys = new AppraisalKeys(memory)
      const read = () => {
        made.push(byte)
        return { byte }
      }
      expect(keys.read(keyOf(byte), read)).toEqual({ byte })
      keys.share(keyOf(byte))
      expect(memory.size).toBeLessThanOrEqual(2)
    }
    for (const byte of [1, 2, 1, 2, 3, 2, 1]) ask(byte)
    expect(made).toEqual([1, 2, 3, 1])
    const other = new AppraisalKeys(memory).read(keyOf(1, 'p384'), () => 'of another kind')
    expect(other).toBe('of another kind')
  })

  test('does not see what an appraisal has read for itself, which reads it once', () => {
    const memory = new KeyMemory()
    const keys = new AppraisalKeys(memory)
    for (const what of ['first', 'second']) expect(keys.read(keyOf(1), () => what)).toBe('first')
    expect(memory.size).toBe(0)
    expect(new AppraisalKeys(memory).read(keyOf(1), () => 'of another')).toBe('of another')
  })

  test('holds no failure', () => {
    const keys = new AppraisalKeys(new KeyMemory())
    const fails = () => {
      throw new Error('no point')
    }
    expect(() => keys.read(keyOf(1), fails)).toThrow('no point')
    keys.share(keyOf(1))
    expect(keys.read(keyOf(1), () => 'a point')).toBe('a point')
  })
})
