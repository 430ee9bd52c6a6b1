// A process in which a contract calls a real application many times, and tells its parent how that went: a devnet of real processes on
// the sandbox; in the second part its worker is killed and its chain paused meanwhile. Starts processes.
import { setTimeout as delay } from 'node:timers/promises'
import { createTestClient, createWalletClient, http, parseAbi, parseEventLogs } from 'viem'
import { anvil as localChain } from 'viem/chains'
import { bridgeAbi } from '@wetee/chain'
import { addApi, deployGreeter } from '@wetee/devnet/bridge-check'
import { startWorker } from '@wetee/devnet/workers'
import { eventually, startDevnet, type RunningDevnet } from './running-devnet.ts'

/** What came of calls; latencies in blocks from the call to its callback. */
export type BridgeLoad = {
  readonly calls: number
  readonly answered: number
  readonly answeredTwice: number
  readonly transactions: number
  readonly p50Blocks: number
  readonly p95Blocks: number
  /** From the first call to the last answer, block time. */
  readonly seconds: number
}

const CALLS = 200
const PER_BLOCK = 40
const FAULTS = 3
const TIMEOUT_MS = 110_000
const greeterAbi = parseAbi(['function greet(string name) returns (uint64)'])

/** Two parts of as many calls: left alone, and through faults. */
async function measureBridge(): Promise<{ calm: BridgeLoad; faults: BridgeLoad }> {
  const devnet = await startDevnet('sandbox', { nodes: 3 })
  // A worker that is killed is started again.
  devnet.network.children.onUnexpectedExit = () => undefined
  try {
    const { bridge } = devnet.network.profile.contracts
    if (bridge === undefined) throw new Error('the devnet has no Bridge')
    const apiId = await addApi(devnet.application)
    const greeter = await deployGreeter(devnet.application, bridge, apiId)
    const calm = await run(devnet, bridge, greeter, () => Promise.resolve())
    const faults = await run(devnet, bridge, greeter, () => disturb(devnet))
    return { calm, faults }
  } catch (error) {
    process.stderr.write(devnet.logs())
    throw error
  } finally {
    await devnet.close()
  }
}

/** Kills the worker and pauses the chain, a few times. */
async function disturb({ network }: RunningDevnet): Promise<void> {
  const chain = createTestClient({ mode: 'anvil', transport: http(network.rpcUrl) })
  for (let n = 0; n < FAULTS; n++) {
    await delay(2_500)
    await network.children.kill('worker')
    await chain.setIntervalMining({ interval: 0 })
    await delay(1_500)
    await chain.setIntervalMining({ interval: 1 })
    startWorker(network, { name: 'worker' })
  }
}

async function run(
  { network }: RunningDevnet,
  bridge: `0x${string}`,
  greeter: `0x${string}`,
  meanwhile: () => Promise<void>,
): Promise<BridgeLoad> {
  const { client } = network.chain
  const account = network.accounts.admin
  const wallet = createWalletClient({ account, chain: localChain, transport: http(network.rpcUrl) })
  const from = await client.getBlockNumber({ cacheTime: 0 })
  let nonce = await client.getTransactionCount({ address: account.address, blockTag: 'pending' })
  const calling = async () => {
    for (let sent = 0; sent < CALLS; sent += PER_BLOCK) {
      for (let n = 0; n < PER_BLOCK; n++)
        await wallet.writeContract({
          ...{ address: greeter, abi: greeterAbi, functionName: 'greet', args: ['Ada'] },
          ...{ nonce: nonce++, gas: 400_000n },
        })
      await delay(1_000)
    }
  }
  await Promise.all([calling(), meanwhile()])
  const events = async () => {
    const logs = await client.getLogs({ address: bridge, fromBlock: from + 1n })
    const of = <N extends 'CallOpened' | 'CallClosed'>(eventName: N) =>
      parseEventLogs({ abi: bridgeAbi, eventName, logs })
    return { opened: of('CallOpened'), closed: of('CallClosed') }
  }
  await eventually(
    'answers to all calls',
    async () => (await events()).closed.length >= CALLS,
    TIMEOUT_MS,
  ).catch(() => undefined)
  const { opened, closed } = await events()
  const openedAt = new Map(opened.map(({ args, blockNumber }) => [args.callId, blockNumber]))
  const ids = new Set(closed.map(({ args }) => args.callId))
  const latencies = closed
    .map(({ args, blockNumber }) => Number(blockNumber - (openedAt.get(args.callId) ?? 0n)))
    .toSorted((a, b) => a - b)
  const timeOf = async (blockNumber: bigint) =>
    Number((await client.getBlock({ blockNumber })).timestamp)
  const [first, last] = [opened[0], closed.at(-1)]
  return {
    ...{ calls: opened.length, answered: ids.size, answeredTwice: closed.length - ids.size },
    transactions: new Set(closed.map(({ transactionHash }) => transactionHash)).size,
    p50Blocks: latencies[Math.floor(latencies.length * 0.5)] ?? Infinity,
    p95Blocks: latencies[Math.floor(latencies.length * 0.95)] ?? Infinity,
    seconds:
      first && last ? (await timeOf(last.blockNumber)) - (await timeOf(first.blockNumber)) : 0,
  }
}

process.send?.(await measureBridge())
