// What this node says in a session: made once, and from its own draws, so that a restart says the same. Pure.
import {
  complain,
  deal,
  reveal,
  type Dealing,
  type Group,
  type SecretScalar,
  type Session,
} from '@wetee/threshold'
import { withDraw } from './draw.ts'
import { sameBytes } from './place.ts'

/** A dealing before it is sent: kept, sealed, until the session is over. */
export type KeptDealing = {
  /** 32 bytes: one of another session says nothing about this one. */
  readonly sessionId: Uint8Array
  readonly bytes: Uint8Array
  /** a_0 of a new key, for the reveal; absent in a resharing, where it is the old share. */
  readonly constant?: SecretScalar
}

/** Makes the messages of one node. */
export class OwnMessages {
  readonly #group: Group
  readonly #session: Session
  readonly #encryptionSecret: SecretScalar
  readonly #made = new Map<string, Uint8Array>()
  #drawn: KeptDealing | undefined

  constructor(group: Group, session: Session, encryptionSecret: SecretScalar) {
    this.#group = group
    this.#session = session
    this.#encryptionSecret = encryptionSecret
  }

  /** The dealing of dealer `index`; `share` is the old one in a resharing. The same at every call. */
  deal(index: number, share: SecretScalar | undefined): KeptDealing {
    this.#drawn ??= this.#draw('deal', 0, (random) => {
      const { id: sessionId } = this.#session
      if (share !== undefined)
        return { sessionId, bytes: deal(this.#group, this.#session, index, share, random) }
      const constant = this.#group.randomSecret(random)
      const bytes = deal(this.#group, this.#session, index, constant, random)
      return { sessionId, bytes, constant }
    })
    return this.#drawn
  }

  /** A complaint of member `index`. */
  complain(dealing: Dealing, index: number): Uint8Array {
    return this.#once('complain', dealing.dealer, (random) =>
      complain(this.#group, this.#session, dealing, index, this.#encryptionSecret, random),
    )
  }

  /** The reveal of the own dealing; undefined where it is not one that this node made. */
  reveal(dealing: Dealing, kept: KeptDealing | undefined): Uint8Array | undefined {
    const made = this.#made.get('reveal 0')
    if (made !== undefined) return made
    const constant = kept?.constant ?? this.deal(dealing.dealer, undefined).constant
    if (constant === undefined) return undefined
    if (!sameBytes(this.#group.multiplyBase(constant), dealing.commitments[0])) return undefined
    return this.#once('reveal', 0, (random) =>
      reveal(this.#group, this.#session, dealing, 0, constant, random),
    )
  }

  /** The recovery of a dealer's part by member `index`, from its share. */
  recover(dealing: Dealing, index: number, share: SecretScalar): Uint8Array {
    return this.#once('recover', dealing.dealer, (random) =>
      reveal(this.#group, this.#session, dealing, index, share, random),
    )
  }

  /** Fills what is secret with zeros. */
  close(): void {
    this.#drawn?.constant?.fill(0)
    this.#drawn = undefined
  }

  #once(
    what: 'complain' | 'reveal' | 'recover',
    subject: number,
    make: (random: (size: number) => Uint8Array) => Uint8Array,
  ): Uint8Array {
    const name = `${what} ${subject}`
    const made = this.#made.get(name) ?? this.#draw(what, subject, make)
    this.#made.set(name, made)
    return made
  }

  #draw<T>(
    what: 'deal' | 'complain' | 'reveal' | 'recover',
    subject: number,
    make: (random: (size: number) => Uint8Array) => T,
  ): T {
    return withDraw(this.#encryptionSecret, { sessionId: this.#session.id, what, subject }, make)
  }
}
