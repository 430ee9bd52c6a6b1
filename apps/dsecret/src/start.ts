// What has to hold before a node serves: its network, its launch, its trust. Reads files, the TEE and the chain.
import { readFileSync } from 'node:fs'
import { mrConfigId, nodeConfigDigest } from '@wetee/attestation'
import { openChain, parseNetworkProfile, subnetAbi, toChainError, type Chain } from '@wetee/chain'
import { codeOf, messageOf, type Log } from '@wetee/daemon'
import type { TeeDevice } from '@wetee/tee-device'
import { systemClock } from './appraise/freshness.ts'
import { trustOf, type Trust } from './appraise/trust-store.ts'
import { ROLE_DSECRET } from './chain/chain-view.ts'
import type { NodeConfig } from './config.ts'
import { NodeError } from './node-error.ts'

const RETRY_MS = 1_000

/** Opens the chain of the profile and waits until it answers. Throws NodeError `network.kind-mismatch`, `network.view-unchecked`, ChainError. */
export async function openNetwork(
  config: Pick<NodeConfig, 'networkFile'>,
  device: Pick<TeeDevice, 'simulated'>,
  { log, signal }: { readonly log: Log; readonly signal: AbortSignal },
): Promise<Chain> {
  const profile = parseNetworkProfile(readFileSync(config.networkFile, 'utf8'))
  if (profile.simulated !== device.simulated)
    throw new NodeError(
      'network.kind-mismatch',
      `"${profile.name}" trusts ${profile.simulated ? 'simulated' : 'genuine'} hardware, this TEE is ${device.simulated ? 'simulated' : 'genuine'}`,
      { status: 500 },
    )
  if (profile.kind !== 'development')
    throw new NodeError(
      'network.view-unchecked',
      `"${profile.name}" is a ${profile.kind} network: this version believes its RPC, which only development networks allow`,
      { status: 500 },
    )
  const chain = openChain(profile, { signal })
  for (;;) {
    try {
      await chain.checkNetwork()
      return chain
    } catch (error) {
      if (codeOf(error) !== 'chain.unreachable') throw error
      log.warn({ code: codeOf(error), error: messageOf(error) }, 'waiting for the chain')
      await systemClock.sleep(RETRY_MS, signal)
    }
  }
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
