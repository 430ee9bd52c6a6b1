// Keys and members for benchmarks, from the package's own tests: they are not among its exports. Loads two modules.
import { join } from 'node:path'
import type { Group, Member, Point, SecretScalar, Session, SessionMember } from '@wetee/threshold'
import { root } from '../run.ts'

type People = { readonly members: SessionMember[]; readonly keys: SecretScalar[] }
type Sharing = {
  /** S and Y. */
  readonly networkKey: Point
  readonly encryptionKey: Point
  readonly members: readonly Member[]
  readonly publicShares: readonly Point[]
}
type SharingModule = {
  dealSharing: (group: Group, given: { threshold: number; size: number; seed: string }) => Sharing
}
type CeremonyModule = {
  people: (group: Group, size: number, seed: string) => People
  sessionOf: (group: Group, who: People, threshold: number, change?: { epoch: number }) => Session
}

const load = <T>(name: string) =>
  import(join(root, 'packages/threshold/src/testing', name)) as Promise<T>

/** A sharing dealt by one dealer from a seed. */
export const { dealSharing } = await load<SharingModule>('sharing.ts')

/** Members, and a session of them. */
export const { people, sessionOf } = await load<CeremonyModule>('ceremony.ts')
