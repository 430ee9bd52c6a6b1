// A network on a local chain: one node that is its committee, one worker, statements signed as documented. Sends transactions.
import {
  concat,
  encodeAbiParameters,
  keccak256,
  parseEther,
  stringToHex,
  zeroAddress,
  zeroHash,
  type Account,
  type Chain as ViemChain,
  type Hex,
  type PublicClient,
  type TransactionReceipt,
  type Transport,
  type TypedDataDefinition,
  type WalletClient,
} from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import {
  committeeConfirmedTypedData,
  leaseBatchTypedData,
  nodeKeysTypedData,
  nodeProofBatchTypedData,
  readyTypedData,
  sessionMessageTypedData,
  type AttestationLease,
} from '@wetee/chain'
import { deployContracts, type ContractAddresses } from './deploy.ts'
import { abiOf } from './deploy/artifacts.ts'
import { valuesOf } from './deploy/parameters.ts'

/** Who sends, and on which chain. */
export type LocalClients = {
  readonly publicClient: PublicClient
  readonly walletClient: WalletClient<Transport, ViemChain, Account>
}

/** Contracts by their names in Solidity, at their addresses. */
const contractOf = {
  authority: 'Authority',
  token: 'WeteeToken',
  members: 'Members',
  governor: 'WeteeGovernor',
  timelock: 'Timelock',
  quorum: 'Quorum',
  subnet: 'Subnet',
  cloud: 'Cloud',
  keys: 'Keys',
  secrets: 'Secrets',
  complaints: 'Complaints',
  misconduct: 'Misconduct',
  apis: 'Apis',
  bridge: 'Bridge',
  forwarder: 'Forwarder',
} as const

/** A contract of the network. */
export type LocalContract = keyof typeof contractOf

/** What an application of the samples asks for. */
export const sampleTerms = {
  replicas: 1,
  cpuMilli: 500,
  memoryMiB: 256,
  diskMiB: 0,
  gpu: 0,
  teeClasses: 1,
  level: 0,
  upgradeDelaySeconds: 0,
  graceSeconds: 3_600,
} as const

/** Digest of a text; ids of sample machines and measurements. */
export const digestOf = (text: string): Hex => keccak256(stringToHex(text))

const encryptionKey = `0x02${'11'.repeat(32)}` as const
const sampleCapacity = { cpuMilli: 4_000, memoryMiB: 8_192, diskMiB: 65_536, gpu: 0 }
const prices = { cpuMilli: 1_000n, memoryMiB: 1_000n, diskMiB: 10n, gpu: 0n }
const values = valuesOf('development')

/** Everything is done by one account, which is the DAO's admin too; the node signs with a key of its own. */
export class LocalNetwork {
  readonly addresses: ContractAddresses
  readonly account: Hex
  /** Every receipt, with what was done. */
  readonly receipts: { readonly what: string; readonly receipt: TransactionReceipt }[] = []
  readonly #clients: LocalClients
  readonly #node = privateKeyToAccount(generatePrivateKey())
  readonly #instance = privateKeyToAccount(generatePrivateKey())

  readonly #leaseSeconds: bigint

  private constructor(clients: LocalClients, addresses: ContractAddresses, leaseSeconds: bigint) {
    this.#clients = clients
    this.addresses = addresses
    this.#leaseSeconds = leaseSeconds
    this.account = clients.walletClient.account.address
  }

  /** Deploys the contracts of a development network; nobody has registered yet. */
  static async deploy(
    clients: LocalClients,
    maxLeaseSeconds = values.maxLeaseSeconds,
  ): Promise<LocalNetwork> {
    const parameters = {
      kind: 'development',
      simulated: true,
      trustStoreDigest: digestOf('roots'),
      maxLeaseSeconds,
    } as const
    const addresses = await deployContracts({ ...clients, parameters })
    return new LocalNetwork(clients, addresses, maxLeaseSeconds)
  }

  /** Address of the key inside the application's enclave. */
  get instanceKey(): Hex {
    return this.#instance.address
  }

  get #statements() {
    const { quorum, cloud, subnet } = this.addresses
    return { chainId: this.#clients.walletClient.chain.id, contracts: { quorum, cloud, subnet } }
  }

