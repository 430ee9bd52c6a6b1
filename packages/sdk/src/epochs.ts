// Epochs of the dsecret committee: who holds the shares now, how far the next one is, and what starts one. Network I/O.
import { pause } from './clock.ts'
import { callOf } from './contracts.ts'
import { SdkError } from './error.ts'
import { outcomeOf, type Intent } from './intent.ts'
import { formatDuration, formatTime } from './money.ts'
import type { Network } from './network.ts'
import type { LiveKey } from './reader.ts'

/** Phases of a key session, as the Keys contract counts them. */
export const sessionPhases = [
  'none',
  'register',
  'deal',
  'complain',
  'reveal',
  'recover',
  'confirm',
  'confirmed',
  'expired',
] as const

/** Phases of a key session, in the order of `Keys`. */
export type SessionPhase = (typeof sessionPhases)[number]

/** How far the members are with the shares of their epoch. Times in seconds. */
export type SessionRecord = {
  readonly session: bigint
  readonly phase: SessionPhase
  /** Last second of the phase; 0 for one without an end. */
  readonly phaseEnd: bigint
  readonly openedAt: bigint
  /** How many members have a key in the session, how many deal, how many have dealt, and how many have revealed (a new key alone). */
  readonly registered: number
  readonly dealers: number
  readonly dealt: number
  readonly revealed: number
}

/** A committee and its session, if it has had one. */
export type EpochRecord = {
  readonly epoch: bigint
  readonly threshold: number
  readonly members: readonly bigint[]
  readonly session?: SessionRecord
}

/** What `wetee dsecret epoch` shows. */
export type EpochState = {
  /** The newest: what is sealed to. */
  readonly networkKey?: LiveKey
  /** The one before it, until its end. */
  readonly olderKey?: LiveKey
  /** A new key is ordered: the next session makes it, and the key of now ends so long afterwards, seconds. */
  readonly rotationOverlap?: bigint
  /** Holds the shares that count. */
  readonly active?: EpochRecord
  /** Named, and not active yet. */
  readonly pending?: EpochRecord
  /** From when on anybody may start a refresh, seconds; absent without an active epoch. */
  readonly refreshAt?: bigint
  readonly now: bigint
}

/** Both committees and the key as of the newest final block. Throws `network.contract-missing`. */
export async function readEpochs(network: Network): Promise<EpochState> {
  const { reader } = network
  const { number: at, timestamp: now } = await reader.finalized()
  const [active, latest, activatedAt, refreshSeconds, keys, rotation] = await Promise.all([
    reader.view('quorum', 'activeEpoch', [], at),
    reader.view('quorum', 'latestEpoch', [], at),
    reader.view('quorum', 'activatedAt', [], at),
    reader.view('quorum', 'refreshSeconds', [], at),
    reader.liveKeys(at),
    reader.view('keys', 'rotation', [], at),
  ])
  const [networkKey, olderKey] = keys.toReversed()
  const [isOrdered, rotationOverlap] = rotation
  return {
    ...(networkKey === undefined ? {} : { networkKey }),
    ...(olderKey === undefined ? {} : { olderKey }),
    ...(isOrdered ? { rotationOverlap } : {}),
    ...(active === 0n ? {} : { active: await readEpoch(network, active, at) }),
    ...(latest === active ? {} : { pending: await readEpoch(network, latest, at) }),
    ...(active === 0n ? {} : { refreshAt: activatedAt + refreshSeconds }),
    now,
  }
}

/** A block comes every few seconds, and a session changes with blocks. */
const watchMs = 1_000

/** Reads until no committee is pending; every state goes to `onState`. Throws what `readEpochs` throws, `aborted`. */
export async function watchEpochs(
  network: Network,
  onState: (state: EpochState) => void,
  signal?: AbortSignal,
): Promise<void> {
  for (;;) {
    const state = await readEpochs(network)
    onState(state)
    if (state.pending === undefined) return
    await pause(watchMs, signal)
  }
}

