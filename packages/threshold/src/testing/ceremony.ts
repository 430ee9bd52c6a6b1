// Whole key generations and resharings in memory, for tests; randomness comes from a seed. Pure.
import { sha256 } from '@noble/hashes/sha2.js'
import { checkDealing, deal, type Dealing } from '../dkg/dealing.ts'
import { networkKey, ownShare, type NetworkKey } from '../dkg/network-key.ts'
import { reveal, revealedConstant } from '../dkg/reveal.ts'
import { openSession, type Recipient, type Session, type SessionName } from '../dkg/session.ts'
import { openShare } from '../dkg/share.ts'
import type { Group, Point, RandomBytes, SecretScalar } from '../group/group.ts'
import { lagrangeAtZero } from '../group/scalar.ts'
import { checkResharing, resharedKey, resharedShare } from '../resharing/resharing.ts'

/** Bytes that follow from a seed: SHA-256 of the seed and a counter. */
export function seeded(seed: string): RandomBytes {
  let calls = 0
  return (size) => {
    const blocks = Array.from({ length: Math.ceil(size / 32) }, () =>
      sha256(new TextEncoder().encode(`${seed} ${calls++}`)),
    )
    return Uint8Array.from(blocks.flatMap((block) => [...block])).slice(0, size)
  }
}

/** Members and what each of them knows. */
export type People = { readonly members: Recipient[]; readonly keys: SecretScalar[] }

export function people(group: Group, size: number, seed: string): People {
  const random = seeded(`${seed} keys`)
  const keys = Array.from({ length: size }, () => group.randomSecret(random))
  const members = keys.map((key, at) => ({
    index: at + 1,
    account: random(20),
    encryptionKey: group.multiplyBase(key),
  }))
  return { members, keys }
}

/** A session of those people; everything about its place can be changed. */
export function sessionOf(
  group: Group,
  { members }: People,
  threshold: number,
  change: Partial<Omit<SessionName, 'memberRoot' | 'threshold'>> = {},
): Session {
  const place = {
    chainId: 420_420_421,
    contract: new Uint8Array(20).fill(7),
    epoch: 1,
    blockHash: new Uint8Array(32).fill(9),
  }
  return openSession(group, members, { ...place, ...change, threshold })
}

/** A key generation where everybody is honest. */
export type Ceremony = {
  readonly session: Session
  readonly people: People
  readonly secrets: SecretScalar[]
  /** By dealer, from 1. */
  readonly bytes: ReadonlyMap<number, Uint8Array>
  readonly dealings: Dealing[]
  readonly key: NetworkKey
  /** s_1 .. s_n. */
  readonly shares: SecretScalar[]
}

export function generate(
  group: Group,
  size: number,
  threshold: number,
  seed: string,
  session?: Session,
): Ceremony {
  const random = seeded(seed)
  const who = people(group, size, seed)
  const at = session ?? sessionOf(group, who, threshold)
  const secrets = who.members.map(() => group.randomSecret(random))
  const bytes = new Map(
    secrets.map((secret, i) => [i + 1, deal(group, at, i + 1, secret, random)] as const),
  )
  const dealings = [...bytes].map(([dealer, dealing]) => checkDealing(group, at, dealer, dealing))
  const contributions = dealings.map((dealing, i) => {
    const own = reveal(group, at, dealing, 0, secrets[i]!, random)
    return { dealing, constant: revealedConstant(group, at, dealing, { own }) }
  })
  const key = networkKey(group, at, contributions)
  const shares = who.keys.map((decryptionKey, i) => {
    const opened = openAll(group, at, dealings, i + 1, decryptionKey)
    return ownShare(group, key, i + 1, opened, random)
  })
  return { session: at, people: who, secrets, bytes, dealings, key, shares }
}

/** What one member opens of all dealings. */
export function openAll(
  group: Group,
  session: Session,
  dealings: readonly Dealing[],
  index: number,
  decryptionKey: SecretScalar,
): Map<number, SecretScalar> {
  const opened = dealings.flatMap((dealing) => {
    const share = openShare(group, session, dealing, index, decryptionKey)
    return share ? [[dealing.dealer, share] as const] : []
  })
  return new Map(opened)
}

/** A resharing by those old members, everybody honest. */
export function reshare(
  group: Group,
  old: Pick<Ceremony, 'key' | 'shares'>,
  dealers: readonly number[],
  next: { readonly session: Session; readonly people: People },
  seed: string,
): { readonly key: NetworkKey; readonly shares: SecretScalar[]; readonly dealings: Dealing[] } {
  const random = seeded(seed)
  const dealings = dealers.map((dealer) => {
    const bytes = deal(group, next.session, dealer, old.shares[dealer - 1]!, random)
    return checkResharing(group, next.session, old.key, dealer, bytes)
  })
  const key = resharedKey(group, next.session, old.key, dealings)
  const shares = next.people.keys.map((decryptionKey, i) => {
    const opened = openAll(group, next.session, dealings, i + 1, decryptionKey)
    return resharedShare(group, key, i + 1, opened, random)
  })
  return { key, shares, dealings }
}

/** What those shares, by index, combine to on a base: Lagrange at zero. */
export function combined(
  group: Group,
  shares: readonly (readonly [number, SecretScalar])[],
  base: Point,
): Point | undefined {
  const points = shares.map(([, share]) => group.multiplySecret(base, share))
  return group.multiplyMany(points, lagrangeAtZero(shares.map(([index]) => index)))
}
