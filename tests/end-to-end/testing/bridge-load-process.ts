// A process in which a contract calls a real application many times, and tells its parent how that went: a devnet of real processes on
// the sandbox. `calm`: left alone, for latency and pace. `faults N SEED`: N calls under
// faults at random (bridge-faults.ts). Starts processes.
import { setTimeout as delay } from 'node:timers/promises'
import { createWalletClient, http, parseAbi, parseEther, parseEventLogs } from 'viem'
import { anvil as localChain } from 'viem/chains'
import { bridgeAbi } from '@wetee/chain'
import { addApi, deployGreeter } from '@wetee/devnet/bridge-check'
import { faultsOf } from './bridge-faults.ts'
import { eventually, startDevnet, type RunningDevnet } from './running-devnet.ts'

/** What came of calls; latencies in blocks from the call to its callback. */
export type BridgeLoad = {
  /** That were asked for. */
  readonly calls: number
  readonly answered: number
  readonly answeredTwice: number
  readonly transactions: number
  readonly p50Blocks: number
  readonly p95Blocks: number
  /** From the first call to the last answer, block time. */
  readonly seconds: number
}

/** Calls of a part, and how many of them are made in each second. */
type Pace = { readonly calls: number; readonly perSecond: number }

const LATENCY: Pace = { calls: 200, perSecond: 20 }
const PACE: Pace = { calls: 1_500, perSecond: 70 }
const FAULTS_PER_SECOND = 25
/** From one fault to the next, seconds: a worker needs half of that to be there again. */
const FAULT_SECONDS = 15
/** What pays the fees of all calls, 0.0019 each: five times that of 10,000. */
const FUNDS_WEI = parseEther('100')
/** In which calls that were sent are in a block, also where the chain was paused last. */
const OPENING_MS = 30_000
/** For how long a call waits, seconds: an agent that is killed again and again is started again after up to a minute. */
const CALL_TIMEOUT_SECONDS = 900
const TIMEOUT_MS = 300_000
/** Blocks whose events are read at once. */
const MAX_BLOCKS = 20n
const greeterAbi = parseAbi(['function greet(string name) returns (uint64)'])

/** Runs parts one after the other on one devnet. */
async function measureBridge(parts: Readonly<Record<string, Part>>) {
  const devnet = await startDevnet('sandbox', { nodes: 3, leaseSeconds: 600n })
  // A worker that is killed is started again.
  devnet.network.children.onUnexpectedExit = () => undefined
  try {
    const { bridge } = devnet.network.profile.contracts
    if (bridge === undefined) throw new Error('the devnet has no Bridge')
    const apiId = await addApi(devnet.application, CALL_TIMEOUT_SECONDS)
    const greeter = await deployGreeter(devnet.application, { bridge, apiId, fundsWei: FUNDS_WEI })
    const loads: Record<string, BridgeLoad> = {}
    for (const [name, part] of Object.entries(parts))
      loads[name] = await run(devnet, { bridge, greeter, ...part })
    return loads
  } catch (error) {
    process.stderr.write(devnet.logs())
    throw error
  } finally {
    await devnet.close()
  }
}

type Part = { readonly pace: Pace; readonly disturb?: (devnet: RunningDevnet) => Promise<void> }

type Run = Part & { readonly bridge: `0x${string}`; readonly greeter: `0x${string}` }

async function run(devnet: RunningDevnet, { bridge, greeter, pace, disturb }: Run) {
  const { network } = devnet
  const { client } = network.chain
  const account = network.accounts.admin
  const wallet = createWalletClient({ account, chain: localChain, transport: http(network.rpcUrl) })
  const from = await client.getBlockNumber({ cacheTime: 0 })
  let nonce = await client.getTransactionCount({ address: account.address, blockTag: 'pending' })
  const opened = new Map<bigint, bigint>()
  const closed: { callId: bigint; blockNumber: bigint; transactionHash: string }[] = []
  let next = from + 1n
  const read = async () => {
    const newest = await client.getBlockNumber({ cacheTime: 0 })
    const toBlock = newest < next + MAX_BLOCKS ? newest : next + MAX_BLOCKS
    if (toBlock < next) return
    const logs = await client.getLogs({ address: bridge, fromBlock: next, toBlock })
    next = toBlock + 1n
    for (const { eventName, args, blockNumber, transactionHash } of parseEventLogs({
      ...{ abi: bridgeAbi, logs },
    })) {
      if (eventName === 'CallOpened') opened.set(args.callId, blockNumber)
      if (eventName === 'CallClosed')
        closed.push({ callId: args.callId, blockNumber, transactionHash })
    }
  }
  const { calls, perSecond } = pace
  const startedAt = performance.now()
  let second = 0
  for (let sent = 0; sent < calls;) {
    for (let n = 0; n < perSecond && sent < calls; n++, sent++)
      await wallet.writeContract({
        ...{ address: greeter, abi: greeterAbi, functionName: 'greet', args: ['Ada'] },
        ...{ nonce: nonce++, gas: 400_000n },
      })
    second++
    await read()
    if (disturb !== undefined && second % FAULT_SECONDS === 0) {
      process.stderr.write(`${sent} calls sent, ${closed.length} answered\n`)
      await disturb(devnet)
    }
    await delay(Math.max(0, startedAt + second * 1_000 - performance.now()))
  }
  const areOpened = () => read().then(() => opened.size >= calls)
  // A call that was refused is a fault of this program: without it no figure says what it seems to.
  await eventually(`${calls} calls that are opened`, areOpened, OPENING_MS).catch(
    (cause: unknown) => {
      throw new Error(`${opened.size} of ${calls} calls were opened`, { cause })
    },
  )
  const closedIds = () => new Set(closed.map(({ callId }) => callId))
  const areAnswered = () => read().then(() => closedIds().size >= calls)
  // What has not been answered by then is told as such.
  await eventually('answers to all calls', areAnswered, TIMEOUT_MS).catch(async () => {
    await read()
    process.stderr.write(devnet.logs())
  })
  const ids = closedIds()
  const latencies = closed
    .map(({ callId, blockNumber }) => Number(blockNumber - (opened.get(callId) ?? 0n)))
    .toSorted((a, b) => a - b)
  const timeOf = async (blockNumber: bigint) =>
    Number((await client.getBlock({ blockNumber })).timestamp)
  const [[first] = [], last] = [[...opened.values()], closed.at(-1)]
  const load: BridgeLoad = {
    ...{ calls, answered: ids.size, answeredTwice: closed.length - ids.size },
    transactions: new Set(closed.map(({ transactionHash }) => transactionHash)).size,
    p50Blocks: latencies[Math.floor(latencies.length * 0.5)] ?? Infinity,
    p95Blocks: latencies[Math.floor(latencies.length * 0.95)] ?? Infinity,
    seconds: first && last ? (await timeOf(last.blockNumber)) - (await timeOf(first)) : 0,
  }
  return load
}

const [kind, count = '10000', seed = '1'] = process.argv.slice(2)
const faults: Part = {
  pace: { calls: Number(count), perSecond: FAULTS_PER_SECOND },
  disturb: faultsOf(Number(seed)),
}
process.send?.(
  await measureBridge(
    kind === 'faults' ? { faults } : { latency: { pace: LATENCY }, pace: { pace: PACE } },
  ),
)
