// The network as this worker needs it: chain, operator, registration, stake, proof, dsecret nodes. Reads files, network I/O.
import { readFileSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { openChain, parseNetworkProfile, subnetAbi, type Chain } from '@wetee/chain'
import { requestPinned } from '@wetee/tls'
import { formatEther } from 'viem'
import { openOperator } from '../account/operator-key.ts'
import type { Committee, Head, Hex } from '../chain/records.ts'
import { openChainReads } from '../chain/viem-chain.ts'
import type { ChainReads } from '../chain/worker-chain.ts'
import type { WorkerConfig } from '../config.ts'
import { quorumConditions } from '../lease/lease-collector.ts'
import { authorityOf, endpointOf } from '../lease/node-client.ts'
import type { NodeOutcome } from '../lease/signatures.ts'
import { readIdentity, type WorkerIdentity } from '../network.ts'
import { chainUnreachable } from '../observe/loops.ts'
import { standingConditions } from '../observe/standing.ts'
import { NOT_PROVEN_REMEDY } from '../platform/platform-prover.ts'
import { codeOf, messageOf } from '../worker-error.ts'
import { clockRow, MAX_CLOCK_SECONDS, nameRows } from './host.ts'
import { attempt, error, ok, rowOf, warning, type Row } from './row.ts'

/** An older finalized block means that the chain, or this way to it, stands still; dsecret nodes sign nothing then. */
const MAX_HEAD_SECONDS = 300
/** Enough for hundreds of transactions. */
const LOW_BALANCE_WEI = 100_000_000_000_000_000n
const SOON_SECONDS = 120n
const NODE_TIMEOUT_MS = 8_000
const MAX_NODE_BYTES = 65_536
const MIB = 1_048_576

/** Rows about the network, and who this worker is there when that could be read. */
export async function chainRows(
  config: WorkerConfig,
  { signal, nowMs }: { readonly signal: AbortSignal; readonly nowMs: number },
): Promise<{ readonly rows: readonly Row[]; readonly identity: WorkerIdentity | undefined }> {
  const profile = parseNetworkProfile(readFileSync(config.networkFile, 'utf8'))
  const development = profile.kind === 'development'
  const text = `"${profile.name}": ${profile.kind} network, chain ${profile.chainId}, ${profile.simulated ? 'SIMULATED' : 'genuine'} TEEs`
  const rows: Row[] = [ok('network.profile', text)]
  const add = async (code: string, check: () => Promise<readonly Row[]>) =>
    void rows.push(...(await attempt(code, check)))
  const chain = openChain(profile, { signal })
  const hosts = new Set(profile.rpcUrls.map((url) => new URL(url).hostname))
  const done = async (identity: WorkerIdentity | undefined) => {
    rows.push(...(await nameRows(hosts)))
    return { rows, identity }
  }
  let head: Head
  try {
    await chain.checkNetwork()
    head = await chain.finalized()
  } catch (cause) {
    rows.push(unread(cause))
    return done(undefined)
  }
  rows.push(
    ok('chain.reachable', `finalized block ${head.number}; its contracts are the profile's`),
  )
  await add('clock.wrong', () => headRows(chain, head, nowMs))
  const reads = openChainReads(chain)
  const committee = await reads.committee(head.number).catch(() => undefined)
  for (const { endpoint } of committee?.members ?? []) {
    const host = endpointOf(endpoint)?.host
    if (host !== undefined) hosts.add(host)
  }
  await add('quorum.too-few', () => nodeRows(committee, signal))
  const account = operator(config, development, rows)
  if (account === undefined) return done(undefined)
  await add('operator.balance', () => balanceRows(chain, account))
  let identity: WorkerIdentity
  try {
    identity = await readIdentity(reads, account, config.workerId)
  } catch (cause) {
    rows.push(notRegistered(cause, account))
    return done(undefined)
  }
  const { workerId, endpoint } = identity
  rows.push(ok('worker.registered', `worker ${workerId}, operator ${account}, at ${endpoint}`))
  await add('worker.stake', () => stakeRows(reads, workerId, head))
  await add('platform.not-proven', () => proofRows(reads, workerId, head))
  await add('worker.capacity', () => capacityRows(chain, workerId, head))
  return done(identity)
}

function unread(cause: unknown): Row {
  if (codeOf(cause) !== 'chain.wrong-network') return rowOf(chainUnreachable(cause))
  return error('chain.wrong-network', messageOf(cause), 'take network.json of this network')
}

async function headRows(chain: Chain, head: Head, nowMs: number): Promise<Row[]> {
  const newest = await chain.client.getBlock()
  const aheadSeconds = nowMs / 1_000 - Number(newest.timestamp)
  // A chain that stands still looks like a clock that is fast: only a clock behind the chain is surely wrong.
  const clock =
    aheadSeconds > MAX_CLOCK_SECONDS
      ? warning(
          'clock.wrong',
          `the newest block is ${aheadSeconds.toFixed(0)} s old: the chain stands still, or the clock is fast`,
          'the doctor with --ntp pool.ntp.org says which; timedatectl set-ntp true',
        )
      : clockRow(Math.min(0, aheadSeconds), 'the chain')
  const age = Number(newest.timestamp - head.timestamp)
  const late = `the newest finalized block is ${age} s older than the newest one`
  return [
    clock,
    age > MAX_HEAD_SECONDS
      ? error('chain.finality-lag', late, 'finality stands still: wait, or take another RPC')
      : ok('chain.finality-lag', late),
  ]
}

async function nodeRows(committee: Committee | undefined, signal: AbortSignal): Promise<Row[]> {
  if (committee === undefined || committee.threshold < 1)
    return [
      error(
        'committee.none',
        'the network has no active dsecret committee: nothing is attested',
        'wait for its first one; its admin or DAO names it',
      ),
    ]
  const { members, threshold } = committee
  const outcomes = new Map<bigint, NodeOutcome>()
  await Promise.all(
    members.map(async ({ nodeId, endpoint, tlsKeyHash }) => {
      const connect = endpointOf(endpoint)
      try {
        if (connect === undefined) throw new Error('no https endpoint')
        await requestPinned({
          connect,
          method: 'GET',
          path: '/v1/node',
          tlsKeyHash,
          maxBytes: MAX_NODE_BYTES,
          timeoutMs: NODE_TIMEOUT_MS,
          signal,
        })
        outcomes.set(nodeId, { nodeId, kind: 'signed', code: '', text: '' })
      } catch (cause) {
        const code = `${authorityOf(endpoint) ?? endpoint}: ${codeOf(cause)}`
        outcomes.set(nodeId, { nodeId, kind: 'unreachable', code, text: '' })
      }
    }),
  )
  const reached = [...outcomes.values()].filter(({ kind }) => kind === 'signed').length
  const found = quorumConditions(committee, outcomes, reached >= threshold).map(rowOf)
  if (found.length > 0) return found
  return [
    ok('quorum.reachable', `all ${members.length} dsecret nodes answer; ${threshold} are needed`),
  ]
}

function operator(config: WorkerConfig, development: boolean, rows: Row[]): Hex | undefined {
  try {
    return openOperator(config.operator, { development }).address
  } catch (cause) {
    rows.push(
      error(codeOf(cause), messageOf(cause), 'wetee account create makes a keystore; see operator'),
    )
    return undefined
  }
}

async function balanceRows(chain: Chain, address: Hex): Promise<Row[]> {
  const balance = await chain.client.getBalance({ address })
  const text = `the operator ${address} has ${dot(balance)} DOT for fees`
  if (balance >= LOW_BALANCE_WEI) return [ok('operator.balance', text)]
  const row = balance === 0n ? error : warning
  return [row('operator.balance', text, `send it ${formatEther(LOW_BALANCE_WEI * 10n)} DOT`)]
}

function notRegistered(cause: unknown, account: Hex): Row {
  const remedy: Readonly<Record<string, string>> = {
    'worker.unknown': `wetee worker register --operator ${account} --endpoint https://this.machine --cpus 4 --memory 8GiB --disk 100GiB`,
    'worker.ambiguous': 'set workerId in the configuration',
    'worker.operator-wrong': `wetee worker update ID --operator ${account}, by its owner; or correct workerId or operator`,
  }
  const code = codeOf(cause)
  return error(code, messageOf(cause), remedy[code] ?? 'run the doctor again')
}

async function stakeRows(reads: ChainReads, workerId: bigint, head: Head): Promise<Row[]> {
  const standing = await reads.standing(workerId, head.number)
  const found = standingConditions(standing, []).map(rowOf)
  const { coverWei, requiredWei } = standing
  if (coverWei < requiredWei) return found
  const text = `${dot(coverWei)} DOT bonded, ${dot(requiredWei)} DOT asked for`
  return [ok('worker.stake', text), ...found]
}

async function proofRows(reads: ChainReads, workerId: bigint, head: Head): Promise<Row[]> {
  const { notAfter } = await reads.platform(workerId, head.number)
  const left = notAfter - head.timestamp
  const code = 'platform.not-proven'
  if (notAfter === 0n)
    return [error(code, 'this machine was never proven', `start the worker; ${NOT_PROVEN_REMEDY}`)]
  if (left <= 0n) return [error(code, `the proof has lapsed ${-left} s ago`, NOT_PROVEN_REMEDY)]
  const text = `this machine is proven for another ${left} s`
  return [
    left < SOON_SECONDS
      ? warning(code, text, 'it is renewed by the running worker; is it running?')
      : ok('platform.proven', text),
  ]
}

/** What the worker offers on chain against what there is. */
async function capacityRows(chain: Chain, workerId: bigint, head: Head): Promise<Row[]> {
  const { capacity, reserved } = await chain.client.readContract({
    address: chain.profile.contracts.subnet,
    abi: subnetAbi,
    functionName: 'worker',
    args: [workerId],
    blockNumber: head.number,
  })
  const cpus = availableParallelism()
  const memoryMiB = Math.floor(totalmem() / MIB)
  const text = `offers ${capacity.cpuMilli / 1_000} CPUs and ${capacity.memoryMiB} MiB (${reserved.cpuMilli / 1_000} and ${reserved.memoryMiB} reserved); this machine has ${cpus} and ${memoryMiB}`
  if (capacity.cpuMilli > cpus * 1_000 || capacity.memoryMiB > memoryMiB)
    return [warning('worker.capacity', text, `wetee worker update ${workerId} --cpus ${cpus}`)]
  return [ok('worker.capacity', text)]
}

/** Four decimals are enough to see what is missing. */
function dot(wei: bigint): string {
  return formatEther(wei).replace(/(\.\d{4})\d+$/, '$1')
}
