// A chain of its own on this machine, with accounts that have play money. Starts a process.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createPublicClient,
  createTestClient,
  createWalletClient,
  http,
  type Chain,
  type PublicClient,
  type TestClient,
  type Transport,
  type WalletClient,
} from 'viem'
import { mnemonicToAccount, type HDAccount } from 'viem/accounts'
import { anvil } from 'viem/chains'

const path = join(import.meta.dirname, '../node_modules/.bin/anvil')

/** The anvil binary; undefined where the platform package is not installed. */
export const anvilBinary: string | undefined = existsSync(path) ? path : undefined

const mnemonic = 'test test test test test test test test test test test junk'

/** How many accounts have money. */
export const accounts = 40

/** Account `index`, below `accounts`. */
export const anvilAccount = (index: number): HDAccount =>
  mnemonicToAccount(mnemonic, { addressIndex: index })

/** A running chain: every transaction gets a block of its own. */
export type LocalAnvil = {
  readonly rpcUrl: string
  readonly publicClient: PublicClient
  readonly testClient: TestClient<'anvil', Transport, Chain>
  /** Clients of account `index`. */
  readonly clients: (index: number) => {
    readonly account: HDAccount
    readonly publicClient: PublicClient
    readonly walletClient: WalletClient<Transport, Chain, HDAccount>
  }
  readonly stop: () => Promise<void>
}

/** Starts it on a free port and waits for its first answer. `chainId`: of a network that is rehearsed, whose blocks are final after two more. */
export async function startAnvil(chainId?: number): Promise<LocalAnvil> {
  if (anvilBinary === undefined) throw new Error('anvil is not installed')
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  // Older states go to disk. Left to itself it leaves them in a folder of the user: gigabytes after some days of tests.
  const states = mkdtempSync(join(tmpdir(), 'wetee-anvil-'))
  const options = ['--port', String(port), '--silent', '--accounts', String(accounts)]
  options.push('--cache-path', states)
  if (chainId !== undefined) options.push('--chain-id', String(chainId), '--slots-in-an-epoch', '1')
  const child = spawn(anvilBinary, options, { stdio: 'ignore' })
  const rpcUrl = `http://127.0.0.1:${port}`
  const transport = http(rpcUrl, { retryCount: 40, retryDelay: 100 })
  const chain = { ...anvil, id: chainId ?? anvil.id }
  const shared = { chain, transport, pollingInterval: 20, cacheTime: 0 } as const
  const publicClient: PublicClient = createPublicClient(shared)
  await publicClient.getChainId()
  return {
    rpcUrl,
    publicClient,
    testClient: createTestClient({ mode: 'anvil', ...shared }),
    clients: (index: number) => ({
      account: anvilAccount(index),
      publicClient,
      walletClient: createWalletClient({ ...shared, account: anvilAccount(index) }),
    }),
    stop: async () => {
      if (child.exitCode === null) {
        child.kill()
        await once(child, 'exit')
      }
      rmSync(states, { recursive: true, force: true })
    },
  }
}
