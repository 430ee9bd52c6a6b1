// What this node says in a session: made once, and from its own draws, so that a restart says the same. Pure.
import {
  complain,
  deal,
  register,
  reveal,
  type Dealing,
  type Group,
  type Registrant,
  type RegistrationPlace,
  type SecretScalar,
  type Session,
} from '@wetee/threshold'
import { withDraw, type Purpose } from './draw.ts'
import { sameBytes } from './place.ts'

/** What this node registers as its key. The same at every call. */
export function ownRegistration(
  group: Group,
  place: RegistrationPlace,
  who: Registrant,
  sessionSecret: SecretScalar,
): Uint8Array {
  const purpose: Purpose = { sessionId: place.blockHash, what: 'register' }
  return withDraw(sessionSecret, purpose, (random) =>
    register(group, place, who, sessionSecret, random),
  )
}

/** A dealing of this node; `constant` is a_0 of a new key, for the reveal. */
type OwnDealing = { readonly bytes: Uint8Array; readonly constant: SecretScalar }

/** Makes the messages of one node once the members and their keys are final. */
export class OwnMessages {
  readonly #group: Group
  readonly #session: Session
  readonly #sessionSecret: SecretScalar | undefined
  readonly #made = new Map<string, Uint8Array>()
  #dealing: OwnDealing | undefined

  /** Without a secret of this session the node can hand on an old share, and no more. */
  constructor(group: Group, session: Session, sessionSecret: SecretScalar | undefined) {
    this.#group = group
    this.#session = session
    this.#sessionSecret = sessionSecret
  }

  /** The dealing of a new key by dealer `index`. */
  deal(index: number): Uint8Array {
    return this.#ownDealing(index).bytes
  }

  /**
   * The dealing of an old share by dealer `index`. Drawn from that share, which whoever deals has, whether it has a key in this
   * session or not; it is erased when the old epoch is over.
   */
  handOn(index: number, share: SecretScalar): Uint8Array {
    return this.#once('deal', 0, share, (random) =>
      deal(this.#group, this.#session, index, share, random),
    )
  }

  /** A complaint of member `index`. */
  complain(dealing: Dealing, index: number): Uint8Array {
    const secret = this.#secret()
    return this.#once('complain', dealing.dealer, secret, (random) =>
      complain(this.#group, this.#session, dealing, index, secret, random),
    )
  }

  /** The reveal of the own dealing; undefined where it is not one that this node made. */
  reveal(dealing: Dealing): Uint8Array | undefined {
    const made = this.#made.get('reveal 0')
    if (made !== undefined) return made
    const { constant } = this.#ownDealing(dealing.dealer)
    if (!sameBytes(this.#group.multiplyBase(constant), dealing.commitments[0])) return undefined
    return this.#once('reveal', 0, this.#secret(), (random) =>
      reveal(this.#group, this.#session, dealing, 0, constant, random),
    )
  }

  /** The recovery of a dealer's part by member `index`, from its share. */
  recover(dealing: Dealing, index: number, share: SecretScalar): Uint8Array {
    return this.#once('recover', dealing.dealer, this.#secret(), (random) =>
      reveal(this.#group, this.#session, dealing, index, share, random),
    )
  }

  /** Fills what is secret with zeros. */
  close(): void {
    this.#dealing?.constant.fill(0)
    this.#dealing = undefined
  }

  #ownDealing(index: number): OwnDealing {
    const purpose: Purpose = { sessionId: this.#session.id, what: 'deal' }
    this.#dealing ??= withDraw(this.#secret(), purpose, (random) => {
      const constant = this.#group.randomSecret(random)
      return { bytes: deal(this.#group, this.#session, index, constant, random), constant }
    })
    return this.#dealing
  }

  /** Only a member that has registered it is asked for what needs it. */
  #secret(): SecretScalar {
    if (this.#sessionSecret === undefined) throw new Error('no key in this session')
    return this.#sessionSecret
  }

  #once(
    what: Purpose['what'],
    subject: number,
    secret: SecretScalar,
    make: (random: (size: number) => Uint8Array) => Uint8Array,
  ): Uint8Array {
    const name = `${what} ${subject}`
    const purpose: Purpose = { sessionId: this.#session.id, what, subject }
    const made = this.#made.get(name) ?? withDraw(secret, purpose, make)
    this.#made.set(name, made)
    return made
  }
}
