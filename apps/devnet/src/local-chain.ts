// The local chain: anvil with a block each second, finality two blocks behind, its state on disk.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
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

/** Between states on disk, seconds: what is lost when the machine itself stops. */
const saveSeconds = 600

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
  const stateFile = join(options.stateDir, 'chain.json')
  const genesisSeconds = genesisTime(stateFile, join(options.stateDir, 'chain-genesis'))
  children.start('chain', anvil, [
    ...['--host', '127.0.0.1', '--port', String(options.port)],
    ...['--chain-id', String(localChainId), '--block-time', String(blockSeconds)],
    ...['--slots-in-an-epoch', '1', '--mnemonic', faucetMnemonic, '--accounts', '1'],
    // Enough for the accounts of the largest committee.
    ...['--balance', '1000000'],
    ...(genesisSeconds === undefined ? [] : ['--timestamp', String(genesisSeconds)]),
    // Written when it ends, too; all states in full each time, and it answers nobody meanwhile: seconds, more on a slow disk.
    ...['--state', stateFile, '--state-interval', String(saveSeconds)],
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
  // Its clock begins at the time that it was given, and has to be that of now.
  if (genesisSeconds !== undefined)
    await createTestClient({ mode: 'anvil', transport: http(url) }).request({
      method: 'evm_setTime',
      params: [Math.floor(Date.now() / 1_000)],
    } as never)
  return url
}

/**
 * When the chain began, in seconds; `undefined` for a chain whose beginning was not written down. At each start anvil makes a first
 * block beside that of the state that it loads, and may take it for the chain's own: with the same time it is the same block.
 */
function genesisTime(stateFile: string, file: string): number | undefined {
  if (!existsSync(stateFile)) writeFileSync(file, String(Math.floor(Date.now() / 1_000)))
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined
}
