// Looks at everything a user depends on and says what is wrong and what helps. Network I/O; never throws for a finding.
import { zeroAddress } from 'viem'
import { codedError } from './contract-error.ts'
import { formatDot, formatDuration } from './money.ts'
import type { Network } from './network.ts'
import { dsecretRole, type Block, type NodeRecord } from './reader.ts'
import { error, ok, warning, type Finding } from './finding.ts'
import { trustStoreOf } from './verify/trust.ts'
import { joinUrl } from './worker-api.ts'
import { lowBalanceWei, reachFinding } from './worker-health.ts'

/** What only the caller knows; what is absent is not judged. */
export type DoctorOptions = {
  /** `process.versions.node`, where there is one. */
  readonly nodeVersion?: string
  /** The local clock, milliseconds. */
  readonly nowMs?: number
  readonly signal?: AbortSignal
}

/** Older finalized blocks than this mean that the chain or its RPC stands still, seconds. */
const maxFinalityLagSeconds = 300
/** Clocks further apart than this break certificates and log-ins, seconds. */
const maxClockAheadSeconds = 120
const maxProbed = 50

/** All findings, in the order in which one would look. */
export async function doctor(network: Network, options: DoctorOptions = {}): Promise<Finding[]> {
  const findings: Finding[] = [profileFinding(network)]
  if (options.nodeVersion !== undefined) findings.push(nodeFinding(options.nodeVersion))
  const head = await checkChain(network, findings, options.nowMs ?? Date.now())
  if (head === undefined) return findings
  await attempt(findings, 'network.unreadable', () => checkNetworkKind(network, head, findings))
  await attempt(findings, 'dsecret.unreadable', () => checkNodes(network, head, findings, options))
  await attempt(findings, 'workers.unreadable', () =>
    checkWorkers(network, head, findings, options),
  )
  await attempt(findings, 'account.unreadable', () => checkAccount(network, head, findings))
  return findings
}

function profileFinding({ profile }: Network): Finding {
  const text = `profile "${profile.name}": ${profile.kind} network, chain ${profile.chainId}, ${profile.simulated ? 'SIMULATED' : 'genuine'} TEEs`
  return profile.simulated
    ? warning(
        'network.simulated',
        text,
        'use it for development only: simulated TEEs protect nothing',
      )
    : ok('network.profile', text)
}

function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 20 || (major === 20 && minor >= 19)
    ? ok('node.version', `Node ${version}`)
    : error('node.version', `Node ${version}, at least 20.19 is needed`, 'install a newer Node')
}

async function checkChain(
  network: Network,
  findings: Finding[],
  nowMs: number,
): Promise<Block | undefined> {
  try {
    await network.reader.checkNetwork()
    const [head, latest] = await Promise.all([network.reader.finalized(), network.reader.latest()])
    findings.push(
      ok('chain.reachable', `chain ${network.profile.chainId} answers, contracts are there`),
    )
    findings.push(lagFinding(head, latest, nowMs))
    return head
  } catch (cause) {
    const coded = codedError(cause)
    if (coded === undefined) throw cause
    findings.push(
      error(
        coded.code,
        coded.message,
        'check the RPC addresses in the network profile, and that the network runs (`npm start` for a devnet)',
      ),
    )
    return undefined
  }
}

function lagFinding(head: Block, latest: Block, nowMs: number): Finding {
  const age = Math.round(nowMs / 1000) - Number(head.timestamp)
  const text = `finalized block ${head.number} is ${formatDuration(Math.max(age, 0))} old, ${latest.number - head.number} behind the newest`
  if (age > maxFinalityLagSeconds)
    return error(
      'chain.finality-lag',
      text,
      'wait, or use another RPC: this one or the chain stands still',
    )
  if (age < -maxClockAheadSeconds)
    return error(
      'clock.wrong',
      `${text}: the local clock is ${formatDuration(-age)} behind the chain`,
      'set the clock',
    )
  return ok('chain.finality-lag', text)
}

async function checkNetworkKind(network: Network, head: Block, findings: Finding[]): Promise<void> {
  const { outcome } = trustStoreOf(network.profile, await network.reader.subnet(head.number))
  findings.push(
    outcome.kind === 'held'
      ? ok('network.roots', `trust roots are those written on chain (${outcome.detail})`)
      : error(
          'network.roots',
          outcome.detail,
          'get the profile of this network from a source you trust',
        ),
  )
}

