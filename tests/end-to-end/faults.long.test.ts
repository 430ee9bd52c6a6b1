// Faults of a running network: nodes, worker and chain go away and come back; one application with a secret lives through all of it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, onTestFailed, test } from 'vitest'
import { countSettledSeconds } from '@wetee/devnet/attested-seconds'
import { startLocalChain } from '@wetee/devnet/local-chain'
import { startNode } from '@wetee/devnet/nodes'
import { transact } from '@wetee/devnet/transactions'
import { startWorker, workerUrl } from '@wetee/devnet/workers'
import { showApp } from '@wetee/sdk'
import { MovingApplication, orderNewKey } from './testing/moving-application.ts'
import { eventually, startDevnet, type RunningDevnet } from './testing/running-devnet.ts'

let devnet: RunningDevnet
beforeAll(async () => {
  devnet = await startDevnet('sandbox')
})
beforeEach(() => {
  onTestFailed(() => void process.stderr.write(devnet.logs()))
})
afterAll(() => devnet.close())

const details = () => showApp(devnet.application.sdk, devnet.application.appId)
const liveLease = async () => (await details()).leases.find((lease) => lease.live)
const ask = async () => {
  const { sdk, url } = devnet.application
  try {
    const { status, body } = await sdk.transport.get(url, { maxBytes: 65_536, timeoutMs: 5_000 })
    return { status, text: new TextDecoder().decode(body) }
  } catch {
    return { status: 0, text: '' }
  }
}
const nextLease = (after: bigint | undefined) =>
  eventually('a newer lease', async () => {
    const lease = await liveLease()
    return lease !== undefined && lease.notAfter !== after ? lease : undefined
  })
/** Renewed once while we look: not what is left of an instance before the one that runs. */
const renewedLease = () =>
  eventually('a lease that is renewed', async () => {
    const lease = await liveLease()
    const next = lease && (await nextLease(lease.notAfter))
    return next?.instanceKey === lease?.instanceKey ? next : undefined
  })
const shown = async () => {
  const answer = await fetch(`${workerUrl(devnet.network)}/v1/apps/${devnet.application.appId}`)
  return (await answer.json()) as {
    instances?: { id: string; restarts: number }[]
    conditions?: { code: string }[]
  }
}
const instances = async () => (await shown()).instances
/** What the application says of its secret: SHA-256 of the file and of the variable. */
const secret = async () => {
  const { sdk, url } = devnet.application
  const options = { maxBytes: 65_536, timeoutMs: 5_000 }
  const answer = await sdk.transport.get(`${url}/secret`, options).catch(() => undefined)
  if (answer?.status !== 200) return undefined
  return JSON.parse(new TextDecoder().decode(answer.body)) as { file: string; variable: string }
}
const untilSecret = async () => {
  const { secretDigest } = devnet.application
  const told = await eventually('the secret in the application', secret, 120_000)
  expect(told).toEqual({ file: secretDigest, variable: secretDigest })
}

type NodeNumber = 1 | 2 | 3
const askNode = async (n: NodeNumber, path: string) => {
  const url = `https://127.0.0.1:${devnet.network.ports.dsecret[n - 1]}${path}`
  const { body } = await devnet.application.sdk.transport.get(url, { maxBytes: 262_144 })
  return JSON.parse(new TextDecoder().decode(body)) as unknown
}
/** How many releases a node has made. */
const releases = async (n: NodeNumber) =>
  Number(((await askNode(n, '/v1/receipts?first=1&count=1')) as { last: string }).last)
/** The process goes on to exist and says nothing. */
const freeze = (n: NodeNumber) => {
  const file = readFileSync(join(devnet.folder, 'children.json'), 'utf8')
  const recorded = JSON.parse(file) as { name: string; pid: number }[]
  const pid = recorded.find(({ name }) => name === `dsecret-${n}`)?.pid
  if (pid === undefined) throw new Error(`dsecret-${n} does not run`)
  process.kill(pid, 'SIGSTOP')
}

/** Takes the instance away and has another one started, which asks for its secret: `victims` are silent then, and killed while it waits. */
async function killDuringRelease(
  victims: readonly NodeNumber[],
  isUnderWay: () => Promise<boolean>,
): Promise<void> {
  const { children } = devnet.network
  await children.stop('worker')
  victims.forEach(freeze)
  startWorker(devnet.network)
  await eventually('a release under way', isUnderWay)
  await Promise.all(victims.map((n) => children.kill(`dsecret-${n}`)))
}
/** Starts a node again and waits until it has opened its share. */
async function restart(n: NodeNumber): Promise<void> {
  await startNode(devnet.network, `dsecret-${n}`)
  await eventually(`node ${n} with its share`, async () => {
    const told = (await askNode(n, '/v1/epochs/active').catch(() => undefined)) as
      | { epoch?: string }
      | undefined
    return told?.epoch !== undefined
  })
}
const codesShown = async () => {
  const { conditions = [] } = await shown().catch(() => ({ conditions: [] }))
  return conditions.map(({ code }) => code)
}

test('with one of three dsecret nodes down, leases go on and the application answers', async () => {
  const { children } = devnet.network
  const before = await liveLease()
  await children.stop('dsecret-3')
  const after = await nextLease(before?.notAfter)
  expect(after.instanceKey).toBe(before?.instanceKey)
  expect((await ask()).status).toBe(200)
  await startNode(devnet.network, 'dsecret-3')
})

