// Stakes of workers and dsecret nodes: what is bonded, requested back, locked, and changing it. Network I/O.
import { getAddress, type Address } from 'viem'
import { callOf } from './contracts.ts'
import { SdkError } from './error.ts'
import { outcomeOf, type Intent } from './intent.ts'
import { formatDot, formatTime, weiGranularity } from './money.ts'
import { requireAccount, type Network } from './network.ts'
import { workerRole, type dsecretRole } from './reader.ts'

/** Whose stake: a worker's or a dsecret node's. */
export type StakeHolder = {
  readonly role: typeof workerRole | typeof dsecretRole
  readonly id: bigint
}

/** A stake, in wei. */
export type StakeRecord = {
  /** Counts towards what is required. */
  readonly bondedWei: bigint
  /** Requested back; slashable until withdrawn. */
  readonly unbondingWei: bigint
  /** What open complaints claim of the two. */
  readonly lockedWei: bigint
  /** From when the requested part can be withdrawn, seconds; 0 without a request. */
  readonly availableAt: bigint
  /** What has to stay bonded now. */
  readonly requiredWei: bigint
  /** What may be requested back now. */
  readonly freeWei: bigint
}

/** The stake as of a block. */
export async function readStake(
  network: Network,
  { role, id }: StakeHolder,
  at: bigint,
): Promise<StakeRecord> {
  const [stake, requiredWei] = await Promise.all([
    network.reader.view('subnet', 'stake', [role, id], at),
    network.reader.view('subnet', 'requiredStakeWei', [role, id], at),
  ])
  const { bondedWei, unbondingWei, availableAt, lockedBondedWei, lockedUnbondingWei } = stake
  const free = bondedWei - lockedBondedWei - requiredWei
  return {
    bondedWei,
    unbondingWei,
    lockedWei: lockedBondedWei + lockedUnbondingWei,
    availableAt,
    requiredWei,
    freeWei: free > 0n ? free : 0n,
  }
}

/** More stake; anybody may add, it belongs to the owner. */
export async function planBond(
  network: Network,
  holder: StakeHolder,
  amountWei: bigint,
): Promise<Intent> {
  const { stake } = await read(network, holder)
  const doing = `add ${formatDot(amountWei)} to the stake of ${nameOf(holder)}`
  return {
    id: `${idOf(holder)}.stake`,
    title: `Add to the stake of ${nameOf(holder)}`,
    facts: [
      ['Stake', `${formatDot(stake.bondedWei)} -> ${formatDot(stake.bondedWei + amountWei)}`],
      ['Required', formatDot(stake.requiredWei)],
      ['Comes back', 'on request, after the unbonding time'],
    ],
    calls: [
      callOf(network.profile, 'subnet', 'bond', [holder.role, holder.id], {
        doing,
        valueWei: amountWei,
      }),
    ],
    outcome: outcomeOf('subnet', 'StakeAdded'),
  }
}

/**
 * Asks for stake back: `all` is everything that may leave now. Throws `stake.nothing-free`, `stake.not-free` with what may.
 */
export async function planWithdrawalRequest(
  network: Network,
  holder: StakeHolder,
  amount: bigint | 'all',
): Promise<Intent> {
  const { stake, at } = await read(network, holder)
  const amountWei = amount === 'all' ? stake.freeWei : amount
  if (stake.freeWei === 0n)
    throw new SdkError(
      'stake.nothing-free',
      `${nameOf(holder)} has no stake that may leave: ${formatDot(stake.bondedWei)} bonded, ${formatDot(stake.requiredWei)} required, ${formatDot(stake.lockedWei)} locked by complaints. ${howToFree(holder)}`,
    )
  if (amountWei > stake.freeWei)
    throw new SdkError(
      'stake.not-free',
      `of the stake of ${nameOf(holder)} only ${formatDot(stake.freeWei)} may leave now: ${formatDot(stake.requiredWei)} is required and ${formatDot(stake.lockedWei)} locked by complaints`,
      { details: { askedWei: String(amountWei), freeWei: String(stake.freeWei) } },
    )
  const seconds = await network.reader.view('subnet', 'unbondingSeconds', [], at.number)
  const restarts = stake.unbondingWei > 0n
  return {
    id: `${idOf(holder)}.unstake`,
    title: `Ask for stake of ${nameOf(holder)} back`,
    facts: [
      ['Amount', formatDot(amountWei)],
      [
        'Stays',
        `${formatDot(stake.bondedWei - amountWei)}, ${formatDot(stake.requiredWei)} required`,
      ],
      ['Payable', `about ${formatTime(at.timestamp + seconds)}`],
      ...(restarts
        ? [
            [
              'Earlier',
              `${formatDot(stake.unbondingWei)} requested before starts its time again`,
            ] as const,
          ]
        : []),
    ],
    calls: [
      callOf(network.profile, 'subnet', 'requestWithdrawal', [holder.role, holder.id, amountWei], {
        doing: `request ${formatDot(amountWei)} of the stake of ${nameOf(holder)}`,
      }),
    ],
    outcome: outcomeOf('subnet', 'WithdrawalRequested'),
  }
}

