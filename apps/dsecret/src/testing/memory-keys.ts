// The Keys contract and the committees of the world in memory, by the rules of the contracts; a block each second. For tests; no I/O.
import { committeeConfirmedTypedData, keysAbi, sessionMessageTypedData } from '@wetee/chain'
import { bytesToHex, encodeFunctionData, keccak256, recoverTypedDataAddress, type Abi } from 'viem'
import { kindNumber, nextDigest } from '../board/chain-board.ts'
import type {
  Block,
  Committee,
  NetworkKeyFacts,
  SessionFacts,
  SessionPhase,
} from '../chain/chain-view.ts'
import type { EpochCall } from '../epochs/transactions.ts'
import { NodeError } from '../node-error.ts'
import { blockOf, testNetwork, type World } from './memory-view.ts'

/** Lengths of the phases, in blocks. */
const memoryWindows = { register: 8, deal: 8, complain: 2, reveal: 8, recover: 4, confirm: 12 }

type Running = {
  registeredAt: bigint
  dealtAt: bigint
  revealedAt: bigint
  members: number
  threshold: number
  dealers: number
  needed: number
}

/** A call that the contract refuses. */
const refuse = (name: string) => new NodeError(`contract.${name}`, name)

/** Sends to it become part of the world at once, as of the block that is mined next. */
export class MemoryKeys {
  /** Every call that was taken, by its name. */
  readonly taken: string[] = []
  readonly #world: World
  readonly #running = new Map<bigint, Running>()
  #lastConfirmed = 0n
  #keyCount = 0
  /** Of the rotation that is ordered. */
  #overlapSeconds: bigint | undefined

  constructor(world: World) {
    this.#world = world
  }