test('with two down, leases lapse, pay stops, the application is cut off and flagged; it recovers by itself', async () => {
  const { network, application } = devnet
  await network.children.stop('dsecret-2')
  await network.children.stop('dsecret-3')
  await eventually('the lease to lapse', async () => (await liveLease()) === undefined, 120_000)
  await eventually('the agent to close its gate', async () => (await ask()).status === 503)
  expect((await ask()).text).toContain('lease.lapsed')
  await eventually('the worker to flag it', async () =>
    (await details()).conditions.some(({ code }) => code === 'lease.lapsed'),
  )
  // Settled or not: a node settles what was attested before the cut-off.
  const earnedSeconds = async () => {
    const { appId, sdk } = application
    const { number } = await sdk.reader.finalized()
    const { seconds } = await sdk.reader.unsettled(appId, number)
    return seconds + (await countSettledSeconds(network.chain, appId, number))
  }
  const earned = await earnedSeconds()
  const { timestamp } = await application.sdk.reader.finalized()
  await eventually('ten more seconds of chain time', async () => {
    return (await application.sdk.reader.finalized()).timestamp >= timestamp + 10n
  })
  expect(await earnedSeconds()).toBe(earned)

  await startNode(network, 'dsecret-2')
  await startNode(network, 'dsecret-3')
  await eventually('a live lease', async () => (await liveLease()) !== undefined)
  await eventually('an answer', async () => (await ask()).status === 200)
})

test('a worker that is killed and started again adopts the application and does not duplicate it', async () => {
  const { children } = devnet.network
  const before = await liveLease()
  const known = await instances()
  await children.kill('worker')
  startWorker(devnet.network)
  await eventually('an answer', async () => (await ask()).status === 200)
  const after = await nextLease(before?.notAfter)
  expect(after.instanceKey).toBe(before?.instanceKey)
  expect(await instances()).toEqual(known)
})

test(
  'each node may be killed in the middle of a release: the others are enough for a new instance to have its secret',
  { timeout: 400_000 },
  async () => {
    for (const n of [1, 2, 3] as const) {
      const witness = n === 1 ? 2 : 1
      const before = await releases(witness)
      await killDuringRelease([n], async () => (await releases(witness)) > before)
      await untilSecret()
      await restart(n)
    }
  },
)

test(
  'with fewer than the threshold a new instance waits and says so, and nothing else breaks; it has its secret once they are back',
  { timeout: 300_000 },
  async () => {
    const epoch = await askNode(3, '/v1/epochs/active')
    await killDuringRelease([1, 2], async () => (await codesShown()).includes('secrets.pending'))
    await eventually('the worker to say so', async () =>
      (await codesShown()).includes('secrets.too-few'),
    )
    expect((await ask()).status).not.toBe(200)
    expect(await askNode(3, '/v1/epochs/active')).toEqual(epoch)
    expect((await details()).state).toBe('active')
    await restart(1)
    await restart(2)
    await untilSecret()
    await eventually('a live lease', async () => (await liveLease()) !== undefined)
  },
)

test('a chain that stops and comes back is gone on with: same instance, leases renewed', async () => {
  const { network, application } = devnet
  const before = await renewedLease()
  await network.children.stop('chain')
  expect((await ask()).status).toBe(200)
  const conditions = async () => {
    const answer = await fetch(`${workerUrl(network)}/health`)
    return ((await answer.json()) as { conditions: { code: string }[] }).conditions
  }
  await eventually('the worker to notice', async () =>
    (await conditions()).some(({ code }) => code === 'chain.unreachable'),
  )
  await startLocalChain(network.children, {
    stateDir: network.state.folder,
    port: network.ports.chain,
    signal: network.signal,
  })
  const after = await nextLease(before.notAfter)
  expect(after.instanceKey).toBe(before.instanceKey)
  await eventually('a healthy worker', async () => (await conditions()).length === 0)
  expect(
    (
      await application.sdk.reader.app(
        application.appId,
        (await application.sdk.reader.finalized()).number,
      )
    )?.state,
  ).toBe('active')
})

test(
  'a new key of the network: an application moves to it with all that it has under the one before, and keeps it when that ends; one that does not move loses its secret',
  { timeout: 480_000 },
  async () => {
    const { network, application } = devnet
    const moving = await MovingApplication.deploy(devnet)
    await moving.setWord('first')
    await moving.untilReady()
    const before = await moving.told()
    expect(before).toMatchObject({ word: moving.digestOf('first'), older: null })
    const first = before.networkKey

    await orderNewKey(devnet)
    await moving.setWord('second')
    // Whatever starts under the older key still has what was set under it, and nothing else.
    await network.children.stop('worker')
    startWorker(network)
    await untilSecret()
    expect(await moving.told()).toEqual(before)

    expect((await moving.deployAnew()).action).toBe('update')
    await moving.untilReady()
    const after = await moving.told()
    expect(after).toMatchObject({
      ...{ word: moving.digestOf('second'), note: before.note },
      ...{ older: first, olderDerived: before.derived },
    })
    expect(after.networkKey).not.toBe(first)
    expect(after.derived).not.toBe(before.derived)

    await transact(network, { from: 'admin', contract: 'keys', functionName: 'endKey', args: [1] })
    await expect(moving.rollBack(1)).rejects.toMatchObject({ code: 'contract.KeyEnded' })
    await eventually('the other one without its secret', async () =>
      (await codesShown()).includes('secrets.not-set'),
    )
    const left = { ...after, older: null, olderDerived: 'key.unknown-network-key' }
    expect(await moving.told(first)).toEqual(left)
    await network.children.stop('worker')
    startWorker(network)
    await moving.untilReady()
    expect(await moving.told(first)).toEqual(left)
    expect((await showApp(application.sdk, application.appId)).state).toBe('active')
  },
)
