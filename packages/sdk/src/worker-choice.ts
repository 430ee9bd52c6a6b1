// Which worker gets an application: open, able, with room, cheapest; ties by the lowest id, so the same chain gives the same choice. Pure.
import type { Terms } from '@wetee/manifest'
import { SdkError } from './error.ts'
import type { Quote, WorkerRecord } from './reader.ts'

/** A worker and what it asks for these terms. */
export type Candidate = {
  readonly worker: WorkerRecord
  /** False: its machine has no live proof, so that no lease could ever be signed there. */
  readonly proven: boolean
  readonly quote?: Quote
}

const teeNames = ['TDX', 'SEV-SNP', 'SGX']

/** Names of the TEE classes in a bit mask, for people. */
export function teeClassNames(mask: number): string {
  const names = teeNames.filter((_, bit) => (mask & (1 << bit)) !== 0)
  return names.length === 0 ? 'no TEE' : names.join(', ')
}

/** Why a worker cannot take these terms; empty when it can. */
export function unfitReasons(candidate: Candidate, terms: Terms): string[] {
  const { worker } = candidate
  const reasons: string[] = []
  if (worker.status !== 'active') reasons.push(`is ${worker.status}`)
  if (!worker.open) reasons.push('takes no new applications')
  if (!candidate.proven) reasons.push('its machine has no live proof')
  if ((worker.teeClasses & terms.teeClasses) === 0)
    reasons.push(
      `has ${teeClassNames(worker.teeClasses)}, asked ${teeClassNames(terms.teeClasses)}`,
    )
  if (worker.level < terms.level)
    reasons.push(`security level ${worker.level}, asked at least ${terms.level}`)
  for (const [field, unit] of resourceUnits) {
    const free = worker.capacity[field] - worker.reserved[field]
    const asked = terms[field] * terms.replicas
    if (asked > free) reasons.push(`${free} ${unit} free, asked ${asked}`)
  }
  return reasons
}

/**
 * The cheapest worker that fits, the lowest id among equals; with `workerId` exactly that one.
 * Throws SdkError `worker.none-fits`, `worker.unknown` or `worker.unfit` with every reason.
 */
export function chooseWorker(
  candidates: readonly Candidate[],
  terms: Terms,
  workerId?: bigint,
): Candidate & { readonly quote: Quote } {
  if (workerId !== undefined) return chosenWorker(candidates, terms, workerId)
  const fitting = candidates
    .filter((c): c is Candidate & { quote: Quote } => c.quote !== undefined)
    .filter((c) => unfitReasons(c, terms).length === 0)
    .sort(
      (a, b) =>
        compare(a.quote.weiPerSecond, b.quote.weiPerSecond) ||
        compare(a.worker.workerId, b.worker.workerId),
    )
  const best = fitting[0]
  if (best !== undefined) return best
  const reasons = candidates.map(
    (c) => `worker ${c.worker.workerId}: ${unfitReasons(c, terms).join('; ') || 'gave no price'}`,
  )
  throw new SdkError(
    'worker.none-fits',
    candidates.length === 0
      ? 'the network has no workers yet: try again later'
      : `no worker can run this application (${reasons.join('. ')}): ask for less, or wait for capacity`,
    { retryable: true },
  )
}

const resourceUnits = [
  ['cpuMilli', 'milli-CPU'],
  ['memoryMiB', 'MiB of memory'],
  ['diskMiB', 'MiB of disk'],
  ['gpu', 'GPUs'],
] as const

function chosenWorker(
  candidates: readonly Candidate[],
  terms: Terms,
  workerId: bigint,
): Candidate & { readonly quote: Quote } {
  const found = candidates.find((c) => c.worker.workerId === workerId)
  if (found === undefined)
    throw new SdkError(
      'worker.unknown',
      `there is no worker ${workerId} on this network: \`wetee doctor\` lists them`,
    )
  const reasons = unfitReasons(found, terms)
  if (reasons.length > 0 || found.quote === undefined)
    throw new SdkError(
      'worker.unfit',
      `worker ${workerId} cannot run this application (${reasons.join('; ') || 'it gave no price'}): choose another or leave out --worker`,
      { retryable: true },
    )
  return { ...found, quote: found.quote }
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}
