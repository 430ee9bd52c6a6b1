// The local chain over many starts, with the real anvil.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { waitFor } from '@wetee/daemon'
import { createPublicClient, http } from 'viem'
import { afterEach, expect, test } from 'vitest'
import { Children } from './children.ts'
import { startLocalChain } from './local-chain.ts'

const STARTS = 6
/** Of the chain's clock and ours, seconds. */
const APART = 5
const stateDir = mkdtempSync(join(tmpdir(), 'wetee-chain-'))
const children = new Children(stateDir)
afterEach(async () => {
  await children.stop('chain')
  rmSync(stateDir, { recursive: true, force: true })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

test('a chain that is stopped and started again and again keeps its first block, and the time of day', async () => {
  mkdirSync(join(stateDir, 'logs'))
  const options = { stateDir, port: await freePort(), signal: AbortSignal.timeout(60_000) }
  const first = new Set<string>()
  for (let start = 0; start < STARTS; start++) {
    const client = createPublicClient({
      transport: http(await startLocalChain(children, options)),
    })
    first.add((await client.getBlock({ blockNumber: 0n })).hash)
    const before = await client.getBlockNumber({ cacheTime: 0 })
    await waitFor(async () => (await client.getBlockNumber({ cacheTime: 0 })) > before + 1n, {
      ...{ signal: options.signal, timeoutMs: 20_000, everyMs: 100, what: 'two blocks' },
    })
    const { timestamp } = await client.getBlock()
    expect(Math.abs(Number(timestamp) - Date.now() / 1_000)).toBeLessThan(APART)
    await children.stop('chain')
  }
  expect(first.size).toBe(1)
})
