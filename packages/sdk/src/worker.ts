// Workers: what they are and hold, and what their owners and operators do with them. Network I/O.
import { stringToHex, type Address, type Hex } from 'viem'
import { requireAddress } from './address.ts'
import { callOf, type Call } from './contracts.ts'
import { SdkError } from './error.ts'
import { outcomeOf, type Intent } from './intent.ts'
import { formatDot } from './money.ts'
import { requireAccount, type Network } from './network.ts'
import { describePrices } from './prices.ts'
import { workerRole, type Prices, type Resources, type WorkerRecord } from './reader.ts'
import { readStake, type StakeRecord } from './stake.ts'
import { teeClassNames } from './worker-choice.ts'

/** What a worker says of itself and offers. */
export type WorkerOffer = {
  /** The hot account of its daemon. */
  readonly operator: Address
  readonly level: number
  /** Bit 0 TDX, 1 SEV-SNP, 2 SGX. */
  readonly teeClasses: number
  /** 1 to 32 bytes. */
  readonly region: string
  /** URL, 1 to 128 bytes. */
  readonly endpoint: string
  readonly prices: Prices
  readonly capacity: Resources
}

/** A worker with its stake and what runs on it. */
export type WorkerDetails = WorkerRecord & {
  /** End of its machine's live proof, seconds; 0 when none. */
  readonly provenUntil: bigint
  readonly stake: StakeRecord
  /** Applications that run or are paused there, up to 100. */
  readonly apps: readonly bigint[]
}

/** All workers, those that shut down included. */
export async function listWorkers(
  network: Network,
): Promise<(WorkerRecord & { provenUntil: bigint })[]> {
  const { reader } = network
  const { number: at } = await reader.finalized()
  const all = await reader.workers(at)
  return Promise.all(
    all.map(async (worker) => ({
      ...worker,
      provenUntil: await reader.liveProofUntil(workerRole, worker.workerId, at),
    })),
  )
}

/** One worker with stake and applications. Throws `worker.unknown`. */
export async function showWorker(network: Network, workerId: bigint): Promise<WorkerDetails> {
  const { reader } = network
  const { number: at } = await reader.finalized()
  const worker = await requireWorker(network, workerId, at)
  const [provenUntil, stake, apps] = await Promise.all([
    reader.liveProofUntil(workerRole, workerId, at),
    readStake(network, { role: workerRole, id: workerId }, at),
    reader.view('cloud', 'appsOn', [workerId, 0n, 100n], at),
  ])
  return { ...worker, provenUntil, stake, apps }
}

/** A new worker, owned by the account. `stakeWei` defaults to the minimum of its level. Throws `worker.*`, `stake.too-low`. */
export async function planWorkerRegistration(
  network: Network,
  offer: WorkerOffer,
  stakeWei?: bigint,
): Promise<Intent> {
  const { number: at } = await network.reader.finalized()
  const rules = await network.reader.view('subnet', 'stakeRules', [], at)
  const minimumWei = rules.workerBaseWei + rules.workerPerLevelWei * BigInt(offer.level)
  const valueWei = stakeWei ?? minimumWei
  if (valueWei < minimumWei)
    throw new SdkError(
      'stake.too-low',
      `the stake of ${formatDot(valueWei)} is below the minimum of ${formatDot(minimumWei)} for level ${offer.level}`,
      { details: { givenWei: String(valueWei), minimumWei: String(minimumWei) } },
    )
  const owner = requireAccount(network).account.address
  const args = [
    requireAddress('operator', offer.operator),
    profileOf(offer),
    offer.prices,
    offer.capacity,
  ] as const
  return {
    id: 'worker.register',
    title: 'Register a worker',
    facts: [
      ['Owner', `${owner} (stake, withdrawals, shutdown)`],
      ...offerFacts(offer),
      [
        'Stake',
        `${formatDot(valueWei)}, at least ${formatDot(minimumWei)}; more once applications reserve resources`,
      ],
    ],
    calls: [
      callOf(network.profile, 'subnet', 'registerWorker', args, {
        doing: 'register the worker',
        valueWei,
      }),
    ],
    outcome: outcomeOf('subnet', 'WorkerRegistered'),
  }
}