async function readEpoch(network: Network, epoch: bigint, at: bigint): Promise<EpochRecord> {
  const { reader } = network
  const [[members, threshold], number] = await Promise.all([
    reader.view('quorum', 'committee', [epoch], at),
    reader.view('keys', 'sessionOf', [epoch], at),
  ])
  if (number === 0n) return { epoch, threshold, members }
  const { phase, phaseEnd, openedAt, registered, dealers, dealt, revealed } = await reader.view(
    'keys',
    'session',
    [number],
    at,
  )
  const progress = { phaseEnd, openedAt, registered, dealers, dealt, revealed }
  const session = { session: number, phase: sessionPhases[phase] ?? 'none', ...progress }
  return { epoch, threshold, members, session }
}

/** How far a session is, in words; `members` is the size of its committee. */
export function describeSession(session: SessionRecord | undefined, members: number): string {
  if (session === undefined) return 'not opened: waits for the proofs of all members'
  const { phase, registered, dealers, dealt, revealed } = session
  const count = {
    register: `, ${registered} of ${members} have a key in it`,
    deal: `, ${dealt} of ${dealers} have dealt`,
    reveal: `, ${revealed} of ${dealt} have revealed`,
  }
  return `session ${session.session}, ${phase}${count[phase as keyof typeof count] ?? ''}`
}

/** A committee of the past or of now. Times in seconds. */
export type PastEpoch = {
  readonly epoch: bigint
  readonly members: readonly bigint[]
  readonly threshold: number
  readonly namedAt: bigint
  /** Absent for one that never became active, or not yet. */
  readonly activatedAt?: bigint
}

/** More are not shown: the chain keeps them all. */
const shownEpochs = 20

/** The newest 20 committees that were named, newest first. Throws `network.contract-missing`, `chain.*`. */
export async function listEpochs({ reader }: Network): Promise<PastEpoch[]> {
  const { number: at } = await reader.finalized()
  const [named, activated] = await Promise.all([
    reader.events('quorum', 'CommitteeNamed', {}, at),
    reader.events('quorum', 'CommitteeActivated', {}, at),
  ])
  const activeFrom = new Map(activated.map(({ args, blockNumber }) => [args['epoch'], blockNumber]))
  const timeOf = async (block: bigint) => (await reader.block(block))?.timestamp ?? 0n
  return Promise.all(
    named
      .slice(-shownEpochs)
      .reverse()
      .map(async ({ args, blockNumber }): Promise<PastEpoch> => {
        const epoch = args['epoch'] as bigint
        const [members, threshold] = await reader.view('quorum', 'committee', [epoch], at)
        const block = activeFrom.get(epoch)
        return {
          ...{ epoch, members, threshold, namedAt: await timeOf(blockNumber) },
          ...(block === undefined ? {} : { activatedAt: await timeOf(block) }),
        }
      }),
  )
}

/** New shares of the same key for the same members, without those that are out. Throws `epoch.none`. */
export async function planRefresh(network: Network): Promise<Intent> {
  const { active, pending, refreshAt, now } = await readEpochs(network)
  if (active === undefined)
    throw new SdkError(
      'epoch.none',
      'no committee is active yet, so there are no shares to refresh: `wetee dsecret epoch` shows how far the first one is',
      { retryable: true },
    )
  const due = refreshAt ?? 0n
  return {
    id: 'dsecret.epoch.refresh',
    title: 'Refresh the shares of the network’s key',
    facts: [
      ['Active', describe(active)],
      ['Pending', pending === undefined ? 'none' : describe(pending)],
      ['Due', due <= now ? 'yes' : `${formatTime(due)}, or as soon as a member is out`],
      ['Key', 'stays the same; old shares are of no use afterwards'],
    ],
    calls: [callOf(network.profile, 'quorum', 'renewCommittee', [], { doing: 'start a refresh' })],
    outcome: outcomeOf('quorum', 'CommitteeNamed'),
  }
}

/** How long a key lives on beside the new one at most, seconds. */
export const maxOverlapSeconds = 30n * 86_400n

/**
 * Orders a new key; the DAO's to sign. Throws `key.none`, `key.older-lives`, `key.overlap-invalid`.
 */
