// Signatures are checked side by side: neither an answer nor a cache shows how long any of them took.
import { describe, expect, test } from 'vitest'
import { platformCrypto } from '../crypto/node-crypto.ts'
import { platformCrypto as webCrypto } from '../crypto/web-crypto.ts'
import {
  appraise,
  AppraisalCache,
  AttestationError,
  type AppraiseOptions,
  type AttestationErrorCode,
  type CryptoBackend,
  type Endorsements,
  type Platform,
} from '../index.ts'
import {
  createSimulatedAmdVendor,
  createSimulatedVendor,
  type ChipFault,
  type CollateralFault,
  type SnpEndorsementFault,
  type SnpReportFault,
} from '../simulated/index.ts'

const atMs = Date.UTC(2026, 5, 1)
const seed = (byte: number) => new Uint8Array(32).fill(byte)
const reportData = `0x${'5d'.repeat(64)}` as const
const intel = createSimulatedVendor({ seed: seed(1), atMs })
const amd = createSimulatedAmdVendor({ seed: seed(1), atMs })
const trustStore = {
  roots: [intel, amd].map(({ name, rootDer: der }) => ({ name, der, simulated: true })),
}

type Given = {
  readonly platform: Platform
  readonly quote: Uint8Array
  readonly endorsements: Endorsements
}

function tdx(chipFaults: readonly ChipFault[], faults: readonly CollateralFault[]): Given {
  const chip = intel.createChip({ seed: seed(3) })
  chip.set({ faults: chipFaults })
  const quote = chip
    .launch({ mrtd: `0x${'a1'.repeat(48)}`, mrConfigId: `0x${'c0'.repeat(48)}` })
    .quote(reportData)
  return { platform: 'tdx', quote, endorsements: intel.collateral(atMs, { faults }) }
}

function snp(
  reportFaults: readonly SnpReportFault[],
  faults: readonly SnpEndorsementFault[],
): Given {
  const chip = amd.createChip({ seed: seed(3) })
  chip.set({ faults: reportFaults })
  const quote = chip
    .launch({ measurement: `0x${'a1'.repeat(48)}`, hostData: `0x${'c0'.repeat(32)}` })
    .report(reportData)
  return { platform: 'sev-snp', quote, endorsements: amd.endorsements(chip, atMs, { faults }) }
}

/** Claims, or the code of the refusal. */
async function answerTo(given: Given, options: AppraiseOptions = {}): Promise<unknown> {
  const { platform, quote, endorsements } = given
  try {
    return await appraise({ platform, quote }, endorsements as never, trustStore, atMs, options)
  } catch (error) {
    if (!(error instanceof AttestationError)) throw error
    return error.code
  }
}

/** A back end that ends its checks in the opposite order of their beginnings. */
function backwards(): CryptoBackend {
  let last: Promise<void> = Promise.resolve()
  const waiting: (() => void)[] = []
  return {
    ...platformCrypto,
    async verify(key, message, signature, hints) {
      const holds = await platformCrypto.verify(key, message, signature, hints)
      await new Promise<void>((resolve) => {
        waiting.push(resolve)
        last = last.then(() => new Promise(setImmediate)).then(() => waiting.pop()?.())
      })
      return holds
    },
  }
}

type Faulty<First, Second> = readonly [AttestationErrorCode, readonly First[], readonly Second[]]

/** What is wrong, in the order of docs/reference/attestation.md: signatures, and reading after them. */
const OF_TDX: readonly Faulty<ChipFault, CollateralFault>[] = [
  ['pck.chain', ['pck-ca-signature'], []],
  ['pck.chain', ['pck-signature'], []],
  ['pck.extension', ['pck-without-extension'], []],
  ['tcb-signing.chain', [], ['tcb-signer-signature']],
  ['root-crl.invalid', [], ['root-crl-signature']],
  ['pck-crl.invalid', [], ['pck-crl-signature']],
  ['tcb-info.signature', [], ['tcb-info-signature']],
  ['tcb-info.malformed', [], ['tcb-info-malformed']],
  ['qe-identity.signature', [], ['qe-identity-signature']],
  ['qe-identity.malformed', [], ['qe-identity-malformed']],
  ['tdx-module.mismatch', ['module-signer'], []],
  ['qe-report.signature', ['qe-signature'], []],
  ['qe-report.data', ['qe-of-another-key'], []],
  ['quote.signature', ['quote-signature'], []],
]
const OF_SNP: readonly Faulty<SnpReportFault, SnpEndorsementFault>[] = [
  ['root.untrusted', [], ['ask-signature']],
  ['vek.chain', [], ['ask-not-a-ca']],
  ['vek.chain', [], ['vek-signature']],
  ['vek.extension', [], ['vek-without-id']],
  ['ark-crl.invalid', [], ['crl-signature']],
  ['snp-report.signature', ['report-measurement-changed'], []],
]

