// What has to hold before a node serves: its network, its launch, its trust. Reads files, the TEE and the chain.
import { readFileSync } from 'node:fs'
import { mrConfigId, nodeConfigDigest } from '@wetee/attestation'
import {
  ChainError,
  openChain,
  parseNetworkProfile,
  subnetAbi,
  toChainError,
  type Chain,
  type NetworkProfile,
} from '@wetee/chain'
import { codeOf, messageOf, type Condition, type Log } from '@wetee/daemon'
import type { TeeDevice } from '@wetee/tee-device'
import { systemClock } from './appraise/freshness.ts'
import { trustOf, type Trust } from './appraise/trust-store.ts'
import { AgreeingRpc, type AgreementEvents } from './chain/agreeing-rpc.ts'
import { ROLE_DSECRET } from './chain/chain-view.ts'
import { chooseRpcs } from './chain/rpc-choice.ts'
import type { NodeConfig } from './config.ts'
import { NodeError } from './node-error.ts'

const RETRY_MS = 1_000

/** What the view of a network is opened with, beside the configuration. */
export type NetworkContext = AgreementEvents & { readonly log: Log; readonly signal: AbortSignal }

/** The opened network; `conditions`: what is wrong with its RPCs. */
export type OpenedNetwork = { readonly chain: Chain; readonly conditions: () => Condition[] }

/**
 * Opens the chain of the profile and waits until it answers. Several RPCs have to agree (`AgreeingRpc`); one is believed, on a
 * development network. Throws NodeError `network.kind-mismatch`, what `chooseRpcs` throws, ChainError.
 */
export async function openNetwork(
  config: Pick<NodeConfig, 'networkFile' | 'rpcUrls'>,
  device: Pick<TeeDevice, 'simulated'>,
  context: NetworkContext,
): Promise<OpenedNetwork> {
  const { log, signal } = context
  const profile = parseNetworkProfile(readFileSync(config.networkFile, 'utf8'))
  if (profile.simulated !== device.simulated)
    throw new NodeError(
      'network.kind-mismatch',
      `"${profile.name}" trusts ${profile.simulated ? 'simulated' : 'genuine'} hardware, this TEE is ${device.simulated ? 'simulated' : 'genuine'}`,
      { status: 500 },
    )
  const opened = openRpcs(profile, chooseRpcs(profile, config.rpcUrls), context)
  for (;;) {
    try {
      await opened.chain.checkNetwork()
      return opened
    } catch (error) {
      if (!(error instanceof ChainError && error.retryable)) throw error
      log.warn({ code: codeOf(error), error: messageOf(error) }, 'waiting for the chain')
      await systemClock.sleep(RETRY_MS, signal)
    }
  }
}

function openRpcs(
  profile: NetworkProfile,
  urls: readonly string[],
  context: NetworkContext,
): OpenedNetwork {
  const { signal } = context
  const [first = ''] = urls
  if (urls.length === 1)
    return {
      chain: openChain({ ...profile, rpcUrls: [first] }, { signal, batch: true }),
      conditions: () => [],
    }
  const { chainId } = profile
  const rpc = new AgreeingRpc({ ...context, urls, chainId, monotonicMs: systemClock.monotonicMs })
  const chain = openChain(profile, { signal, transport: rpc.transport() })
  return { chain, conditions: () => rpc.conditions() }
}

/** The trust of the network as the Subnet names it. Throws what `trustOf` throws, ChainError. */
export async function openTrust(chain: Chain, allowSimulated: boolean): Promise<Trust> {
  const { client, profile, signal } = chain
  const { number: blockNumber } = await chain.finalized()
  const digestOnChain = await client
    .readContract({
      address: profile.contracts.subnet,
      abi: subnetAbi,
      functionName: 'trustStoreDigest',
      blockNumber,
    })
    .catch((cause: unknown) => {
      throw toChainError(cause, 'read the trust store', signal)
    })
  return trustOf({ profile, digestOnChain, allowSimulated })
}

/** The TEE was launched for this very node. Throws NodeError `launch.configuration-differs`, TeeError. */
export async function requireLaunch(
  device: TeeDevice,
  node: { readonly chainId: bigint; readonly subnet: `0x${string}`; readonly nodeId: bigint },
  signal: AbortSignal,
): Promise<void> {
  const expected = mrConfigId(nodeConfigDigest({ ...node, role: ROLE_DSECRET }))
  const report = await device.report({ signal })
  if (report.mrConfigId !== expected)
    throw new NodeError(
      'launch.configuration-differs',
      `node ${node.nodeId} of this network gives MRCONFIGID ${expected}, the TEE was launched with ${report.mrConfigId}: launch it anew`,
      { status: 500 },
    )
}