/** Fields of a worker that change; the rest stays. `open`: whether it takes new applications. */
export type WorkerChanges = Partial<WorkerOffer & { readonly open: boolean }>

/** Changes prices, capacity, endpoint, level or operator. Throws `worker.unknown`, `worker.unchanged`. */
export async function planWorkerUpdate(
  network: Network,
  workerId: bigint,
  changes: WorkerChanges,
): Promise<Intent> {
  const { number: at } = await network.reader.finalized()
  const worker = await requireWorker(network, workerId, at)
  const { operator, ...fields } = changes
  const next = { ...worker, ...fields }
  const calls: Call[] = []
  const { profile } = network
  if (Object.keys(fields).length > 0)
    calls.push(
      callOf(
        profile,
        'subnet',
        'updateWorker',
        [workerId, next.open, profileOf(next), next.prices, next.capacity],
        { doing: `update worker ${workerId}` },
      ),
    )
  if (operator !== undefined)
    calls.push(
      callOf(profile, 'subnet', 'setOperator', [workerId, requireAddress('operator', operator)], {
        doing: `change the operator of worker ${workerId}`,
      }),
    )
  if (calls.length === 0)
    throw new SdkError('worker.unchanged', `name what changes of worker ${workerId}`)
  const before = new Map(offerFacts(worker))
  const facts = offerFacts({ ...next, operator: operator ?? worker.operator })
    .filter(([label, text]) => before.get(label) !== text)
    .map(([label, text]) => [label, `${before.get(label) ?? ''} -> ${text}`] as const)
  return {
    id: 'worker.update',
    title: `Update worker ${workerId}`,
    facts: [
      ...(facts.length > 0 ? facts : [['Changes', 'none: it is like this already'] as const]),
      ...(changes.open === undefined || changes.open === worker.open
        ? []
        : [['New applications', changes.open ? 'taken' : 'not taken any more'] as const]),
      ...(operator === undefined
        ? []
        : [['Machines', 'their proofs lapse until the new operator proves them again'] as const]),
    ],
    calls,
    independent: true,
  }
}

/** Prices in an ERC20, in its smallest units per second; all zero takes the offer back. */
export async function planAssetPrices(
  network: Network,
  workerId: bigint,
  asset: Address,
  prices: Prices,
): Promise<Intent> {
  const { number: at } = await network.reader.finalized()
  await requireWorker(network, workerId, at)
  const token = await network.reader.asset(asset)
  return {
    id: 'worker.price',
    title: `Prices of worker ${workerId} in ${token.symbol}`,
    facts: describePrices(prices, token),
    calls: [
      callOf(network.profile, 'subnet', 'setPrices', [workerId, asset, prices], {
        doing: `set prices of worker ${workerId} in ${token.symbol}`,
      }),
    ],
    outcome: outcomeOf('subnet', 'WorkerPricesSet'),
  }
}

/** Takes no new applications, or takes them again. Throws `worker.unknown`. */
export async function planDrain(
  network: Network,
  workerId: bigint,
  draining: boolean,
): Promise<Intent> {
  const { number: at } = await network.reader.finalized()
  const worker = await requireWorker(network, workerId, at)
  const apps = await network.reader.view('cloud', 'appsOnCount', [workerId], at)
  return {
    id: 'worker.drain',
    title: draining ? `Drain worker ${workerId}` : `Worker ${workerId} takes applications again`,
    facts: [
      ['Now', worker.status],
      [
        'Applications',
        `${apps} run or are paused there and go on${draining ? ' until they end, migrate or get notice' : ''}`,
      ],
    ],
    calls: [
      callOf(network.profile, 'subnet', 'drain', [workerId, draining], {
        doing: draining ? `drain worker ${workerId}` : `end the draining of worker ${workerId}`,
      }),
    ],
    outcome: outcomeOf('subnet', 'WorkerStatusChanged'),
  }
}

