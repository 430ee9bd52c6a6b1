// Nodes that go through epochs together on the chain in memory, with real files and real keys. For tests; file I/O.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSimulatedVendor } from '@wetee/attestation/simulated'
import { openKeptTexts } from '@wetee/daemon'
import type { TeeDevice } from '@wetee/tee-device'
import { openNativeGroup } from '@wetee/threshold/native'
import type { Clock } from '../appraise/freshness.ts'
import { ChainBoards } from '../board/chain-board.ts'
import type { NodeFacts } from '../chain/chain-view.ts'
import { Confirmer } from '../epochs/confirmer.ts'
import { EpochKeeper } from '../epochs/epoch-keeper.ts'
import { EpochKeys, nameOf } from '../epochs/epoch-keys.ts'
import type { EpochPeer } from '../epochs/epoch-peers.ts'
import { SessionRun } from '../epochs/session-run.ts'
import { TURN_MS } from '../epochs/turns.ts'
import { openNodeKeys, publicIdentity, type NodeKeys } from '../keys/node-keys.ts'
import { unable } from '../node-error.ts'
import { ShareStore } from '../shares/share-store.ts'
import type { Disk } from '../store/sealed-file.ts'
import { openLedger, type Ledger } from '../store/ledger.ts'
import { emptyWorld, genesisSeconds, memoryView, testNetwork, type World } from './memory-view.ts'
import { MemoryKeys } from './memory-keys.ts'
import { testDevice } from './test-device.ts'
import { silentLog } from './test-node.ts'

const seedOf = (n: number) => new Uint8Array(32).fill(n)
const vendor = createSimulatedVendor({ seed: seedOf(200), atMs: 1_780_000_000_000 })
const launch = { mrtd: `0x${'11'.repeat(48)}`, mrConfigId: `0x${'00'.repeat(48)}` } as const

/** One node; `keeper` is undefined while it is down. */
export type EpochPerson = {
  readonly nodeId: bigint
  readonly stateDir: string
  readonly device: TeeDevice
  readonly store: ShareStore
  keeper: EpochKeeper | undefined
  confirmer: Confirmer | undefined
  keys: EpochKeys | undefined
  disk: Disk | undefined
  /** Answers others wrongly. */
  liesAs: Partial<EpochPeer> | undefined
  readonly logged: string[]
}

type Held = EpochPerson & { nodeKeys: NodeKeys; ledger?: Ledger }

/** All of them, and their chain. */
export class EpochPeople {
  readonly world: World = emptyWorld()
  readonly chain = new MemoryKeys(this.world)
  readonly group = openNativeGroup()
  readonly people: EpochPerson[]
  /** How old the newest finalized block is for all of them. */
  viewAgeMs = 0
  readonly #held: Held[]
  readonly #folder: string
  readonly #abort = new AbortController()
  readonly #clock: Clock & { nowMs: number }