  /** The newest block. */
  get head(): Block {
    return blockOf(this.#world, this.#world.head)
  }

  /** Names the next epoch. */
  name(members: readonly bigint[], threshold: number): bigint {
    const { committees } = this.#world
    const epoch = (committees.latest?.epoch ?? 0n) + 1n
    const known = [committees.latest, ...this.#world.formerCommittees]
    this.#world.formerCommittees = known.filter((committee) => committee !== undefined)
    this.#world.committees = { ...committees, latest: { epoch, members, threshold } }
    return epoch
  }

  /** `Keys.rotate`. */
  rotate(overlapSeconds: bigint): void {
    this.#overlapSeconds = overlapSeconds
  }

  /** One block; phases are as of its time. */
  mine(blocks = 1): Block {
    this.#world.head += BigInt(blocks)
    for (const facts of this.#world.sessions.values())
      this.#world.sessions.set(facts.number, { ...facts, phase: this.#phase(facts) })
    this.#world.renewalDue = this.#canRenew()
    return this.head
  }

  /** What nodes send; throws NodeError `contract.<Error>`. */
  readonly submit = async (call: EpochCall): Promise<void> => {
    switch (call.call) {
      case 'open':
        this.#open(call.epoch)
        break
      case 'message':
        await this.#message(call)
        break
      case 'confirm':
        await this.#confirm(call)
        break
      case 'activate':
        this.#activate()
        break
      case 'renew':
        if (!this.#canRenew()) throw refuse('RefreshTooEarly')
        this.name(this.#latest().members, this.#latest().threshold)
        this.#world.renewalDue = false
    }
    const what = call.call === 'message' ? call.message.kind : call.call
    this.taken.push(what)
  }

  #latest(): Committee {
    const { latest } = this.#world.committees
    if (latest === undefined) throw refuse('EpochUnknown')
    return latest
  }

  #open(epoch: bigint): void {
    const { committees, sessions, proofs } = this.#world
    const latest = this.#latest()
    if (epoch !== latest.epoch || epoch === committees.active?.epoch)
      throw refuse('EpochNotPending')
    if ([...sessions.values()].some((facts) => facts.epoch === epoch)) throw refuse('SessionExists')
    const now = this.head.timestamp
    if (latest.members.some((id) => (proofs.get(id) ?? 0n) <= now)) throw refuse('MemberNotLive')
    const isNewKey = this.#lastConfirmed === 0n || this.#overlapSeconds !== undefined
    const dealersEpoch = isNewKey ? epoch : this.#holders()
    const dealers = this.#committee(dealersEpoch)
    const number = BigInt(sessions.size + 1)
    sessions.set(number, {
      ...{ number, epoch, dealersEpoch, openedBlock: this.head.number, openedAt: now },
      ...{ phase: 'register', phaseEnd: 0n, messagesDigest: `0x${'00'.repeat(32)}` },
    })
    this.#running.set(number, {
      ...{ registeredAt: 0n, dealtAt: 0n, revealedAt: 0n },
      ...{ members: latest.members.length, threshold: latest.threshold },
      ...{ dealers: dealers.members.length, needed: dealers.threshold },
    })
    this.#world.sessionEvents.set(number, [])
  }

  async #message(call: EpochCall & { call: 'message' }): Promise<void> {
    const { session, message, signature } = call
    const { kind, sender, subject, body } = message
    const facts = this.#session(session)
    if (this.#phase(facts) !== kind) throw refuse('PhaseWrong')
    const events = this.#world.sessionEvents.get(session) ?? []
    const isNewKey = facts.dealersEpoch === facts.epoch
    const mustRegister = kind === 'complain' || kind === 'recover' || (kind === 'deal' && isNewKey)
    if (mustRegister && !events.some((e) => e.kind === 'register' && e.sender === sender))
      throw refuse('NotRegistered')
    if (events.some((e) => e.kind === kind && e.sender === sender && e.subject === subject))
      throw refuse('MessageRepeated')
    const epoch = kind === 'deal' || kind === 'reveal' ? facts.dealersEpoch : facts.epoch
    const bodyDigest = keccak256(body)
    const typedData = sessionMessageTypedData(testNetwork, {
      ...{ session, kind: kindNumber(kind), sender, subject, bodyDigest },
    })
    const nodeId = this.#committee(epoch).members[sender - 1] ?? 0n
    const key = this.#world.nodes.get(nodeId)?.statementKey.toLowerCase()
    const signer = await recoverTypedDataAddress({ ...typedData, signature })
    if (signer.toLowerCase() !== key) throw refuse('SignatureInvalid')
    const about = kind === 'complain' || kind === 'recover' ? [subject] : []
    const args = [session, sender, ...about, bytesToHex(body), signature]
    const abi: Abi = keysAbi
    const data = encodeFunctionData({ abi, functionName: kind, args })
    const transactionHash = keccak256(data)
    this.#world.calldata.set(transactionHash, data)
    const blockNumber = this.head.number + 1n
    const event = { kind, sender, subject, bodyDigest, blockNumber, transactionHash }
    this.#world.sessionEvents.set(session, [...events, event])
    const running = this.#running.get(session)!
    const next = this.head.timestamp + 1n
    const count = events.filter((other) => other.kind === kind).length + 1
    const said = (what: string) => events.filter((other) => other.kind === what).length
    const [registered, dealt] = [said('register'), said('deal')]
    if (kind === 'register' && count === running.members) running.registeredAt = next
    if (kind === 'deal' && count === (isNewKey ? registered : running.dealers))
      running.dealtAt = next
    if (kind === 'reveal' && count === dealt) running.revealedAt = next
    const messagesDigest = nextDigest(facts.messagesDigest, event)
    this.#world.sessions.set(session, { ...facts, messagesDigest })
  }

  async #confirm(call: EpochCall & { call: 'confirm' }): Promise<void> {
    const { session, confirmed, key, signed } = call
    const facts = this.#session(session)
    if (!['reveal', 'recover', 'confirm'].includes(this.#phase(facts))) throw refuse('PhaseWrong')
    const { members, threshold } = this.#committee(facts.epoch)
    const places = members.map((_, at) => at).filter((at) => (signed.bitmap >> BigInt(at)) & 1n)
    if (places.length < threshold) throw refuse('SignaturesTooFew')
    const typedData = committeeConfirmedTypedData(testNetwork, confirmed)
    for (const [at, place] of places.entries()) {
      const signature = `0x${signed.signatures.slice(2 + at * 130, 2 + (at + 1) * 130)}` as const
      const signer = await recoverTypedDataAddress({ ...typedData, signature })
      const registered = this.#world.nodes.get(members[place] ?? 0n)?.statementKey
      if (signer.toLowerCase() !== registered?.toLowerCase()) throw refuse('SignerWrong')
    }
    if (this.#world.confirmations.has(facts.epoch)) throw refuse('PhaseWrong')
    if (facts.dealersEpoch === facts.epoch) this.#make(key)
    const { networkKey } = this.#world
    if (networkKey?.Y !== key.Y || networkKey.S !== key.S) throw refuse('KeyDiffers')
    this.#lastConfirmed = facts.epoch
    this.#world.confirmations.set(facts.epoch, {
      ...{ session, sessionId: confirmed.session, transcriptDigest: confirmed.transcriptDigest },
      key: this.#keyCount,
    })
  }

  /** The one before it is frozen with whoever has shares of it. */
  #make(key: NetworkKeyFacts): void {
    const world = this.#world
    const { networkKey: old, networkKeyMade: madeBlock } = world
    if (old !== undefined) {
      const endsAt = this.head.timestamp + (this.#overlapSeconds ?? 0n)
      const number = this.#keyCount
      world.olderKey = { ...old, number, madeBlock, lastEpoch: this.#holders(), endsAt }
    }
    this.#overlapSeconds = undefined
    this.#keyCount++
    world.networkKey = key
    world.networkKeyMade = this.head.number
  }

  /** The epoch that has the newest key. */
  #holders(): bigint {
    const { committees, confirmations } = this.#world
    const active = committees.active?.epoch ?? 0n
    return confirmations.get(active)?.key === this.#keyCount ? active : this.#lastConfirmed
  }

  #activate(): void {
    const { committees, confirmations } = this.#world
    const latest = this.#latest()
    if (latest.epoch === committees.active?.epoch) throw refuse('EpochUnknown')
    if (!confirmations.has(latest.epoch)) throw refuse('EpochNotConfirmed')
    const previous = committees.active
    if (previous !== undefined) this.#world.formerCommittees.push(previous)
    const previousEpoch = previous?.epoch ?? 0n
    this.#world.activation = { activatedAt: this.head.timestamp, previousEpoch }
    this.#world.committees = { active: latest, latest, genesisOpen: false }
  }