async function checkNodes(
  network: Network,
  head: Block,
  findings: Finding[],
  options: DoctorOptions,
): Promise<void> {
  const nodes = await network.reader.nodes(head.number)
  const committee = await network.reader.committee(head.number)
  const members = nodes
    .filter((node) => committee.members.includes(node.nodeId))
    .slice(0, maxProbed)
  const states = await Promise.all(members.map((node) => nodeState(network, node, head, options)))
  const up = states.filter((state) => state.up)
  const text = `dsecret committee of epoch ${committee.epoch}: ${up.length} of ${members.length} nodes answer, ${committee.threshold} needed (${states.map((s) => s.text).join(', ')})`
  if (committee.epoch === 0n || up.length < committee.threshold)
    findings.push(
      error(
        'dsecret.no-quorum',
        text,
        'leases lapse and pay stops until enough nodes are back; they recover by themselves',
      ),
    )
  else if (up.length < members.length)
    findings.push(warning('dsecret.degraded', text, 'nothing for you to do: a quorum remains'))
  else findings.push(ok('dsecret.reachable', text))
}

async function nodeState(
  network: Network,
  node: NodeRecord,
  head: Block,
  options: DoctorOptions,
): Promise<{ up: boolean; text: string }> {
  const name = `node ${node.nodeId}`
  const until = await network.reader.liveProofUntil(dsecretRole, node.nodeId, head.number)
  if (until <= head.timestamp) return { up: false, text: `${name} has no live proof` }
  const problem = await probe(
    network,
    joinUrl(withScheme(node.endpoint), '/v1/node'),
    options,
    node.tlsKeyHash,
  )
  return { up: problem === undefined, text: problem === undefined ? name : `${name} ${problem}` }
}

/** dsecret nodes speak HTTPS alone; their endpoint may be written without it. */
function withScheme(endpoint: string): string {
  return endpoint.includes('://') ? endpoint : `https://${endpoint}`
}

/** Undefined when it answers with the expected key, else what is wrong in a few words. */
async function probe(
  network: Network,
  url: string,
  options: DoctorOptions,
  tlsKeyHash?: string,
): Promise<string | undefined> {
  try {
    const answer = await network.transport.get(url, {
      maxBytes: 262_144,
      timeoutMs: 5_000,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
    if (
      answer.tlsKeyHash !== undefined &&
      tlsKeyHash !== undefined &&
      answer.tlsKeyHash !== tlsKeyHash
    )
      return 'has another TLS key than on chain'
    return answer.status === 200 ? undefined : `answers ${answer.status}`
  } catch (cause) {
    if (codedError(cause) === undefined) throw cause
    return 'does not answer'
  }
}

async function checkWorkers(
  network: Network,
  head: Block,
  findings: Finding[],
  options: DoctorOptions,
): Promise<void> {
  const workers = await network.reader.workers(head.number)
  if (workers.length === 0)
    findings.push(
      error('workers.none', 'the network has no workers', 'wait until a provider joins'),
    )
  for (const worker of workers.slice(0, maxProbed))
    findings.push(await reachFinding(network, worker, head, options.signal))
}

async function checkAccount(network: Network, head: Block, findings: Finding[]): Promise<void> {
  if (network.account === undefined) {
    findings.push(
      warning(
        'account.none',
        'no account is chosen',
        'make one with `wetee account create` to deploy; verifying needs none',
      ),
    )
    return
  }
  const { address } = network.account
  const [balanceWei, creditWei] = await Promise.all([
    network.reader.balanceWei(address),
    network.reader.creditWei(address, zeroAddress, head.number),
  ])
  const text = `account ${address} has ${formatDot(balanceWei)}${creditWei > 0n ? ` and ${formatDot(creditWei)} to withdraw` : ''}`
  findings.push(
    balanceWei < lowBalanceWei
      ? warning('account.balance-low', text, 'send DOT to it before deploying')
      : ok('account.balance', text),
  )
}

/** A part that cannot be read is a finding of its own; the others go on. */
async function attempt(
  findings: Finding[],
  code: string,
  look: () => Promise<void>,
): Promise<void> {
  try {
    await look()
  } catch (cause) {
    const coded = codedError(cause)
    if (coded === undefined) throw cause
    findings.push(
      error(
        code,
        `${coded.message} (${coded.code})`,
        'try again; if it stays, the RPC or the profile is wrong',
      ),
    )
  }
}
