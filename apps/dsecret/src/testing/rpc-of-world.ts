// The world in memory behind an RPC, as contracts would answer from it. For tests; no I/O.
import {
  cloudAbi,
  keysAbi,
  openChain,
  quorumAbi,
  secretsAbi,
  subnetAbi,
  type NetworkProfile,
} from '@wetee/chain'
import {
  custom,
  decodeFunctionData,
  encodeFunctionResult,
  getAddress,
  numberToHex,
  parseAbi,
  toFunctionSelector,
  zeroAddress,
  type Abi,
  type Hex,
} from 'viem'
import type { ChainView, FloorSubject } from '../chain/chain-view.ts'
import { openChainView } from '../chain/viem-view.ts'
import {
  blockOf,
  floorKey,
  memoryView,
  signatureKey,
  testNetwork,
  type World,
} from './memory-view.ts'
import { keysAnswers, keysLogs, Revert, secretsAnswers, type Answers } from './rpc-of-keys.ts'

const renewal = toFunctionSelector('function renewCommittee()')
const erc1271Abi = parseAbi(['function isValidSignature(bytes32, bytes) view returns (bytes4)'])
const erc1271 = '0x1626ba7e'
const zeroHash: Hex = `0x${'00'.repeat(32)}`
const states = ['none', 'active', 'paused', 'ended']
const nodeStatuses = ['none', 'active', 'leaving', 'slashed']
const statuses = ['none', 'accepted', 'deprecated', 'revoked']
const floorSubjects: readonly (FloorSubject | undefined)[] = [
  undefined,
  'key',
  'platform',
  'measurement',
  'worker',
  'application',
]
const noTerms = {
  replicas: 0,
  cpuMilli: 0,
  memoryMiB: 0,
  diskMiB: 0,
  gpu: 0,
  teeClasses: 0,
  level: 0,
  upgradeDelaySeconds: 0,
  graceSeconds: 0,
}

/** The profile of the network in memory. */
export const worldProfile: NetworkProfile = {
  name: 'memory',
  kind: 'development',
  simulated: true,
  rpcUrls: ['http://127.0.0.1:1'],
  deployBlock: '0',
  trustRoots: [],
  finalityBlocks: 2,
  chainId: testNetwork.chainId,
  contracts: {
    subnet: getAddress(testNetwork.contracts.subnet),
    quorum: getAddress(testNetwork.contracts.quorum),
    cloud: getAddress(testNetwork.contracts.cloud),
    keys: getAddress(testNetwork.contracts.keys),
    secrets: getAddress(testNetwork.contracts.secrets),
    bridge: getAddress(testNetwork.contracts.bridge),
  },
}

/** What an RPC of that world answers. Throws `Revert` as contracts do, and where the world is not reachable. */
export async function answerOfWorld(
  world: World,
  method: string,
  params: readonly unknown[],
): Promise<unknown> {
  if (!world.reachable) throw new TypeError('fetch failed')
  const [first, second] = params
  if (method === 'eth_chainId') return numberToHex(testNetwork.chainId)
  if (method === 'eth_getBlockByNumber')
    return rpcBlock(world, first === 'finalized' ? world.head : BigInt(first as string))
  if (method === 'eth_getLogs') {
    const { fromBlock, toBlock } = first as { fromBlock: string; toBlock: string }
    return keysLogs(world, BigInt(fromBlock), BigInt(toBlock))
  }
  if (method === 'eth_getTransactionByHash')
    return { hash: first, input: world.calldata.get(first as Hex), type: '0x2' }
  if (method === 'eth_call')
    return call(world, first as { to: string; data: Hex }, BigInt(second as string))
  throw new Error(`${method}: not answered here`)
}

/** The view of a node whose RPC answers from the world. */
export function rpcView(
  world: World,
  monotonicMs: () => number,
  profile: NetworkProfile = worldProfile,
): ChainView {
  const request = ({ method, params }: { method: string; params?: unknown }) =>
    answerOfWorld(world, method, params as unknown[])
  const transport = custom({ request }, { retryCount: 0 })
  return openChainView(openChain(profile, { transport, monotonicMs }))
}

function rpcBlock(world: World, at: bigint) {
  const { number, hash, timestamp } = blockOf(world, at)
  return { number: numberToHex(number), hash, timestamp: numberToHex(timestamp), transactions: [] }
}

