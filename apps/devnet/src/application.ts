// The devnet's example application: deployed, waited for and shut down through the sdk that users have. Network I/O.
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseEventLogs, type Hex } from 'viem'
import { cloudAbi } from '@wetee/chain'
import {
  carryOut,
  deploy,
  listSecrets,
  openNetwork,
  planSecret,
  publishSecret,
  sealSecret,
  waitForApp,
  type DeployResult,
  type LeaseRecord,
  type Network as SdkNetwork,
  type ReadyApp,
} from '@wetee/sdk'
import { nodeTransport, resolveImageFromRegistry } from '@wetee/sdk/node'
import { fundBudget } from './chain-check.ts'
import { checkSteps } from './checks.ts'
import { processesIn } from './leftovers.ts'
import type { Network } from './network.ts'
import { registryPort } from './state.ts'
import type { Proof, Step } from './steps.ts'

/** Compose file of the example that needs a secret. */
const composeFile = fileURLToPath(import.meta.resolve('@wetee/example-hello/secret.compose.yaml'))
/** The secret that it names. */
export const secretName = 'greeting_key'
const registryHost = `127.0.0.1:${registryPort}`
const readyTimeoutMs = 120_000

/** The example application on a running devnet; fields are set by the step that finds them. */
export class Application {
  readonly network: Network
  readonly name = 'hello'
  sdk!: SdkNetwork
  deployed!: DeployResult
  ready!: ReadyApp
  /** What the developer had before the deposit. */
  balanceBeforeWei = 0n
  /** SHA-256 of the secret in hex; undefined when an earlier start has set it. */
  secretDigest: string | undefined
  /** What this start has paid into its budget for transactions. */
  fundedWei = 0n

  constructor(network: Network) {
    this.network = network
  }

  get appId(): bigint {
    return this.deployed.appId
  }

  /** By the port of the machine. */
  get url(): string {
    return this.ready.urls.at(-1)?.url ?? ''
  }

  /** By its host name, `*.localhost`: browsers and curl know that as this machine. */
  get nameUrl(): string {
    return this.ready.urls[0]?.url ?? ''
  }

  /** Deploys, or finds what an earlier start has deployed, and waits until it is attested and answers. */
  deploySteps(): Step[] {
    return [
      {
        name: 'deploy',
        title: 'Deploy examples/hello',
        run: (show) => this.#deploy(show),
      },
      {
        name: 'secret',
        title: 'Secret of the example: sealed, on chain, kept by the nodes',
        run: (show) => this.#setSecret(show),
      },
      {
        name: 'lease',
        title: 'Attestation lease and first answer',
        run: (show) => this.#awaitLease(show),
      },
    ]
  }

  /** What a newcomer would check by hand, ended by terminating the application. */
  checkSteps(): Step[] {
    return checkSteps(this)
  }

  /** Stops every process and looks whether anything was left. */
  shutdownStep(): Step {
    return {
      name: 'shutdown',
      title: 'Shut down; nothing is left',
      run: async () => {
        const { children, state } = this.network
        const stopped = children.count
        await this.network.stop()
        const left = processesIn(state.folder)
        if (left.length > 0) throw new Error(`still running: ${left.join(', ')}`)
        return { processesStopped: stopped, left: left.length }
      },
    }
  }

  /** The example's compose file, with the registry of this devnet and the contract that the application writes to. */
  composeText(): string {
    const { ports, notebook } = this.network
    const text = readFileSync(composeFile, 'utf8')
      .replaceAll(registryHost, `127.0.0.1:${ports.registry}`)
      .replace(/^ {4}environment:$/m, `$&\n      NOTEBOOK: '${notebook}'`)
    return `${text}  chain:\n    contracts: ['${notebook}']\n`
  }

