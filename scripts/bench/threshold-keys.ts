// What a key generation and a resharing cost one node, in milliseconds and in point multiplications. CPU time; computes only.
import { randomBytes } from 'node:crypto'
import {
  badShares,
  checkDealing,
  checkResharing,
  deal,
  openShare,
  resharedKey,
  resharedShare,
  type Dealing,
  type DealtShare,
  type Group,
  type NetworkKey,
  type SecretScalar,
  type Session,
} from '@wetee/threshold'
import { dealSharing, people, sessionOf } from './threshold-testing.ts'
import { cpuMs } from './cpu.ts'
import { compare, interleave, type Measured } from './measure.ts'

/** Milliseconds on an idle machine, where a multiplication takes MULTIPLICATION_MS; by members. */
export const DKG_MS = { 16: 10, 64: 45, 128: 90, 256: 180 }
const RESHARE_MS = { 64: 75, 128: 350 }
/** What one took where the budgets come from. */
export const MULTIPLICATION_MS = 0.056
/** Dealings that differ; a node that checks more of them in a measurement checks some again. */
const DISTINCT = 16
/** Median milliseconds of `work` and of a multiplication measured between, so that both have the same neighbours. */
async function timed(group: Group, runs: number, work: () => unknown) {
  const base = group.hashToPoint(new TextEncoder().encode('benchmark'), 'wetee/bench')
  const scalar = 2n ** 255n - 19n
  const multiplications = 400
  const { own, multiply } = await interleave(
    {
      own: work,
      multiply: () => {
        for (let i = 0; i < multiplications; i++) group.multiply(base, scalar)
      },
    },
    { rounds: runs, warmUp: 2, clock: cpuMs },
  )
  return { ms: own, multiplicationMs: multiply / multiplications }
}

/** Threshold of two thirds: more coefficients than the usual half, so the dearer case. */
export const thresholdOf = (size: number) => Math.floor((2 * size) / 3) + 1

/** Rows of n = 16, 64, 128 and 256. */
export async function benchKeyGeneration(group: Group): Promise<Measured[]> {
  const rows: Measured[] = []
  for (const [size, budgetMs] of entries(DKG_MS)) rows.push(...(await dkg(group, size, budgetMs)))
  for (const [size, budgetMs] of entries(RESHARE_MS))
    rows.push(...(await reshare(group, size, budgetMs)))
  return rows
}

function entries(budgets: Readonly<Record<number, number>>): [number, number][] {
  return Object.entries(budgets).map(([size, ms]) => [Number(size), ms])
}

function bothRows(
  name: string,
  { ms, multiplicationMs }: { ms: number; multiplicationMs: number },
  budgetMs: number,
): Measured[] {
  const budget = { name: 'budget of an idle machine', value: budgetMs }
  const one = { name: 'multiplications of libsecp256k1', value: 1 }
  const allowed = Math.round(budgetMs / MULTIPLICATION_MS)
  return [
    compare(`${name}.cpu`, ms, 'ms', budget, 1),
    compare(`${name}.multiplications`, ms / multiplicationMs, 'points', one, allowed),
  ]
}

/** Deals, checks every dealing and opens the own share of each, then checks all shares together. */
async function dkg(group: Group, size: number, budgetMs: number): Promise<Measured[]> {
  const who = people(group, size, 'dkg')
  const session = sessionOf(group, who, thresholdOf(size))
  const dealers = Array.from({ length: Math.min(size, DISTINCT) }, (_, at) => at + 1)
  const bytes = dealers.map((dealer) =>
    deal(group, session, dealer, group.randomSecret(randomBytes), randomBytes),
  )
  const own = 1
  const secret = group.randomSecret(randomBytes)
  const node = () => {
    deal(group, session, own, secret, randomBytes)
    const dealt = Array.from({ length: size }, (_, at): DealtShare => {
      const place = at % dealers.length
      const dealing = checkDealing(group, session, place + 1, bytes[place]!)
      return { dealing, share: shareOf(group, session, dealing, own, who.keys[0]!) }
    })
    if (badShares(group, own, dealt, randomBytes).length > 0) throw new Error('a bad share')
    for (const { share } of dealt) share.fill(0)
  }
  return bothRows(`dkg.n${size}`, await timed(group, size > 100 ? 5 : 9, node), budgetMs)
}

function shareOf(
  group: Group,
  session: Session,
  dealing: Dealing,
  index: number,
  key: SecretScalar,
): SecretScalar {
  const share = openShare(group, session, dealing, index, key)
  if (share === undefined) throw new Error('no share')
  return share
}

/** Deals the old share, checks the dealings that are used, opens, and makes the next key with all public shares. */
async function reshare(group: Group, size: number, budgetMs: number): Promise<Measured[]> {
  const threshold = thresholdOf(size)
  const sharing = dealSharing(group, { threshold, size, seed: 'reshare' })
  const who = people(group, size, 'next')
  const session = sessionOf(group, who, threshold, { epoch: 2 })
  const qualified = Array.from({ length: threshold }, (_, at) => at + 1)
  const old: NetworkKey = {
    ...{ threshold, qualified, verificationKey: sharing.networkKey },
    ...{ encryptionKey: sharing.encryptionKey, publicShares: sharing.publicShares },
  }
  const oldShare = (dealer: number) => sharing.members[dealer - 1]!.share
  const bytes = qualified.map((dealer) =>
    deal(group, session, dealer, oldShare(dealer), randomBytes),
  )
  const node = () => {
    deal(group, session, 1, oldShare(1), randomBytes)
    const shares = new Map<number, SecretScalar>()
    const dealings = bytes.map((text, at) => {
      const dealing = checkResharing(group, session, old, at + 1, text)
      shares.set(at + 1, shareOf(group, session, dealing, 1, who.keys[0]!))
      return dealing
    })
    const key = resharedKey(group, session, old, dealings)
    resharedShare(group, key, 1, shares, randomBytes).fill(0)
  }
  return bothRows(`reshare.n${size}`, await timed(group, size > 100 ? 5 : 9, node), budgetMs)
}