async function call(world: World, asked: { to: string; data: Hex }, at: bigint) {
  const { data } = asked
  const to = asked.to.toLowerCase()
  const { subnet, quorum, keys, secrets } = testNetwork.contracts
  if (data === renewal) {
    if (world.renewalDue) return '0x'
    throw new Revert(quorumAbi, 'EpochUnknown', [0n])
  }
  if (data.startsWith(erc1271)) {
    const { args } = decodeFunctionData({ abi: erc1271Abi, data })
    const key = signatureKey(to as Hex, ...args)
    if (!world.signatures.has(key)) throw new Revert(quorumAbi, 'EpochUnknown', [0n])
    return `${erc1271}${'00'.repeat(28)}`
  }
  const [abi, answers]: readonly [Abi, Answers] =
    to === keys
      ? [keysAbi, keysAnswers]
      : to === secrets
        ? [secretsAbi, secretsAnswers]
        : [to === subnet ? subnetAbi : to === quorum ? quorumAbi : cloudAbi, contracts]
  const { functionName, args = [] } = decodeFunctionData({ abi, data })
  const answer = answers[functionName]
  if (answer === undefined) throw new Error(`${functionName}: not answered here`)
  const result = await answer(world, args, at)
  return encodeFunctionResult({ abi, functionName, result })
}

/** What each function answers; unknown ids revert as in the contracts. */
const contracts: Answers = {
  app: ({ apps }, [id]) => {
    const found = apps.get(id as bigint)
    if (found === undefined) throw new Revert(cloudAbi, 'AppUnknown', [id])
    return {
      ...found,
      state: states.indexOf(found.state),
      name: zeroHash,
      asset: zeroAddress,
      pauseReason: 0,
      noticeUntil: 0n,
      latestVersion: found.currentVersion,
      createdAt: 1n,
      pausedAt: 0n,
      escrowWei: 0n,
      graceDepositWei: 0n,
      paidWei: 0n,
      settledSeconds: 0n,
    }
  },
  version: ({ versions }, [appId, version]) => {
    const found = versions.get(`${String(appId)}/${String(version)}`)
    return {
      workerId: 0n,
      security: false,
      manifestVersion: 0,
      createdBlock: 0n,
      endedAt: 0n,
      manifestDigest: zeroHash,
      termsDigest: zeroHash,
      terms: noTerms,
      ...found,
      createdAt: found === undefined ? 0n : 1n,
      weiPerSecond: 0n,
    }
  },
  parameters: async (world, _args, at) => ({
    maxLeaseSeconds: await memoryView(world).maxLeaseSeconds(at),
    startWindowSeconds: 0n,
    minEscrowSeconds: 0n,
    updateWindowSeconds: 0n,
    noticeSeconds: 0n,
    feeBps: 0,
    maxReplicas: 0,
  }),
  nodeProofSeconds: (world) => world.nodeProofSeconds,
  worker: ({ operators }, [id]) => {
    const operator = operators.get(id as bigint)
    if (operator === undefined) throw new Revert(subnetAbi, 'WorkerUnknown', [id])
    const amounts = { cpuMilli: 0, memoryMiB: 0, diskMiB: 0, gpu: 0 }
    return {
      owner: zeroAddress,
      operator,
      status: 1,
      level: 0,
      teeClasses: 1,
      region: zeroHash,
      open: true,
      stakeWei: 0n,
      prices: { cpuMilli: 0n, memoryMiB: 0n, diskMiB: 0n, gpu: 0n },
      capacity: amounts,
      reserved: amounts,
      endpoint: '',
    }
  },
  node: ({ nodes }, [id]) => {
    const found = nodes.get(id as bigint)
    if (found === undefined) throw new Revert(subnetAbi, 'NodeUnknown', [id])
    const status = nodeStatuses.indexOf(found.status)
    return { ...found, status, owner: zeroAddress, operator: zeroAddress, stakeWei: 0n }
  },
  platform: (world, [id], at) => memoryView(world).platform(id as Hex, at),
  isPlatformLive: (world, [role, nodeId, id], at) =>
    memoryView(world).isPlatformLive(role as number, nodeId as bigint, id as Hex, at),
  liveProof: (world, [, nodeId]) => [world.proofs.get(nodeId as bigint) ?? 0n, zeroHash],
  referenceValue: async (world, [role, id], at) => {
    const found = await memoryView(world).reference(role as number, id as Hex, at)
    return { ...found, status: statuses.indexOf(found.status), extended: false }
  },
  revocationFloor: (world, [subject, id]) => {
    const name = floorSubjects[subject as number]
    return name === undefined ? 0n : (world.floors.get(floorKey(name, id as Hex)) ?? 0n)
  },
  activeEpoch: ({ committees }) => committees.active?.epoch ?? 0n,
  latestEpoch: ({ committees }) => committees.latest?.epoch ?? 0n,
  activatedAt: ({ activation }) => activation.activatedAt,
  previousEpoch: ({ activation }) => activation.previousEpoch,
  genesisOpen: ({ committees }) => committees.genesisOpen,
  committee: ({ committees: { active, latest }, formerCommittees }, [epoch]) => {
    const known = [active, latest, ...formerCommittees]
    const found = known.find((named) => named?.epoch === epoch)
    if (found === undefined) throw new Revert(quorumAbi, 'EpochUnknown', [epoch])
    return [found.members, found.threshold]
  },
}