  #canRenew(): boolean {
    const { committees, sessions } = this.#world
    const { latest, active } = committees
    if (latest === undefined) return false
    if (latest.epoch === active?.epoch) return this.#overlapSeconds !== undefined
    const facts = [...sessions.values()].find(({ epoch }) => epoch === latest.epoch)
    return facts?.phase === 'expired'
  }

  #committee(epoch: bigint): Committee {
    const { committees, formerCommittees } = this.#world
    const known = [committees.active, committees.latest, ...formerCommittees]
    const found = known.find((named) => named?.epoch === epoch)
    if (found === undefined) throw refuse('EpochUnknown')
    return found
  }

  #session(number: bigint): SessionFacts {
    const found = this.#world.sessions.get(number)
    if (found === undefined) throw refuse('SessionUnknown')
    return found
  }

  #phase({ number, epoch, dealersEpoch, openedAt }: SessionFacts): SessionPhase {
    const { committees, confirmations, sessionEvents } = this.#world
    const { registeredAt, dealtAt, revealedAt, threshold, needed } = this.#running.get(number)!
    if (confirmations.get(epoch)?.session === number) return 'confirmed'
    if (epoch !== committees.latest?.epoch) return 'expired'
    const now = this.head.timestamp
    const events = sessionEvents.get(number) ?? []
    const said = (what: string) => events.filter(({ kind }) => kind === what).length
    let end = registeredAt === 0n ? openedAt + BigInt(memoryWindows.register) : registeredAt
    if (now < end) return 'register'
    if (said('register') < threshold) return 'expired'
    end = dealtAt === 0n ? end + BigInt(memoryWindows.deal) : dealtAt
    if (now < end) return 'deal'
    if (said('deal') < needed) return 'expired'
    end += BigInt(memoryWindows.complain)
    if (now < end) return 'complain'
    if (epoch === dealersEpoch) {
      end = revealedAt === 0n ? end + BigInt(memoryWindows.reveal) : revealedAt
      if (now < end) return 'reveal'
      end += BigInt(memoryWindows.recover)
      if (now < end) return 'recover'
    }
    return now < end + BigInt(memoryWindows.confirm) ? 'confirm' : 'expired'
  }
}
