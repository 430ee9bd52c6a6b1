// How a worker is, for its provider: proof, reach, stake, money for gas, complaints; and what helps. Network I/O.
import { listComplaints } from './complaint.ts'
import { codedError } from './contract-error.ts'
import { ok, warning, type Finding } from './finding.ts'
import { formatDot, formatTime } from './money.ts'
import type { Network } from './network.ts'
import { workerRole, type Block, type WorkerRecord } from './reader.ts'
import { readWorkerStatus } from './worker-api.ts'
import { teeClassNames } from './worker-choice.ts'
import type { WorkerDetails } from './worker.ts'

/** Below it, an account that pays gas should be looked after. */
export const lowBalanceWei = 100_000_000_000_000_000n

/** Of less, nothing is said. */
const shownWei = 100_000_000_000_000n

/** All findings about a worker, in the order in which one would look. Throws `chain.*`. */
export async function workerFindings(
  network: Network,
  worker: WorkerDetails,
  signal?: AbortSignal,
): Promise<Finding[]> {
  if (worker.status === 'shutdown')
    return [ok('worker.shutdown', 'it was shut down for good; its stake can be asked back')]
  const head = await network.reader.finalized()
  const [reach, balanceWei, complaints] = await Promise.all([
    reachFinding(network, worker, head, signal),
    network.reader.balanceWei(worker.operator),
    network.profile.contracts.complaints === undefined ? [] : listComplaints(network),
  ])
  const open = complaints.filter((one) => one.workerId === worker.workerId && one.status === 'open')
  return [
    reach.severity === 'ok' ? reach : { ...reach, remedy: remedyOf(reach.code) },
    stakeFinding(worker.stake),
    gasFinding(worker.operator, balanceWei),
    ...open.map(({ complaintId, appId, answeredAt, answerBy, decideBy, lockedWei }) =>
      warning(
        'worker.complaint-open',
        `complaint ${complaintId} of application ${appId} locks ${formatDot(lockedWei)} of the stake${answeredAt === 0n ? `; unanswered, a decision is possible from ${formatTime(answerBy)} on` : ''}`,
        answeredAt === 0n
          ? 'answer it with your evidence'
          : `wait: it is decided by ${formatTime(decideBy)}, or dismissed`,
      ),
    ),
  ]
}

/** What helps its provider; users of it are told to look elsewhere. */
function remedyOf(code: string): string {
  if (code === 'worker.closed') return 'open it, or end the draining, when it shall take new ones'
  return 'look at its daemon (`wetee worker doctor` on its machine), and that its endpoint is reached from outside'
}

/** Whether the stake covers what is required of it. */
export function stakeFinding(stake: WorkerDetails['stake']): Finding {
  const text = `${formatDot(stake.bondedWei)} of stake, ${formatDot(stake.requiredWei)} required`
  return stake.bondedWei < stake.requiredWei
    ? warning('stake.below-required', text, 'add stake: nothing new can be reserved until then')
    : ok('stake.sufficient', text)
}

/** Whether the operator can pay gas for a while. */
export function gasFinding(operator: string, balanceWei: bigint): Finding {
  const text = `its operator ${operator} has ${formatDot(balanceWei - (balanceWei % shownWei))} for gas`
  return balanceWei < lowBalanceWei
    ? warning(
        'operator.balance-low',
        text,
        'send DOT to the operator: it pays for leases and proofs',
      )
    : ok('operator.balance', text)
}

/** Whether a worker is proven, answers, and takes applications. Never throws for what it finds. */
export async function reachFinding(
  network: Network,
  worker: WorkerRecord,
  head: Block,
  signal?: AbortSignal,
): Promise<Finding> {
  const free = {
    cpu: worker.capacity.cpuMilli - worker.reserved.cpuMilli,
    memory: worker.capacity.memoryMiB - worker.reserved.memoryMiB,
  }
  const text = `worker ${worker.workerId} at ${worker.endpoint}: ${teeClassNames(worker.teeClasses)}, level ${worker.level}, free ${free.cpu} milli-CPU and ${free.memory} MiB`
  const until = await network.reader.liveProofUntil(workerRole, worker.workerId, head.number)
  if (until <= head.timestamp)
    return warning(
      'worker.unproven',
      `${text}; its machine has no live proof`,
      'its operator has to look: no lease can be signed there',
    )
  try {
    const status = await readWorkerStatus(network.transport, worker.endpoint, signal)
    if (status === undefined || status.workerId !== String(worker.workerId))
      return warning(
        'worker.answer-invalid',
        `${text}; something else answers there`,
        'choose another worker',
      )
    return worker.open
      ? ok('worker.healthy', `${text}, runtime ${status.runtime}`)
      : warning(
          'worker.closed',
          `${text}; takes no new applications`,
          'choose another worker for new ones',
        )
  } catch (cause) {
    const coded = codedError(cause)
    if (coded === undefined) throw cause
    return warning(
      coded.code,
      `${text}; ${coded.message}`,
      'choose another worker, or wait until it is back',
    )
  }
}
