// The local chain: anvil with a block each second, finality two blocks behind, its state on disk.
import { join } from 'node:path'
import { createPublicClient, createTestClient, http } from 'viem'
import { waitFor } from '@wetee/daemon'
import type { Children } from './children.ts'
import { findAnvil } from './preflight.ts'

/** Chain id of development networks; never that of a public one. */
export const localChainId = 31337
/** Anvil's well-known development account: it only hands out play money here. */
export const faucetMnemonic = 'test test test test test test test test test test test junk'

/** Between blocks, seconds. */
const blockSeconds = 1

/** States that can still be read: as old as evidence may be, and no more, since each takes memory and disk for good. */
const keptStates = 310

/** Does something that sends many transactions one after the other: each gets a block at once. The chain's clock runs ahead a little. */
export async function withInstantBlocks<T>(rpcUrl: string, act: () => Promise<T>): Promise<T> {
  const client = createTestClient({ mode: 'anvil', transport: http(rpcUrl) })
  await client.setAutomine(true)
  try {
    return await act()
  } finally {
    await client.setIntervalMining({ interval: blockSeconds }).catch(() => undefined)
  }
}

/** Starts the chain with the state of earlier starts and waits until it answers. */
export async function startLocalChain(
  children: Children,
  options: { stateDir: string; port: number; signal: AbortSignal },
): Promise<string> {
  const anvil = findAnvil()
  if (anvil === undefined) throw new Error('anvil is missing')
  children.start('chain', anvil, [
    ...['--host', '127.0.0.1', '--port', String(options.port)],
    ...['--chain-id', String(localChainId), '--block-time', String(blockSeconds)],
    ...['--slots-in-an-epoch', '1', '--mnemonic', faucetMnemonic, '--accounts', '1'],
    // Enough for the accounts of the largest committee.
    ...['--balance', '1000000'],
    // Written when it ends, too; all states in full each time, which is most of its work if it is often.
    ...['--state', join(options.stateDir, 'chain.json'), '--state-interval', '60'],
    ...['--preserve-historical-states', '--prune-history', String(keptStates), '--silent'],
  ])
  const url = `http://127.0.0.1:${options.port}`
  const client = createPublicClient({ transport: http(url, { retryCount: 0 }) })
  await waitFor(
    async () => {
      if (!children.isRunning('chain'))
        throw new Error('the local chain stopped: see logs/chain.log')
      return client.getChainId().then(
        (id) => id === localChainId,
        () => false,
      )
    },
    { signal: options.signal, timeoutMs: 20_000, everyMs: 100, what: `the chain at ${url}` },
  )
  return url
}
