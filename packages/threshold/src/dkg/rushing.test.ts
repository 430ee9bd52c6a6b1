// A dealer who deals last and wants one bit of the key to be 1. Against the key on G it succeeds;
// against the key on H, shown when the set is final, it does not.
import { expect, test } from 'vitest'
import { keyBase } from '../group/bases.ts'
import type { Point, SecretScalar } from '../group/group.ts'
import { openNativeGroup } from '../group/native-group.ts'
import { people, seeded, sessionOf } from '../testing/ceremony.ts'
import { checkDealing, deal, type Dealing } from './dealing.ts'
import { networkKey } from './network-key.ts'
import { reveal, revealedConstant } from './reveal.ts'
import { openShare } from './share.ts'

const group = openNativeGroup()
const RUNS = 300
const CHOICES = 6
/** 3 sigma of a fair coin. */
const SPREAD = 3 * Math.sqrt(RUNS / 4)

const who = people(group, 3, 'rushing')
const session = sessionOf(group, who, 2)

/** The bit: the lowest of the x coordinate. */
const bit = (point: Point) => point[32]! & 1

/** One key generation; the third dealer sees the other dealings before it makes its own. */
function run(seed: string): { onG: number; onH: number; ifDropped: number } {
  const random = seeded(seed)
  const honest = [1, 2].map((dealer) => {
    const secret = group.randomSecret(random)
    return { secret, dealing: dealt(dealer, secret, seed) }
  })
  const seen = honest.map(({ dealing }) => dealing.commitments[0])
  // It takes the first secret that makes the bit 1 as far as it can know the key.
  let secret = group.randomSecret(random)
  for (let i = 1; i < CHOICES; i++) {
    if (bit(group.add(...seen, group.multiplyBase(secret))) === 1) break
    secret = group.randomSecret(random)
  }
  const dealing = dealt(3, secret, seed)

  const contributions = honest.map((one) => {
    const own = reveal(group, session, one.dealing, 0, one.secret, random)
    return {
      dealing: one.dealing,
      constant: revealedConstant(group, session, one.dealing, { own }),
    }
  })
  const withoutIt = group.add(...contributions.map(({ constant }) => constant))
  const withIt = group.add(withoutIt, group.multiplySecret(keyBase(), secret))
  // It sees what the others reveal, and is silent where it does not like the key.
  const silent = bit(withIt) === 0
  const byMember = new Map(
    [1, 2].map((index) => {
      const share = openShare(group, session, dealing, index, who.keys[index - 1]!)!
      return [index, reveal(group, session, dealing, index, share, random)] as const
    }),
  )
  const own = silent ? undefined : reveal(group, session, dealing, 0, secret, random)
  const constant = revealedConstant(group, session, dealing, { own, byMember })
  const key = networkKey(group, session, [...contributions, { dealing, constant }])
  return {
    onG: bit(key.verificationKey),
    onH: bit(key.encryptionKey),
    ifDropped: silent ? bit(withoutIt) : bit(withIt),
  }
}

function dealt(dealer: number, secret: SecretScalar, seed: string): Dealing {
  const bytes = deal(group, session, dealer, secret, seeded(`${seed} ${dealer}`))
  return checkDealing(group, session, dealer, bytes)
}

test('a dealer who deals last cannot choose a bit of the encryption key', () => {
  const runs = Array.from({ length: RUNS }, (_, i) => run(`rushing ${i}`))
  const ones = (of: keyof (typeof runs)[0]) => runs.reduce((sum, one) => sum + one[of], 0)
  expect(Math.abs(ones('onH') - RUNS / 2)).toBeLessThan(SPREAD)
  // The same harness sees the bias where there is one: in a key on G (joint Feldman), and in one
  // that a silent dealer is left out of.
  expect(ones('onG') - RUNS / 2).toBeGreaterThan(2 * SPREAD)
  expect(ones('ifDropped') - RUNS / 2).toBeGreaterThan(2 * SPREAD)
})
