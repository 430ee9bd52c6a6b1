// For tests: what must hold after a key session, whatever liars did. Pure.
import {
  checkCiphertext,
  checkPublicShares,
  combine,
  encrypt,
  lagrangeAtZero,
  releaseShares,
  ThresholdError,
  type Group,
} from '@wetee/threshold'
import type { Random } from './session-node.ts'
import { bytesOf } from './session-people.ts'
import type { Epoch } from './session-simulation.ts'
import { shuffled, type Cast, type Ending } from './session-world.ts'

/** Of one session: agreement, no stall, nobody blamed that is honest, nothing given away. */
export function checkEnding(cast: Cast, ending: Ending): string[] {
  const problems = [...ending.problems]
  const { opening, liars, away, previous } = cast
  const { phase, steps, confirmed } = ending
  const isLive = ({ nodeId }: { readonly nodeId: bigint }) =>
    !liars.has(nodeId) && !away.has(nodeId)
  const live = opening.members.filter(isLive)
  const able = live.filter(({ nodeId }) => !ending.keyless.has(nodeId))
  const needed = previous?.key?.threshold ?? opening.threshold
  // Members of a new key deal with their keys of this session, whoever hands a key on with its share alone.
  const dealing = opening.dealers.filter(
    (seat) => isLive(seat) && (cast.shares?.has(seat.nodeId) ?? able.includes(seat)),
  )
  const isDue = able.length >= opening.threshold && dealing.length >= needed
  if (isDue && phase !== 'confirmed') problems.push('enough honest nodes, and it stalled')
  const outcomes = [...steps].flatMap(([nodeId, { outcome }]) =>
    outcome ? [{ nodeId, ...outcome }] : [],
  )
  const digests = new Set(outcomes.map((outcome) => Object.values(outcome.confirmed).join()))
  if (digests.size > 1) problems.push('honest nodes disagree')
  if (confirmed && outcomes.length > 0 && !digests.has(Object.values(confirmed).join()))
    problems.push('the chain confirmed what no honest node has')
  for (const { nodeId } of able) {
    const step = steps.get(nodeId)
    if (step?.state === 'without-share')
      problems.push(`node ${nodeId} has no share: ${step.trouble}`)
    if (phase === 'confirmed' && step?.outcome === undefined)
      problems.push(`node ${nodeId} is ${step?.state} ${step?.trouble ?? ''}`)
    if (phase === 'confirmed' && !ending.shares.has(nodeId))
      problems.push(`node ${nodeId} stored no share`)
  }
  const faults = new Set<string>()
  for (const [nodeId, step] of steps) {
    for (const { nodeId: blamed, code } of step.faults)
      if (!liars.has(blamed))
        problems.push(`node ${nodeId} blames honest node ${blamed} for ${code}`)
    if (live.some((seat) => seat.nodeId === nodeId))
      faults.add(step.faults.map((fault) => Object.values(fault).join(' ')).join())
  }
  if (faults.size > 1) problems.push('honest nodes blame differently')
  return [...problems, ...keptSecrets(cast, ending)]
}

/** A complaint opens a share: none of an honest dealer's may be opened by an honest member. */
function keptSecrets({ opening, liars }: Cast, { chain }: Ending): string[] {
  return chain.board(chain.head).complaints.flatMap(({ dealer, member }) => {
    const isHonest = [opening.dealers[dealer - 1]!, opening.members[member - 1]!].every(
      ({ nodeId }) => !liars.has(nodeId),
    )
    return isHonest ? [`member ${member} opened its share of honest dealer ${dealer}`] : []
  })
}

/** Any t shares of honest nodes release; t-1 do not, and are those of other keys as well. */
export function checkReleases(group: Group, epoch: Epoch, random: Random, seed: string): string[] {
  const { previous, opening, shares, liars } = epoch
  const key = previous.key!
  const threshold = key.threshold
  const label = new TextEncoder().encode('label')
  const plaintext = new TextEncoder().encode(seed)
  const draw = bytesOf(`${seed} release`)
  const sealed = encrypt(group, { networkKey: key.encryptionKey, label, plaintext }, draw)
  const ciphertexts = [checkCiphertext(group, label, sealed)]
  const request = { epoch: previous.epoch, requestId: draw(32), readerKey: draw(32) }
  const committee = checkPublicShares(group, key.publicShares, threshold, key.verificationKey)
  const holders = shuffled(
    opening.members.filter(({ nodeId }) => shares.has(nodeId) && !liars.has(nodeId)),
    random,
  )
  const replies = holders.map(({ index, nodeId }) => {
    const holder = { nodeId, statementKey: new Uint8Array(20).fill(index) }
    const publicShare = key.publicShares[index - 1]!
    const member = { index, share: shares.get(nodeId)!, publicShare, holder }
    return { index, holder, bytes: releaseShares(group, member, { request, ciphertexts }, draw) }
  })
  const open = (count: number) =>
    combine(group, { committee, request, ciphertexts, replies: replies.slice(0, count) }).plaintexts
  const problems: string[] = []
  if (holders.length >= threshold) {
    const [opened] = open(threshold)
    if (Buffer.compare(opened!, plaintext) !== 0) problems.push('t shares release something else')
  }
  try {
    open(threshold - 1)
    problems.push('t-1 shares release')
  } catch (error) {
    if (!(error instanceof ThresholdError && error.code === 'release.too-few')) throw error
  }
  // The shares that liars have, with those of honest nodes up to t-1: their polynomial is another one.
  const known = shuffled(
    opening.members.filter(({ nodeId }) => shares.has(nodeId)),
    random,
  )
    .sort((a, b) => Number(liars.has(b.nodeId)) - Number(liars.has(a.nodeId)))
    .slice(0, threshold - 1)
  if (
    interpolates(
      group,
      epoch,
      known.map(({ index }) => [index, epoch]),
    )
  )
    problems.push('t-1 shares are those of the key')
  return problems
}

/** The key stays, and shares of two epochs do not combine. */
export function checkMix(group: Group, old: Epoch, fresh: Epoch, random: Random): string[] {
  const problems: string[] = []
  for (const which of ['encryptionKey', 'verificationKey'] as const)
    if (Buffer.compare(old.previous.key![which], fresh.previous.key![which]) !== 0)
      problems.push(`a resharing changed the ${which}`)
  const { threshold } = fresh.previous.key!
  const seats = shuffled(fresh.opening.members, random).slice(0, threshold)
  const olds = old.opening.members.length
  const mixed = seats.map(
    ({ index }, at) => [index, at === 0 && index <= olds ? old : fresh] as const,
  )
  if (
    mixed.some(([, epoch]) => epoch === old) &&
    threshold > 1 &&
    interpolates(group, fresh, mixed)
  )
    problems.push('shares of two epochs combine')
  if (
    !interpolates(
      group,
      fresh,
      seats.map(({ index }) => [index, fresh]),
    )
  )
    problems.push('t shares are not those of the key')
  return problems
}

/** Whether the shares of those indexes and epochs are, in the exponent, the key of an epoch. */
function interpolates(
  group: Group,
  { previous }: Epoch,
  parts: readonly (readonly [number, Epoch])[],
): boolean {
  const points = parts.map(([index, epoch]) => epoch.previous.key!.publicShares[index - 1])
  if (points.length === 0 || points.some((point) => point === undefined)) return false
  const sum = group.multiplyMany(
    points.map((point) => point!),
    lagrangeAtZero(parts.map(([index]) => index)),
  )
  return sum !== undefined && Buffer.compare(sum, previous.key!.verificationKey) === 0
}
