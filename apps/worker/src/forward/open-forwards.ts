// Requests of applications to the chain, put together. Opens their database.
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Metrics } from '@wetee/daemon'
import type { Head } from '../chain/records.ts'
import type { Log } from '../log.ts'
import type { WorkerNetwork } from '../network.ts'
import type { RelayChain } from '../relay/relay-server.ts'
import { WorkerError } from '../worker-error.ts'
import { openForwardChain, readAnyContract, type ContractAnswer } from './forward-chain.ts'
import { ForwardStore } from './forward-store.ts'
import { Forwards, type ForwardCounters } from './forwards.ts'

/** What they are made of. */
export type ForwardsOpening = {
  readonly network: Pick<WorkerNetwork, 'chain' | 'queue'> & {
    readonly account: { readonly address: `0x${string}` }
  }
  readonly head: () => Promise<Head>
  readonly stateDir: string
  readonly pollMs: number
  readonly metrics: Metrics
  readonly log: Log
  readonly signal: AbortSignal
}

/** What guests are given of the chain. */
export type GuestChain = {
  /** The Forwarder and the way to it; undefined where the network has none. */
  readonly forwarder: { readonly address: `0x${string}`; readonly forwards: Forwards } | undefined
  readonly read: (call: Parameters<typeof readAnyContract>[1]) => Promise<ContractAnswer>
}

/** Opens them; `run` ends with the signal. */
export function openForwards(
  opening: ForwardsOpening,
): GuestChain & { run(): Promise<void>; close(): void } {
  const { network, stateDir, signal } = opening
  const read: GuestChain['read'] = (call) => readAnyContract(network.chain, call)
  const chain = openForwardChain(network.chain, network.queue, network.account.address)
  if (chain === undefined)
    return { forwarder: undefined, read, run: () => Promise.resolve(), close: () => undefined }
  const store = new ForwardStore(join(stateDir, 'forwards.db'))
  const forwards = new Forwards({
    ...opening,
    ...{ chain, store, monotonicMs: () => performance.now() },
    sleep: (ms) => delay(ms, undefined, { signal }).catch(() => undefined),
    counters: forwardCounters(opening.metrics),
  })
  return {
    forwarder: { address: chain.address, forwards },
    read,
    run: () => forwards.run(),
    close: () => store.close(),
  }
}

/** The chain for one application: what goes there is its own. Throws WorkerError `lease.foreign`, `forward.none` and as Forwards.submit. */
export function relayChain({ forwarder, read }: GuestChain, appId: bigint): RelayChain {
  const open = () => {
    if (forwarder !== undefined) return forwarder
    throw new WorkerError('forward.none', 'this network has no Forwarder')
  }
  return {
    read,
    forwarder: () => open().address,
    forward: (signed) => {
      if (signed.request.appId !== appId)
        throw new WorkerError('lease.foreign', 'a request of another application')
      return open().forwards.submit(signed)
    },
    forwarded: (nonce) => forwarder?.forwards.report(appId, nonce),
  }
}

/** Makes `<daemon>_forward_open_requests`, `..._forward_requests_total` by outcome and `..._forward_gas_total`. */
function forwardCounters(metrics: Metrics): ForwardCounters {
  const open = metrics.gauge({
    name: 'forward_open_requests',
    help: 'requests of applications to the chain that have not ended',
  })
  const ended = metrics.counter({
    name: 'forward_requests_total',
    help: 'requests of applications to the chain by how they ended',
    labels: ['outcome'],
  })
  const gas = metrics.counter({ name: 'forward_gas_total', help: 'gas of forwarded requests' })
  return {
    open: (count) => open.set(count),
    ended: (outcome) => ended.inc({ outcome }),
    spent: (units) => gas.inc(Number(units)),
  }
}
