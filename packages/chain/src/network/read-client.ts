// viem's client with the reads that this project makes: all of them together are a quarter of the console's first load.
import {
  createClient,
  type Chain,
  type Client,
  type ClientConfig,
  type PublicActions,
  type Transport,
} from 'viem'
import {
  call,
  getBalance,
  getBlock,
  getBlockNumber,
  getChainId,
  getCode,
  getGasPrice,
  getLogs,
  getTransaction,
  getTransactionCount,
  getTransactionReceipt,
  readContract,
} from 'viem/actions'

const actions = {
  call,
  getBalance,
  getBlock,
  getBlockNumber,
  getChainId,
  getCode,
  getGasPrice,
  getLogs,
  getTransaction,
  getTransactionCount,
  getTransactionReceipt,
  readContract,
}
type Reads = Pick<PublicActions<Transport, Chain>, keyof typeof actions>

/** A viem client that reads; `viem/actions` takes it for all else. */
export type ReadClient = Client<Transport, Chain> & Reads

/** Opens a client as `createPublicClient` of viem does; nothing is asked yet. */
export function createReadClient(
  options: Omit<ClientConfig<Transport, Chain>, 'account' | 'type'> & { readonly chain: Chain },
): ReadClient {
  const client: Client<Transport, Chain> = createClient({
    ...options,
    type: 'publicClient',
  })
  const reads = Object.entries(actions).map(([name, action]) => {
    const read = action as (client: Client, parameters: unknown) => unknown
    return [name, (parameters: unknown) => read(client, parameters)]
  })
  return client.extend(() => Object.fromEntries(reads) as Reads)
}