/** Notice to applications of a worker: it may end them once the notice is over. 1 to 64. */
export async function planNotice(
  network: Network,
  workerId: bigint,
  appIds?: readonly bigint[],
): Promise<Intent> {
  const { number: at } = await network.reader.finalized()
  await requireWorker(network, workerId, at)
  const all = appIds ?? (await network.reader.view('cloud', 'appsOn', [workerId, 0n, 64n], at))
  if (all.length === 0)
    throw new SdkError(
      'worker.no-apps',
      `no application runs on worker ${workerId}: there is nobody to give notice to`,
    )
  const { noticeSeconds } = await network.reader.view('cloud', 'parameters', [], at)
  return {
    id: 'worker.notice',
    title: `Give notice to ${all.length} applications of worker ${workerId}`,
    facts: [
      ['Applications', all.join(', ')],
      ['Until', `${noticeSeconds / 3600n} h from now; then this worker may end them`],
    ],
    calls: [callOf(network.profile, 'cloud', 'giveNotice', [all], { doing: 'give notice' })],
    outcome: outcomeOf('cloud', 'NoticeGiven'),
  }
}

/** Ends a worker for good. Throws `worker.unknown`, `worker.in-use` while applications are there. */
export async function planShutdown(network: Network, workerId: bigint): Promise<Intent> {
  const { number: at } = await network.reader.finalized()
  const worker = await requireWorker(network, workerId, at)
  const apps = await network.reader.view('cloud', 'appsOn', [workerId, 0n, 100n], at)
  if (apps.length > 0)
    throw new SdkError(
      'worker.in-use',
      `${apps.length === 100 ? 'at least 100' : apps.length} applications are still on worker ${workerId} (${apps.slice(0, 10).join(', ')}): drain it and wait until they have ended or migrated, or give notice with \`wetee worker notice ${workerId}\``,
      { retryable: true },
    )
  return {
    id: 'worker.shutdown',
    title: `Shut down worker ${workerId} for good`,
    facts: [
      [
        'Stake',
        `${formatDot(worker.stakeWei)} can be requested back with \`wetee worker unstake ${workerId}\``,
      ],
      ['Machines', 'their proofs lapse'],
    ],
    calls: [
      callOf(network.profile, 'subnet', 'shutdown', [workerId], {
        doing: `shut down worker ${workerId}`,
      }),
    ],
    outcome: outcomeOf('subnet', 'WorkerStatusChanged'),
  }
}

async function requireWorker(
  network: Network,
  workerId: bigint,
  at: bigint,
): Promise<WorkerRecord> {
  const worker = await network.reader.worker(workerId, at)
  if (worker !== undefined) return worker
  throw new SdkError(
    'worker.unknown',
    `there is no worker ${workerId} on this network: \`wetee worker list\` shows all`,
  )
}

function profileOf({
  level,
  teeClasses,
  region,
  endpoint,
}: Pick<WorkerOffer, 'level' | 'teeClasses' | 'region' | 'endpoint'>) {
  const size = new TextEncoder().encode(endpoint).length
  if (size < 1 || size > 128 || !/^https?:\/\//.test(endpoint))
    throw new SdkError(
      'worker.endpoint-invalid',
      `"${endpoint}" is no http(s) URL of 1 to 128 bytes`,
    )
  return { level, teeClasses, region: regionBytes(region), endpoint }
}

function regionBytes(region: string): Hex {
  const size = new TextEncoder().encode(region).length
  if (size < 1 || size > 32)
    throw new SdkError(
      'worker.region-invalid',
      `the region "${region}" has ${size} bytes, 1 to 32 are allowed`,
    )
  return stringToHex(region, { size: 32 })
}

function offerFacts(offer: WorkerOffer): [string, string][] {
  const { capacity } = offer
  return [
    ['Operator', `${offer.operator} (the daemon's hot account)`],
    ['Endpoint', offer.endpoint],
    ['Region', offer.region],
    ['TEE', `${teeClassNames(offer.teeClasses)}, level ${offer.level}`],
    [
      'Capacity',
      `${capacity.cpuMilli} milli-CPU, ${capacity.memoryMiB} MiB memory, ${capacity.diskMiB} MiB disk, ${capacity.gpu} GPU`,
    ],
    ...describePrices(offer.prices).map(([label, text]): [string, string] => [label, text]),
  ]
}