  private constructor(folder: string, held: Held[]) {
    this.#folder = folder
    this.#held = held
    this.people = held
    this.#clock = {
      nowMs: 0,
      now: () => Number(genesisSeconds + this.world.head) * 1_000 + this.viewAgeMs,
      monotonicMs: () => this.#clock.nowMs,
      sleep: () => Promise.reject(new Error('rounds are called one by one')),
    }
  }

  /** Registers and proves nodes 1 to `size`, all running. */
  static async start(size: number): Promise<EpochPeople> {
    const folder = mkdtempSync(join(tmpdir(), 'dsecret-'))
    const held: Held[] = []
    const people = new EpochPeople(folder, held)
    for (let n = 1; n <= size; n++) held.push(await people.#join(n))
    for (let n = 1; n <= size; n++) people.up(n)
    return people
  }

  person(n: number): EpochPerson {
    return this.#of(n)
  }

  /** Starts node n, or starts it again from its files. */
  up(n: number): void {
    const person = this.#of(n)
    this.down(n)
    const view = memoryView(this.world)
    const { signal } = this.#abort
    const account = person.nodeKeys.statement
    const log = {
      ...silentLog,
      info: (fields: object, text: string) => void person.logged.push(lineOf(fields, text)),
      warn: (fields: object, text: string) => void person.logged.push(lineOf(fields, text)),
      error: (fields: object, text: string) => void person.logged.push(lineOf(fields, text)),
    }
    const ledger = openLedger(join(person.stateDir, 'signed.db'))
    person.ledger = ledger
    const shared = { nodeId: person.nodeId, group: this.group, view, log, signal }
    const openPeer = (node: NodeFacts) => this.#peerAt(node.endpoint)
    const kept = openKeptTexts(join(person.stateDir, 'epochs'), 8)
    const keys = new EpochKeys({ ...shared, kept, openPeer })
    const clock = this.#clock
    const confirmer = new Confirmer({ ...shared, account, ledger, openPeer, clock })
    const { store } = person
    const boards = new ChainBoards(view)
    const ofRun = { group: this.group, view, boards, keys, store, random: randomBytes, log }
    person.keys = keys
    person.confirmer = confirmer
    person.keeper = new EpochKeeper({
      ...{ ...shared, account, keys, store, ledger, confirmer, clock },
      openRun: (session) => new SessionRun({ ...ofRun, account: account.address }, session),
      submit: this.chain.submit,
    })
  }

  /** Ends node n as a crash does: nothing is written any more. */
  down(n: number): void {
    const person = this.#of(n)
    person.keeper?.close()
    person.keeper = undefined
    person.confirmer = undefined
    person.keys = undefined
    person.ledger?.close()
    delete person.ledger
  }

  /** One block, and a round of every node that is up. */
  async block(): Promise<void> {
    const head = this.chain.mine()
    this.#clock.nowMs += TURN_MS
    for (const { keeper } of this.#held)
      await keeper?.round(head).catch((error: unknown) => {
        // What a daemon logs and tries again.
        if (!(error instanceof Error && 'retryable' in error)) throw error
      })
    await settled()
  }

  /** Blocks until it holds; throws after `most`. */
  async until(what: string, holds: () => boolean, most = 60): Promise<number> {
    for (let count = 0; count <= most; count++) {
      if (holds()) return count
      await this.block()
    }
    throw new Error(`not within ${most} blocks: ${what}`)
  }

  isActive(epoch: bigint): boolean {
    return this.world.committees.active?.epoch === epoch
  }

  /** Which epoch's share node n would release with. */
  heldBy(n: number): bigint | undefined {
    return this.#of(n).keeper?.holder.current()?.epoch
  }

  /** Ends everything. */
  close(): void {
    for (const { nodeId } of this.#held) this.down(Number(nodeId))
    this.#abort.abort()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #of(n: number): Held {
    const person = this.#held[n - 1]
    if (person === undefined) throw new Error(`node ${n}: there are ${this.#held.length}`)
    return person
  }

  async #join(n: number): Promise<Held> {
    const stateDir = join(this.#folder, `node-${n}`)
    const chip = vendor.createChip({ seed: seedOf(n) })
    const device = testDevice(chip, launch)
    const { signal } = this.#abort
    const nodeKeys = await openNodeKeys(device, stateDir, signal)
    const nodeId = BigInt(n)
    const endpoint = `https://node-${n}.test`
    this.world.nodes.set(nodeId, { status: 'active', endpoint, ...publicIdentity(nodeKeys) })
    this.world.proofs.set(nodeId, genesisSeconds + 1_000_000n)
    const person = { nodeId, stateDir, device, nodeKeys, logged: [], disk: undefined }
    const off = { keeper: undefined, confirmer: undefined, keys: undefined, liesAs: undefined }
    const held: Omit<Held, 'store'> & { store?: ShareStore } = { ...person, ...off }
    const { chainId, contracts } = testNetwork
    held.store = new ShareStore({
      ...{ device, stateDir, chainId, keys: contracts.keys, group: this.group, signal },
      disk: { write: (handle, bytes) => (held.disk ?? wholeDisk).write(handle, bytes) },
    })
    return held as Held
  }

  /** What others reach at an endpoint. */
  #peerAt(endpoint: string): EpochPeer {
    const person = this.#held.find(({ nodeId }) => endpoint === `https://node-${nodeId}.test`)
    const down = () => Promise.reject(unable('peer.down', 'this node is down'))
    if (person === undefined) return { epoch: down, confirmation: down }
    return {
      epoch: (number) => {
        const confirmation = this.world.confirmations.get(number)
        if (person.keys === undefined || confirmation === undefined) return down()
        const text = person.keys.document(nameOf(number, confirmation))
        return Promise.resolve(JSON.parse(text) as unknown)
      },
      confirmation: (session) => person.confirmer?.sign(session) ?? down(),
      ...person.liesAs,
    }
  }
}

const wholeDisk: Disk = { write: (handle, bytes) => writeSync(handle, bytes) }

function lineOf(fields: object, text: string): string {
  return `${text} ${JSON.stringify(fields)}`
}

/** What was started beside the rounds is done. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}
