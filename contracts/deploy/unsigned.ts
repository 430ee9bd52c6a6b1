// Steps that somebody else signs: written out as transactions, and found again on chain by their nonces. Reads the chain.
import { keccak256, type Hex, type PublicClient, type TransactionReceipt } from 'viem'
import { DeployError } from './deploy-error.ts'
import type { Estimate } from './estimate.ts'
import type { Journal, Planned } from './journal.ts'
import { dataHash, type Step } from './outline.ts'
import { receiptOf, recordReceipt } from './send.ts'

/** The file that a wallet's owner gets: to be signed and sent in this order, with these nonces. */
export type UnsignedFile = {
  readonly network: string
  readonly chainId: number
  readonly from: Hex
  readonly transactions: readonly {
    readonly id: string
    readonly what: string
    /** null creates a contract. */
    readonly to: Hex | null
    readonly value: '0'
    readonly data: Hex
    /** The addresses of later steps follow from it: another nonce, and the rest has to be written anew. */
    readonly nonce: number
    /** Where a created contract will stand. */
    readonly address?: Hex
    /** A hint, where the step can be simulated already. */
    readonly gas?: string
  }[]
}

/** What to sign for these steps. */
export function toUnsigned(
  network: string,
  chainId: number,
  from: Hex,
  { steps }: Estimate,
): UnsignedFile {
  return {
    network,
    chainId,
    from,
    transactions: steps.map(({ step, gas, basis }) => ({
      id: step.id,
      what: step.what,
      to: step.to ?? null,
      value: '0',
      data: step.data,
      nonce: step.nonce,
      ...(step.creates === undefined ? {} : { address: step.creates.address }),
      ...(basis === 'simulated' ? { gas: String(gas) } : {}),
    })),
  }
}

/** What the journal remembers of them. */
export function toPlanned(steps: readonly Step[]): Planned[] {
  return steps.map((step) => ({
    id: step.id,
    nonce: step.nonce,
    dataHash: dataHash(step),
    ...(step.to === undefined ? {} : { to: step.to }),
    ...(step.creates === undefined
      ? {}
      : { creates: { ...step.creates, args: [...step.creates.args] } }),
  }))
}

/**
 * Records what is on chain of the planned steps, up to the first that is not, or whose nonce something else has taken: the rest
 * is planned anew. Returns what was found. Throws `deploy.reverted`, `deploy.missing` (an RPC without history).
 */
export async function adoptPlanned(
  publicClient: PublicClient,
  journal: Journal,
): Promise<readonly Planned[]> {
  const { planned = [], deployer, deployBlock } = journal.deployment
  const used = await publicClient.getTransactionCount({ address: deployer, blockTag: 'latest' })
  const adopted: Planned[] = []
  for (const entry of planned) {
    if (used <= entry.nonce) break
    const receipt = await findTransaction(publicClient, deployer, entry, BigInt(deployBlock))
    if (receipt === undefined) break
    await recordReceipt({ publicClient, journal }, entry, receipt)
    adopted.push(entry)
  }
  if (adopted.length > 0) journal.update({ planned: planned.slice(adopted.length) })
  return adopted
}

/** The transaction of an account with this nonce and data, found by the block in which its nonce passed. */
async function findTransaction(
  client: PublicClient,
  from: Hex,
  { id, nonce, dataHash: expected }: Planned,
  firstBlock: bigint,
): Promise<TransactionReceipt | undefined> {
  const countAt = async (blockNumber: bigint) => {
    try {
      return await client.getTransactionCount({ address: from, blockNumber })
    } catch (cause) {
      throw new DeployError(
        'deploy.missing',
        `${id}: the RPC does not say what nonce ${from} had in block ${blockNumber}; take one that keeps history`,
        { cause },
      )
    }
  }
  let low = firstBlock
  let high = await client.getBlockNumber()
  while (low < high) {
    const middle = (low + high) / 2n
    if ((await countAt(middle)) > nonce) high = middle
    else low = middle + 1n
  }
  const { transactions } = await client.getBlock({ blockNumber: low, includeTransactions: true })
  const found = transactions.find(
    (one) => one.from.toLowerCase() === from.toLowerCase() && one.nonce === nonce,
  )
  if (found === undefined || keccak256(found.input) !== expected) return undefined
  return receiptOf(client, found.hash)
}
