// A node watches a real chain: what is taken back or lapses is cut off and told once, in order, and how long that takes.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytesToHex } from 'viem'
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest'
import { parseNetworkProfile, type NetworkProfile } from '@wetee/chain'
import { waitFor } from '@wetee/daemon'
import { startTestWatch, type TestWatch } from '@wetee/dsecret/testing'
import { digestOf, LocalNetwork } from '@wetee/contracts/local-network'
import { anvilAccount, startAnvil, type LocalAnvil } from './testing/local-anvil.ts'

type Alert = {
  number: number
  kind: string
  subject: string
  state: string
  cause: string
  causeAt: number
  delayMs: number
}

const folder = mkdtempSync(join(tmpdir(), 'wetee-watching-'))
const agent = digestOf('agent')
const logged: string[] = []
const log = {
  debug: () => undefined,
  info: (fields: object, text: string) => void logged.push(`${text} ${JSON.stringify(fields)}`),
  warn: (fields: object, text: string) => void logged.push(`${text} ${JSON.stringify(fields)}`),
  error: (fields: object, text: string) => void logged.push(`${text} ${JSON.stringify(fields)}`),
}
/** How far the chain's time was put forward, milliseconds; the node's clock goes with it. */
let aheadMs = 0
const told: { nodeId: string; alert: Alert }[] = []
let hook: Server
let anvil: LocalAnvil
let network: LocalNetwork
let profile: NetworkProfile
let watch: TestWatch

function startWatch(): TestWatch {
  const { port } = hook.address() as AddressInfo
  const operatorKey = bytesToHex(anvilAccount(5).getHdKey().privateKey ?? new Uint8Array())
  const options = { profile, nodeId: 1n, stateDir: join(folder, 'node'), operatorKey }
  const webhook = `http://127.0.0.1:${port}/alerts`
  return startTestWatch({ ...options, webhook, now: () => Date.now() + aheadMs }, log)
}

beforeAll(async () => {
  hook = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      told.push(JSON.parse(Buffer.concat(parts).toString()) as (typeof told)[number])
      response.end()
    })
  })
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve))
  anvil = await startAnvil(1)
  const clients = { publicClient: anvil.client, walletClient: anvil.client } as never
  network = await LocalNetwork.deploy(clients)
  await network.populate()
  await network.create('watched')
  await network.renew(1n, 1)
  await network.renew(1n, 1)
  await anvil.client.setAutomine(false)
  await anvil.client.setIntervalMining({ interval: 1 })
  profile = parseNetworkProfile(
    JSON.stringify({
      ...{ name: 'watched', kind: 'development', simulated: true, chainId: 31_337 },
      ...{ rpcUrls: [anvil.rpcUrl], deployBlock: '0', trustRoots: [], finalityBlocks: 2 },
      contracts: network.addresses,
    }),
  )
  watch = startWatch()
  await liveAgain()
})
afterAll(async () => {
  await watch.close()
  await new Promise((resolve) => hook.close(resolve))
  await anvil.close()
  rmSync(folder, { recursive: true, force: true })
})

const until = <T>(what: string, look: () => Promise<T>) =>
  waitFor(look, { signal: AbortSignal.timeout(60_000), timeoutMs: 50_000, everyMs: 100, what })
const alertsFrom = async (first: number) =>
  ((await watch.ask(`/v1/alerts?first=${first}&count=64`)) as { alerts: Alert[] }).alerts
const lastNumber = async () => ((await watch.ask('/v1/alerts')) as { last: number }).last
const liveAgain = () =>
  until('all live', async () => {
    const text = await watch.metrics()
    return ['lease', 'worker', 'node'].every((kind) =>
      text.includes(`dsecret_watched_live_count{kind="${kind}"} 1`),
    )
  })
const nextAlerts = async (after: number, count: number): Promise<Alert[]> => {
  await until(`${count} alerts`, async () => (await lastNumber()) >= after + count)
  return alertsFrom(after + 1)
}
const timeOf = async (blockNumber: bigint) =>
  Number((await anvil.client.getBlock({ blockNumber })).timestamp)

function print(what: string, delays: readonly number[]): void {
  const sorted = [...delays].sort((a, b) => a - b)
  const [median, most] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)]
  process.stdout.write(`${what}: median ${median} ms, most ${most} ms (${delays.length})\n`)
}

test('a revoked measurement cuts off its machine and its lease, again each time that it is', async () => {
  onTestFailed(() => void process.stderr.write(`${logged.slice(-40).join('\n')}\n`))
  const delays: number[] = []
  for (let turn = 0; turn < 3; turn++) {
    const last = await lastNumber()
    const { blockNumber } = await network.send('subnet', 'setReferenceValue', [1, agent, 1, 3, 0n])
    const alerts = await nextAlerts(last, 2)
    const causeAt = await timeOf(blockNumber)
    const common = { state: 'revoked', cause: 'measurement.revoked', causeAt }
    expect(alerts).toMatchObject([
      { number: last + 1, kind: 'worker', subject: '1', ...common },
      { number: last + 2, kind: 'lease', subject: '1/1/0', ...common },
    ])
    expect(await network.read('cloud', 'isLeaseLive', [1n, network.instanceKey])).toBe(false)
    delays.push(...alerts.map(({ delayMs }) => delayMs))
    await network.send('subnet', 'setReferenceValue', [1, agent, 1, 1, 0n])
    await liveAgain()
  }
  print('revoked measurement, block time to cut-off', delays)
})

test('a lease that nobody renews lapses, and what it attested is settled by the committee', async () => {
  onTestFailed(() => void process.stderr.write(`${logged.slice(-40).join('\n')}\n`))
  const { notAfter } = await network.renew(1n, 1)
  await until('the lease as it is now', async () =>
    (await watch.metrics()).includes(
      `dsecret_next_lapse_timestamp_seconds{kind="lease"} ${notAfter}`,
    ),
  )
  const last = await lastNumber()
  const { timestamp } = await anvil.client.getBlock()
  const seconds = Number(notAfter - timestamp) - 4
  await anvil.client.increaseTime({ seconds })
  aheadMs += seconds * 1_000
  const [alert] = await nextAlerts(last, 1)
  expect(alert).toMatchObject({ kind: 'lease', subject: '1/1/0', cause: 'lease.lapsed' })
  expect(alert?.causeAt).toBe(Number(notAfter))
  print('lapsed lease, its last second to cut-off', [alert?.delayMs ?? 0])
  await until('the settlement', async () => {
    const [seconds] = (await network.read('cloud', 'unsettled', [1n])) as [bigint]
    return seconds === 0n
  })
  await until('the word of it', () =>
    Promise.resolve(logged.some((line) => line.startsWith('cut-off settled'))),
  )
})

test('a machine that was denied while the node was down is told once it is back, and nothing else again', async () => {
  onTestFailed(() => void process.stderr.write(`${logged.slice(-40).join('\n')}\n`))
  const last = await lastNumber()
  const before = await alertsFrom(1)
  await watch.close()
  const { blockNumber } = await network.send('subnet', 'denyPlatform', [digestOf('machine 1')])
  watch = startWatch()
  const [alert] = await nextAlerts(last, 1)
  const causeAt = await timeOf(blockNumber)
  expect(alert).toMatchObject({ kind: 'worker', cause: 'platform.denied', causeAt })
  expect((await alertsFrom(1)).slice(0, last)).toEqual(before)
  expect(await lastNumber()).toBe(last + 1)
  await until('the webhook', () => Promise.resolve(told.length >= last + 1))
  expect(told.map(({ alert: { number } }) => number)).toEqual(told.map((_, place) => place + 1))
})
