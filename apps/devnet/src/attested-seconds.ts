// What a worker has earned, counted from the leases in the calldata alone: the check of the contract's own arithmetic.
import { decodeFunctionData, parseEventLogs, type Hex } from 'viem'
import { cloudAbi, type Chain } from '@wetee/chain'

/** One renewal as the chain recorded it; times in seconds. */
type Renewal = {
  readonly replica: number
  readonly instanceKey: Hex
  readonly notBefore: bigint
  readonly notAfter: bigint
}

/** Every accepted renewal of an application, oldest first, read from events and the calldata of their transactions. */
async function readRenewals(chain: Chain, appId: bigint, toBlock: bigint): Promise<Renewal[]> {
  const logs = await chain.client.getLogs({
    address: chain.profile.contracts.cloud,
    fromBlock: BigInt(chain.profile.deployBlock),
    toBlock,
  })
  const events = parseEventLogs({ abi: cloudAbi, logs, eventName: 'LeaseRenewed' })
  const renewals: Renewal[] = []
  for (const event of events) {
    if (event.args.appId !== appId) continue
    const { input } = await chain.client.getTransaction({ hash: event.transactionHash })
    const { functionName, args } = decodeFunctionData({ abi: cloudAbi, data: input })
    if (functionName !== 'renew') throw new Error(`${event.transactionHash} is no renewal`)
    const lease = args[0].find((l) => l.evidenceDigest === event.args.evidenceDigest)
    if (!lease) throw new Error(`${event.transactionHash} lacks the lease of its event`)
    renewals.push(lease)
  }
  return renewals
}

/** Attested seconds of an application that settlements up to a block have paid for: anyone may settle, and nodes do once a lease has lapsed. */
export async function countSettledSeconds(
  chain: Chain,
  appId: bigint,
  toBlock: bigint,
): Promise<bigint> {
  const logs = await chain.client.getLogs({
    address: chain.profile.contracts.cloud,
    fromBlock: BigInt(chain.profile.deployBlock),
    toBlock,
  })
  return parseEventLogs({ abi: cloudAbi, logs, eventName: 'Settled' })
    .filter(({ args }) => args.appId === appId)
    .reduce((sum, { args }) => sum + args.attestedSeconds, 0n)
}

/**
 * Attested seconds of an application by the rule of the protocol (section 6): between two pieces of evidence of one
 * instance key no more than `maxLeaseSeconds` apart, as of `toBlock`; `endedAt` closes the open interval of a live lease.
 */
export async function countAttestedSeconds(
  chain: Chain,
  appId: bigint,
  options: { maxLeaseSeconds: bigint; toBlock: bigint; endedAt?: bigint },
): Promise<bigint> {
  const last = new Map<number, Renewal>()
  let seconds = 0n
  for (const renewal of await readRenewals(chain, appId, options.toBlock)) {
    const before = last.get(renewal.replica)
    if (before?.instanceKey === renewal.instanceKey) {
      const gap = renewal.notBefore - before.notBefore
      if (gap <= options.maxLeaseSeconds) seconds += gap
    }
    last.set(renewal.replica, renewal)
  }
  const { endedAt } = options
  if (endedAt !== undefined)
    for (const { notBefore, notAfter } of last.values())
      if (endedAt < notAfter) seconds += endedAt - notBefore
  return seconds
}
