// The chain behind the WorkerChain port: reads at a named block, transactions through the outbox. Network I/O by viem.
import { keccak256, parseEventLogs, toHex, zeroAddress } from 'viem'
import {
  cloudAbi,
  complaintsAbi,
  keysAbi,
  readLiveKeys,
  quorumAbi,
  readCommittee,
  readManifest,
  subnetAbi,
  type Chain,
  type TransactionQueue,
  recordText,
} from '@wetee/chain'
import { codeOf } from '../worker-error.ts'
import type {
  AppRecord,
  AttestationLease,
  Committee,
  Funds,
  Hex,
  LiveKey,
  NodeProof,
  Signed,
  SkippedLease,
  Standing,
  VersionRecord,
} from './records.ts'
import type { ChainReads, ChainWrites, WorkerChain } from './worker-chain.ts'

const PAGE = 100n
const MAX_ENTRIES = 10_000n
const ROLE_WORKER = 1
const ROLE_DSECRET = 2
/** ICloud.Reason. */
const BY_OWNER = 1
/** ISubnet.WorkerStatus. */
const WORKER_STATUSES = ['active', 'active', 'draining', 'shutdown'] as const
/** IComplaints.Status. */
const COMPLAINT_OPEN = 1
const MAX_COMPLAINTS = 1_000n
const STATES = ['none', 'active', 'paused', 'ended'] as const
/** ICloud.LeaseCode. */
const LEASE_CODES = [
  'Ok',
  'AppNotActive',
  'VersionWrong',
  'WorkerWrong',
  'ReplicaOutOfRange',
  'PlatformNotLive',
  'MeasurementNotAccepted',
  'BelowRevocationFloor',
  'EvidenceNotNewer',
  'Expired',
  'LifetimeWrong',
] as const

/** Reads and writes of `chain`; transactions are sent by `queue`. */
export function openWorkerChain(chain: Chain, queue: TransactionQueue): WorkerChain {
  return { ...openChainReads(chain), ...writes(chain, queue) }
}

/** `undefined` when the contract reverts with `error`. */
async function optional<T>(error: string, read: Promise<T>): Promise<T | undefined> {
  try {
    return await read
  } catch (cause) {
    if (codeOf(cause) === `contract.${error}` || String(cause).includes(`${error}(`))
      return undefined
    throw cause
  }
}

/** The reads alone, for those who send nothing. */
export function openChainReads(chain: Chain): ChainReads {
  const { client, profile } = chain
  const { contracts } = profile
  const cloud = { address: contracts.cloud, abi: cloudAbi } as const
  const subnet = { address: contracts.subnet, abi: subnetAbi } as const
  const keysAt = keysReader(chain)
  return {
    network: { chainId: profile.chainId, contracts },
    async head(maxAgeMs) {
      const { number, hash, timestamp } = await chain.finalized(maxAgeMs)
      return { number, hash, timestamp }
    },
    async worker(workerId, blockNumber) {
      const args = [workerId] as const
      const found = await optional(
        'WorkerUnknown',
        client.readContract({ ...subnet, functionName: 'worker', args, blockNumber }),
      )
      return found === undefined || found.owner === zeroAddress ? undefined : found
    },
    standing: (workerId, at) => standing(chain, workerId, at),
    workersOf: (operator, at) => workersOf(chain, operator, at),
    appsOn: (workerId, at) => appsOn(chain, workerId, at),
    async app(appId, blockNumber) {
      const args = [appId] as const
      const found = await optional(
        'AppUnknown',
        client.readContract({ ...cloud, functionName: 'app', args, blockNumber }),
      )
      if (found === undefined) return undefined
      const state = STATES[found.state] ?? 'none'
      const pausedByOwner = state === 'paused' && found.pauseReason === BY_OWNER
      return state === 'none' ? undefined : ({ ...found, state, pausedByOwner } satisfies AppRecord)
    },
    version: versionReader(chain),
    manifestText: async (appId, version) => (await readManifest(chain, appId, version)).text,
    async lease(appId, replica, slot, blockNumber) {
      const args = [appId, replica, slot] as const
      const found = await optional(
        'AppUnknown',
        client.readContract({ ...cloud, functionName: 'lease', args, blockNumber }),
      )
      return found === undefined || found.notAfter === 0n ? undefined : lowerLease(found)
    },
    committee: (at) => committee(chain, at),
    holders: (verificationKey, at) => holders(chain, keysAt, verificationKey, at),
    liveKeys: keysAt,
    async maxLeaseSeconds(blockNumber) {
      const { maxLeaseSeconds } = await client.readContract({
        ...cloud,
        functionName: 'parameters',
        blockNumber,
      })
      return Number(maxLeaseSeconds)
    },
    async platform(workerId, blockNumber) {
      const args = [ROLE_WORKER, workerId] as const
      const [[notAfter, platformId], proofSeconds] = await Promise.all([
        client.readContract({ ...subnet, functionName: 'liveProof', args, blockNumber }),
        client.readContract({ ...subnet, functionName: 'nodeProofSeconds', blockNumber }),
      ])
      return { notAfter, platformId, proofSeconds: Number(proofSeconds) }
    },
    funds: (appId, at) => funds(chain, appId, at),
  }
}

