// What stops a node before it serves.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mrConfigId, nodeConfigDigest } from '@wetee/attestation'
import { createSimulatedVendor } from '@wetee/attestation/simulated'
import { afterAll, expect, test } from 'vitest'
import { configSchema } from './config.ts'
import { openOperator } from './operator.ts'
import { openNetwork, requireLaunch } from './start.ts'
import { testNetwork } from './testing/memory-view.ts'
import { testDevice } from './testing/test-device.ts'
import { silentLog } from './testing/test-node.ts'

const folder = mkdtempSync(join(tmpdir(), 'dsecret-'))
afterAll(() => rmSync(folder, { recursive: true }))
const { signal } = new AbortController()
const profile = {
  name: 'network',
  kind: 'test',
  simulated: false,
  chainId: 1,
  rpcUrls: ['http://127.0.0.1:1'],
  contracts: testNetwork.contracts,
  deployBlock: '0',
  trustRoots: [],
  finalityBlocks: 2,
}
const refusal = (code: string): unknown => expect.objectContaining({ code })

test('a TEE that was launched for another node, role or network is refused', async () => {
  const vendor = createSimulatedVendor({
    seed: new Uint8Array(32).fill(7),
    atMs: 1_780_000_000_000,
  })
  const chip = vendor.createChip({ seed: new Uint8Array(32).fill(1) })
  const node = { chainId: 31_337n, subnet: testNetwork.contracts.subnet, nodeId: 3n }
  const launchedFor = (other: object) =>
    testDevice(chip, {
      mrtd: `0x${'11'.repeat(48)}`,
      mrConfigId: mrConfigId(nodeConfigDigest({ ...node, role: 2, ...other })),
    })
  await requireLaunch(launchedFor({}), node, signal)
  for (const other of [{ nodeId: 4n }, { role: 1 }, { chainId: 1n }])
    await expect(requireLaunch(launchedFor(other), node, signal)).rejects.toThrow(
      refusal('launch.configuration-differs'),
    )
})

test('a simulated TEE never serves a network of genuine hardware', async () => {
  const networkFile = join(folder, 'network.json')
  writeFileSync(networkFile, JSON.stringify(profile))
  const context = { log: silentLog, signal }
  await expect(openNetwork({ networkFile }, { simulated: true }, context)).rejects.toThrow(
    refusal('network.kind-mismatch'),
  )
})

const opening = (network: object, rpcUrls?: readonly string[]) => {
  const networkFile = join(folder, 'test-network.json')
  writeFileSync(networkFile, JSON.stringify({ ...profile, simulated: true, ...network }))
  const config = { networkFile, ...(rpcUrls === undefined ? {} : { rpcUrls: [...rpcUrls] }) }
  return openNetwork(config, { simulated: true }, { log: silentLog, signal })
}

test('one RPC is believed on development networks only', async () => {
  await expect(opening({ kind: 'test' })).rejects.toThrow(refusal('network.rpc-too-few'))
})

test('a test network is opened once two RPCs say alike that it is the one of the profile', async () => {
  const stopping = new AbortController()
  const networkFile = join(folder, 'https-network.json')
  const rpcUrls = ['https://127.0.0.1:1', 'https://127.0.0.2:1']
  writeFileSync(networkFile, JSON.stringify({ ...profile, simulated: true, rpcUrls }))
  const waits: string[] = []
  const warn = (fields: object, message: string) => {
    waits.push(`${message} ${JSON.stringify(fields)}`)
    if (message === 'waiting for the chain') stopping.abort()
  }
  const context = { log: { ...silentLog, warn }, signal: stopping.signal }
  await expect(openNetwork({ networkFile }, { simulated: true }, context)).rejects.toThrow()
  expect(waits.join()).toMatch(/waiting for the chain.*chain.unreachable.*fewer than 2 RPCs/)
})

test("the operator's key is read from a file that only its owner can read", () => {
  const file = join(folder, 'operator.key')
  const key = `0x${'11'.repeat(32)}`
  writeFileSync(file, `${key}\n`, { mode: 0o600 })
  expect(openOperator(file).address).toMatch(/^0x[0-9a-fA-F]{40}$/)
  writeFileSync(join(folder, 'open.key'), key, { mode: 0o644 })
  expect(() => openOperator(join(folder, 'open.key'))).toThrow(refusal('operator.mode-open'))
  writeFileSync(join(folder, 'short.key'), key.slice(0, 60), { mode: 0o600 })
  const short = () => openOperator(join(folder, 'short.key'))
  expect(short).toThrow(refusal('operator.unreadable'))
  expect(short).not.toThrow(/1111/)
  expect(() => openOperator(join(folder, 'absent.key'))).toThrow(refusal('operator.unreadable'))
})

test('a configuration needs no node id before registration, and refuses what it does not know', () => {
  const config = {
    networkFile: '/network.json',
    stateDir: '/state',
    listen: { port: 7_701 },
    platform: { guestSocket: '/tee.sock', collateralSocket: '/host.sock' },
    operator: { privateKeyFile: '/operator.key' },
  }
  expect(configSchema.parse(config)).toMatchObject({
    listen: { host: '127.0.0.1' },
    platform: { allowSimulated: false },
    logLevel: 'info',
  })
  for (const other of [
    { nodeId: '0' },
    { nodeId: 1 },
    { more: true },
    { rpcUrls: [] },
    { rpcUrls: Array(6).fill('https://rpc.example') },
    { rpcUrls: ['file:///etc/passwd'] },
    { platform: { ...config.platform, socket: '/x' } },
  ])
    expect(configSchema.safeParse({ ...config, ...other }).success).toBe(false)
})
