// What a worker has earned over time, from the settlements of the Cloud. Network I/O by the reader.
import type { Address } from 'viem'
import type { Network } from './network.ts'
import type { Asset, Block } from './reader.ts'

/** Earnings in one asset, in its smallest unit: rent less the network's fee. */
export type AssetEarnings = {
  readonly asset: Asset
  /** One for each span of time, oldest first. */
  readonly amounts: readonly bigint[]
  readonly total: bigint
}

/** Settlements of a worker in spans of as many blocks each. */
export type Earnings = {
  /** Block times in seconds: span `i` goes from `times[i]` to `times[i + 1]`. */
  readonly times: readonly bigint[]
  /** DOT first; assets that paid nothing are left out. */
  readonly assets: readonly AssetEarnings[]
  /** Attested seconds that were paid, all applications and replicas together. */
  readonly attestedSeconds: bigint
  readonly settlements: number
}

/** Blocks between the two that say how quick the chain is. */
const rateBlocks = 1_000n

/**
 * The last `seconds`, as far as the network goes back, in `spans` equal spans (1 to 60). The span of a settlement is exact; when
 * within it is not kept. Throws `chain.*`.
 */
export async function readEarnings(
  network: Network,
  workerId: bigint,
  { seconds, spans = 24 }: { readonly seconds: bigint; readonly spans?: number },
): Promise<Earnings> {
  const { reader, profile } = network
  const head = await reader.finalized()
  const from = await blockBefore(network, head, seconds)
  const deployed = BigInt(profile.deployBlock)
  const first = from > deployed ? from : deployed
  const length = head.number - first
  const count = Math.max(1, Math.min(spans, Number(length)))
  const edge = (index: number) => first + (length * BigInt(index)) / BigInt(count)
  const [events, times] = await Promise.all([
    reader.events('cloud', 'Settled', { workerId }, head.number, first + 1n),
    Promise.all(
      Array.from({ length: count + 1 }, async (_, index) => {
        const block = index === count ? head : await reader.block(edge(index))
        return block?.timestamp ?? 0n
      }),
    ),
  ])
  const amounts = new Map<Address, bigint[]>()
  const assetOfApp = new Map<bigint, Address>()
  let attestedSeconds = 0n
  for (const { args, blockNumber } of events) {
    const { appId, rentWei, feeWei } = args as { appId: bigint; rentWei: bigint; feeWei: bigint }
    const asset = assetOfApp.get(appId) ?? (await reader.app(appId, head.number))?.asset
    if (asset === undefined) continue
    assetOfApp.set(appId, asset)
    const row = amounts.get(asset) ?? Array.from({ length: count }, () => 0n)
    amounts.set(asset, row)
    const at = Number(((blockNumber - first - 1n) * BigInt(count)) / (length === 0n ? 1n : length))
    const index = Math.max(0, Math.min(count - 1, at))
    row[index] = (row[index] ?? 0n) + rentWei - feeWei
    attestedSeconds += args['attestedSeconds'] as bigint
  }
  const assets = await Promise.all(
    [...amounts].map(async ([address, row]) => ({
      asset: await reader.asset(address),
      amounts: row,
      total: row.reduce((sum, amount) => sum + amount, 0n),
    })),
  )
  return {
    times,
    assets: assets
      .filter(({ total }) => total > 0n)
      // DOT has the address zero.
      .sort((a, b) => (a.asset.address < b.asset.address ? -1 : 1)),
    attestedSeconds,
    settlements: events.length,
  }
}

/** About the block so many seconds ago, by the pace of the newest ones. */
async function blockBefore(network: Network, head: Block, seconds: bigint): Promise<bigint> {
  const number = head.number > rateBlocks ? head.number - rateBlocks : 0n
  const earlier = await network.reader.block(number)
  const took = head.timestamp - (earlier?.timestamp ?? head.timestamp)
  if (took <= 0n) return 0n
  const blocks = (seconds * (head.number - number)) / took
  return blocks < head.number ? head.number - blocks : 0n
}