async function funds(
  { client, profile }: Chain,
  appId: bigint,
  blockNumber: bigint,
): Promise<Funds> {
  const cloud = { address: profile.contracts.cloud, abi: cloudAbi, blockNumber } as const
  const [{ escrowWei, currentVersion, replicas }, [, owedWei], { maxLeaseSeconds }] =
    await Promise.all([
      client.readContract({ ...cloud, functionName: 'app', args: [appId] }),
      client.readContract({ ...cloud, functionName: 'unsettled', args: [appId] }),
      client.readContract({ ...cloud, functionName: 'parameters' }),
    ])
  const args = [appId, currentVersion] as const
  const { weiPerSecond } = await client.readContract({
    ...cloud,
    functionName: 'version',
    args,
  })
  return { owedWei, escrowWei, leaseWei: weiPerSecond * BigInt(replicas) * maxLeaseSeconds }
}

async function standing(chain: Chain, workerId: bigint, blockNumber: bigint): Promise<Standing> {
  const subnet = { address: chain.profile.contracts.subnet, abi: subnetAbi, blockNumber } as const
  const args = [ROLE_WORKER, workerId] as const
  const [{ status }, stake, requiredWei, complaints] = await Promise.all([
    chain.client.readContract({ ...subnet, functionName: 'worker', args: [workerId] }),
    chain.client.readContract({ ...subnet, functionName: 'stake', args }),
    chain.client.readContract({ ...subnet, functionName: 'requiredStakeWei', args }),
    openComplaints(chain, workerId, blockNumber),
  ])
  const named = WORKER_STATUSES[status] ?? 'active'
  return {
    status: named,
    coverWei: stake.bondedWei - stake.lockedBondedWei,
    requiredWei,
    complaints,
  }
}

/** Open ones against a worker among the newest of the network; none where there is no such contract. */
async function openComplaints(
  { client, profile }: Chain,
  workerId: bigint,
  blockNumber: bigint,
): Promise<Standing['complaints']> {
  const address = profile.contracts.complaints
  if (address === undefined) return []
  const contract = { address, abi: complaintsAbi, blockNumber } as const
  const count = await client.readContract({ ...contract, functionName: 'complaintCount' })
  const oldest = count > MAX_COMPLAINTS ? count - MAX_COMPLAINTS + 1n : 1n
  const open: Standing['complaints'][number][] = []
  for (let first = oldest; first <= count; first += PAGE) {
    const args = [first, PAGE] as const
    const page = await client.readContract({ ...contract, functionName: 'complaints', args })
    for (const [index, found] of page.entries()) {
      if (found.workerId !== workerId || found.status !== COMPLAINT_OPEN) continue
      const complaintId = first + BigInt(index)
      const deadline = await client.readContract({
        ...contract,
        functionName: 'deadlineOf',
        args: [complaintId],
      })
      const { appId, lockedBondedWei, lockedUnbondingWei, answeredAt } = found
      const lockedWei = lockedBondedWei + lockedUnbondingWei
      open.push({ complaintId, appId, lockedWei, answered: answeredAt > 0n, deadline })
    }
  }
  return open
}

function lowerLease(lease: AttestationLease): AttestationLease {
  return { ...lease, instanceKey: lease.instanceKey.toLowerCase() as Hex }
}

async function workersOf(chain: Chain, operator: Hex, blockNumber: bigint): Promise<bigint[]> {
  const found: bigint[] = []
  for (let first = 1n; first <= MAX_ENTRIES; first += PAGE) {
    const page = await chain.client.readContract({
      address: chain.profile.contracts.subnet,
      abi: subnetAbi,
      functionName: 'workers',
      args: [first, PAGE],
      blockNumber,
    })
    page.forEach((worker, index) => {
      if (worker.operator.toLowerCase() === operator.toLowerCase())
        found.push(first + BigInt(index))
    })
    if (BigInt(page.length) < PAGE) break
  }
  return found
}

async function appsOn(chain: Chain, workerId: bigint, blockNumber: bigint): Promise<bigint[]> {
  const found: bigint[] = []
  for (let first = 0n; first < MAX_ENTRIES; first += PAGE) {
    const page = await chain.client.readContract({
      address: chain.profile.contracts.cloud,
      abi: cloudAbi,
      functionName: 'appsOn',
      args: [workerId, first, PAGE],
      blockNumber,
    })
    found.push(...page)
    if (BigInt(page.length) < PAGE) break
  }
  return [...new Set(found)]
}

/** What was said of a version in a final block never changes, but for its end, which nobody here reads. */
function versionReader({ client, profile }: Chain): ChainReads['version'] {
  const known = new Map<string, VersionRecord>()
  return async (appId, version, blockNumber) => {
    const name = `${appId}/${version}`
    const kept = known.get(name)
    if (kept !== undefined) return kept
    const found = await optional(
      'AppUnknown',
      client.readContract({
        address: profile.contracts.cloud,
        abi: cloudAbi,
        functionName: 'version',
        args: [appId, version],
        blockNumber,
      }),
    )
    if (found === undefined || found.createdAt === 0n) return undefined
    if (known.size >= MAX_ENTRIES) known.clear()
    known.set(name, found)
    return found
  }
}

