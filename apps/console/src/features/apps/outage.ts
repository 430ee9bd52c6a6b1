// An application whose worker does not answer: what its chain still says. Pure.
import type { AppDetails } from '@wetee/sdk'

type Condition = AppDetails['conditions'][number]
type Told = Pick<AppDetails, 'conditions' | 'instances'>

/** A server in front of a worker may answer in its place. */
const outages = ['worker.unreachable', 'worker.answer-invalid']

const isOutage = ({ code }: Pick<Condition, 'code'>) => outages.includes(code)

/** The condition that says so. */
export function outageOf({ conditions }: Pick<Told, 'conditions'>): Condition | undefined {
  return conditions.find(isOutage)
}

/** What else is to be said of it. */
export function otherConditions({ conditions }: Pick<Told, 'conditions'>): readonly Condition[] {
  return conditions.filter((condition) => !isOutage(condition))
}

/** Whether its worker has answered, be it that it does not know the application yet; one that has ended is not asked about. */
export function hasAnswered({ conditions, instances }: Told): boolean {
  return instances !== undefined || conditions.some(({ code }) => code === 'worker.app-unknown')
}

type Leased = { readonly workerId: bigint } & {
  readonly leases: readonly Pick<
    AppDetails['leases'][number],
    'workerId' | 'live' | 'notBefore' | 'notAfter'
  >[]
}

/** When its worker last had a lease of it renewed, seconds: its last sign on chain. */
export function lastRenewal({ leases, workerId }: Leased): bigint | undefined {
  return leases
    .filter((lease) => lease.workerId === workerId)
    .map(({ notBefore }) => notBefore)
    .reduce<bigint | undefined>(later, undefined)
}

/** Until when rent can be owed without another renewal, seconds; absent where no lease is live. */
export function attestedUntil({ leases }: Pick<Leased, 'leases'>): bigint | undefined {
  return leases
    .filter(({ live }) => live)
    .map(({ notAfter }) => notAfter)
    .reduce<bigint | undefined>(later, undefined)
}

const later = (latest: bigint | undefined, time: bigint) =>
  latest === undefined || time > latest ? time : latest
