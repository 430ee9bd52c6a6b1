// For tests: key sessions on a chain in memory, with the rules of the Keys contract, blocks that are final only later, and
// blocks that vanish before they are. One second is one block. Pure.
import type { CommitteeConfirmed } from '@wetee/chain'
import type { SessionPhase } from '../chain/chain-view.ts'
import type {
  Board,
  BoardMember,
  BoardRemark,
  PreviousEpoch,
  SessionMessage,
} from '../session/board.ts'

/** Lengths of the phases, in blocks. */
export type Windows = {
  readonly register: number
  readonly deal: number
  readonly complain: number
  readonly reveal: number
  readonly recover: number
  readonly confirm: number
}

/** A quorum's signatures of one confirmation, by index of the member. */
export type Confirmation = {
  readonly confirmed: CommitteeConfirmed
  readonly signers: readonly number[]
}

/** What a session is opened with. */
export type Opening = {
  readonly chainId: number
  readonly contract: Uint8Array
  readonly session: bigint
  readonly epoch: bigint
  readonly dealersEpoch: bigint
  readonly members: readonly BoardMember[]
  readonly dealers: readonly BoardMember[]
  readonly threshold: number
  readonly openedBlockHash: Uint8Array
  /** Without the key: each node brings its own. */
  readonly previous?: Omit<PreviousEpoch, 'key'>
}

/** What a block takes. */
export type Transaction = SessionMessage | Confirmation

type State = {
  readonly phase: SessionPhase
  /** First block of the next phase. */
  readonly until: number
  readonly registrations: ReadonlyMap<number, Uint8Array>
  readonly dealings: ReadonlyMap<number, Uint8Array>
  readonly complaints: readonly BoardRemark[]
  readonly reveals: ReadonlyMap<number, Uint8Array>
  readonly recoveries: readonly BoardRemark[]
  readonly confirmation?: Confirmation
}

const lists = { register: 'registrations', deal: 'dealings', reveal: 'reveals' } as const

/** One session on such a chain. */
export class SessionChain {
  readonly opening: Opening
  readonly #windows: Windows
  /** After each block from the opening on. */
  readonly #states: State[]
  readonly #blocks: (readonly Transaction[])[] = [[]]
  #waiting: Transaction[] = []

  constructor(opening: Opening, windows: Windows) {
    this.opening = opening
    this.#windows = windows
    const nothing = {
      ...{ registrations: new Map(), dealings: new Map(), reveals: new Map() },
      ...{ complaints: [], recoveries: [] },
    }
    this.#states = [{ phase: 'register', until: windows.register, ...nothing }]
  }

  /** First block of the next phase, as of the newest block. */
  get until(): number {
    return this.#states.at(-1)!.until
  }

  /** As of the newest block. */
  get confirmation(): Confirmation | undefined {
    return this.#states.at(-1)!.confirmation
  }

  /** Number of the newest block, from 0. */
  get head(): number {
    return this.#states.length - 1
  }

  /** What everybody sees coming. */
  get waiting(): readonly Transaction[] {
    return this.#waiting
  }

  /** Waits for the next block, `first` before all others; what the contract refuses there is gone. */
  send(transaction: Transaction, first = false): void {
    if (first) this.#waiting.unshift(transaction)
    else this.#waiting.push(transaction)
  }

  /** The next block takes what waits, in that order. */
  mine(): void {
    let state = this.#advanced(this.#states.at(-1)!, this.#states.length)
    const block = this.#waiting
    this.#waiting = []
    for (const transaction of block) state = this.#applied(state, transaction)
    this.#states.push(state)
    this.#blocks.push(block)
  }

  /** The newest blocks vanish; what was in them waits again where `keeps` says so. */
  reorganize(depth: number, keeps: () => boolean): void {
    const from = Math.max(1, this.#states.length - depth)
    this.#states.splice(from)
    const lost = this.#blocks.splice(from).flat()
    this.#waiting.unshift(...lost.filter(keeps))
  }

  /** What the contract says as of a block; `previous` as a node has it. */
  board(block: number, previous?: PreviousEpoch): Board {
    const { confirmation, until: _, ...state } = this.#states[block]!
    const { previous: facts, ...opening } = this.opening
    const resharing = previous ?? facts
    const digest = confirmation?.confirmed.transcriptDigest
    return {
      ...opening,
      ...state,
      ...(resharing && { previous: resharing }),
      ...(digest && { transcriptDigest: Buffer.from(digest.slice(2), 'hex') }),
    }
  }

  /** The phases that follow by time alone. */
  #advanced(state: State, now: number): State {
    let { phase, until } = state
    while (now >= until && phase !== 'confirmed' && phase !== 'expired') {
      phase = this.#after(phase, state)
      until = phase in this.#windows ? until + this.#windows[phase as keyof Windows] : Infinity
    }
    return { ...state, phase, until }
  }

  #after(phase: SessionPhase, { registrations }: State): SessionPhase {
    const isResharing = this.#isResharing
    switch (phase) {
      case 'register':
        return registrations.size < this.opening.threshold ? 'expired' : 'deal'
      case 'deal':
        return 'complain'
      case 'complain':
        return isResharing ? 'confirm' : 'reveal'
      case 'reveal':
        return 'recover'
      case 'recover':
        return 'confirm'
      default:
        return 'expired'
    }
  }

  get #isResharing(): boolean {
    return this.opening.epoch !== this.opening.dealersEpoch
  }

  #applied(state: State, transaction: Transaction): State {
    if ('signers' in transaction) return this.#confirmed(state, transaction)
    const { kind, sender, subject, body } = transaction
    if (kind !== state.phase || body.length < 1 || body.length > 8_192) return state
    const { dealers, members } = this.opening
    const now = this.#states.length
    const isDealerAlone = kind === 'deal' && this.#isResharing
    const mustRegister = kind !== 'register' && kind !== 'reveal' && !isDealerAlone
    if (mustRegister && !state.registrations.has(sender)) return state
    switch (kind) {
      case 'register':
      case 'deal':
      case 'reveal': {
        const list = lists[kind]
        const seats = kind === 'register' ? members : dealers
        if (sender < 1 || sender > seats.length || state[list].has(sender)) return state
        const after = { ...state, [list]: new Map(state[list]).set(sender, body) }
        const awaited = {
          register: members.length,
          deal: this.#isResharing ? dealers.length : state.registrations.size,
          reveal: state.dealings.size,
        }
        const all = after[list].size === awaited[kind]
        return all ? this.#advanced({ ...after, until: now }, now) : after
      }
      default: {
        const list = kind === 'complain' ? 'complaints' : 'recoveries'
        const said = ({ dealer, member }: BoardRemark) => dealer === subject && member === sender
        const isKnown = sender >= 1 && sender <= members.length && subject >= 1
        if (!isKnown || subject > dealers.length || state[list].some(said)) return state
        return { ...state, [list]: [...state[list], { dealer: subject, member: sender, body }] }
      }
    }
  }

  #confirmed(state: State, confirmation: Confirmation): State {
    const { epoch, threshold } = this.opening
    const { confirmed, signers } = confirmation
    const isOpen = ['reveal', 'recover', 'confirm'].includes(state.phase)
    const isOfThis = confirmed.epoch === epoch && confirmed.threshold === threshold
    if (!isOpen || !isOfThis || new Set(signers).size < threshold) return state
    return { ...state, phase: 'confirmed', until: Infinity, confirmation }
  }
}
