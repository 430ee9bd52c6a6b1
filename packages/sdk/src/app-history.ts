// What the chain has recorded about an application: its versions and rules, or its money. Network I/O.
import type { Hex } from 'viem'
import type { Network } from './network.ts'
import type { ContractEvent } from './reader.ts'

/** One record; `args` as the contract's event has them, `at` in seconds. */
export type HistoryEntry = {
  readonly event: string
  readonly args: Readonly<Record<string, unknown>>
  readonly at: bigint
  readonly block: bigint
  readonly txHash: Hex
}

/** Why something happened, in the order of the contract's `Reason`. */
const reasons = [
  '',
  'by its owner',
  'by its worker',
  'by anyone',
  'vetoed by its guardian',
  'created',
  'ready',
  'out of funds',
  'refunded',
  'its grace is over',
  'it never held a lease',
  'its notice is over',
  'its deadline has passed',
  'a security update at its deadline',
  'replaced',
  'paused',
  'ended',
  'migrated',
  'updated',
  'scaled',
] as const

const eventsOf = {
  code: [
    'AppCreated',
    'VersionCreated',
    'VersionActivated',
    'VersionDropped',
    'ReplicasChanged',
    'Configured',
    'GuardianSet',
    'Frozen',
    'SpendingCapSet',
    'DeployKeySet',
    'DeployKeyRevoked',
    'DeployKeyUsed',
    'OwnershipOffered',
    'OwnershipTaken',
    'NoticeGiven',
    'AppPaused',
    'AppResumed',
    'AppEnded',
  ],
  money: ['AppCreated', 'Recharged', 'Settled', 'AppEnded'],
} as const

/** Newest records at most: each needs the time of its block. */
const maxEntries = 100

/** Records of one kind, the newest 100, newest first. */
export async function readAppHistory(
  network: Network,
  appId: bigint,
  kind: keyof typeof eventsOf,
): Promise<HistoryEntry[]> {
  const { reader } = network
  const { number: at } = await reader.finalized()
  const found = await Promise.all(
    eventsOf[kind].map((name) => reader.events('cloud', name, { appId }, at)),
  )
  // Those of one transaction stay in the order in which they are listed above.
  const newest = found
    .flat()
    .sort((a, b) => Number(b.blockNumber - a.blockNumber))
    .slice(0, maxEntries)
  const times = new Map<bigint, bigint>()
  await Promise.all(
    [...new Set(newest.map(({ blockNumber }) => blockNumber))].map(async (number) =>
      times.set(number, (await reader.block(number))?.timestamp ?? 0n),
    ),
  )
  return newest.map((event) => entryOf(event, times.get(event.blockNumber) ?? 0n))
}

function entryOf(event: ContractEvent, at: bigint): HistoryEntry {
  const { eventName, args, blockNumber, transactionHash } = event
  return { event: eventName, args, at, block: blockNumber, txHash: transactionHash }
}

/** The reason of a record in words; empty where it has none. */
export function reasonOf({ args }: Pick<HistoryEntry, 'args'>): string {
  const { reason } = args
  return typeof reason === 'number' ? (reasons[reason] ?? `reason ${reason}`) : ''
}
