// What is refused before the chain is asked.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '@wetee/daemon'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { configSchema } from './config.ts'
import { openNetwork } from './network.ts'
import { keepLog } from './testing/silent-log.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'wetee-network-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function open(
  network: { kind: 'development' | 'test' | 'live'; simulated: boolean },
  sandbox: boolean,
) {
  const networkFile = join(folder, 'network.json')
  const address = (digit: string) => `0x${digit.repeat(40)}`
  writeFileSync(
    networkFile,
    JSON.stringify({
      name: 'a network',
      ...network,
      chainId: 31337,
      rpcUrls: ['http://127.0.0.1:1'],
      contracts: { subnet: address('1'), quorum: address('2'), cloud: address('3') },
      deployBlock: '0',
      trustRoots: [],
      finalityBlocks: 2,
    }),
  )
  const config = configSchema.parse({
    networkFile,
    operator: { privateKeyFile: join(folder, 'key') },
    stateDir: folder,
    platform: { simulatedSocket: join(folder, 'tee.sock'), allowSimulated: true },
    agentImage: { layout: folder, digest: `sha256:${'0'.repeat(64)}` },
    api: { port: 0 },
    runtime: { allowSandbox: sandbox },
  })
  const store = openStore(join(folder, 'chain.db'))
  const { signal } = new AbortController()
  return openNetwork(config, store, { log: keepLog(), signal }).finally(() => store.close())
}

test('a simulated TEE is refused by a network that trusts genuine hardware', async () => {
  await expect(open({ kind: 'test', simulated: false }, false)).rejects.toMatchObject({
    code: 'network.kind-mismatch',
  })
})

test('the sandbox is refused outside development networks', async () => {
  await expect(open({ kind: 'test', simulated: true }, true)).rejects.toThrow(
    /a test network and runtime\.allowSandbox is for development/,
  )
})

test('on a development network neither is refused: the operator key is looked for next', async () => {
  await expect(open({ kind: 'development', simulated: true }, true)).rejects.toMatchObject({
    code: 'account.unreadable',
  })
})
