// Brings the whole network up, step by step: chain, TEE platform, images, contracts, dsecret nodes, worker, application.
import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createPublicClient, createWalletClient, http, parseEther, type Hex } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { anvil as localChain } from 'viem/chains'
import { trustStoreDigest } from '@wetee/attestation'
import { openChain, parseNetworkProfile, type Chain, type NetworkProfile } from '@wetee/chain'
import { buildConsole } from '@wetee/console/build'
import { serveConsole, type ServedConsole } from '@wetee/console/serve'
import { deployContracts } from '@wetee/contracts/deploy'
import { waitFor } from '@wetee/daemon'
import { openAccounts, type Accounts } from './accounts.ts'
import { Children } from './children.ts'
import { buildImages, type Images } from './images.ts'
import { removeInstances } from './instances.ts'
import { writeKeystore } from './keystore.ts'
import { faucetMnemonic, localChainId, startLocalChain, withInstantBlocks } from './local-chain.ts'
import { deployNotebook } from './notebook.ts'
import { awaitKey, proveCommittee, setReferenceValues, startNodes } from './nodes.ts'
import { rootFiles, startPlatformProcess } from './platform-process.ts'
import { isPortFree } from './ports.ts'
import { outdated, registryPort, type DevnetState, type Ports } from './state.ts'
import type { Proof, Step } from './steps.ts'
import {
  isRegistered,
  registerWorker,
  startWorker,
  waitForWorker,
  workerNames,
  workerUrl,
  type WorkerName,
} from './workers.ts'

/** What the console offers to begin with. */
const exampleFile = fileURLToPath(import.meta.resolve('@wetee/example-hello/compose.yaml'))

/** Leases of a devnet: renewed every twenty seconds, so that a newcomer sees them live and lapse. */
const usualLeaseSeconds = 60n

export type NetworkOptions = {
  readonly state: DevnetState
  readonly runtime: 'auto' | 'docker' | 'sandbox'
  /** At least; those of earlier starts are started again. */
  readonly workers: 1 | 2
  /** dsecret nodes of the first committee; one more machine is there for a later one. */
  readonly nodes: number
  /** How long a pending version has to become ready, when it is not the usual 10 minutes; for tests. */
  readonly updateWindowSeconds?: bigint
  /** How long a lease lasts, when it is not the usual minute; for tests. */
  readonly leaseSeconds?: bigint
  readonly signal: AbortSignal
}

