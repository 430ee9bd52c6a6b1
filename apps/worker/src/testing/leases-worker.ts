// A worker with an engine in memory, for the benchmark: the parts are those of `runWorker`, and agents start on the machine that the
// bench has forked. Forked with the file of its configuration and the engine's socket; says what it has seen when asked. Does I/O.
import { mkdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { loadConfig, openStore } from '@wetee/daemon'
import { requestSocket } from '@wetee/tee-device'
import { compose } from '../composition.ts'
import { configSchema } from '../config.ts'
import { AGENT_CONTAINER } from '../instance/identity.ts'
import { findIdentity, openNetwork } from '../network.ts'
import type { ObservedPod } from '../runtime/runtime.ts'
import { MemoryRuntime } from './memory-runtime.ts'

/** The port that every application publishes. */
const PUBLISHED = 8_080

const [configFile = '', engineSocket = ''] = process.argv.slice(2)
const config = loadConfig(configFile, configSchema)
mkdirSync(config.stateDir, { recursive: true, mode: 0o700 })
const stateDir = realpathSync(config.stateDir)
const { signal } = new AbortController()
const logged: string[] = []
const write = (level: string) => (fields: object, text: string) => {
  if (logged.length < 1_000) logged.push(`${level} ${text} ${JSON.stringify(fields)}`)
}
const quiet = () => undefined
const log = { debug: quiet, info: quiet, warn: write('warn'), error: write('error') }

const stops: { name: string; atMs: number }[] = []
/** An engine finds pods by their labels without looking at all of them; each here has one pod. */
class IndexedRuntime extends MemoryRuntime {
  override list(labels: Readonly<Record<string, string>> = {}): Promise<ObservedPod[]> {
    const { 'wetee.app': app, 'wetee.worker': tag } = labels
    if (app === undefined || tag === undefined) return super.list(labels)
    const id = `wetee-${tag}-a${app}-v1-r0`
    const pod = this.pods.get(id)
    if (pod === undefined) return Promise.resolve([])
    const containers = [...pod.containers].map(([name, state]) => ({ name, ...state }))
    return Promise.resolve([{ id, labels: pod.spec.labels, containers }])
  }

  /** Counters that grow, as those of an application that works. */
  override usage() {
    const atMs = Date.now()
    return Promise.resolve(
      [...this.pods].flatMap(([podId, { containers }]) =>
        [...containers.keys()].map((name) => ({
          ...{ podId, name, atMs, memoryBytes: 12_000_000, memoryLimitBytes: 16_777_216 },
          cpuMicros: Math.round((performance.now() - startedMs) * 5),
          ...{ networkRxBytes: Math.round(atMs / 7), networkTxBytes: Math.round(atMs / 3) },
        })),
      ),
    )
  }
}
const startedMs = performance.now()
const runtime = new IndexedRuntime()
const atStop = (podId: string, name: string) => {
  stops.push({ name: `${podId}/${name}`, atMs: Date.now() })
  return Promise.resolve()
}
runtime.onStop = atStop
runtime.onStart = async (podId, { name }) => {
  if (name !== AGENT_CONTAINER) return
  const body = { runFolder: join(stateDir, 'instances', podId, 'run'), target: PUBLISHED }
  await requestSocket({ socketPath: engineSocket, method: 'POST', path: '/', body })
}

const store = openStore(join(stateDir, 'chain.db'))
const network = await openNetwork(config, store, { log, signal })
const identity = await findIdentity(network.workerChain, network.account.address, '1', signal)
const rounds: { startedMs: number; apps: Set<bigint>; tookMs: number }[] = []
const { workerChain } = network
const watched: typeof workerChain = {
  ...workerChain,
  appsOn: async (...args) => {
    const startedMs = performance.now()
    const apps = await workerChain.appsOn(...args)
    rounds.push({ startedMs, apps: new Set(), tookMs: 0 })
    return apps
  },
  lease: async (...args) => {
    const lease = await workerChain.lease(...args)
    const round = rounds.at(-1)
    if (round !== undefined && !round.apps.has(args[0])) {
      round.apps.add(args[0])
      round.tookMs = performance.now() - round.startedMs
    }
    return lease
  },
}
const worker = compose({
  ...{ config, signal, log, stateDir, store, identity, runtime },
  network: { ...network, workerChain: watched },
  capabilities: await runtime.probe(),
  doorIdentity: undefined,
  inheritance: undefined,
})
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({
    cpuMicros: user + system,
    rssBytes: process.memoryUsage().rss,
    routed: [...runtime.pods.keys()].filter(
      (podId) => worker.parts.guests.get(podId)?.answering === true,
    ).length,
    rounds: rounds.map(({ apps, tookMs }) => ({ apps: apps.size, tookMs })),
    stops,
    logged: logged.slice(-20),
  })
})
process.on('disconnect', () => process.exit(0))
await worker.run()