  /** Reads a contract. */
  read(contract: LocalContract, functionName: string, args: readonly unknown[] = []) {
    const address = this.addresses[contract]
    const abi = abiOf(contractOf[contract])
    return this.#clients.publicClient.readContract({ address, abi, functionName, args })
  }

  /** Sends a call and waits; throws when it was refused. `what` names it among the receipts. */
  async send(
    contract: LocalContract,
    functionName: string,
    args: readonly unknown[],
    options: { readonly valueWei?: bigint; readonly what?: string } = {},
  ): Promise<TransactionReceipt> {
    const { publicClient, walletClient } = this.#clients
    const hash = await walletClient.writeContract({
      address: this.addresses[contract],
      abi: abiOf(contractOf[contract]),
      functionName,
      args,
      value: options.valueWei ?? 0n,
    })
    const receipt = await publicClient.waitForTransactionReceipt({ hash })
    if (receipt.status !== 'success') throw new Error(`${functionName} reverted in ${hash}`)
    this.receipts.push({ what: options.what ?? functionName, receipt })
    return receipt
  }

  /** Registers the node, makes it the committee, proves its machine; registers the worker and proves its machine. */
  async populate(capacity = sampleCapacity): Promise<void> {
    const owner = this.account
    await this.send('subnet', 'setReferenceValue', [1, digestOf('agent'), 1, 1, 0n])
    await this.send('subnet', 'setReferenceValue', [2, digestOf('node'), 1, 1, 0n])
    const tlsKeyHash = digestOf('tls')
    const claim = { owner, operator: owner, encryptionKey, tlsKeyHash } as const
    const possession = await this.#node.signTypedData(nodeKeysTypedData(this.#statements, claim))
    const keys = { statementKey: this.#node.address, tlsKeyHash, encryptionKey, possession }
    await this.send('subnet', 'registerNode', [owner, keys, 'https://node.example:1'], {
      valueWei: values.nodeWei,
    })
    await this.send('quorum', 'nameCommittee', [[1n], 1], { what: 'nameCommittee, 1 member' })
    await this.prove(2)
    await this.makeKey(1n)
    await this.send('quorum', 'activate', [], { what: 'activate, committee' })
    const profile = {
      level: 0,
      teeClasses: 1,
      region: stringToHex('eu', { size: 32 }),
      endpoint: 'https://worker.example:1',
    }
    await this.send('subnet', 'registerWorker', [owner, profile, prices, capacity], {
      valueWei: values.workerBaseWei,
    })
    await this.prove(1)
  }

  /** The session of an epoch of this one node: its messages are not looked into by any contract. */
  async makeKey(epoch: bigint): Promise<void> {
    await this.send('keys', 'open', [epoch], { what: 'open, session of 1 member' })
    const session = (await this.read('keys', 'sessionOf', [epoch])) as bigint
    for (const [kind, name] of [[1, 'register'] as const, [2, 'deal'] as const]) {
      const body = stringToHex(`what the only member has to ${name}`)
      const message = { session, kind, sender: 1, subject: 0, bodyDigest: keccak256(body) }
      const typedData = sessionMessageTypedData(this.#statements, message)
      const signature = await this.#node.signTypedData(typedData)
      const what = `${name}, session`
      await this.send('keys', name, [session, 1, body, signature], { what })
    }
    const [y, s] = [encryptionKey, `0x03${'44'.repeat(32)}`] as const
    const result = {
      session: digestOf(`session ${session}`),
      epoch,
      threshold: 1,
      membersDigest: keccak256(encodeAbiParameters([{ type: 'uint64[]' }], [[1n]])),
      networkKeyDigest: keccak256(concat([y, s])),
      transcriptDigest: digestOf(`transcript ${session}`),
    }
    await this.#pass(values.complainSeconds)
    const { timestamp } = await this.#clients.publicClient.getBlock()
    const data = committeeConfirmedTypedData(this.#statements, result)
    const signed = await this.#sign(data, timestamp + 3_600n, epoch)
    const what = 'confirm, session of 1 member'
    await this.send('keys', 'confirm', [session, result, y, s, signed], { what })
  }

  /** A machine's proof: role 1 of the worker, 2 of the node. */
  async prove(role: 1 | 2): Promise<void> {
    const worker = role === 1
    const proof = {
      role,
      nodeId: 1n,
      platformId: digestOf(`machine ${role}`),
      statementKey: worker ? this.account : this.#node.address,
      encryptionKey: worker ? (`0x${'00'.repeat(33)}` as const) : encryptionKey,
      tlsKeyHash: worker ? zeroHash : digestOf('tls'),
      measurementId: digestOf(worker ? 'agent' : 'node'),
      ...(await this.#evidence(values.nodeProofSeconds)),
    }
    const message = { epoch: 1n, expiry: proof.notAfter, proofs: [proof] }
    const data = nodeProofBatchTypedData(this.#statements, message)
    const signed = await this.#sign(data, message.expiry)
    const uris = ['https://worker.example/evidence']
    const what = `proveNodes, machine of a ${worker ? 'worker' : 'node'}`
    await this.send('subnet', 'proveNodes', [[proof], uris, signed], { what })
  }

  /** Creates an application with 1 DOT. */
  create(
    name: string,
    terms: Record<keyof typeof sampleTerms, number> = sampleTerms,
    manifest = '{}',
  ): Promise<TransactionReceipt> {
    const amount = parseEther('1')
    const word = stringToHex(name, { size: 32 })
    const args = [word, 1n, zeroAddress, amount, terms, stringToHex(manifest), amount]
    return this.send('cloud', 'create', args, { valueWei: amount, what: `create, ${name}` })
  }

  /** Renews the lease of one replica; returns it as it was signed. */
  async renew(appId: bigint, version: number, what = 'renew'): Promise<AttestationLease> {
    const [lease] = await this.renewAll([appId], version, what)
    if (lease === undefined) throw new Error('no lease')
    return lease
  }

  /** Renews a lease of each application in one batch, all of them of the same instance key. */
  async renewAll(
    appIds: readonly bigint[],
    version: number,
    what = 'renew',
  ): Promise<AttestationLease[]> {
    const evidence = await this.#evidence(this.#leaseSeconds)
    const leases = appIds.map((appId) => ({
      appId,
      version,
      replica: 0,
      workerId: 1n,
      platformId: digestOf('machine 1'),
      instanceKey: this.#instance.address,
      hpkeKey: digestOf('hpke'),
      tlsKeyHash: digestOf('instance tls'),
      measurementId: digestOf('agent'),
      ...evidence,
    }))
    const message = { epoch: 1n, expiry: evidence.notAfter, leases }
    const signed = await this.#sign(leaseBatchTypedData(this.#statements, message), message.expiry)
    await this.send('cloud', 'renew', [leases, signed], { what })
    return leases
  }

  /** The instance's signature that a version is ready. */
  ready(appId: bigint, version: number): Promise<Hex> {
    const message = { appId, version, replica: 0 }
    return this.#instance.signTypedData(readyTypedData(this.#statements, message))
  }

  /** Evidence of the newest block, and a block after it. */
  async #evidence(lifetimeSeconds: bigint) {
    const { publicClient, walletClient } = this.#clients
    const block = await publicClient.getBlock()
    const hash = await walletClient.sendTransaction({ to: this.account, value: 1n })
    await publicClient.waitForTransactionReceipt({ hash })
    return {
      evidenceBlock: block.number,
      notBefore: block.timestamp,
      notAfter: block.timestamp + lifetimeSeconds,
      evidenceDigest: digestOf(`evidence ${block.number}`),
    }
  }

  /** Blocks until as much time has passed on the chain. */
  async #pass(seconds: number): Promise<void> {
    const { publicClient, walletClient } = this.#clients
    const { timestamp: start } = await publicClient.getBlock()
    for (;;) {
      const hash = await walletClient.sendTransaction({ to: this.account, value: 1n })
      const { blockNumber } = await publicClient.waitForTransactionReceipt({ hash })
      const { timestamp } = await publicClient.getBlock({ blockNumber })
      if (timestamp >= start + BigInt(seconds)) return
    }
  }

  async #sign(data: TypedDataDefinition, expiry: bigint, epoch = 1n) {
    const signatures = await this.#node.signTypedData(data)
    return { epoch, expiry, bitmap: 1n, signatures }
  }
}
