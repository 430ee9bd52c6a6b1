// Sealing as lines come, with a worker that is away, and at the end; and bundles of what has failed.
import { makeReaderKeys, type ReaderKeys } from '@wetee/sealing'
import { chainRecords, decodeLines, openRecord, parseRecord } from '@wetee/sealed-log'
import { privateKeyToAccount } from 'viem/accounts'
import { beforeEach, expect, test } from 'vitest'
import { createLog } from '../log.ts'
import { ServiceExceptions } from '../output/service-exceptions.ts'
import { ServiceOutput } from '../output/service-output.ts'
import { EventLog } from './event-log.ts'
import { FailureReview, type FailureBundle } from './failure-review.ts'
import { RecordSealer } from './record-sealer.ts'

const account = privateKeyToAccount(`0x${'42'.repeat(32)}`)
let keys: ReaderKeys
let output: ServiceOutput
let ended: AbortController
let sent: { kind: string; bytes: Uint8Array }[]
let refuse: number
let sealer: RecordSealer
let wake: () => void
const log = createLog(
  () => undefined,
  () => 0,
)
beforeEach(async () => {
  const { bytes, ...made } = await makeReaderKeys()
  keys = made
  output = new ServiceOutput(['web'], () => 7)
  ended = new AbortController()
  sent = []
  refuse = 0
  wake = () => undefined
  sealer = new RecordSealer({
    place: {
      ...{ chainId: '1', cloud: `0x${'0c'.repeat(20)}`, appId: '7', version: 1, replica: 0 },
      instanceKey: account.address.toLowerCase() as `0x${string}`,
    },
    logKey: bytes,
    sign: (hash) => account.sign({ hash }),
    send: (kind, record) => {
      if (refuse-- > 0) return Promise.reject(new Error('away'))
      sent.push({ kind, bytes: record })
      wake()
      return Promise.resolve()
    },
    ...{ output, log, signal: ended.signal, monotonicMs: () => 0 },
  })
})

async function opened() {
  const records = await Promise.all(sent.map(({ bytes }) => parseRecord(bytes)))
  const [chain] = chainRecords(records)
  expect(chain).toMatchObject({ missingBefore: 0, gaps: [], broken: [] })
  const contents = await Promise.all(records.map((record) => openRecord(record, keys)))
  return records.flatMap(({ header }, at) =>
    header.kind === 'logs' ? decodeLines(contents[at]!) : [],
  )
}
const add = (count: number, length = 100) =>
  output.add(
    'web',
    'stdout',
    Array.from({ length: count }, () => 'x'.repeat(length)),
    count * 101,
  )

test('much is sealed at once, in records of bounded size and one chain, and no line is missing', async () => {
  const running = sealer.run()
  add(20_000)
  while (sent.length < 8) await new Promise<void>((resolve) => (wake = resolve))
  ended.abort()
  await running
  const lines = await opened()
  expect(lines.map(({ number }) => number)).toEqual(Array.from({ length: 20_000 }, (_, i) => i + 1))
  for (const { bytes } of sent) expect(bytes.length).toBeLessThan(400_000)
})

test('a worker that is away gets the same record later: nothing is sealed twice, nothing is skipped', async () => {
  refuse = 1
  const running = sealer.run()
  add(4_000)
  while (sent.length < 1) await new Promise<void>((resolve) => (wake = resolve))
  ended.abort()
  await running
  expect((await opened()).length).toBe(4_000)
})

test('last words are sealed after the end, the record that was under way before them', async () => {
  const running = sealer.run()
  refuse = 1_000
  add(4_000)
  while (refuse > 999) await new Promise((resolve) => setTimeout(resolve, 1))
  output.add('web', 'stderr', ['why it ended'], 13)
  refuse = 0
  ended.abort()
  await running
  expect((await opened()).at(-1)?.text).toBe('why it ended')
})

test('bundles wait their turn in the same chain, and eight of them at most', async () => {
  const taken = Array.from({ length: 10 }, () => sealer.offer(Buffer.from('{}')))
  expect(taken.filter((each) => each)).toHaveLength(8)
  while (sent.length < 8) await new Promise<void>((resolve) => (wake = resolve))
  await opened()
  expect(sent.map(({ kind }) => kind)).toEqual(Array.from({ length: 8 }, () => 'bundle'))
})

function review(kept: FailureBundle[], clock = { ms: 0 }) {
  const events = new EventLog(() => 0)
  const failures = new FailureReview({
    place: { appId: '7', version: 1, replica: 0 },
    images: new Map([['web', 'registry.test/web@sha256:ab']]),
    simulated: true,
    state: { answer: () => ({ state: 'attested', leaseNotAfter: '9' }) },
    exceptions: new ServiceExceptions(output, () => 0),
    ...{ output, events, log },
    keep: (content) => {
      kept.push(JSON.parse(Buffer.from(content).toString()) as FailureBundle)
      return true
    },
    now: () => 0,
    monotonicMs: () => clock.ms,
  })
  return { failures, events }
}

test('a bundle has the last 500 lines, events and state, and what the worker says is marked as its word', () => {
  const kept: FailureBundle[] = []
  const { failures, events } = review(kept)
  add(600, 10)
  failures.note({ reason: 'exited', service: 'web', exitCode: 7, outOfMemory: false })
  const [entry] = failures.list()
  const bundle = failures.get(entry!.id)
  expect(bundle).toEqual(kept[0])
  expect(bundle).toMatchObject({
    hostsWord: { reason: 'exited', exitCode: 7 },
    ...{ image: 'registry.test/web@sha256:ab', state: 'attested', simulated: true },
  })
  expect(bundle?.logs.map(({ number }) => number)).toEqual(
    Array.from({ length: 500 }, (_, i) => i + 101),
  )
  expect(events.list()).toMatchObject([
    { code: 'container.exited', detail: 'web exited 7', hostsWord: true },
    { code: 'bundle.made' },
  ])
  expect(failures.get('0'.repeat(16))).toBeUndefined()
})

test('ATTACK a crash loop, or a host that invents one, makes bounded bundles of bounded size', () => {
  const kept: FailureBundle[] = []
  const clock = { ms: 0 }
  const { failures } = review(kept, clock)
  add(600, 16_384)
  for (let i = 0; i < 100; i++) failures.note({ reason: 'exited', service: 'web', exitCode: 1 })
  expect(kept).toHaveLength(10)
  expect(failures.list()).toHaveLength(8)
  for (const bundle of kept) expect(JSON.stringify(bundle).length).toBeLessThan(400_000)
  clock.ms += 60_000
  failures.note({ reason: 'rolled-back' })
  expect(kept).toHaveLength(11)
})
