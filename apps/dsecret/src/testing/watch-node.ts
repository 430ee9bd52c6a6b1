// What watches leases and machines in a node, over a real chain and without the rest of a node. For tests; file and network I/O.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openChain, TransactionQueue, type NetworkProfile } from '@wetee/chain'
import { createMetrics, openStore, type Log } from '@wetee/daemon'
import { Hono } from 'hono'
import { privateKeyToAccount } from 'viem/accounts'
import { systemClock } from '../appraise/freshness.ts'
import type { Hex } from '../chain/chain-view.ts'
import { openChainView } from '../chain/viem-view.ts'
import { openWatch } from '../watch/open-watch.ts'

/** What is watched for a test. */
export type TestWatchOptions = {
  readonly profile: NetworkProfile
  readonly nodeId: bigint
  readonly stateDir: string
  readonly operatorKey: Hex
  readonly webhook?: string
  /** Wall clock, milliseconds; a test moves it with the time of its chain. */
  readonly now: () => number
}

/** A watch that runs. */
export type TestWatch = {
  /** Answers a GET of the node's API as JSON. */
  ask(path: string): Promise<unknown>
  /** Metrics in the text format. */
  metrics(): Promise<string>
  /** Stops it, as the end of its process would. */
  close(): Promise<void>
}

/** Starts one; the same `stateDir` goes on where it was. */
export function startTestWatch(options: TestWatchOptions, log: Log): TestWatch {
  const { profile, nodeId, stateDir, operatorKey, webhook, now } = options
  mkdirSync(stateDir, { recursive: true, mode: 0o700 })
  const stopping = new AbortController()
  const { signal } = stopping
  const chain = openChain(profile, { signal })
  const clock = { ...systemClock, now }
  const view = openChainView(chain)
  const outbox = openStore(join(stateDir, 'chain.db'))
  const account = privateKeyToAccount(operatorKey)
  const queue = new TransactionQueue({ pollMs: 250 }, { chain, account, outbox })
  const metrics = createMetrics('dsecret')
  const parts = { nodeId, stateDir, chain, view, queue, webhook, metrics, clock, log, signal }
  const watch = openWatch(parts)
  const app = new Hono()
  watch.calls(app, async (c, _call, work) => c.text(String(await work(signal))))
  const running = watch.run()
  return {
    ask: async (path) => JSON.parse(await (await app.request(path)).text()) as unknown,
    metrics: () => metrics.registry.metrics(),
    async close() {
      stopping.abort()
      await running
      watch.close()
      outbox.close()
    },
  }
}
