// Usage from a real HTTP server, checked against what the operator signed and what the chain has.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createWalletClient, http, type Hex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { USAGE_START, usageDigest, usageStatement, type UsageScope } from '@wetee/attestation'
import { appMetrics } from './app-metrics.ts'
import { appUsage, verifyUsage, type AppUsage } from './app-usage.ts'
import type { Network } from './network.ts'
import {
  emptyWorld,
  memoryNetwork,
  testApp,
  testVersion,
  testWorker,
  type World,
} from './testing/memory-network.ts'

const account = privateKeyToAccount(`0x${'42'.repeat(32)}`)
const operator = privateKeyToAccount(`0x${'43'.repeat(32)}`)

type Draft = { -readonly [Name in keyof AppUsage]: AppUsage[Name] }

describe('usage of an application', () => {
  let world: World
  let network: Network
  let answer: { status: number; body: unknown }
  let asked: string[]
  let close: () => void
  beforeEach(async () => {
    asked = []
    answer = { status: 200, body: {} }
    const server = createServer((request, response) => {
      asked.push(`${request.url} ${(request.headers.authorization ?? '').slice(0, 5)}`)
      response.writeHead(answer.status).end(JSON.stringify(answer.body))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    close = () => {
      server.closeAllConnections()
      server.close()
    }
    world = emptyWorld()
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    world.workers = [testWorker(1n, { endpoint, operator: operator.address })]
    world.apps.set(7n, testApp(7n))
    world.versions.set('7/1', testVersion(1, { terms: { replicas: 1 } as never }))
    const wallet = createWalletClient({ account, transport: http('http://127.0.0.1:1') })
    network = { ...memoryNetwork(world), account, wallet }
  })
  afterEach(() => close())

  async function usage(): Promise<Draft> {
    const { chainId, contracts } = network.profile
    const scope: UsageScope = { chainId, subnet: contracts.subnet, workerId: 1n, appId: 7n }
    let digest: Hex = USAGE_START
    const samples = [1, 2, 3, 4].map((sequence) => {
      const time = { fromMs: sequence * 1_000, toMs: sequence * 1_000 + 1_000 }
      const used = { cpuMicros: 500_000, memoryByteSeconds: 10, diskBytes: 1, restarts: 0 }
      const sample = { sequence, ...time, ...used, receivedBytes: 2, sentBytes: 3 }
      digest = usageDigest(scope, digest, sample)
      return { ...sample, digest }
    })
    const sign = async (sequence: number) => {
      const digest = samples[sequence - 1]?.digest ?? '0x'
      const message = usageStatement(scope, sequence, digest)
      return { sequence, digest, atMs: 1, signature: await operator.signMessage({ message }) }
    }
    const signed = [await sign(2), await sign(3)]
    prove(samples[2]?.digest ?? '0x')
    return {
      ...{ chainId, subnet: contracts.subnet, workerId: '1', appId: '7', samples, signed },
      before: { sequence: 0, digest: USAGE_START },
    }
  }
  const prove = (digest: Hex, workerId = 1n) =>
    world.views.set('subnet.workProof(7)', {
      ...{ workerId, settledSeconds: 60n, uploadedAt: 1n, digest },
    })
  const verify = async (body: unknown) => {
    answer.body = body
    const { ok, checks } = await verifyUsage(network, 7n)
    return [ok, ...checks.flatMap((check) => (check.ok ? [] : [check.name]))]
  }

  test('that is whole, signed and on chain is good, and its sums are given', async () => {
    answer.body = await usage()
    const report = await verifyUsage(network, 7n)
    expect(report.ok).toBe(true)
    expect(report.checks.map(({ text }) => text)).toEqual([
      'samples of application 7 on worker 1',
      '4 samples follow each other, none is changed, dropped or moved',
      "2 statements are signed by the worker's operator",
      'the digest on chain is that of sample 3, given when 60 attested seconds were settled',
    ])
    expect(report.totals).toMatchObject({ seconds: 4, cpuSeconds: 2, receivedBytes: 8 })
    expect(report.evidenceDigest).toBe(report.usage.samples[3]?.digest)
    expect(asked).toEqual(['/v1/apps/7/usage SIWE '])
  })

  test('with a changed, dropped or moved sample is not', async () => {
    const whole = await usage()
    const [a, b, c, d] = whole.samples
    const list = (...samples: (typeof a)[]) => ({ ...whole, samples })
    expect(await verify(list(a, b && { ...b, cpuMicros: 1 }, c, d))).toEqual([false, 'chain'])
    expect(await verify(list(a, c, d))).toEqual([false, 'chain', 'signatures'])
    expect(await verify(list(a, c, b, d))).toEqual([false, 'chain'])
    expect(await verify(list(b, c, d))).toEqual([false, 'chain'])
    expect(await verify(list(a, b))).toEqual([false, 'signatures', 'on chain'])
  })

  test('made anew as a whole, signed by the operator again, is not what is on chain', async () => {
    const honest = await usage()
    const digest = honest.samples[2]?.digest ?? '0x'
    prove(`0x${'d1'.repeat(32)}`)
    expect(await verify(honest)).toEqual([false, 'on chain'])
    prove(digest)
    expect(await verify(honest)).toEqual([true])
  })

  test('signed by another, or of another application, worker or network, is not', async () => {
    const whole = await usage()
    const other = await account.signMessage({ message: 'x' })
    const signed = whole.signed.map((one) => ({ ...one, signature: other }))
    expect(await verify({ ...whole, signed })).toEqual([false, 'signatures'])
    for (const change of [{ appId: '8' }, { workerId: '2' }, { chainId: 1 }])
      expect(await verify({ ...whole, ...change })).toEqual([false, 'application'])
    const before = { sequence: 0, digest: `0x${'11'.repeat(32)}` }
    expect(await verify({ ...whole, before })).toEqual([false, 'chain'])
  })

  test('that was never put on chain, or by a worker before this one, is good as far as it goes', async () => {
    const whole = await usage()
    prove(USAGE_START)
    expect(await verify(whole)).toEqual([true])
    prove(`0x${'d1'.repeat(32)}`, 2n)
    expect(await verify(whole)).toEqual([true])
  })

  test('in another form, or refused, is an error that says so', async () => {
    for (const body of [{}, [], { ...(await usage()), samples: [{}] }]) {
      answer.body = body
      await expect(appUsage(network, 7n)).rejects.toMatchObject({ code: 'worker.answer-invalid' })
    }
    answer.status = 403
    await expect(appUsage(network, 7n)).rejects.toMatchObject({
      code: 'worker.refused',
      retryable: false,
    })
  })

  test('over time comes by series', async () => {
    const series = { cpuMilli: [[60, 1, 2, 3]] }
    answer.body = { appId: '7', from: 0, to: 100, step: 60, series }
    expect(await appMetrics(network, 7n, { from: 0, to: 100 })).toEqual(answer.body)
    expect(asked).toEqual(['/v1/apps/7/metrics?from=0&to=100 SIWE '])
    answer.body = { series: { cpuMilli: [[60, 1, 2]] } }
    await expect(appMetrics(network, 7n)).rejects.toMatchObject({ code: 'worker.answer-invalid' })
  })
})
