// Brings the whole network up, step by step: chain, TEE platform, images, contracts, dsecret nodes, worker, application.
import { readFileSync } from 'node:fs'
import { createPublicClient, createWalletClient, http, parseEther, type Hex } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { anvil as localChain } from 'viem/chains'
import { trustStoreDigest } from '@wetee/attestation'
import { openChain, parseNetworkProfile, type Chain, type NetworkProfile } from '@wetee/chain'
import { deployContracts } from '@wetee/contracts/deploy'
import { waitFor } from '@wetee/daemon'
import { openAccounts, roles, type Accounts } from './accounts.ts'
import { Children } from './children.ts'
import { buildImages, type Images } from './images.ts'
import { removeInstances } from './instances.ts'
import { writeKeystore } from './keystore.ts'
import { faucetMnemonic, isPortFree, localChainId, startLocalChain } from './local-chain.ts'
import { activateCommittee, setReferenceValues, startNodes } from './nodes.ts'
import { startPlatformProcess } from './platform-process.ts'
import type { DevnetState, Ports } from './state.ts'
import type { Step } from './steps.ts'
import { registerWorker, startWorker, waitForWorker } from './workers.ts'

/** Leases of a devnet: renewed every twenty seconds, so that a newcomer sees them live and lapse. */
const maxLeaseSeconds = 60n

export type NetworkOptions = {
  readonly state: DevnetState
  readonly runtime: 'auto' | 'docker' | 'sandbox'
  readonly signal: AbortSignal
}

/** The ports of earlier starts are written on chain, so they are not changed: one that is taken now is an error. */
async function requireFree({ chain, dsecret, worker, registry }: Ports): Promise<void> {
  for (const port of [chain, ...dsecret, worker, registry])
    if (!(await isPortFree(port)))
      throw Object.assign(
        new Error(
          `port ${port} on 127.0.0.1 is taken by another process: end that one, or start over with --reset`,
        ),
        { code: 'devnet.port-taken' },
      )
}

/** A running devnet; every field is set by the step that makes it. */
export class Network {
  readonly state: DevnetState
  readonly runtime: NetworkOptions['runtime']
  readonly signal: AbortSignal
  readonly children: Children
  readonly accounts: Accounts
  ports!: Ports
  rpcUrl!: string
  images!: Images
  chain!: Chain
  profile!: NetworkProfile
  /** The worker's container engine, as it names it; known once it has answered. */
  engine: string | undefined
  /** What that engine cannot enforce here, a sentence each. */
  warnings: readonly string[] = []
  #building: Promise<Images> | undefined
  #stopped: Promise<void> | undefined

  constructor(options: NetworkOptions) {
    this.state = options.state
    this.runtime = options.runtime
    this.signal = options.signal
    this.children = new Children(options.state.folder)
    this.accounts = openAccounts(options.state.folder)
  }