/** The ports of earlier starts are written on chain, so they are not changed: one that is taken now is an error. */
async function requireFree({ ingress: _, ...ports }: Ports): Promise<void> {
  for (const port of Object.values(ports).flat())
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
  readonly workers: NetworkOptions['workers']
  readonly nodes: number
  readonly signal: AbortSignal
  readonly #updateWindowSeconds: bigint | undefined
  readonly #leaseSeconds: bigint
  readonly children: Children
  readonly accounts: Accounts
  ports!: Ports
  rpcUrl!: string
  images!: Images
  chain!: Chain
  profile!: NetworkProfile
  /** The contract that the example application writes to. */
  notebook!: Hex
  /** The worker's container engine, as it names it; known once it has answered. */
  engine: string | undefined
  /** What that engine cannot enforce here, a sentence each. */
  warnings: readonly string[] = []
  #building: Promise<Images> | undefined
  #site: Promise<string> | undefined
  #served: ServedConsole | undefined
  #stopped: Promise<void> | undefined

  constructor(options: NetworkOptions) {
    this.state = options.state
    this.runtime = options.runtime
    this.workers = options.workers
    this.nodes = options.nodes
    this.signal = options.signal
    this.#updateWindowSeconds = options.updateWindowSeconds
    this.#leaseSeconds = options.leaseSeconds ?? usualLeaseSeconds
    this.children = new Children(options.state.folder)
    this.accounts = openAccounts(options.state.folder, options.nodes + 1)
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
        proveCommittee(this, show),
      ),
      of('key', 'Network key: made by the members together', (show) => awaitKey(this, show)),
      of('worker', 'Worker', (show) => this.#startWorker('worker', show)),
      ...(this.workers === 2
        ? [of('worker-2', 'Second worker', (show) => this.#startWorker('worker-2', show))]
        : []),
      of('console', 'Web console', () => this.#serveConsole()),
    ]
  }

  async #startWorker(name: WorkerName, show: (line: string) => void): Promise<Proof> {
    const workerId = await registerWorker(this, name)
    startWorker(this, { name })
    const proof = await waitForWorker(this, name, workerId, show)
    this.engine = proof.runtime
    // One of an earlier start has applications, perhaps: it is not left out.
    if (name === 'worker' && this.workers === 1 && (await isRegistered(this, 'worker-2')))
      await this.#startWorker('worker-2', show)
    return proof
  }

  /** Stops every process of this devnet and gives the folder free; once, however often it is asked. */
  stop(): Promise<void> {
    return (this.#stopped ??= this.#stop([]))
  }

  /** As `stop`, when nobody goes on with this network: its chain need not write hundreds of megabytes first. */
  discard(): Promise<void> {
    return (this.#stopped ??= this.#stop(['chain']))
  }

  async #stop(unwanted: readonly string[]): Promise<void> {
    const images = await this.#building?.catch(() => undefined)
    await images?.registry.close()
    await this.#served?.close()
    // A worker that was killed has left its instances running.
    for (const name of workerNames)
      if (this.engine !== undefined && !this.children.isRunning(name))
        await removeInstances(this.state, name).catch(() => undefined)
    await this.children.stopAll(unwanted)
    this.state.close()
  }

  async #startChain() {
    this.#requireCurrent()
    const leftovers = await this.children.stopLeftovers()
    this.ports = await this.state.ports(this.nodes)
    await requireFree(this.ports)
    // The chain has a block a second: there is time to build while it takes transactions.
    this.#building = buildImages(this)
    this.#building.catch(() => undefined)
    this.#site = this.#building.then(() => buildConsole())
    this.#site.catch(() => undefined)
    this.rpcUrl = await startLocalChain(this.children, {
      stateDir: this.state.folder,
      port: this.ports.chain,
      signal: this.signal,
    })
    await this.#fund()
    return { rpcUrl: this.rpcUrl, chainId: localChainId, leftoversStopped: leftovers }
  }

  /** The web console, built once for its sources; its pages may connect to this network and to nothing else. */
  async #serveConsole(): Promise<Proof> {
    const folder = await this.#site!
    const { profile } = this
    this.#served = await serveConsole({
      folder,
      profile: JSON.stringify(profile),
      example: readFileSync(exampleFile, 'utf8')
        .replaceAll(`127.0.0.1:${registryPort}`, `127.0.0.1:${this.ports.registry}`)
        .replace(/^name: hello$/m, 'name: my-hello'),
      connect: [
        this.rpcUrl,
        this.images.registry.url,
        ...workerNames.map((name) => workerUrl(this, name)),
      ],
      port: this.ports.console,
    })
    return { url: this.#served.url }
  }

  /** Where the web console is; known once it is served. */
  get consoleUrl(): string | undefined {
    return this.#served?.url
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
    for (const { address } of Object.values(this.accounts)) {
      if ((await publicClient.getBalance({ address })) > 0n) continue
      hashes.push(await faucet.sendTransaction({ to: address, value: parseEther('1000') }))
    }
    for (const hash of hashes) await publicClient.waitForTransactionReceipt({ hash })
  }

  async #deploy(show: (line: string) => void) {
    const [intel, amd] = rootFiles(this.state).map((file) => readFileSync(file, 'utf8'))
    const trustRoots = [
      { name: 'WeTEE simulated Intel root', pem: intel ?? '' },
      { name: 'WeTEE simulated AMD root', pem: amd ?? '' },
    ]
    const rootsDer = trustRoots.map(({ pem }) => new Uint8Array(new X509Certificate(pem).raw))
    const publicClient = createPublicClient({ transport: http(this.rpcUrl), pollingInterval: 200 })
    const walletClient = createWalletClient({
      account: this.accounts.admin,
      chain: localChain,
      transport: http(this.rpcUrl),
    })
    const { address: developer } = this.accounts.developer
    const updateWindowSeconds = this.#updateWindowSeconds
    const leaseSeconds = this.#leaseSeconds
    const deployed = withInstantBlocks(this.rpcUrl, async () => {
      const contracts = await deployContracts({
        publicClient,
        walletClient,
        known: this.#knownContracts(),
        parameters: {
          kind: 'development',
          simulated: true,
          trustStoreDigest: trustStoreDigest(rootsDer),
          tokenHolder: developer,
          firstMembers: [developer],
          maxLeaseSeconds: leaseSeconds,
          ...(updateWindowSeconds === undefined ? {} : { updateWindowSeconds }),
        },
        onStep: show,
        signal: this.signal,
      })
      this.notebook = await deployNotebook(this, contracts.forwarder)
      return contracts
    })
    const contracts = await deployed.catch((cause: unknown) => {
      const { code } = cause as { code?: unknown }
      throw code === 'deploy.code-differs' || code === 'deploy.mixed'
        ? outdated(this.state.folder)
        : cause
    })
    const file = {
      name: 'devnet',
      kind: 'development',
      simulated: true,
      chainId: localChainId,
      rpcUrls: [this.rpcUrl],
      contracts,
      deployBlock: '0',
      trustRoots,
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

  /** Throws `devnet.state-outdated` for a folder of a version that had no network key, or one vendor alone. */
  #requireCurrent(): void {
    const known = this.#knownContracts()
    if (known.cloud === undefined) return
    if (known.keys === undefined || !rootFiles(this.state).every((file) => existsSync(file)))
      throw outdated(this.state.folder)
  }

  #knownContracts(): Partial<NetworkProfile['contracts']> {
    try {
      const text = readFileSync(this.state.path('network.json'), 'utf8')
      return parseNetworkProfile(text).contracts
    } catch {
      return {}
    }
  }
}