/** Bonds again what was requested back. Throws `stake.no-request`. */
export async function planWithdrawalCancel(network: Network, holder: StakeHolder): Promise<Intent> {
  const { stake } = await read(network, holder)
  requireRequest(holder, stake)
  return {
    id: `${idOf(holder)}.unstake-cancel`,
    title: `Bond again what ${nameOf(holder)} had requested`,
    facts: [
      [
        'Stake',
        `${formatDot(stake.bondedWei)} -> ${formatDot(stake.bondedWei + stake.unbondingWei)}`,
      ],
    ],
    calls: [
      callOf(network.profile, 'subnet', 'cancelWithdrawal', [holder.role, holder.id], {
        doing: `cancel the withdrawal of ${nameOf(holder)}`,
      }),
    ],
    outcome: outcomeOf('subnet', 'WithdrawalCancelled'),
  }
}

/** Sends what was requested and is due. Throws `stake.no-request`, `stake.too-early` with the time. */
export async function planStakeWithdrawal(
  network: Network,
  holder: StakeHolder,
  to?: Address,
): Promise<Intent> {
  const { stake, at } = await read(network, holder)
  requireRequest(holder, stake)
  if (stake.availableAt > at.timestamp)
    throw new SdkError(
      'stake.too-early',
      `${formatDot(stake.unbondingWei)} of ${nameOf(holder)} can be withdrawn from ${formatTime(stake.availableAt)} on, it is ${formatTime(at.timestamp)}`,
      { retryable: true, details: { availableAt: String(stake.availableAt) } },
    )
  const receiver = to === undefined ? requireAccount(network).account.address : getAddress(to)
  return {
    id: `${idOf(holder)}.withdraw`,
    title: `Withdraw stake of ${nameOf(holder)}`,
    facts: [
      ['Amount', formatDot(stake.unbondingWei - (stake.unbondingWei % weiGranularity))],
      ['To', receiver],
    ],
    calls: [
      callOf(network.profile, 'subnet', 'withdrawStake', [holder.role, holder.id, receiver], {
        doing: `withdraw the stake that ${nameOf(holder)} has requested`,
      }),
    ],
    outcome: outcomeOf('subnet', 'StakeWithdrawn'),
  }
}

/** `worker 3` or `dsecret node 2`. */
export function nameOf({ role, id }: StakeHolder): string {
  return role === workerRole ? `worker ${id}` : `dsecret node ${id}`
}

const idOf = ({ role }: StakeHolder) => (role === workerRole ? 'worker' : 'dsecret')

const howToFree = ({ role }: StakeHolder) =>
  role === workerRole
    ? 'Fewer reservations or `wetee worker shutdown` free more'
    : '`wetee dsecret terminate` frees it once no committee seats the node'

async function read(network: Network, holder: StakeHolder) {
  const at = await network.reader.finalized()
  return { at, stake: await readStake(network, holder, at.number) }
}

function requireRequest(holder: StakeHolder, stake: StakeRecord): void {
  if (stake.unbondingWei > 0n) return
  throw new SdkError(
    'stake.no-request',
    `nothing of the stake of ${nameOf(holder)} was requested back: \`wetee ${idOf(holder)} unstake ${holder.id}\` does`,
  )
}
