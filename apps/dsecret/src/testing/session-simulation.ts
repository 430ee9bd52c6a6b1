// For tests: seeded runs of key sessions against liars of every kind: a new key, the same key for other members, and releases;
// and what must hold at the end of each. Pure.
import { createHash } from 'node:crypto'
import type { Group, SecretScalar } from '@wetee/threshold'
import { openNativeGroup } from '@wetee/threshold/native'
import type { PreviousEpoch, SessionMessage } from '../session/board.ts'
import { memoGroup } from './memo-group.ts'
import { checkEnding, checkMix, checkReleases } from './session-properties.ts'
import { makePeople, openingOf, type Person } from './session-people.ts'
import { oneOf, playSession, shuffled, type Cast, type Ending } from './session-world.ts'
import type { Random } from './session-node.ts'

/** How a run ended; `problems` is empty when every property held. */
export type SimulationResult = {
  readonly problems: readonly string[]
  /** What happened, one line each. */
  readonly log: readonly string[]
  /** SHA-256 of the log: the same seed gives the same. */
  readonly trace: string
}

const native = openNativeGroup()

/** Runs one seed with committees of 4. */
export function simulate(random: Random): SimulationResult {
  return run(random, 4)
}

/** Runs one seed with committees of 4 to 16. */
export function simulateSizes(random: Random): SimulationResult {
  return run(random, 16)
}

function run(random: Random, largest: number): SimulationResult {
  const log: string[] = []
  const group = memoGroup(native)
  const seed = String(random(2 ** 30))
  const problems: string[] = []
  const size = committeeSize(random, largest)
  const people = makePeople(size + 1 + random(size), seed)
  const world = { group, random, seed, log: (line: string) => void log.push(line) }
  let state: Epoch | undefined
  const recorded: SessionMessage[] = []
  // A new key, until one is confirmed; then resharings of it.
  for (let session = 1n; session <= 3n; session++) {
    const members = shuffled(people, random).slice(
      0,
      Math.min(people.length, state ? committeeSize(random, largest) : size),
    )
    const cast = castOf({ ...world, people, members, session, state, recorded })
    const ending = playSession(cast)
    recorded.push(...ending.messages)
    problems.push(...checkEnding(cast, ending).map((text) => `session ${session}: ${text}`))
    if (ending.phase === 'confirmed' && problems.length === 0) {
      const next = epochOf(cast, ending)
      if (state !== undefined) problems.push(...checkMix(group, state, next, random))
      state = next
    }
    if (problems.length > 0) break
    // Whatever became of this session, the epoch that there is goes on.
    if (state !== undefined) problems.push(...checkReleases(group, state, random, seed))
  }
  const trace = createHash('sha256').update(log.join('\n')).digest('hex')
  return { problems, log, trace }
}

/** Small ones more often: a run takes as long as the square of its size. */
function committeeSize(random: Random, largest: number): number {
  const more = () => random(largest - 3)
  return largest === 4 ? 4 : 4 + Math.min(more(), more(), more())
}

/** An epoch that has the key. */
export type Epoch = {
  readonly previous: PreviousEpoch
  readonly opening: Cast['opening']
  readonly shares: ReadonlyMap<bigint, SecretScalar>
  readonly liars: ReadonlySet<bigint>
}

function castOf(given: {
  readonly group: Group
  readonly random: Random
  readonly seed: string
  readonly log: (line: string) => void
  readonly people: readonly Person[]
  readonly members: readonly Person[]
  readonly session: bigint
  readonly state: Epoch | undefined
  readonly recorded: readonly SessionMessage[]
}): Cast {
  const { group, random, people, members, session, state, recorded, log, seed } = given
  const size = members.length
  const majority = Math.floor(size / 2) + 1
  const threshold = oneOf([majority, majority, Math.floor((2 * size) / 3) + 1], random)
  const openedBlockHash = blockHash(seed, session)
  const old = state && { dealers: state.opening.members, previous: factsOf(state), session }
  const opening = { ...openingOf(members, threshold, old), session, openedBlockHash }
  const seated = people.filter(({ nodeId }) =>
    [...opening.members, ...opening.dealers].some((seat) => seat.nodeId === nodeId),
  )
  const liars = liarsAmong(seated, opening, state, random)
  const isOneAway = random(4) === 0
  const away = new Set(
    seated.flatMap(({ nodeId }) =>
      isOneAway && !liars.has(nodeId) && random(5) === 0 ? [nodeId] : [],
    ),
  )
  log(
    `session ${session} of ${size}, threshold ${threshold}: members ${ids(opening.members)}, ` +
      `dealers ${ids(opening.dealers)}, liars ${[...liars].join()}, away ${[...away].join()}`,
  )
  return {
    ...{ group, random, opening, people: seated, liars, away, recorded, log },
    seed: `${seed} ${session}`,
    ...(state && { previous: state.previous, shares: state.shares }),
  }
}

/** Fewer than the threshold of each committee; mostly so few that as many as the threshold are honest. */
function liarsAmong(
  seated: readonly Person[],
  { members, threshold }: Cast['opening'],
  state: Epoch | undefined,
  random: Random,
): Set<bigint> {
  const leavesEnough = random(4) > 0
  const most = (seats: number, needed: number) =>
    leavesEnough ? Math.min(needed - 1, seats - needed) : needed - 1
  const committees = [{ members, threshold }, ...(state ? [state.opening] : [])]
  const liars = new Set<bigint>()
  const hasRoom = (nodeId: bigint) =>
    committees.every((committee) => {
      const has = (id: bigint) => committee.members.some((seat) => seat.nodeId === id)
      const there = [...liars].filter(has).length
      return !has(nodeId) || there < most(committee.members.length, committee.threshold)
    })
  const wanted = random(committees.reduce((sum, { threshold: needed }) => sum + needed, 0))
  // Who lied before lies again.
  const order = shuffled(seated, random).map(({ nodeId }) => nodeId)
  const before = order.filter((nodeId) => state?.liars.has(nodeId))
  for (const nodeId of [...before, ...order])
    if ((liars.size < wanted || before.includes(nodeId)) && hasRoom(nodeId)) liars.add(nodeId)
  return liars
}

function factsOf({ previous }: Epoch): Omit<PreviousEpoch, 'key'> {
  const { epoch, sessionId, transcriptDigest } = previous
  return { epoch, sessionId, transcriptDigest }
}

function epochOf({ opening, liars }: Cast, { steps, shares }: Ending): Epoch {
  const outcome = [...steps.values()].find((step) => step.outcome !== undefined)!.outcome!
  const { sessionId, transcriptDigest, key } = outcome
  return {
    previous: { epoch: opening.epoch, sessionId, transcriptDigest, key },
    opening,
    shares,
    liars,
  }
}

function blockHash(seed: string, session: bigint): Uint8Array {
  return new Uint8Array(createHash('sha256').update(`${seed} block ${session}`).digest())
}

function ids(seats: readonly { readonly nodeId: bigint }[]): string {
  return seats.map(({ nodeId }) => nodeId).join()
}
