// Puts together what takes a node through the epochs. No I/O of its own but reading which files there are.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { TransactionQueue } from '@wetee/chain'
import { openKeptTexts, type Condition, type Log, type Metrics } from '@wetee/daemon'
import type { TeeDevice } from '@wetee/tee-device'
import { openNativeGroup } from '@wetee/threshold/native'
import { epochCalls } from '../api/epoch-calls.ts'
import type { AddCalls } from '../api/node-api.ts'
import type { Clock } from '../appraise/freshness.ts'
import { ChainBoards } from '../board/chain-board.ts'
import type { ChainView, SessionPhase } from '../chain/chain-view.ts'
import type { NodeKeys } from '../keys/node-keys.ts'
import { ShareStore } from '../shares/share-store.ts'
import type { Ledger } from '../store/ledger.ts'
import { Confirmer } from './confirmer.ts'
import { EpochKeeper, type EpochEvents } from './epoch-keeper.ts'
import { EpochKeys } from './epoch-keys.ts'
import { openEpochPeer } from './epoch-peers.ts'
import { SessionRun } from './session-run.ts'
import type { ShareHolder } from './share-holder.ts'
import { epochSubmitter } from './transactions.ts'

/** What a node brings. */
export type EpochsParts = {
  readonly nodeId: bigint
  readonly stateDir: string
  readonly device: TeeDevice
  readonly keys: NodeKeys
  readonly view: ChainView
  readonly ledger: Ledger
  readonly queue: TransactionQueue
  readonly metrics: Metrics
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
}

/** The epochs of a running node. */
export type Epochs = {
  readonly holder: ShareHolder
  readonly calls: AddCalls
  readonly conditions: () => readonly Condition[]
  /** Runs until the signal. */
  run(): Promise<void>
}

/** Public parts of epochs that stay on disk. */
const KEPT_EPOCHS = 64
const NO_SHARES: ShareHolder = {
  current: () => undefined,
  previous: () => undefined,
  frozen: () => undefined,
}
const PHASES: readonly SessionPhase[] = [
  'register',
  'deal',
  'complain',
  'reveal',
  'recover',
  'confirm',
  'confirmed',
  'expired',
]

/** Opens them; on a network without a `keys` contract there are none. Throws ThresholdError `native.missing`. */
export function openEpochs(parts: EpochsParts): Epochs {
  const { nodeId, stateDir, view, ledger, queue, clock, log, signal } = parts
  const contract = view.network.contracts.keys
  if (contract === undefined)
    return {
      holder: NO_SHARES,
      calls: () => undefined,
      conditions: () => [],
      run: () => Promise.resolve(),
    }
  const group = openNativeGroup()
  const { statement: account } = parts.keys
  const opened = { nodeId, group, view, account, ledger, clock, log, signal }
  const keys = new EpochKeys({
    ...opened,
    kept: openKeptTexts(join(stateDir, 'epochs'), KEPT_EPOCHS),
    openPeer: openEpochPeer,
  })
  const { chainId } = view.network
  const { device } = parts
  const store = new ShareStore({ device, stateDir, chainId, keys: contract, group, signal })
  const boards = new ChainBoards(view)
  const confirmer = new Confirmer({ ...opened, openPeer: openEpochPeer })
  const ofRun = { group, view, boards, keys, store, random: randomBytes, log }
  const keeper = new EpochKeeper({
    ...opened,
    keys,
    store,
    confirmer,
    openRun: (session) => new SessionRun({ ...ofRun, account: account.address }, session),
    submit: epochSubmitter(queue, { keys: contract, quorum: view.network.contracts.quorum }),
    ...measured(parts.metrics, clock.monotonicMs),
  })
  return {
    holder: keeper.holder,
    calls: epochCalls({ view, keys, confirmer }),
    conditions: () => keeper.conditions,
    run: () => keeper.run(),
  }
}

function measured(metrics: Metrics, monotonicMs: () => number): EpochEvents {
  const phaseNumber = metrics.gauge({
    name: 'session_phase_number',
    help: 'phase of the key session that runs: 0 none, 1 register, 2 deal, 3 complain, 4 reveal, 5 recover, 6 confirm, 7 confirmed',
  })
  const seconds = metrics.histogram({
    name: 'session_phase_seconds',
    help: 'how long a key session was in a phase, seconds',
    labels: ['phase'],
    buckets: [1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600],
  })
  const faults = metrics.counter({
    name: 'session_faults_total',
    help: 'what nodes did in key sessions that no honest one does',
    labels: ['code'],
  })
  let since: { readonly phase: SessionPhase; readonly atMs: number } | undefined
  return {
    onPhase(phase) {
      if (phase === since?.phase) return
      const atMs = monotonicMs()
      if (since !== undefined) seconds.observe({ phase: since.phase }, (atMs - since.atMs) / 1_000)
      since = phase && { phase, atMs }
      phaseNumber.set(phase === undefined ? 0 : PHASES.indexOf(phase) + 1)
    },
    onFault: (code) => faults.inc({ code }),
  }
}
