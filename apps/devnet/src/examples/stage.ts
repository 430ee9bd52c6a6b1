// What a run of an example needs of a running devnet: its folder, the sdk of its developer, images, contracts and their calls. Network and file I/O.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  createPublicClient,
  createWalletClient,
  http,
  parseEther,
  parseEventLogs,
  type Abi,
  type Hex,
  type PrivateKeyAccount,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { anvil as localChain } from 'viem/chains'
import { bridgeAbi } from '@wetee/chain'
import {
  carryOut,
  deploy,
  findApi,
  openNetwork,
  planApiSync,
  readApiEntries,
  readApis,
  SdkError,
  waitForApp,
  waitForCall,
  type CallAnswer,
  type Network,
} from '@wetee/sdk'
import { nodeTransport, resolveImageFromRegistry } from '@wetee/sdk/node'
import { keyFile } from '../accounts.ts'
import { registryPort, type DevnetState } from '../state.ts'

/** A running devnet, as the developer of an example sees it. */
export type Stage = {
  readonly state: DevnetState
  readonly sdk: Network
  /** Deploys applications and contracts, and calls them. */
  readonly account: PrivateKeyAccount
  readonly signal: AbortSignal
}

/** An example's application: attested, answering, its API on chain. */
export type Deployed = {
  readonly appId: bigint
  /** Of its first published port. */
  readonly url: string
  readonly apiId: number
  readonly apiVersion: number
  /** TLS keys of its live leases. */
  readonly tlsKeyHashes: readonly Hex[]
}

const readyTimeoutMs = 180_000

/** Opens the devnet of a folder, which has to run. */
export async function openStage(state: DevnetState, signal: AbortSignal): Promise<Stage> {
  const key = readFileSync(keyFile(state.folder, 'developer'), 'utf8').trim() as Hex
  const account = privateKeyToAccount(key)
  const transport = nodeTransport()
  const sdk = await openNetwork(readFileSync(state.path('network.json'), 'utf8'), {
    ...{ account, transport, signal },
  })
  return { state, sdk, account, signal }
}

/** What is deployed: an example, its Compose file, how its image is built. */
export type Program = {
  /** Folder below the devnet's `images` that its registry serves as `wetee/<name>`. */
  readonly image: string
  /** Of the package that has the file. */
  readonly composeUrl: string
  buildImage(layout: string): Promise<unknown>
  /** Between deployment and start; for secrets. */
  prepare?(appId: bigint): Promise<void>
}

/** Builds the image, deploys, waits for lease and answer, puts the API on chain; what is there already stays. */
export async function deployProgram(
  stage: Stage,
  program: Program,
  show: (line: string) => void,
): Promise<Deployed> {
  const { state, sdk, signal } = stage
  show('its image')
  await program.buildImage(state.path('images', program.image))
  const file = fileURLToPath(program.composeUrl)
  const registry = `127.0.0.1:${state.registryPort()}`
  const composeText = readFileSync(file, 'utf8').replaceAll(`127.0.0.1:${registryPort}`, registry)
  const deployed = await deploy(sdk, {
    ...{ composeText, file, resolveImage: resolveImageFromRegistry, signal },
    onStep: (step) => show(step.title),
  })
  const { appId, version } = deployed
  await program.prepare?.(appId)
  const ready = await waitForApp(sdk, appId, {
    ...{ version, timeoutMs: readyTimeoutMs, signal },
    onProgress: ({ text }) => show(text),
  })
  show('its API on chain')
  const [entry] = readApiEntries(composeText, { file })
  if (entry === undefined) throw new Error(`${file} has no API`)
  await syncApi(stage, appId, composeText)
  const { apiId, version: apiVersion } = findApi(await readApis(sdk, appId), entry.name)
  const tlsKeyHashes = ready.details.leases.flatMap((l) => (l.live ? [l.tlsKeyHash] : []))
  return { appId, url: ready.urls.at(-1)?.url ?? '', apiId, apiVersion, tlsKeyHashes }
}

