// One run of the worker: opens what it needs, serves and reconciles until the signal, leaves applications running.
import { mkdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isStop, notifyManager, openStore, serveHttp } from '@wetee/daemon'
import { compose, type Composition } from './composition.ts'
import type { WorkerConfig } from './config.ts'
import { Predecessor } from './handover/predecessor.ts'
import { awaitTurn } from './handover/successor.ts'
import { openDoorIdentity } from './instance/pod-sockets.ts'
import type { Log } from './log.ts'
import { findIdentity, openNetwork } from './network.ts'
import { removeInstance, type ApplyParts } from './reconcile/apply.ts'
import { openRuntime } from './runtime/index.ts'
import type { Capabilities, Runtime } from './runtime/runtime.ts'
import { codeOf, messageOf } from './worker-error.ts'

/** What a run is given. */
export type WorkerContext = { readonly signal: AbortSignal; readonly log: Log }

const ENGINE_RETRY_MS = 2_000
const EXIT_TIMEOUT_MS = 30_000
/** After SIGTERM nothing accepts until the next start: short. */
const STOP_DRAIN_MS = 2_000

/**
 * Runs until the signal, or until a new process of this worker has taken over (SIGHUP). Throws what stops a start for good:
 * configuration, keys, another network.
 */
export async function runWorker(config: WorkerConfig, { signal, log }: WorkerContext) {
  const inheritance = await awaitTurn(signal)
  const predecessor = new Predecessor(log)
  process.on('SIGHUP', () => void predecessor.start())
  const working = AbortSignal.any([signal, predecessor.signal])
  mkdirSync(config.stateDir, { recursive: true, mode: 0o700 })
  const stateDir = realpathSync(config.stateDir)
  const store = openStore(join(stateDir, 'chain.db'))
  let worker: Composition
  try {
    const context = { log, signal: working }
    const network = await openNetwork(config, store, context)
    const operator = network.account.address
    const identity = await findIdentity(network.workerChain, operator, config.workerId, working)
    const { runtime, capabilities } = await openEngine(config, stateDir, context)
    const doorIdentity = capabilities.hostFolders ? undefined : await openDoorIdentity(stateDir)
    worker = compose({
      ...{ config, ...context, stateDir, store, network },
      ...{ identity, runtime, capabilities, doorIdentity, inheritance },
    })
    const server = await serveHttp({ ...config.api, app: worker.api, signal: working })
    const workerId = String(identity.workerId)
    log.info({ workerId, runtime: runtime.name, url: server.url }, 'worker started')
    if (!(await notifyManager())) log.debug({}, 'no service manager was told')
    try {
      await worker.run()
    } catch (error) {
      if (!isStop(error, working)) throw error
    } finally {
      await server.close()
      await worker.endRelays()
      if (signal.aborted && config.stopInstancesOnExit) await stopInstances(worker.parts)
      await runtime.close()
    }
  } finally {
    store.close()
  }
  const handedOver = predecessor.signal.aborted && !signal.aborted
  if (handedOver) await predecessor.complete(worker.ingress.listeners)
  await worker.ingress.drain(handedOver ? config.intervals.handOverMs : STOP_DRAIN_MS, signal)
  await worker.close()
}

/** An engine that does not answer yet is waited for; every other error of it is for good. */
async function openEngine(
  { runtime: { kind, socketPath, allowSandbox, kubernetes } }: WorkerConfig,
  stateDir: string,
  { signal, log }: WorkerContext,
): Promise<{ runtime: Runtime; capabilities: Capabilities }> {
  // What the engine holds is needed for the last steps after the signal: it ends with `close`, not with the signal.
  const opening = new AbortController()
  const stop = () => opening.abort(signal.reason)
  signal.addEventListener('abort', stop)
  for (;;) {
    try {
      const runtime = await openRuntime({
        kind,
        stateDir: join(stateDir, 'runtime'),
        ...(socketPath === undefined ? {} : { socketPath }),
        allowSandbox,
        ...(kubernetes === undefined ? {} : { kubernetes }),
        log,
        signal: opening.signal,
      })
      const capabilities = await runtime.probe({ signal })
      signal.removeEventListener('abort', stop)
      for (const warning of capabilities.warnings) log.warn({ runtime: runtime.name }, warning)
      return { runtime, capabilities }
    } catch (error) {
      if (codeOf(error) !== 'engine.unreachable') throw error
      log.error({ code: codeOf(error), error: messageOf(error) }, 'waiting for the engine')
      await delay(ENGINE_RETRY_MS, undefined, { signal })
    }
  }
}

/** For a devnet: removes every pod of this worker with its TEE. */
async function stopInstances(parts: ApplyParts): Promise<void> {
  const { runtime, tag, log } = parts
  const signal = AbortSignal.timeout(EXIT_TIMEOUT_MS)
  const pods = await runtime.list().catch(() => [])
  const own = pods.filter(({ labels }) => labels['wetee.worker'] === tag)
  await Promise.all(
    own.map(({ id }) =>
      removeInstance({ ...parts, signal }, id).catch((error: unknown) =>
        log.error({ podId: id, error: messageOf(error) }, 'a pod was not removed'),
      ),
    ),
  )
}
