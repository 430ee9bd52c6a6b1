// A chain for tests that mines when it is told to, with blocks that become final three epochs later. Starts a process.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createTestClient,
  http,
  publicActions,
  walletActions,
  type HttpTransport,
  type PublicActions,
  type TestClient,
  type WalletActions,
} from 'viem'
import { mnemonicToAccount, type HDAccount } from 'viem/accounts'
import { anvil } from 'viem/chains'
import { waitFor } from '@wetee/daemon'

const binary = join(
  import.meta.dirname,
  '../../../node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil',
)
const mnemonic = 'test test test test test test test test test test test junk'

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Development account `index` of the chain, with play money. */
export const anvilAccount = (index: number) => mnemonicToAccount(mnemonic, { addressIndex: index })

type Anvil = typeof anvil
/** Named, because the compiler cannot write out what it would infer. */
type AnvilClient = TestClient<'anvil', HttpTransport, Anvil, HDAccount> &
  PublicActions<HttpTransport, Anvil, HDAccount> &
  WalletActions<Anvil, HDAccount>

const clientOf = (rpcUrl: string): AnvilClient =>
  createTestClient({
    mode: 'anvil',
    chain: anvil,
    account: anvilAccount(0),
    transport: http(rpcUrl),
    pollingInterval: 20,
    cacheTime: 0,
  })
    .extend(publicActions)
    .extend(walletActions)

/** A running chain. */
export type LocalAnvil = {
  readonly rpcUrl: string
  readonly client: AnvilClient
  /** Replaces the newest `depth` blocks by empty ones. */
  reorganise(depth: number): Promise<void>
  close(): Promise<void>
}

/** Starts it; every transaction gets a block of its own until `client.setAutomine(false)`. */
export async function startAnvil(epochSlots = 3): Promise<LocalAnvil> {
  const port = await freePort()
  // Older states go to disk. Left to itself it leaves them in a folder of the user: gigabytes after some days of tests.
  const states = mkdtempSync(join(tmpdir(), 'wetee-anvil-'))
  const options = ['--port', String(port), '--slots-in-an-epoch', String(epochSlots), '--silent']
  const child = spawn(binary, [...options, '--cache-path', states], { stdio: 'ignore' })
  const rpcUrl = `http://127.0.0.1:${port}`
  const client = clientOf(rpcUrl)
  const isUp = () =>
    client.getBlockNumber().then(
      () => true,
      () => false,
    )
  await waitFor(isUp, {
    signal: AbortSignal.timeout(30_000),
    timeoutMs: 20_000,
    everyMs: 50,
    what: `anvil at ${rpcUrl}`,
  })
  return {
    rpcUrl,
    client,
    reorganise: async (depth) => {
      await client.request({ method: 'anvil_reorg', params: [depth, []] } as never)
    },
    close: async () => {
      if (child.exitCode === null) {
        child.kill()
        await once(child, 'exit')
      }
      rmSync(states, { recursive: true, force: true })
    },
  }
}