/** One signature is wrong, and nothing else. */
const forged = [
  ...OF_TDX.map(([code, a, b]) => ({ code, what: [...a, ...b].join(), given: tdx(a, b) })),
  ...OF_SNP.map(([code, a, b]) => ({ code, what: [...a, ...b].join(), given: snp(a, b) })),
].filter(({ what }) => /-signature$|-changed$/.test(what))
const pairs = [
  ...pairsOf(OF_TDX).map(([[code, a, b], [, c, d]]) => ({
    code,
    given: tdx([...a, ...c], [...b, ...d]),
    what: [...a, ...b, ...c, ...d].join(' and '),
  })),
  ...pairsOf(OF_SNP).map(([[code, a, b], [, c, d]]) => ({
    code,
    given: snp([...a, ...c], [...b, ...d]),
    what: [...a, ...b, ...c, ...d].join(' and '),
  })),
]

function pairsOf<T>(list: readonly T[]): (readonly [T, T])[] {
  return list.flatMap((first, index) => list.slice(index + 1).map((next) => [first, next] as const))
}

describe('of two things that are wrong', () => {
  test.each(pairs)('$what, the first is told: $code', async ({ code, given }) => {
    for (const crypto of [platformCrypto, webCrypto, backwards()]) {
      expect(await answerTo(given, { crypto })).toBe(code)
      const cache = new AppraisalCache()
      expect(await answerTo(given, { crypto, cache })).toBe(code)
      expect(await answerTo(given, { crypto, cache })).toBe(code)
    }
  })
})

describe('a cache', () => {
  /** Results and keys that a cache holds. */
  const contents = (cache: AppraisalCache) => [cache.size, cache.keysOf(platformCrypto)?.size]

  test.each(forged)('that is shared never holds what is wrong: $what', async (faulty) => {
    const genuine = faulty.given.platform === 'tdx' ? tdx([], []) : snp([], [])
    const claims = await answerTo(genuine)
    const expected = new AppraisalCache()
    await answerTo(genuine, { cache: expected })
    const cache = new AppraisalCache()
    const asked = [faulty.given, genuine, faulty.given, genuine]
    const answers = [faulty.code, claims, faulty.code, claims]
    for (let round = 0; round < 2; round++)
      expect(await Promise.all(asked.map((given) => answerTo(given, { cache })))).toEqual(answers)
    expect(contents(cache)).toEqual(contents(expected))
  })

  test.each([tdx([], []), snp([], [])])(
    'holds nothing while signatures of $platform are still being checked',
    async (given) => {
      const cache = new AppraisalCache()
      let open = (): void => undefined
      const gate = new Promise<void>((resolve) => (open = resolve))
      let begun = 0
      const crypto: CryptoBackend = {
        ...platformCrypto,
        async verify(...check) {
          begun++
          const holds = await platformCrypto.verify(...check)
          await gate
          return holds
        },
      }
      const keysHeld = () => cache.keysOf(crypto)?.size
      const answer = answerTo(given, { crypto, cache })
      for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
      expect(begun).toBe(given.platform === 'tdx' ? 9 : 4)
      expect([cache.size, keysHeld()]).toEqual([0, 0])
      expect(cache.knows(Object.values(given.endorsements))).toBe(false)
      open()
      expect(await answer).toBeTypeOf('object')
      expect(cache.size).toBeGreaterThan(2)
      expect(keysHeld()).toBeGreaterThan(2)
    },
  )
})
