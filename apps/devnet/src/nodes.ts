// The devnet's dsecret nodes: launched in their simulated TEEs, registered, named as committee. Starts processes, network I/O.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import {
  parseEther,
  zeroAddress,
  type Abi,
  type ContractFunctionArgs,
  type ContractFunctionReturnType,
  type Hex,
} from 'viem'
import { z } from 'zod'
import { nodeConfigDigest, snpMeasurementId, tdxMeasurementId } from '@wetee/attestation'
import { keysAbi, quorumAbi, subnetAbi } from '@wetee/chain'
import { waitFor } from '@wetee/daemon'
import { teeClassBits } from '@wetee/manifest'
import { sessionPhases } from '@wetee/sdk'
import { openPlatformHost, openSimulatedDevice, type LaunchSource } from '@wetee/tee-device'
import { accountOf, keyFile, nodeNames, type NodeName } from './accounts.ts'
import { localChainId } from './local-chain.ts'
import type { Network } from './network.ts'
import { hostSocket, teeOf, type Machine } from './platform-process.ts'
import type { Proof } from './steps.ts'
import { transact } from './transactions.ts'

const roles = { agent: 1, dsecret: 2 } as const
const accepted = 1
/** Subnet ids and epochs of a devnet start at 1. */
const idOf = (name: NodeName): bigint => BigInt(name.slice('dsecret-'.length))
const majority = (members: number): number => Math.floor(members / 2) + 1
const noConfiguration: Hex = `0x${'00'.repeat(32)}`
const startTimeoutMs = 60_000
/** Several sessions: one that fails is opened again. */
const keyTimeoutMs = 180_000

const hex = (bytes: number) =>
  z
    .string()
    .regex(new RegExp(`^0x[0-9a-fA-F]{${2 * bytes}}$`))
    .transform((text) => text as Hex)
/** Keys that a node made inside its TEE, and its word that it holds them: `ISubnet.NodeKeys`. */
const keysSchema = z.strictObject({
  statementKey: hex(20),
  encryptionKey: hex(33),
  tlsKeyHash: hex(32),
  possession: hex(65),
})
type NodeKeys = z.output<typeof keysSchema>

/** Accepts the measurements of the agent and the dsecret node that were just built; returns them. */
export async function setReferenceValues(network: Network): Promise<Proof> {
  const image = { image: network.images.agent }
  const agent = await accept(network, roles.agent, 'worker', image)
  const agentSnp = await accept(network, roles.agent, 'worker-2', image)
  const { files } = network.images.dsecret
  const dsecret = await accept(network, roles.dsecret, 'dsecret-1', { files })
  return { agent, agentSnp, dsecret }
}

/** Makes what a machine measures a program by a reference value of its class; returns the measurement id. */
async function accept(
  network: Network,
  role: number,
  machine: Machine,
  source: LaunchSource,
): Promise<Hex> {
  const measurementId = await measure(network, machine, source)
  if (!(await readSubnet(network, 'isReferenceAccepted', [role, measurementId])))
    await transact(network, {
      from: 'admin',
      contract: 'subnet',
      functionName: 'setReferenceValue',
      args: [role, measurementId, teeClassBits[teeOf(machine)], accepted, 0n],
    })
  return measurementId
}

/** Registers every node with the keys its TEE made, and starts those that have been in a committee. */
export async function startNodes(network: Network): Promise<void> {
  const count = Number(await readSubnet(network, 'nodeCount', []))
  // One that joined a committee in an earlier run is started again with the others.
  const names = nodeNames(Math.max(network.nodes, count))
  const made = await Promise.all(
    names.map(async (name) => ({ name, keys: await readKeys(network, name) })),
  )
  // One after the other: the contract numbers nodes in the order in which they come.
  for (const { name, keys } of made) await register(network, name, keys)
  await network.untilFinal()
  await Promise.all(names.map((name) => startNode(network, name)))
}

/** Registers and starts the node that is in no committee at first; returns its id. */
export async function startSpareNode(network: Network): Promise<bigint> {
  const name: NodeName = `dsecret-${network.nodes + 1}`
  await register(network, name, await readKeys(network, name))
  await network.untilFinal()
  await startNode(network, name)
  return idOf(name)
}