async function syncApi({ sdk, signal }: Stage, appId: bigint, composeText: string) {
  try {
    const intent = await planApiSync(sdk, appId, readApiEntries(composeText))
    await carryOut(sdk, intent, { signal })
  } catch (error) {
    if (!(error instanceof SdkError) || error.code !== 'api.unchanged') throw error
  }
}

/** A contract that calls an API; deployed with something to pay calls with. */
export type Consumer = { readonly address: Hex; readonly abi: Abi }

/** Deploys one of contracts/examples: the Bridge, then the API as it is now, then what else its constructor takes. */
export async function deployConsumer(
  stage: Stage,
  name: string,
  { appId, apiId, apiVersion }: Deployed,
  more: readonly unknown[] = [],
): Promise<Consumer> {
  const artifact = import.meta.resolve(`@wetee/contracts/artifacts/${name}.json`)
  const { abi, bytecode } = JSON.parse(readFileSync(fileURLToPath(artifact), 'utf8')) as {
    abi: Abi
    bytecode: Hex
  }
  const { wallet, client } = clientsOf(stage)
  const args = [stage.sdk.profile.contracts.bridge, appId, apiId, apiVersion, ...more]
  const hash = await wallet.deployContract({ abi, bytecode, args })
  const { contractAddress } = await client.waitForTransactionReceipt({ hash })
  if (contractAddress == null) throw new Error(`${name} was not deployed`)
  const paying = await wallet.sendTransaction({ to: contractAddress, value: parseEther('1') })
  await client.waitForTransactionReceipt({ hash: paying })
  return { address: contractAddress, abi }
}

/** Sends a call of a consumer that asks the API, and waits until that is answered. Throws where a call cannot be made. */
export async function ask(
  stage: Stage,
  { address, abi }: Consumer,
  functionName: string,
  args: readonly unknown[] = [],
): Promise<CallAnswer> {
  const receipt = await send(stage, { address, abi }, functionName, args)
  const [opened] = parseEventLogs({
    abi: bridgeAbi,
    eventName: 'CallOpened',
    logs: receipt.logs,
  })
  if (opened === undefined) throw new Error(`transaction ${receipt.transactionHash} opened no call`)
  await untilFinal(stage, receipt.blockNumber)
  return waitForCall(stage.sdk, opened.args.callId, { signal: stage.signal })
}

/** Sends a transaction to a contract and waits until it is mined; throws the contract's reason. */
export async function send(
  stage: Stage,
  { address, abi }: Consumer,
  functionName: string,
  args: readonly unknown[] = [],
) {
  const { wallet, client } = clientsOf(stage)
  const call = { address, abi, functionName, args, account: stage.account }
  await client.simulateContract(call)
  const hash = await wallet.writeContract(call)
  return client.waitForTransactionReceipt({ hash })
}

/** Reads of a contract at the newest block. */
export function read<T>(
  stage: Stage,
  { address, abi }: Consumer,
  functionName: string,
  args: readonly unknown[] = [],
): Promise<T> {
  const { client } = clientsOf(stage)
  return client.readContract({ address, abi, functionName, args }) as Promise<T>
}

/** What the application answers to GET, over the TLS key of a live lease: its host cannot have put itself between. */
export async function getJson<T>({ sdk }: Stage, of: Deployed, path: string): Promise<T> {
  const url = new URL(path, of.url).href
  const { status, body, tlsKeyHash } = await sdk.transport.get(url, { maxBytes: 65_536 })
  if (tlsKeyHash === undefined || !of.tlsKeyHashes.includes(tlsKeyHash))
    throw new Error(`${url} uses a TLS key that is in no live lease`)
  if (status !== 200) throw new Error(`${url} answered ${status}`)
  return JSON.parse(new TextDecoder().decode(body)) as T
}

async function untilFinal({ sdk, signal }: Stage, block: bigint): Promise<void> {
  while ((await sdk.reader.finalized()).number < block) {
    signal.throwIfAborted()
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

function clientsOf({ sdk, account }: Stage) {
  const transport = http(sdk.profile.rpcUrls[0])
  return {
    client: createPublicClient({ transport, chain: localChain, pollingInterval: 200 }),
    wallet: createWalletClient({ account, chain: localChain, transport }),
  }
}
