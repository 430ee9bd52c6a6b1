// Alerts of dsecret nodes: who is asked, what is believed of an answer, and that following shows each once.
import { expect, test } from 'vitest'
import { followAlerts, readAlerts, type AlertPage } from './alerts.ts'
import { emptyWorld, memoryNetwork, zeroDigest } from './testing/memory-network.ts'
import type { NodeRecord } from './reader.ts'

const code = (expected: string) => expect.objectContaining({ code: expected }) as Error
const alertOf = (number: number) => ({
  ...{ number, kind: 'lease', subject: '7/1/0', state: 'lapsed', cause: 'lease.lapsed' },
  ...{ causeAt: 1_000, cutOffAt: 1_002_500, delayMs: 2_500, block: '40' },
})
const json = (value: unknown) => ({
  status: 200,
  body: new TextEncoder().encode(JSON.stringify(value)),
  tlsKeyHash: zeroDigest,
})
const url = (n: number, first: number, count = 32) =>
  `https://node-${n}.test/v1/alerts?first=${first}&count=${count}`

function network(answers: Parameters<typeof memoryNetwork>[1]) {
  const world = emptyWorld()
  world.nodes = [1, 2, 3].map(
    (n) =>
      ({
        ...{ nodeId: BigInt(n), endpoint: `https://node-${n}.test`, status: 'active' },
        tlsKeyHash: zeroDigest,
      }) as NodeRecord,
  )
  world.committee = { epoch: 1n, members: [1n, 2n], threshold: 2 }
  return memoryNetwork(world, answers)
}

test('the first member that answers shows the newest; one that lies or is away is passed over', async () => {
  const alerts = Array.from({ length: 32 }, (_, place) => alertOf(place + 19))
  const page = await readAlerts(
    network({
      [url(1, 1)]: json({ last: 1, alerts: [{ ...alertOf(1), cause: '<script>' }] }),
      [url(2, 1)]: json({ last: 50, alerts: [alertOf(1)] }),
      [url(2, 19)]: json({ last: 50, alerts }),
    }),
  )
  expect(page).toEqual({ nodeId: 2n, last: 50, alerts, pinned: true })
})

test('a node that does not answer, or with another key, shows nothing', async () => {
  await expect(readAlerts(network({}), { nodeId: 3n })).rejects.toThrow(code('dsecret.unreachable'))
  const answer = { ...json({ last: 0, alerts: [] }), tlsKeyHash: `0x${'11'.repeat(32)}` as const }
  await expect(readAlerts(network({ [url(3, 1)]: answer }), { nodeId: 3n })).rejects.toThrow(
    /node\.key-differs/,
  )
  await expect(readAlerts(network({}), { nodeId: 9n })).rejects.toThrow(code('node.unknown'))
})

test('following shows each alert once, and goes on with what is new', async () => {
  const stopping = new AbortController()
  const pages: AlertPage[] = []
  await followAlerts(
    network({
      [url(2, 1)]: json({ last: 2, alerts: [alertOf(1), alertOf(2)] }),
      [url(2, 3)]: json({ last: 3, alerts: [alertOf(3)] }),
    }),
    (page) => {
      pages.push(page)
      if (pages.length === 2) stopping.abort()
    },
    { nodeId: 2n, signal: stopping.signal },
  )
  expect(pages.map(({ alerts }) => alerts.map(({ number }) => number))).toEqual([[1, 2], [3]])
})
