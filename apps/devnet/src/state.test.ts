// A folder of another version is refused before anything is started.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Network } from './network.ts'
import { DevnetState } from './state.ts'

let state: DevnetState
beforeEach(() => {
  state = new DevnetState(mkdtempSync(join(tmpdir(), 'devnet-')))
})
afterEach(() => rmSync(state.folder, { recursive: true }))

const outdated: unknown = expect.objectContaining({
  code: 'devnet.state-outdated',
  message: expect.stringContaining('--reset') as string,
})
const profile = (contracts: Record<string, string>) =>
  JSON.stringify({
    name: 'devnet',
    kind: 'development',
    simulated: true,
    chainId: 31_337,
    rpcUrls: ['http://127.0.0.1:1'],
    contracts,
    deployBlock: '0',
    trustRoots: [],
    finalityBlocks: 2,
  })
const address = `0x${'11'.repeat(20)}`

test('ports are chosen once and are the same at the next start', async () => {
  const ports = await state.ports(3)
  expect(new Set(Object.values(ports).flat()).size).toBe(11)
  expect(await new DevnetState(state.folder).ports(3)).toEqual(ports)
})

test('a devnet keeps its number of nodes, and says so when another one is asked for', async () => {
  expect(state.nodes(undefined)).toBe(3)
  await state.ports(state.nodes(5))
  expect([state.nodes(undefined), state.nodes(5)]).toEqual([5, 5])
  expect(() => state.nodes(4)).toThrow(
    expect.objectContaining({ code: 'devnet.nodes-differ' }) as Error,
  )
})

test('ports of another version are refused with what to do', async () => {
  writeFileSync(state.path('ports.json'), JSON.stringify({ chain: 1, worker: 2 }))
  await expect(state.ports(3)).rejects.toThrow(outdated)
})

test('a network without a DAO is refused before anything is started', async () => {
  const { signal } = new AbortController()
  const network = new Network({ state, runtime: 'auto', workers: 1, nodes: 3, signal })
  const contracts = { subnet: address, quorum: address, cloud: address }
  writeFileSync(state.path('network.json'), profile(contracts))
  const [chain] = network.steps()
  await expect(chain?.run(() => undefined)).rejects.toThrow(outdated)
  expect(network.children.count).toBe(0)
})