/** Starts a registered node in a TEE launched for its number. */
export async function startNode(network: Network, name: NodeName): Promise<void> {
  const nodeId = idOf(name)
  const configuration = nodeConfigDigest({
    chainId: BigInt(localChainId),
    subnet: network.profile.contracts.subnet,
    role: roles.dsecret,
    nodeId,
  })
  const { socket } = await launch(network, name, configuration)
  const config = writeConfig(network, name, socket, nodeId)
  const { main } = network.images.dsecret
  network.children.start(name, process.execPath, [main, '--config', config])
}

/** Names the first committee and waits until its members have vouched for each other's machines. */
export async function proveCommittee(
  network: Network,
  show: (line: string) => void,
): Promise<Proof> {
  const names = nodeNames(network.nodes)
  const threshold = majority(names.length)
  if ((await readQuorum(network, 'latestEpoch')) === 0n)
    await nameCommittee(network, names.map(idOf))
  await waitFor(
    async () => {
      requireRunning(network)
      const live = await Promise.all(names.map((name) => isProven(network, idOf(name))))
      const count = live.filter(Boolean).length
      show(`${count} of ${names.length} machines proven`)
      return count >= threshold
    },
    { signal: network.signal, timeoutMs: startTimeoutMs, everyMs: 250, what: 'the committee' },
  )
  return { members: names.length, threshold }
}

/** Names the next committee as the deployer, who stays admin of a devnet; a majority is its threshold. */
export async function nameCommittee(network: Network, members: readonly bigint[]): Promise<void> {
  await transact(network, {
    from: 'admin',
    contract: 'quorum',
    functionName: 'nameCommittee',
    args: [members, majority(members.length)],
  })
}

/** Waits until the committee that was named last holds the network's key and is active. */
export async function awaitKey(network: Network, show: (line: string) => void): Promise<Proof> {
  const { profile, chain } = network
  const keys = { address: profile.contracts.keys ?? zeroAddress, abi: keysAbi } as const
  const startedAt = performance.now()
  await waitFor(
    async () => {
      requireRunning(network)
      const epoch = await readQuorum(network, 'latestEpoch')
      const number = await chain.client.readContract({
        ...keys,
        functionName: 'sessionOf',
        args: [epoch],
      })
      show(number === 0n ? 'waiting for the session' : await describeSession(network, number))
      return (await readQuorum(network, 'activeEpoch')) === epoch
    },
    { signal: network.signal, timeoutMs: keyTimeoutMs, everyMs: 250, what: "the network's key" },
  )
  await network.untilFinal()
  const [encryptionKey] = await chain.client.readContract({ ...keys, functionName: 'networkKey' })
  return {
    epoch: String(await readQuorum(network, 'activeEpoch')),
    networkKey: encryptionKey,
    seconds: Math.round((performance.now() - startedAt) / 1_000),
  }
}

async function describeSession({ profile, chain }: Network, number: bigint): Promise<string> {
  const { phase, registered, dealt, dealers, revealed } = await chain.client.readContract({
    address: profile.contracts.keys ?? zeroAddress,
    abi: keysAbi,
    functionName: 'session',
    args: [number],
  })
  const counts = `${registered} have registered, ${dealt} of ${dealers} have dealt, ${revealed} have revealed`
  return `session ${number}, ${sessionPhases[phase] ?? 'unknown'}: ${counts}`
}

/** Throws when a node's process has ended. */
function requireRunning({ children, nodes, state }: Network): void {
  for (const name of nodeNames(nodes))
    if (!children.isRunning(name))
      throw new Error(`${name} stopped: see ${state.path('logs', `${name}.log`)}`)
}

/** What a simulated machine measures a guest by, read from a guest launched for this alone. */
async function measure(network: Network, machine: Machine, source: LaunchSource): Promise<Hex> {
  const host = openPlatformHost(hostSocket(network.state, machine))
  const { launchId, socket } = await host.launch({ ...source, configuration: noConfiguration })
  try {
    const device = await openSimulatedDevice(socket)
    if (device.platform === 'sev-snp') return snpMeasurementId(await device.report())
    if (device.platform === 'sgx') throw new Error('no machine here simulates SGX')
    const { mrtd, rtmr } = await device.report()
    const [rtmr0, rtmr1, rtmr2] = rtmr
    return tdxMeasurementId({ mrtd, rtmr0, rtmr1, rtmr2 })
  } finally {
    await host.remove(launchId)
  }
}

