// The devnet's example application: deployed, waited for and shut down through the sdk that users have. Network I/O.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseEventLogs, type Hex } from 'viem'
import { cloudAbi } from '@wetee/chain'
import {
  deploy,
  openNetwork,
  waitForApp,
  type DeployResult,
  type LeaseRecord,
  type Network as SdkNetwork,
  type ReadyApp,
} from '@wetee/sdk'
import { nodeTransport, resolveImageFromRegistry } from '@wetee/sdk/node'
import { checkSteps } from './checks.ts'
import { processesIn } from './leftovers.ts'
import type { Network } from './network.ts'
import { registryPort } from './state.ts'
import type { Proof, Step } from './steps.ts'

/** Compose file of the example. */
const composeFile = fileURLToPath(
  new URL('compose.yaml', import.meta.resolve('@wetee/example-hello/image')),
)
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

  constructor(network: Network) {
    this.network = network
  }

  get appId(): bigint {
    return this.deployed.appId
  }

  get url(): string {
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

  async #deploy(show: (line: string) => void): Promise<Proof> {
    const { network } = this
    this.sdk = await openNetwork(network.profile, {
      account: network.accounts.developer,
      transport: nodeTransport(),
      signal: network.signal,
    })
    this.balanceBeforeWei = await this.sdk.reader.balanceWei(network.accounts.developer.address)
    this.deployed = await deploy(this.sdk, {
      composeText: readFileSync(composeFile, 'utf8').replaceAll(
        registryHost,
        `127.0.0.1:${network.ports.registry}`,
      ),
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

  async #awaitLease(show: (line: string) => void): Promise<Proof> {
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