/** Reads once for each block: every application of a round asks for the same one. An error is not kept. */
function keysReader(chain: Chain): ChainReads['liveKeys'] {
  let known: { readonly at: bigint; readonly keys: Promise<readonly LiveKey[]> } | undefined
  return (at) => {
    if (known?.at === at) return known.keys
    const read = { at, keys: readLiveKeys(chain, at) }
    known = read
    read.keys.catch(() => {
      if (known === read) known = undefined
    })
    return read.keys
  }
}

/** An older key is with its last epoch; the newest with the active one, once that has it. */
async function holders(
  chain: Chain,
  keysAt: ChainReads['liveKeys'],
  verificationKey: Hex,
  blockNumber: bigint,
): Promise<Committee> {
  const { client, profile } = chain
  const found = (await keysAt(blockNumber)).find(({ S }) => S === verificationKey)
  if (found === undefined || profile.contracts.keys === undefined) return nobody
  if (found.lastEpoch !== 0n)
    return withLiveProofs(
      chain,
      blockNumber,
      await readCommittee(chain, blockNumber, found.lastEpoch),
    )
  const active = await committee(chain, blockNumber)
  if (active.epoch === 0n) return nobody
  const { key } = await client.readContract({
    ...{ address: profile.contracts.keys, abi: keysAbi, functionName: 'confirmation' as const },
    args: [active.epoch] as const,
    blockNumber,
  })
  return key === found.number ? active : nobody
}

const nobody: Committee = { epoch: 0n, threshold: 0, members: [] }

/** The active committee without members whose own proof has lapsed: one such signature would make a batch revert. */
async function committee(chain: Chain, blockNumber: bigint): Promise<Committee> {
  const epoch = await chain.client.readContract({
    address: chain.profile.contracts.quorum,
    abi: quorumAbi,
    functionName: 'activeEpoch',
    blockNumber,
  })
  if (epoch === 0n) return nobody
  return withLiveProofs(chain, blockNumber, await readCommittee(chain, blockNumber))
}

async function withLiveProofs(
  chain: Chain,
  blockNumber: bigint,
  found: Committee,
): Promise<Committee> {
  const { timestamp } = await chain.block(blockNumber)
  const live = await Promise.all(
    found.members.map(async ({ nodeId }) => {
      const [notAfter] = await chain.client.readContract({
        address: chain.profile.contracts.subnet,
        abi: subnetAbi,
        functionName: 'liveProof',
        args: [ROLE_DSECRET, nodeId],
        blockNumber,
      })
      return notAfter > timestamp
    }),
  )
  return { ...found, members: found.members.filter((_, index) => live[index] === true) }
}

function writes(chain: Chain, queue: TransactionQueue): ChainWrites {
  const { contracts } = chain.profile
  const send = (key: string, contract: 'cloud' | 'subnet', functionName: string, args: unknown[]) =>
    queue.send({
      key,
      address: contracts[contract],
      abi: contract === 'cloud' ? cloudAbi : subnetAbi,
      functionName,
      args,
    })
  return {
    async renew(leases, signed) {
      const receipt = await send(`renew/${contentKey(leases, signed)}`, 'cloud', 'renew', [
        leases,
        signed,
      ])
      return skippedIn(receipt.logs)
    },
    async proveNode(proof, evidenceUri, signed) {
      const args = [[proof], [evidenceUri], signed]
      await send(`prove/${contentKey([proof], signed)}`, 'subnet', 'proveNodes', args)
    },
    async activate(appId, version, ready, at) {
      await send(`activate/${appId}/${version}/${at}`, 'cloud', 'activate', [appId, ready])
    },
    async dropPending(appId, version, at) {
      await send(`drop-pending/${appId}/${version}/${at}`, 'cloud', 'dropPending', [appId])
    },
    async settle(appId, at) {
      await send(`settle/${appId}/${at}`, 'cloud', 'settle', [appId])
    },
    async uploadWork(workerId, appId, { digest, uri }, at) {
      const args = [workerId, appId, digest, uri]
      await send(`work/${appId}/${at}`, 'subnet', 'uploadWork', args)
    },
  }
}

/** Names a batch by its content and its signers: another quorum over the same leases is another try. */
function contentKey(records: readonly (AttestationLease | NodeProof)[], signed: Signed): string {
  const text = [...records.map(recordText), signed.epoch, signed.expiry, signed.bitmap].join('\n')
  return keccak256(toHex(text)).slice(2, 34)
}

function skippedIn(logs: Parameters<typeof parseEventLogs>[0]['logs']): SkippedLease[] {
  return parseEventLogs({ abi: cloudAbi, eventName: 'LeaseSkipped', logs }).map(({ args }) => ({
    appId: args.appId,
    version: args.version,
    replica: args.replica,
    reason: LEASE_CODES[args.code] ?? `code ${args.code}`,
  }))
}