  /** The steps from nothing, or from a stopped devnet, to a network that takes applications. */
  steps(): Step[] {
    const of = (name: string, title: string, run: Step['run']): Step => ({ name, title, run })
    return [
      of('chain', 'Local chain', () => this.#startChain()),
      of('platform', 'TEE platform (simulated)', () => startPlatformProcess(this)),
      of('contracts', 'Contracts', (show) => this.#deploy(show)),
      of('images', 'Images of agent, dsecret node and example', async () => {
        this.images = await this.#building!
        return { agent: this.images.agent.digest, hello: this.images.hello.digest }
      }),
      of('dsecret', 'dsecret nodes', async () => {
        const measurements = await setReferenceValues(this)
        await startNodes(this)
        return measurements
      }),
      of('committee', 'dsecret committee: members appraise each other', (show) =>
        activateCommittee(this, show),
      ),
      of('worker', 'Worker', async (show) => {
        const workerId = await registerWorker(this)
        startWorker(this)
        const { runtime, ...proof } = await waitForWorker(this, workerId, show)
        this.engine = runtime
        return { ...proof, runtime }
      }),
    ]
  }

  /** Stops every process of this devnet and gives the folder free; once, however often it is asked. */
  stop(): Promise<void> {
    return (this.#stopped ??= this.#stop())
  }

  async #stop(): Promise<void> {
    const images = await this.#building?.catch(() => undefined)
    await images?.registry.close()
    // A worker that was killed has left its instances running.
    if (this.engine !== undefined && !this.children.isRunning('worker'))
      await removeInstances(this.state).catch(() => undefined)
    await this.children.stopAll()
    this.state.close()
  }

  async #startChain() {
    const leftovers = await this.children.stopLeftovers()
    this.ports = await this.state.ports()
    await requireFree(this.ports)
    // The chain has a block a second: there is time to build while it takes transactions.
    this.#building = buildImages(this)
    this.#building.catch(() => undefined)
    this.rpcUrl = await startLocalChain(this.children, {
      stateDir: this.state.folder,
      port: this.ports.chain,
      signal: this.signal,
    })
    await this.#fund()
    return { rpcUrl: this.rpcUrl, chainId: localChainId, leftoversStopped: leftovers }
  }

  /** Gives every development account play money, once. */
  async #fund(): Promise<void> {
    const publicClient = createPublicClient({ transport: http(this.rpcUrl), pollingInterval: 200 })
    const faucet = createWalletClient({
      account: mnemonicToAccount(faucetMnemonic),
      chain: localChain,
      transport: http(this.rpcUrl),
    })
    const hashes: Hex[] = []
    for (const role of roles) {
      const { address } = this.accounts[role]
      if (role === 'treasury' || (await publicClient.getBalance({ address })) > 0n) continue
      hashes.push(await faucet.sendTransaction({ to: address, value: parseEther('1000') }))
    }
    for (const hash of hashes) await publicClient.waitForTransactionReceipt({ hash })
  }

  async #deploy(show: (line: string) => void) {
    const rootPem = readFileSync(this.state.path('platform', 'root.pem'), 'utf8')
    const rootDer = Buffer.from(rootPem.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64')
    const publicClient = createPublicClient({ transport: http(this.rpcUrl), pollingInterval: 200 })
    const walletClient = createWalletClient({
      account: this.accounts.admin,
      chain: localChain,
      transport: http(this.rpcUrl),
    })
    const known = this.#knownContracts()
    const contracts = await deployContracts({
      publicClient,
      walletClient,
      known,
      parameters: {
        kind: 'development',
        simulated: true,
        trustStoreDigest: trustStoreDigest([new Uint8Array(rootDer)]),
        treasury: this.accounts.treasury.address,
        maxLeaseSeconds,
      },
      onStep: show,
    })
    const file = {
      name: 'devnet',
      kind: 'development',
      simulated: true,
      chainId: localChainId,
      rpcUrls: [this.rpcUrl],
      contracts,
      deployBlock: '0',
      trustRoots: [{ name: 'WeTEE simulated root', pem: rootPem }],
      finalityBlocks: 2,
    }
    this.profile = parseNetworkProfile(JSON.stringify(file))
    this.state.write('network.json', file)
    this.state.write('account.json', { account: writeKeystore(this.state, 'developer') })
    this.chain = openChain(this.profile)
    return contracts
  }

  /** Waits until the contracts are final: daemons read nothing else. */
  async untilFinal(): Promise<void> {
    const isThere = () =>
      this.chain.checkNetwork().then(
        () => true,
        () => false,
      )
    const { signal } = this
    await waitFor(isThere, { signal, timeoutMs: 20_000, everyMs: 200, what: 'finalized contracts' })
  }

  #knownContracts() {
    try {
      const text = readFileSync(this.state.path('network.json'), 'utf8')
      return parseNetworkProfile(text).contracts
    } catch {
      return {}
    }
  }
}
