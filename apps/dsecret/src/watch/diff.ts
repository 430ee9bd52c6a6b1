// What changed between what a node knew and what it sees: who is cut off, who is back. Pure.
import type { Block } from '../chain/chain-view.ts'
import {
  CAUSES,
  nameOf,
  type CauseCode,
  type GoneState,
  type LiveSubject,
  type Observation,
  type SubjectKind,
  type SubjectName,
} from './subjects.ts'

/** A cut-off before it has a number. */
export type NewAlert = {
  readonly kind: SubjectKind
  readonly subject: string
  readonly state: GoneState
  readonly cause: CauseCode
  /** Block time of the cause, seconds. */
  readonly causeAt: number
  /** When this node saw it in its finalized view, wall clock, milliseconds. */
  readonly cutOffAt: number
  readonly delayMs: number
  /** Number of the block it was seen in. */
  readonly block: string
}

/** Everything that one reading showed. */
export type Seen = {
  readonly block: Pick<Block, 'number' | 'timestamp'>
  readonly observations: readonly Observation[]
  /** Wall clock, milliseconds. */
  readonly nowMs: number
}

/** What has to be written down, all or nothing. */
export type Difference = {
  readonly alerts: readonly NewAlert[]
  readonly live: readonly LiveSubject[]
  readonly gone: readonly SubjectName[]
}

/** What was judged last; nothing is judged by an older block. */
export type Judged = Pick<Block, 'number' | 'timestamp'>

/** Whether a block is one from before what was judged last, by number or by time: an RPC that shows it looks back. */
export function isOlder(judged: Judged | undefined, block: Judged): boolean {
  if (judged === undefined) return false
  return block.number < judged.number || block.timestamp < judged.timestamp
}

/**
 * Who was live in `before` and is no more; by the first observation of a subject when there are several. What was not live before
 * is no news, and a view that is older than `judged` changes nothing.
 */
export function diff(
  before: ReadonlyMap<string, LiveSubject>,
  seen: Seen,
  judged: Judged | undefined,
): Difference {
  const alerts: NewAlert[] = []
  const live: LiveSubject[] = []
  const gone: SubjectName[] = []
  if (isOlder(judged, seen.block)) return { alerts, live, gone }
  const done = new Set<string>()
  for (const observation of seen.observations) {
    const subject = 'live' in observation ? observation.live : observation.gone
    const name = nameOf(subject)
    if (done.has(name)) continue
    done.add(name)
    const known = before.get(name)
    if ('live' in observation) {
      if (known === undefined || !isSame(known, observation.live)) live.push(observation.live)
    } else if (known !== undefined) {
      gone.push({ kind: subject.kind, id: subject.id })
      alerts.push(alertOf(observation.gone, observation.cause, seen))
    }
  }
  return { alerts, live, gone }
}

function alertOf(
  { kind, id }: SubjectName,
  { code, at }: { readonly code: CauseCode; readonly at: bigint },
  { block, nowMs }: Seen,
): NewAlert {
  // A cause is never later than the block that shows it.
  const causeAt = Number(at < block.timestamp ? at : block.timestamp)
  return {
    kind,
    subject: id,
    state: CAUSES[code],
    cause: code,
    causeAt,
    cutOffAt: nowMs,
    delayMs: Math.max(0, nowMs - causeAt * 1_000),
    block: String(block.number),
  }
}

function isSame(a: LiveSubject, b: LiveSubject): boolean {
  return a.until === b.until && a.checkAt === b.checkAt && a.rests.join() === b.rests.join()
}
