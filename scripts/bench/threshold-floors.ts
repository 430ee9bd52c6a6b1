// The least that missed rows of threshold.ts can take: the calls of libsecp256k1 and X25519 that they cannot do without, added up, beside
// the same references. A row that is not ok has a target below its own floor. CPU time; computes, umbral.ts fetches the reference.
import { createPublicKey, diffieHellman, generateKeyPairSync, randomBytes } from 'node:crypto'
import { ORDER } from '@wetee/threshold'
import { openNativeGroup } from '@wetee/threshold/native'
import { cpuMs } from './cpu.ts'
import { compare, interleave, type Measured } from './measure.ts'
import { DKG_MS, MULTIPLICATION_MS, thresholdOf } from './threshold-keys.ts'
import { TARGETS, theirDecryption, theirEncryption, theirRelease, reference } from './threshold.ts'
import { openUmbral } from './umbral.ts'

const AT_ONCE = 20
const ROUNDS = { rounds: 25, warmUp: 10, clock: cpuMs }
const group = openNativeGroup()
const secret = group.randomSecret(randomBytes)
const point = group.hashToPoint(new TextEncoder().encode('floor'), 'wetee/bench')
const encoded = group.encode(point)
/** Of no special form, as hardly any number is. */
const scalar = 0x7c3a91e05d28f4b6a1c9e3720d5b8f64e2a70913bc86d45f1930e7a8526bdc41n
/** As challenges are: two parts of 64 bits times one and times lambda. */
const challenge =
  (0x9e3779b97f4a7c15n +
    0xd1b54a32d192ed03n * 0x5363ad4cc05c30e0a5261c028812645a122e22ea20816678df02967c1b23bd72n) %
  ORDER
const [first, second] = [2n, 3n].map((number) => group.multiply(point, number))
const many = Array.from({ length: 100 }, (_, at) => group.multiply(point, BigInt(at + 2)))
const keys = generateKeyPairSync('x25519')
const readerKey = keys.publicKey.export({ format: 'pem', type: 'spki' })

const calls = {
  decode: () => group.decode(encoded),
  ofGenerator: () => group.multiplyBase(secret),
  bySecret: () => group.multiplySecret(point, secret),
  byNumber: () => group.multiply(point, scalar),
  byChallenge: () => group.multiply(point, challenge),
  byIndex: () => group.multiply(point, 57n),
  withGenerator: () => group.multiplyMany([group.generator, point], [scalar, challenge]),
  sumOfTwo: () => group.add(first!, second!),
  sumOfHundred: () => group.add(...many),
  readKey: () => createPublicKey(readerKey),
  newKeys: () => generateKeyPairSync('x25519'),
  agree: () => diffieHellman(keys),
}
type Cost = Readonly<Record<keyof typeof calls, number>>

/** Floors of the rows that are missed. */
export async function benchThresholdFloors(): Promise<Measured[]> {
  const umbral = await openUmbral()
  if ('missing' in umbral) console.error(umbral.missing)
  const all = {
    ...calls,
    release: theirRelease(umbral).generate,
    encryption: theirEncryption(umbral),
  }
  const repeated = Object.entries(all).map(([name, call]) => {
    const run = () => {
      for (let i = 0; i < AT_ONCE; i++) call()
    }
    return [name, run] as const
  })
  const medians = await interleave(Object.fromEntries(repeated), ROUNDS)
  const each = Object.entries(medians).map(([name, ms]) => [name, ms / AT_ONCE] as const)
  const cost = Object.fromEntries(each) as Cost & { release: number; encryption: number }
  const row = (name: string, ms: number, beside: Measured['reference'], target: number) =>
    compare(`${name}.floor`, ms, 'ms', beside, target)
  const generation = reference(umbral, 'reencrypt', cost.release)
  const encryption = reference(umbral, 'encrypt', cost.encryption)
  return [
    row('release.one-secret', releaseOf(cost), generation, TARGETS.release),
    row('encrypt.native', 5 * cost.bySecret, encryption, TARGETS.encrypt),
    ...(await combinations(umbral, cost, row)),
    ...Object.entries(DKG_MS).flatMap(([size, budgetMs]) => keyOf(Number(size), budgetMs, cost)),
  ]
}

/** Two points read, two sums for the ciphertext's proof; the share, two commitments; a key read and made, and what both have in common. */
function releaseOf(cost: Cost): number {
  const check = cost.byNumber + cost.byChallenge + cost.sumOfTwo + cost.decode
  return 2 * check + 2 * cost.bySecret + cost.ofGenerator + cost.readKey + cost.newKeys + cost.agree
}

async function combinations(
  umbral: Awaited<ReturnType<typeof openUmbral>>,
  cost: Cost,
  row: (name: string, ms: number, beside: Measured['reference'], target: number) => Measured,
): Promise<Measured[]> {
  const rows: Measured[] = []
  for (const threshold of [11, 43, 86] as const) {
    const run = theirDecryption(umbral, threshold)
    const { theirs } = await interleave({ theirs: run }, { ...ROUNDS, rounds: 9, warmUp: 2 })
    // Coefficients of 11 members are numbers of some 25 bits.
    const product = threshold === 11 ? cost.byIndex : cost.byNumber
    const ms = threshold * (cost.readKey + cost.agree + cost.decode + product)
    const beside = reference(umbral, `decryptReencrypted (${threshold})`, theirs)
    rows.push(row(`combine.t${threshold}.with-opening`, ms, beside, TARGETS.combine[threshold]))
  }
  return rows
}

/** The own dealing; of each dealing its points read, two proofs and the own share; the sums of all commitments, and their value. */
function keyOf(size: number, budgetMs: number, cost: Cost): Measured[] {
  const threshold = thresholdOf(size)
  const dealing = (threshold + 3) * cost.ofGenerator + size * cost.bySecret
  const each = (threshold + 1) * cost.decode + 2 * cost.withGenerator + cost.bySecret
  const sums = threshold * (cost.sumOfTwo + (cost.sumOfHundred - cost.sumOfTwo) * (size / 100))
  const ms = dealing + size * each + sums + threshold * (cost.byIndex + cost.sumOfTwo)
  const budget = { name: 'budget of an idle machine', value: budgetMs }
  const one = { name: 'multiplications of libsecp256k1', value: 1 }
  const allowed = Math.round(budgetMs / MULTIPLICATION_MS)
  const points = ms / cost.byNumber
  return [
    compare(`dkg.n${size}.cpu.floor`, ms, 'ms', budget, 1),
    compare(`dkg.n${size}.multiplications.floor`, points, 'points', one, allowed),
  ]
}
