// Puts Quorum, Subnet and Cloud on a chain and links them; what is there already is kept. Sends transactions.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  getAddress,
  parseEther,
  zeroAddress,
  type Abi,
  type Account,
  type Chain,
  type Hex,
  type PublicClient,
  type Transport,
  type WalletClient,
} from 'viem'

export type NetworkKind = 'development' | 'test' | 'live'

/** Addresses of the three contracts. */
export type ContractAddresses = {
  readonly subnet: Hex
  readonly quorum: Hex
  readonly cloud: Hex
}

/** What the network is created with; all but the last group is fixed for good. Amounts in wei, times in seconds. */
export type DeployParameters = {
  readonly kind: NetworkKind
  readonly simulated: boolean
  readonly trustStoreDigest: Hex
  readonly minOwners?: number
  readonly nodeProofSeconds?: bigint
  readonly referenceDelaySeconds?: bigint
  readonly minWorkerStakeWei?: bigint
  readonly minNodeStakeWei?: bigint

  readonly treasury: Hex
  readonly maxLeaseSeconds?: bigint
  readonly startWindowSeconds?: bigint
  readonly minEscrowSeconds?: bigint
  readonly updateWindowSeconds?: bigint
  readonly feeBps?: number
  readonly maxReplicas?: number
}

export type DeployOptions = {
  readonly publicClient: PublicClient
  readonly walletClient: WalletClient<Transport, Chain, Account>
  readonly parameters: DeployParameters
  /** Addresses of an earlier run: a contract is deployed only where there is no code. */
  readonly known?: Partial<ContractAddresses>
  readonly onStep?: (line: string) => void
}

/** Stable codes: `deploy.reverted`, `deploy.mixed`. */
class DeployError extends Error {
  readonly code: 'deploy.reverted' | 'deploy.mixed'
  readonly retryable = false

  constructor(code: DeployError['code'], message: string) {
    super(message)
    this.name = 'DeployError'
    this.code = code
  }
}

type Artifact = { readonly abi: Abi; readonly bytecode: Hex }
type ContractName = 'Quorum' | 'Subnet' | 'Cloud'

const kinds = { development: 0, test: 1, live: 2 } as const
const day = 86_400n

/** The parameters that a network of this kind gets where none are given. */
function defaultParameters(
  kind: NetworkKind,
): Required<Omit<DeployParameters, 'kind' | 'simulated' | 'trustStoreDigest' | 'treasury'>> {
  const development = kind === 'development'
  return {
    minOwners: development ? 1 : 3,
    nodeProofSeconds: development ? 3_600n : day,
    referenceDelaySeconds: development ? 0n : 7n * day,
    minWorkerStakeWei: parseEther(development ? '1' : '100'),
    minNodeStakeWei: parseEther(development ? '1' : '1000'),
    maxLeaseSeconds: development ? 300n : 3_600n,
    startWindowSeconds: development ? 600n : 3_600n,
    minEscrowSeconds: 3_600n,
    updateWindowSeconds: development ? 600n : 3_600n,
    feeBps: 200,
    maxReplicas: 16,
  }
}

/**
 * Deploys what is missing and links it; returns all three addresses (checksummed). The wallet's account becomes admin.
 * Throws DeployError `deploy.reverted` (a transaction failed), `deploy.mixed` (known addresses of different networks).
 */
export async function deployContracts(options: DeployOptions): Promise<ContractAddresses> {
  const { parameters: given } = options
  const p = { ...defaultParameters(given.kind), ...given }
  const admin = options.walletClient.account.address
  const quorum = await ensure(options, 'Quorum', options.known?.quorum, [admin, p.minOwners])
  const subnet = await ensure(options, 'Subnet', options.known?.subnet, [
    admin,
    quorum,
    {
      kind: kinds[p.kind],
      simulated: p.simulated,
      trustStoreDigest: p.trustStoreDigest,
      nodeProofSeconds: p.nodeProofSeconds,
      referenceDelaySeconds: p.referenceDelaySeconds,
      minWorkerStakeWei: p.minWorkerStakeWei,
      minNodeStakeWei: p.minNodeStakeWei,
    },
  ])
  const cloud = await ensure(options, 'Cloud', options.known?.cloud, [
    admin,
    subnet,
    quorum,
    p.treasury,
    {
      maxLeaseSeconds: p.maxLeaseSeconds,
      startWindowSeconds: p.startWindowSeconds,
      minEscrowSeconds: p.minEscrowSeconds,
      updateWindowSeconds: p.updateWindowSeconds,
      feeBps: p.feeBps,
      maxReplicas: p.maxReplicas,
    },
  ])
  await link(options, 'Quorum', quorum, 'subnet', 'setSubnet', subnet)
  await link(options, 'Subnet', subnet, 'cloud', 'setCloud', cloud)
  await requireLinked(options, 'Subnet', subnet, 'quorum', quorum)
  await requireLinked(options, 'Cloud', cloud, 'subnet', subnet)
  await requireLinked(options, 'Cloud', cloud, 'quorum', quorum)
  return { subnet, quorum, cloud }
}

function readArtifact(name: ContractName): Artifact {
  const path = join(import.meta.dirname, 'artifacts', `${name}.json`)
  return JSON.parse(readFileSync(path, 'utf8')) as Artifact
}

async function ensure(
  { publicClient, walletClient, onStep }: DeployOptions,
  name: ContractName,
  known: Hex | undefined,
  args: unknown[],
): Promise<Hex> {
  if (known !== undefined && (await publicClient.getCode({ address: known })) !== undefined) {
    onStep?.(`${name} is at ${known}`)
    return getAddress(known)
  }
  const { abi, bytecode } = readArtifact(name)
  const hash = await walletClient.deployContract({ abi, bytecode, args })
  const receipt = await publicClient.waitForTransactionReceipt({ hash })
  if (receipt.status !== 'success' || !receipt.contractAddress)
    throw new DeployError('deploy.reverted', `deployment of ${name} failed in transaction ${hash}`)
  onStep?.(`${name} deployed at ${getAddress(receipt.contractAddress)}, ${receipt.gasUsed} gas`)
  return getAddress(receipt.contractAddress)
}

async function readLink(
  { publicClient }: DeployOptions,
  name: ContractName,
  address: Hex,
  getter: string,
): Promise<Hex> {
  const { abi } = readArtifact(name)
  return (await publicClient.readContract({ address, abi, functionName: getter })) as Hex
}

async function link(
  options: DeployOptions,
  name: ContractName,
  address: Hex,
  getter: string,
  setter: string,
  target: Hex,
): Promise<void> {
  if ((await readLink(options, name, address, getter)) === zeroAddress) {
    const { abi } = readArtifact(name)
    const hash = await options.walletClient.writeContract({
      address,
      abi,
      functionName: setter,
      args: [target],
    })
    const { status } = await options.publicClient.waitForTransactionReceipt({ hash })
    if (status !== 'success')
      throw new DeployError('deploy.reverted', `${name}.${setter} failed in transaction ${hash}`)
    options.onStep?.(`${name}.${setter}(${target})`)
  }
  await requireLinked(options, name, address, getter, target)
}

async function requireLinked(
  options: DeployOptions,
  name: ContractName,
  address: Hex,
  getter: string,
  target: Hex,
): Promise<void> {
  const found = await readLink(options, name, address, getter)
  if (getAddress(found) !== getAddress(target))
    throw new DeployError(
      'deploy.mixed',
      `${name} at ${address} belongs to ${getter} ${found}, expected ${target}: start over with new addresses`,
    )
}
