// What a node says while members register their keys for a session: its own key, made for it and kept first. Pure.
import type { Group, RandomBytes, SecretScalar } from '@wetee/threshold'
import type { Board } from './board.ts'
import { ownRegistration } from './own-messages.ts'
import { registrationPlace, sameBytes, seatOf, type OwnSecrets } from './place.ts'
import type { Said } from './say.ts'

/** What is needed to register. */
export type Registering = {
  readonly group: Group
  readonly own: OwnSecrets
  /** Secret of the key for this session, once it is stored for good. */
  readonly kept: SecretScalar | undefined
  /** A new one; the same at every call. */
  readonly fresh: () => SecretScalar
}

/** What to say to a board in the phase `register`. Throws SessionError `session.board-invalid`. */
export function sayRegistration(board: Board, { group, own, kept, fresh }: Registering): Said {
  const place = registrationPlace(board)
  const seat = seatOf(board.members, own)
  const isDealer = seatOf(board.dealers, own) !== undefined
  if (seat === undefined) return { state: isDealer ? 'waiting' : 'not-a-member', messages: [] }
  const taken = board.registrations.get(seat.index)
  if (taken !== undefined) {
    const isOwn =
      kept !== undefined && sameBytes(taken.subarray(0, 33), group.encode(group.multiplyBase(kept)))
    if (isOwn) return { state: 'registered', messages: [] }
    const state = isDealer ? 'waiting' : 'not-a-member'
    return { state, messages: [], trouble: 'key.differs' }
  }
  // Stored before anybody hears of it: what is dealt to it could never be opened else.
  if (kept === undefined) return { state: 'registering', messages: [], keep: fresh() }
  const body = ownRegistration(group, place, seat, kept)
  const message = { kind: 'register', sender: seat.index, subject: 0, body } as const
  return { state: 'registering', messages: [message] }
}

/** Makes a secret at the first call, gives the same at each later one, and fills it with zeros at the end. */
export function freshSecret(
  group: Group,
  random: RandomBytes,
): { readonly get: () => SecretScalar; readonly close: () => void } {
  let made: SecretScalar | undefined
  return {
    get: () => (made ??= group.randomSecret(random)),
    close() {
      made?.fill(0)
      made = undefined
    },
  }
}
