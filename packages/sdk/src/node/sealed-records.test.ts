// What a worker has kept, opened with the owner's key; and what it has left out.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { encodeLines, NO_RECORD, sealRecord } from '@wetee/sealed-log'
import { createWalletClient, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Network } from '../network.ts'
import {
  emptyWorld,
  memoryNetwork,
  testApp,
  testVersion,
  testWorker,
} from '../testing/memory-network.ts'
import { makeLogKey, readLogKey, sealedBundles, sealedLogs } from './sealed-records.ts'

const account = privateKeyToAccount(`0x${'42'.repeat(32)}`)
const instance = privateKeyToAccount(`0x${'43'.repeat(32)}`)
let opened: Network
let records: Uint8Array[]
let body: () => Buffer
let server: Server
let world: ReturnType<typeof emptyWorld>
let keyFile: string
let problems: string[]
const leased = (appId: bigint, instanceKey: string) => ({
  ...{ eventName: 'LeaseRenewed', blockNumber: 1n, transactionHash: '0x' as const },
  args: { appId, version: 1, replica: 0, instanceKey },
})
const framed = (list: readonly Uint8Array[]) =>
  Buffer.concat(
    list.flatMap((bytes) => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bytes.length)
      return [length, bytes]
    }),
  )

beforeEach(async () => {
  problems = []
  server = createServer((request, response) => {
    if (!/^SIWE /.test(request.headers.authorization ?? '')) response.statusCode = 401
    response.end(body())
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  world = emptyWorld()
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  world.workers = [testWorker(1n, { endpoint })]
  world.events.set('cloud.LeaseRenewed', [leased(7n, instance.address)])
  world.apps.set(7n, testApp(7n))
  world.versions.set('7/1', testVersion(1, { terms: { replicas: 1 } as never }))
  const wallet = createWalletClient({ account, transport: http('http://127.0.0.1:1') })
  opened = { ...memoryNetwork(world), account, wallet }
  const { logKey, file } = await makeLogKey()
  keyFile = file
  records = []
  let previous: `0x${string}` = NO_RECORD
  for (let index = 0; index < 4; index++) {
    const kind = index === 3 ? 'bundle' : 'logs'
    const content = kind === 'logs' ? encodeLines([lineOf(index)]) : Buffer.from(bundle)
    const record = await sealRecord(
      {
        chainId: String(opened.profile.chainId),
        cloud: opened.profile.contracts.cloud.toLowerCase() as `0x${string}`,
        ...{ appId: '7', version: 1, replica: 0, kind, index, previous },
        instanceKey: instance.address.toLowerCase() as `0x${string}`,
      },
      content,
      { logKey: Buffer.from(logKey, 'hex'), sign: (hash) => instance.sign({ hash }) },
    )
    previous = record.digest
    records.push(record.bytes)
  }
  body = () => framed(records)
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const lineOf = (index: number) => ({
  ...{ service: 'web', stream: 'stdout' as const, atMs: 1_000 * index, number: index + 1 },
  text: `line ${index}`,
})
const bundle = JSON.stringify({
  format: 'wetee/failure-bundle/v1',
  id: '0123456789abcdef',
  time: '2026-11-26T08:00:00.000Z',
  ...{ version: 1, replica: 0, hostsWord: { reason: 'exited', exitCode: 7 } },
})
const options = async () => ({
  keys: await readLogKey(keyFile),
  onProblem: ({ text }: { text: string }) => void problems.push(text),
})

test('lines come by time, bundles by their own call, and a whole chain has no problems', async () => {
  const lines = await sealedLogs(opened, 7n, await options())
  expect(lines.map(({ text }) => text)).toEqual(['line 0', 'line 1', 'line 2'])
  expect(lines[1]).toMatchObject({ version: 1, replica: 0, time: '1970-01-01T00:00:01.000Z' })
  const since = await sealedLogs(opened, 7n, { ...(await options()), since: new Date(1_500) })
  expect(since.map(({ text }) => text)).toEqual(['line 2'])
  expect(await sealedBundles(opened, 7n, await options())).toMatchObject([
    { id: '0123456789abcdef', hostsWord: { exitCode: 7 } },
  ])
  expect(problems).toEqual([])
})

test('ATTACK records that a worker leaves out, changes or takes from elsewhere are told', async () => {
  const [first = new Uint8Array(0), second = first, third = first] = records
  body = () => framed([first, third])
  await sealedLogs(opened, 7n, await options())
  expect(problems).toEqual(['records before number 2 are missing: taken out'])
  problems = []
  const changed = Uint8Array.from(second)
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
  body = () => framed([first, changed])
  expect(await sealedLogs(opened, 7n, await options())).toHaveLength(1)
  expect(problems[0]).toContain('left out')
  problems = []
  const other = await makeLogKey()
  body = () => framed([first])
  const keys = await readLogKey(other.file)
  expect(await sealedLogs(opened, 7n, { ...(await options()), keys })).toEqual([])
  expect(problems[0]).toContain('does not open')
})

test('ATTACK records that whoever knows the public key has sealed are left out: their key never had a lease', async () => {
  const stranger = `0x${'99'.repeat(20)}`
  // Of the other application, and of nobody.
  for (const keys of [[], [leased(8n, instance.address), leased(7n, stranger)]]) {
    problems = []
    world.events.set('cloud.LeaseRenewed', keys)
    expect(await sealedLogs(opened, 7n, await options())).toEqual([])
    expect(await sealedBundles(opened, 7n, await options())).toEqual([])
    expect(problems[0]).toContain('never had a lease of this application: 4 records were left out')
  }
  problems = []
  expect(await sealedLogs(opened, 7n, { ...(await options()), unproven: true })).toHaveLength(3)
  expect(problems[0]).toContain('prove nothing')
})

test('an answer that is cut off, or has a record of impossible size, is refused', async () => {
  for (const wrong of [
    framed(records).subarray(0, -1),
    Buffer.from([0, 0]),
    Buffer.from([255, 255, 255, 255, 0]),
    Buffer.from([0, 0, 0, 0]),
  ]) {
    body = () => wrong
    await expect(sealedLogs(opened, 7n, await options())).rejects.toMatchObject({
      code: 'worker.answer-invalid',
    })
  }
})

test('what is no key file is refused without a word of it', async () => {
  for (const text of ['', '{}', keyFile.replace('log-key/v1', 'log-key/v2'), `${keyFile}x`])
    await expect(readLogKey(text)).rejects.toMatchObject({ code: 'log-key.invalid' })
})
