// What `npm start -- --once` checks of the Bridge: a contract calls the example, and its callback has the answer. Network I/O.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  createPublicClient,
  createWalletClient,
  http,
  padHex,
  parseAbi,
  parseEther,
  parseEventLogs,
  stringToHex,
  type Abi,
  type Hex,
} from 'viem'
import { anvil as localChain } from 'viem/chains'
import { serializeDefinition } from '@wetee/bridge'
import { apisAbi, bridgeAbi } from '@wetee/chain'
import { waitFor } from '@wetee/daemon'
import type { Application } from './application.ts'
import type { Proof, Step } from './steps.ts'
import { transact } from './transactions.ts'

const artifactFile = fileURLToPath(import.meta.resolve('@wetee/contracts/artifacts/Greeter.json'))
const greeterAbi = parseAbi([
  'function greet(string name) returns (uint64)',
  'function greeting() view returns (string)',
  'function answeredCall() view returns (uint64)',
])
/** `IBridge.Outcome`. */
const ANSWERED = 1
const answerTimeoutMs = 90_000
const name = 'Ada & Grace'

/** The API `greeting` of examples/hello. */
const definition = serializeDefinition({
  format: 'wetee/api/v1',
  name: 'greeting',
  method: 'GET',
  path: '/greeting/{name}',
  port: 8080,
  request: [{ name: 'name', type: 'string', in: 'path' }],
  response: [
    { name: 'text', type: 'string', pointer: '/text' },
    { name: 'calls', type: 'uint64', pointer: '/calls' },
  ],
})

/** The step. */
export function bridgeStep(application: Application): Step {
  return {
    name: 'bridge',
    title: 'A contract calls the application, and gets the answer',
    run: (show) => checkCall(application, show),
  }
}

async function checkCall(application: Application, show: (line: string) => void): Promise<Proof> {
  const { network, appId } = application
  const { bridge } = network.profile.contracts
  if (bridge === undefined) throw new Error('the network has no Bridge')
  const apiId = await addApi(application)
  show(`API ${apiId} is registered`)
  const greeter = await deployGreeter(application, { bridge, apiId, fundsWei: parseEther('10') })
  const account = network.accounts.admin
  const transport = http(network.rpcUrl)
  const client = createPublicClient({ transport, chain: localChain, pollingInterval: 200 })
  const wallet = createWalletClient({ account, chain: localChain, transport })
  const asking = await wallet.writeContract({
    ...{ address: greeter, abi: greeterAbi, functionName: 'greet', args: [name] },
  })
  const asked = await client.waitForTransactionReceipt({ hash: asking })
  const [opened] = parseEventLogs({ abi: bridgeAbi, eventName: 'CallOpened', logs: asked.logs })
  if (opened === undefined) throw new Error(`transaction ${asking} has opened no call`)
  const { callId, order } = opened.args
  const feeWei = order.priceWei + order.allowanceWei
  show(`call ${callId} is open`)
  const closed = await waitForAnswer(application, { bridge, callId, from: asked.blockNumber })
  const reading = { address: greeter, abi: greeterAbi } as const
  const greeting = await client.readContract({ ...reading, functionName: 'greeting' })
  const answered = await client.readContract({ ...reading, functionName: 'answeredCall' })
  if (greeting !== `Hello, ${name}` || answered !== callId)
    throw new Error(`the callback of call ${answered} has "${greeting}"`)
  const { outcome, status } = closed.args
  if (outcome !== ANSWERED || status !== 200)
    throw new Error(`call ${callId} ended with outcome ${outcome} and status ${status}`)
  return {
    ...{ callId: String(callId), appId: String(appId), apiId, consumer: greeter, greeting },
    ...{ feeWei: String(feeWei), submitter: closed.args.submitter },
    blocks: Number(closed.blockNumber - asked.blockNumber),
    txHash: closed.transactionHash,
  }
}

/** Registers the example's API, whose calls wait so long for an answer. */
export async function addApi(
  { network, appId }: Application,
  timeoutSeconds = 120,
): Promise<number> {
  const owner = { from: 'developer', contract: 'apis' } as const
  await transact(network, { ...owner, functionName: 'register', args: [appId] })
  const terms = {
    ...{ priceWei: parseEther('0.001'), callbackGas: 200_000, maxPayloadBytes: 1_024 },
    ...{ timeoutSeconds, restricted: false },
  }
  const { logs } = await transact(network, {
    ...owner,
    functionName: 'addApi',
    args: [
      appId,
      padHex(stringToHex('greeting'), { dir: 'right' }),
      stringToHex(definition),
      terms,
    ],
  })
  const [defined] = parseEventLogs({ abi: apisAbi, eventName: 'ApiDefined', logs })
  if (defined === undefined) throw new Error('the API was not defined')
  return defined.args.apiId
}

/** Deploys contracts/examples/Greeter.sol with something to pay calls with: not from the owner's account, which is recounted later. */
export async function deployGreeter(
  { network, appId }: Application,
  { bridge, apiId, fundsWei }: { bridge: Hex; apiId: number; fundsWei: bigint },
): Promise<Hex> {
  const transport = http(network.rpcUrl)
  const client = createPublicClient({ transport, chain: localChain, pollingInterval: 200 })
  const account = network.accounts.admin
  const wallet = createWalletClient({ account, chain: localChain, transport })
  const { abi, bytecode } = JSON.parse(readFileSync(artifactFile, 'utf8')) as {
    abi: Abi
    bytecode: Hex
  }
  const args = [bridge, appId, apiId]
  const hash = await wallet.deployContract({ abi, bytecode, args, value: fundsWei })
  const { contractAddress } = await client.waitForTransactionReceipt({ hash })
  if (contractAddress == null) throw new Error('the consumer was not deployed')
  return contractAddress
}

async function waitForAnswer(
  { network }: Application,
  { bridge, callId, from }: { bridge: Hex; callId: bigint; from: bigint },
) {
  const find = async () => {
    const logs = await network.chain.client.getLogs({ address: bridge, fromBlock: from })
    return parseEventLogs({ abi: bridgeAbi, eventName: 'CallClosed', logs }).find(
      ({ args }) => args.callId === callId,
    )
  }
  await waitFor(async () => (await find()) !== undefined, {
    ...{ signal: network.signal, timeoutMs: answerTimeoutMs, everyMs: 300 },
    what: `an answer to call ${callId}`,
  })
  return (await find())!
}
