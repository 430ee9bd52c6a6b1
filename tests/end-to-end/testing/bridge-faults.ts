// Faults at random on a devnet: worker or agent killed, chain paused, cut off or restarted; the same seed gives the same. Signals processes.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createTestClient, http } from 'viem'
import { startLocalChain } from '@wetee/devnet/local-chain'
import { startWorker } from '@wetee/devnet/workers'
import { mainProcesses } from './instance-processes.ts'
import { eventually, type RunningDevnet } from './running-devnet.ts'

type Fault = (devnet: RunningDevnet) => Promise<void>

const DOWN_MS = 1_000
const PAUSE_MS = 3_000
/** No RPC answers for so long; a daemon's request waits that long at least. */
const CUT_OFF_MS = 5_000

const faults: Readonly<Record<string, Fault>> = {
  async worker({ network }) {
    await network.children.kill('worker')
    await delay(DOWN_MS)
    startWorker(network, { name: 'worker' })
  },
  async agent({ application, folder }) {
    const pods = readdirSync(join(folder, 'worker', 'instances'))
    const pod = pods.find((name) => name.includes(`-a${application.appId}-`))
    const agent = pod === undefined ? undefined : mainProcesses(pod)['agent']
    if (agent !== undefined) process.kill(Number(agent.split(' ')[0]), 'SIGKILL')
    return Promise.resolve()
  },
  async pause({ network }) {
    const chain = createTestClient({ mode: 'anvil', transport: http(network.rpcUrl) })
    await chain.setIntervalMining({ interval: 0 })
    await delay(PAUSE_MS)
    await chain.setIntervalMining({ interval: 1 })
  },
  /** Takes connections and answers none. */
  async 'cut off'({ folder }) {
    const pid = pidOf(folder, 'chain')
    process.kill(pid, 'SIGSTOP')
    await delay(CUT_OFF_MS)
    process.kill(pid, 'SIGCONT')
  },
  /**
   * All connections are broken and refused, and what waited for a block is lost; blocks are not: the chain writes its state as it ends.
   * Killed, it would go back a minute, behind blocks that were final, which no chain does.
   */
  async restart({ network, folder }) {
    const { client } = network.chain
    const { address } = network.accounts.admin
    const sent = await client.getTransactionCount({ address, blockTag: 'pending' })
    // Calls of the test itself are not lost.
    await eventually('a block with all calls', async () => {
      return (await client.getTransactionCount({ address, blockTag: 'latest' })) >= sent
    })
    const before = await client.getBlockNumber({ cacheTime: 0 })
    await network.children.stop('chain')
    await delay(DOWN_MS)
    const { signal, children, ports } = network
    await startLocalChain(children, { stateDir: folder, port: ports.chain, signal })
    const after = await client.getBlockNumber({ cacheTime: 0 })
    if (after < before) throw new Error(`the chain went back from block ${before} to ${after}`)
  },
}

/** One fault at each call, told on stderr. */
export function faultsOf(seed: number): Fault {
  const kinds = Object.entries(faults)
  let count = 0
  process.stderr.write(`faults of seed ${seed}\n`)
  return async (devnet) => {
    const chosen = createHash('sha256').update(`${seed}/${count}`).digest().readUInt32BE()
    const [kind, act] = kinds[chosen % kinds.length]!
    const startedAt = performance.now()
    await act(devnet)
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
    process.stderr.write(`fault ${++count}: ${kind}, ${seconds} s\n`)
  }
}

function pidOf(folder: string, name: string): number {
  const text = readFileSync(join(folder, 'children.json'), 'utf8')
  const child = (JSON.parse(text) as { name: string; pid: number }[]).find(
    (one) => one.name === name,
  )
  if (child === undefined) throw new Error(`${name} does not run`)
  return child.pid
}
