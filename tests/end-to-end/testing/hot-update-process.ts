// A process that updates a real application under load and tells its parent how that went: a devnet of real processes on the
// sandbox, requests at a steady pace over HTTP/1.1, then another update over HTTP/2. Starts processes.
import { setTimeout as delay } from 'node:timers/promises'
import { parseEther, toHex } from 'viem'
import { readManifest } from '@wetee/chain'
import type { Application } from '@wetee/devnet/application'
import { transact } from '@wetee/devnet/transactions'
import { parseManifest, serializeManifest, type Service } from '@wetee/manifest'
import { showApp } from '@wetee/sdk'
import { eventually, startDevnet } from './running-devnet.ts'
import { SteadyLoad, type LoadProtocol, type LoadResult } from './steady-load.ts'

/** More than 200 a second, so that a pause of the machine does not bring the rate below. */
const REQUESTS_PER_SECOND = 220
/** The first argument: a smaller number only shows that it works. */
const LEAST_REQUESTS = Number(process.argv[2] ?? 10_000)
const WARM_UP_MS = 3_000
const BEFORE_MS = LEAST_REQUESTS * 2.5
const STEP_TIMEOUT_MS = 240_000
const AMOUNT_WEI = parseEther('1')
const ANY_PRICE_WEI = parseEther('1')

/** Requests before and while an update runs, and how long it took until the new version was alone. */
type HotUpdateResult = {
  readonly before: LoadResult
  readonly during: LoadResult
  readonly seconds: number
}

/** Updates the example of a devnet under load, by each protocol in turn. Throws when an update does not come to its end. */
async function measureHotUpdates(): Promise<Record<LoadProtocol, HotUpdateResult>> {
  const devnet = await startDevnet('sandbox', { nodes: 1 })
  try {
    const { application } = devnet
    // The example is small; with half a core it is not what is measured.
    await update(application, () => ({ cpuMilli: 500, memoryMiB: 192 }))
    return {
      'http/1.1': await updateUnderLoad(application, 'http/1.1'),
      'http/2': await updateUnderLoad(application, 'http/2'),
    }
  } catch (error) {
    process.stderr.write(devnet.logs())
    throw error
  } finally {
    await devnet.close()
  }
}

async function updateUnderLoad(
  application: Application,
  protocol: LoadProtocol,
): Promise<HotUpdateResult> {
  const load = new SteadyLoad(application.url, REQUESTS_PER_SECOND, protocol)
  try {
    // Warm, and long enough for healthchecks and renewals to be part of it.
    await delay(WARM_UP_MS)
    load.take()
    await delay(BEFORE_MS)
    const before = load.take()
    const startedAt = performance.now()
    await update(application, ({ environment }) => ({
      environment: { ...environment, GREETING: `Hello over ${protocol}` },
    }))
    const seconds = (performance.now() - startedAt) / 1_000
    while (load.count < LEAST_REQUESTS) await delay(100)
    return { before, during: load.take(), seconds }
  } finally {
    await load.stop()
  }
}

/** Updates the one service of the example and waits until the new version is the current one and alone on its worker. */
async function update(
  application: Application,
  change: (service: Service) => Partial<Service>,
): Promise<void> {
  const { network, appId, sdk } = application
  const { currentVersion } = await showApp(sdk, appId)
  const { text } = await readManifest(network.chain, appId, currentVersion)
  const document = parseManifest(text)
  const services = document.services.map((service) => ({ ...service, ...change(service) }))
  const sum = (of: (service: Service) => number) => services.reduce((all, s) => all + of(s), 0)
  const terms = {
    ...document.terms,
    cpuMilli: sum(({ cpuMilli }) => cpuMilli),
    memoryMiB: sum(({ memoryMiB }) => memoryMiB),
  }
  const manifest = serializeManifest({ ...document, services, terms })
  await transact(network, {
    from: 'developer',
    contract: 'cloud',
    functionName: 'update',
    args: [appId, terms, toHex(manifest), ANY_PRICE_WEI, AMOUNT_WEI, false],
    valueWei: AMOUNT_WEI,
  })
  const isOver = async () => {
    const { worker, ...shown } = await showApp(sdk, appId)
    if (shown.pendingVersion !== 0 || shown.currentVersion === currentVersion) return false
    const url = `${worker?.endpoint ?? ''}/v1/apps/${appId}`
    const { body } = await sdk.transport.get(url, { maxBytes: 1_048_576, timeoutMs: 10_000 })
    const { instances } = JSON.parse(new TextDecoder().decode(body)) as {
      instances: { version: number }[]
    }
    return instances.every(({ version }) => version === shown.currentVersion)
  }
  await eventually('the end of the update', isOver, STEP_TIMEOUT_MS)
}

process.send?.(await measureHotUpdates())
