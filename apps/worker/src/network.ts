// Opens the network for this worker: profile, operator, contracts, its own id. Reads files and the chain.
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import {
  openChain,
  parseNetworkProfile,
  TransactionQueue,
  type Chain,
  type NetworkProfile,
  type OutboxStore,
} from '@wetee/chain'
import type { PrivateKeyAccount } from 'viem/accounts'
import { openOperator } from './account/operator-key.ts'
import type { Hex } from './chain/records.ts'
import { openWorkerChain } from './chain/viem-chain.ts'
import type { WorkerChain } from './chain/worker-chain.ts'
import type { WorkerConfig } from './config.ts'
import type { Log } from './log.ts'
import { codeOf, messageOf, WorkerError } from './worker-error.ts'

/** The network as this worker uses it. */
export type WorkerNetwork = {
  readonly profile: NetworkProfile
  readonly chain: Chain
  readonly workerChain: WorkerChain
  /** Everything that the operator sends goes through it. */
  readonly queue: TransactionQueue
  readonly account: PrivateKeyAccount
}

/** Who this worker is on chain. */
export type WorkerIdentity = { readonly workerId: bigint; readonly endpoint: string }

const RETRY_MS = 1_000
/** A worker that was registered just now is not final yet. */
const IDENTITY_TRIES = 60

/** Throws WorkerError and ChainError for what will not pass by itself; a chain that does not answer is waited for. */
export async function openNetwork(
  config: WorkerConfig,
  outbox: OutboxStore,
  { log, signal }: { readonly log: Log; readonly signal: AbortSignal },
): Promise<WorkerNetwork> {
  const profile = parseNetworkProfile(readFileSync(config.networkFile, 'utf8'))
  if (!profile.simulated)
    throw new WorkerError(
      'network.kind-mismatch',
      `${profile.name} trusts genuine hardware only; this worker is configured with a simulated TEE`,
    )
  if (config.runtime.allowSandbox && profile.kind !== 'development')
    throw new WorkerError(
      'network.kind-mismatch',
      `${profile.name} is a ${profile.kind} network and runtime.allowSandbox is for development networks only: leave it out`,
    )
  const account = openOperator(config.operator, { development: profile.kind === 'development' })
  const chain = openChain(profile, { signal, batch: true })
  for (;;) {
    try {
      await chain.checkNetwork()
      break
    } catch (error) {
      if (codeOf(error) !== 'chain.unreachable') throw error
      log.warn({ code: codeOf(error), error: messageOf(error) }, 'waiting for the chain')
      await delay(RETRY_MS, undefined, { signal })
    }
  }
  const queue = new TransactionQueue({}, { chain, account, outbox })
  return { profile, chain, account, queue, workerChain: openWorkerChain(chain, queue) }
}

/** Finds the worker's id and endpoint. Throws WorkerError `worker.unknown`, `worker.ambiguous`, `worker.operator-wrong`. */
export async function findIdentity(
  chain: WorkerChain,
  operator: Hex,
  configured: string | undefined,
  signal: AbortSignal,
): Promise<WorkerIdentity> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await readIdentity(chain, operator, configured)
    } catch (error) {
      const soon = codeOf(error) === 'worker.unknown' || codeOf(error) === 'chain.unreachable'
      if (!soon || attempt >= IDENTITY_TRIES) throw error
      await delay(RETRY_MS, undefined, { signal })
    }
  }
}

/** As `findIdentity`, without waiting for a registration that is not final yet. */
export async function readIdentity(
  chain: Pick<WorkerChain, 'head' | 'worker' | 'workersOf'>,
  operator: Hex,
  configured: string | undefined,
): Promise<WorkerIdentity> {
  const { number } = await chain.head()
  const ids = configured === undefined ? await chain.workersOf(operator, number) : []
  if (ids.length > 1)
    throw new WorkerError(
      'worker.ambiguous',
      `${operator} operates workers ${ids.join(', ')}: name one as workerId`,
    )
  const workerId = configured === undefined ? ids[0] : BigInt(configured)
  const found = workerId === undefined ? undefined : await chain.worker(workerId, number)
  if (workerId === undefined || found === undefined)
    throw new WorkerError(
      'worker.unknown',
      workerId === undefined
        ? `no worker on this network has the operator ${operator}: register one first`
        : `there is no worker ${workerId} on this network`,
    )
  if (found.operator.toLowerCase() !== operator.toLowerCase())
    throw new WorkerError(
      'worker.operator-wrong',
      `worker ${workerId} is operated by ${found.operator}, this key is ${operator}`,
    )
  return { workerId, endpoint: found.endpoint }
}
