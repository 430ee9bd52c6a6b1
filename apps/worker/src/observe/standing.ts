// What the network holds for and against this worker, as conditions of its health: stake, complaints, notices, draining. Reads the chain.
import type { Condition } from '@wetee/daemon'
import type { Standing } from '../chain/records.ts'
import type { WorkerChain } from '../chain/worker-chain.ts'
import type { ConditionBoard } from '../condition/condition.ts'
import type { Log } from '../log.ts'
import { codeOf, messageOf } from '../worker-error.ts'

/** What standing is read with. */
export type StandingParts = {
  readonly workerId: bigint
  readonly chain: Pick<WorkerChain, 'head' | 'standing'>
  /** Applications that have notice, of the last look. */
  readonly noticed: () => readonly bigint[]
  readonly board: ConditionBoard
  readonly log: Log
}

/** Reads it once; never throws: what was known stays when the chain does not answer. */
export async function readStanding(parts: StandingParts): Promise<void> {
  const { workerId, chain, noticed, board, log } = parts
  try {
    const { number } = await chain.head()
    const standing = await chain.standing(workerId, number)
    board.set('worker', 'standing', standingConditions(standing, noticed()))
  } catch (error) {
    log.warn({ code: codeOf(error), error: messageOf(error) }, 'the standing was not read')
  }
}

/** Conditions of a standing; empty when nothing is held against the worker and it takes applications. */
export function standingConditions(standing: Standing, noticed: readonly bigint[]): Condition[] {
  const { status, coverWei, requiredWei, complaints } = standing
  const conditions: Condition[] = []
  if (status !== 'active')
    conditions.push({
      code: `worker.${status}`,
      severity: 'info',
      text:
        status === 'draining'
          ? 'this worker takes no new applications; those that are here go on'
          : 'this worker was shut down for good: nothing runs here any more',
      remedy:
        status === 'draining'
          ? 'its owner ends the draining, or shuts it down when every application has ended or moved'
          : 'request and withdraw its stake, then stop this program',
    })
  if (coverWei < requiredWei)
    conditions.push({
      code: 'worker.stake-low',
      severity: 'warning',
      text: `${coverWei} wei are bonded and free of complaints, level and reservations ask for ${requiredWei}: no new applications come here`,
      remedy: 'bond the difference for this worker',
    })
  for (const { complaintId, appId, lockedWei, answered, deadline } of complaints)
    conditions.push({
      code: 'worker.complaint',
      severity: 'warning',
      text: `complaint ${complaintId} about application ${appId} holds back ${lockedWei} wei of the stake; it is decided before second ${deadline}`,
      remedy: answered ? 'it was answered: wait for the decision' : 'answer it with your evidence',
    })
  if (noticed.length > 0)
    conditions.push({
      code: 'worker.notice-given',
      severity: 'info',
      text: `applications with notice: ${noticed.join(', ')}`,
      remedy: 'end those that have not moved when their notice is over',
    })
  return conditions
}