  /** Seals a random value for the example, once: nobody but its instances needs to know it. */
  async #setSecret(show: (line: string) => void): Promise<Proof> {
    const { sdk, appId } = this
    const { signal } = this.network
    const known = (await listSecrets(sdk, appId)).find(({ name }) => name === secretName)
    if (known !== undefined) return { name: secretName, version: known.current.version }
    const value = randomBytes(32)
    // As text: a variable can hold it.
    const text = new TextEncoder().encode(value.toString('hex'))
    const sealed = await sealSecret(sdk, { appId, name: secretName, value: text })
    const { txHash } = await carryOut(sdk, await planSecret(sdk, sealed), { signal })
    const onNode = (nodeId: bigint, problem: string | undefined) =>
      show(`node ${nodeId}: ${problem ?? 'keeps it'}`)
    const { nodes } = await publishSecret(sdk, sealed.bytes, { signal, onNode })
    this.secretDigest = createHash('sha256').update(text).digest('hex')
    text.fill(0)
    value.fill(0)
    const { version, digest } = sealed
    return { name: secretName, version, ciphertextDigest: digest, nodes: nodes.length, txHash }
  }

  async #deploy(show: (line: string) => void): Promise<Proof> {
    const { network } = this
    this.sdk = await openNetwork(network.profile, {
      account: network.accounts.developer,
      transport: nodeTransport(),
      signal: network.signal,
    })
    this.balanceBeforeWei = await this.sdk.reader.balanceWei(network.accounts.developer.address)
    this.deployed = await deploy(this.sdk, {
      composeText: this.composeText(),
      file: composeFile,
      name: this.name,
      resolveImage: resolveImageFromRegistry,
      signal: network.signal,
      onStep: (step) => show(step.title),
    })
    const { action, appId, version, manifestDigest, txHash, plan } = this.deployed
    return {
      action,
      appId: String(appId),
      version,
      manifestDigest,
      depositWei: String(plan.depositWei),
      ...(txHash === undefined ? {} : { txHash }),
    }
  }

  /** Waits until it is attested and answers; returns its live lease. */
  async untilReady(show: (line: string) => void): Promise<LeaseRecord> {
    const { version } = this.deployed
    this.ready = await waitForApp(this.sdk, this.appId, {
      version,
      timeoutMs: readyTimeoutMs,
      signal: this.network.signal,
      onProgress: ({ text, conditions }) =>
        show([text, ...conditions.map((c) => `${c.code}: ${c.text}`)].join('; ')),
    })
    const lease = this.ready.details.leases.find((l) => l.live && l.version === version)
    if (lease === undefined) throw new Error('the application is ready without a live lease')
    return lease
  }

  async #awaitLease(show: (line: string) => void): Promise<Proof> {
    // Its owner pays while nodes appraise it.
    const [lease, fundedWei] = await Promise.all([this.untilReady(show), fundBudget(this)])
    this.fundedWei = fundedWei
    return {
      url: this.url,
      instanceKey: lease.instanceKey,
      notAfter: new Date(Number(lease.notAfter) * 1000).toISOString(),
      ...(await this.#renewalOf(lease)),
    }
  }

  /** Transaction that brought a lease on chain, and the evidence behind it: the contract keeps its digest in the event alone. */
  async #renewalOf({
    instanceKey,
    notAfter,
  }: Pick<LeaseRecord, 'instanceKey' | 'notAfter'>): Promise<{ evidenceDigest: Hex; txHash: Hex }> {
    const { client, profile } = this.network.chain
    const logs = parseEventLogs({
      abi: cloudAbi,
      eventName: 'LeaseRenewed',
      logs: await client.getLogs({
        address: profile.contracts.cloud,
        fromBlock: BigInt(profile.deployBlock),
        toBlock: 'latest',
      }),
    })
    const found = logs.find(
      ({ args }) =>
        args.notAfter === notAfter && args.instanceKey.toLowerCase() === instanceKey.toLowerCase(),
    )
    if (found === undefined) throw new Error(`no renewal gave ${instanceKey} a lease`)
    return { evidenceDigest: found.args.evidenceDigest, txHash: found.transactionHash }
  }
}