function launch(network: Network, name: NodeName, configuration: Hex) {
  return openPlatformHost(hostSocket(network.state, name)).launch({
    files: network.images.dsecret.files,
    configuration,
  })
}

function writeConfig(network: Network, name: NodeName, socket: string, nodeId?: bigint): string {
  const { state } = network
  return state.write(`dsecret/${name}.json`, {
    networkFile: state.path('network.json'),
    ...(nodeId === undefined ? {} : { nodeId: String(nodeId) }),
    stateDir: state.path('dsecret', name),
    listen: { port: portOf(network, name) },
    platform: {
      guestSocket: socket,
      collateralSocket: hostSocket(state, name),
      allowSimulated: true,
    },
    operator: { privateKeyFile: keyFile(state.folder, name) },
    receipts: { rootEverySeconds: 10 },
  })
}

const portOf = (network: Network, name: NodeName): number =>
  network.ports.dsecret[Number(idOf(name)) - 1] ?? 0

/** Puts the keys on chain that this node's TEE holds: at its first start, and after a change of the program. */
async function register(network: Network, name: NodeName, keys: NodeKeys): Promise<void> {
  const nodeId = idOf(name)
  const endpoint = `https://127.0.0.1:${portOf(network, name)}`
  const count = await readSubnet(network, 'nodeCount', [])
  if (count < nodeId) {
    await transact(network, {
      from: name,
      contract: 'subnet',
      functionName: 'registerNode',
      args: [accountOf(network.accounts, name).address, keys, endpoint],
      valueWei: parseEther('10'),
    })
    return
  }
  const known = await readSubnet(network, 'node', [nodeId])
  if (known.statementKey.toLowerCase() === keys.statementKey.toLowerCase()) return
  // Shares are sealed to the program that holds them; all nodes of a devnet change theirs at once.
  if ((await readQuorum(network, 'activeEpoch')) > 0n) throw programChanged(network.state.folder)
  await transact(network, {
    from: name,
    contract: 'subnet',
    functionName: 'setNodeKeys',
    args: [nodeId, keys, endpoint],
  })
}

function programChanged(folder: string): Error {
  return Object.assign(
    new Error(
      `the dsecret program has changed since the network in ${folder} made its key, and shares open only for the program that sealed them: start over with --reset`,
    ),
    { code: 'devnet.program-changed' },
  )
}

/** Runs the node once in a TEE of its own so that it makes or opens its keys, and says which they are. */
async function readKeys(network: Network, name: NodeName): Promise<NodeKeys> {
  const { launchId, socket } = await launch(network, name, noConfiguration)
  try {
    const config = writeConfig(network, name, socket)
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [network.images.dsecret.main, '--config', config, '--print-identity'],
      { timeout: startTimeoutMs, signal: network.signal, maxBuffer: 65_536 },
    )
    return keysSchema.parse(JSON.parse(stdout))
  } finally {
    await openPlatformHost(hostSocket(network.state, name)).remove(launchId)
  }
}

async function isProven(network: Network, nodeId: bigint): Promise<boolean> {
  const [notAfter] = await readSubnet(network, 'liveProof', [roles.dsecret, nodeId])
  return notAfter > 0n
}

type SubnetRead = 'isReferenceAccepted' | 'liveProof' | 'node' | 'nodeCount'

function readSubnet<N extends SubnetRead>(
  { chain, profile }: Network,
  functionName: N,
  args: ContractFunctionArgs<typeof subnetAbi, 'view', N>,
): Promise<ContractFunctionReturnType<typeof subnetAbi, 'view', N>> {
  const address = profile.contracts.subnet
  const call = { address, abi: subnetAbi as Abi, functionName, args: args as readonly unknown[] }
  return chain.client.readContract(call) as Promise<
    ContractFunctionReturnType<typeof subnetAbi, 'view', N>
  >
}

function readQuorum(
  { chain, profile }: Network,
  functionName: 'activeEpoch' | 'latestEpoch',
): Promise<bigint> {
  return chain.client.readContract({
    address: profile.contracts.quorum,
    abi: quorumAbi,
    functionName,
  })
}