export async function planRotation(network: Network, overlapSeconds: bigint): Promise<Intent> {
  if (overlapSeconds < 0n || overlapSeconds > maxOverlapSeconds)
    throw new SdkError(
      'key.overlap-invalid',
      `a key lives on beside the new one for 0 to ${maxOverlapSeconds} seconds (30 days), not ${overlapSeconds}`,
    )
  const { networkKey, olderKey } = await readEpochs(network)
  if (networkKey === undefined)
    throw new SdkError('key.none', 'the network has no key yet: there is nothing to rotate')
  if (olderKey !== undefined)
    throw new SdkError(
      'key.older-lives',
      `key ${olderKey.number} lives until ${formatTime(olderKey.endsAt)}: two keys live at most; end it first`,
    )
  const end =
    overlapSeconds === 0n
      ? 'at once: nothing is released under it any more'
      : `${formatDuration(Number(overlapSeconds))} after the new one is made`
  return {
    id: 'dsecret.key.rotate',
    title: 'Order a new key of the network',
    facts: [
      ['Key', `${networkKey.number}, S ${networkKey.S}`],
      ['Ends', end],
      ['Until then', 'owners set their secrets anew and deploy anew, also unchanged'],
      ['Then', 'whoever did not starts under the new key, without what was under this one alone'],
    ],
    calls: [
      callOf(network.profile, 'keys', 'rotate', [overlapSeconds], { doing: 'order a new key' }),
    ],
    outcome: outcomeOf('keys', 'RotationOrdered'),
  }
}

/** Ends an older key before its time; the DAO's to sign. Throws `key.not-older`. */
export async function planKeyEnd(network: Network, key: number): Promise<Intent> {
  const { olderKey } = await readEpochs(network)
  if (olderKey?.number !== key)
    throw new SdkError(
      'key.not-older',
      `key ${key} is no older key that lives: \`wetee dsecret epoch\` shows the keys`,
    )
  return {
    id: 'dsecret.key.end',
    title: `End key ${key} of the network now`,
    facts: [
      ['Would end', formatTime(olderKey.endsAt)],
      ['Then', 'secrets and volumes that are under it alone cannot be read any more'],
    ],
    calls: [
      callOf(network.profile, 'keys', 'endKey', [key], { doing: `end key ${key} of the network` }),
    ],
    outcome: outcomeOf('keys', 'KeyEndSet'),
  }
}

/** Names the members of the next epoch; the DAO's to sign. Throws `epoch.members-invalid`, `epoch.threshold-invalid`. */
export async function planCommittee(
  network: Network,
  members: readonly bigint[],
  threshold = Math.floor(members.length / 2) + 1,
): Promise<Intent> {
  if (members.length === 0 || new Set(members).size !== members.length)
    throw new SdkError(
      'epoch.members-invalid',
      'name each member of the next committee once: `wetee dsecret list` shows the nodes',
    )
  const least = Math.floor(members.length / 2) + 1
  if (!Number.isInteger(threshold) || threshold < least || threshold > members.length)
    throw new SdkError(
      'epoch.threshold-invalid',
      `${threshold} of ${members.length} cannot be the threshold: ${least} to ${members.length} can`,
    )
  const { active, pending } = await readEpochs(network)
  return {
    id: 'dsecret.epoch.name',
    title: 'Name the next committee',
    facts: [
      ['Active', active === undefined ? 'none' : describe(active)],
      ...(pending === undefined ? [] : [['Replaces', describe(pending)] as const]),
      ['Next', `nodes ${members.join(', ')}; ${threshold} of ${members.length} are enough`],
      ['Then', 'they prove their machines, take over the key in a session, and become active'],
    ],
    calls: [
      callOf(network.profile, 'quorum', 'nameCommittee', [members, threshold], {
        doing: 'name the next committee',
      }),
    ],
    outcome: outcomeOf('quorum', 'CommitteeNamed'),
  }
}

function describe({ epoch, members, threshold }: EpochRecord): string {
  return `epoch ${epoch}: nodes ${members.join(', ')}; ${threshold} of ${members.length}`
}
