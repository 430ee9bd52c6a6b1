// How dsecret nodes, their committee and the network's key are, by the chain alone; and what helps. Network I/O by the reader.
import { describeSession, type EpochState } from './epochs.ts'
import type { NodeRow } from './explore.ts'
import { error, ok, warning, type Finding } from './finding.ts'
import { formatTime } from './money.ts'
import type { Network } from './network.ts'
import type { NodeSummary } from './dsecret-node.ts'
import type { StakeRecord } from './stake.ts'
import { gasFinding, stakeFinding } from './worker-health.ts'

/** How the key network is: a proof that lives says that a node's TEE ran not long ago, not that the node answers now. */
export function keyNetworkFindings(
  { active, pending, networkKey, refreshAt, now }: EpochState,
  nodes: readonly Pick<NodeRow, 'nodeId' | 'provenUntil'>[],
): Finding[] {
  const findings: Finding[] = []
  if (active === undefined)
    findings.push(
      error(
        'dsecret.no-committee',
        'no committee is active: nobody signs leases or releases secrets',
        'name one: `wetee dsecret committee`, or a proposal to the DAO',
      ),
    )
  else {
    const proven = new Set(nodes.filter((one) => one.provenUntil > now).map((one) => one.nodeId))
    const away = active.members.filter((member) => !proven.has(member))
    const live = active.members.length - away.length
    const text = `${live} of ${active.members.length} members have a live proof, ${active.threshold} are needed`
    if (live < active.threshold)
      findings.push(
        error(
          'dsecret.no-quorum',
          `${text} (without one: ${away.join(', ')})`,
          'leases lapse and pay stops until enough nodes are back; they recover by themselves',
        ),
      )
    else if (away.length > 0)
      findings.push(
        warning(
          'dsecret.degraded',
          `${text} (without one: ${away.join(', ')})`,
          'a quorum remains; a refresh takes members that stay away out',
        ),
      )
    else findings.push(ok('dsecret.proven', text))
  }
  findings.push(
    networkKey === undefined
      ? error(
          'dsecret.no-key',
          'the network has no key yet: no secret can be sealed to it',
          'wait until the first committee has made it',
        )
      : ok('dsecret.key', 'the network has its key; nobody holds it whole'),
  )
  if (pending !== undefined)
    findings.push(
      pending.session?.phase === 'expired'
        ? warning(
            'epoch.expired',
            `epoch ${pending.epoch}: the session of its members has expired`,
            'name the next one: anybody may start a refresh once it is due',
          )
        : ok(
            'epoch.pending',
            `epoch ${pending.epoch} is on its way: ${describeSession(pending.session, pending.members.length)}`,
          ),
    )
  else if (active !== undefined && refreshAt !== undefined)
    findings.push(
      refreshAt <= now
        ? warning(
            'epoch.refresh-due',
            `a refresh of the shares is due since ${formatTime(refreshAt)}`,
            'anybody may start it',
          )
        : ok('epoch.fresh', `the next refresh of the shares is due ${formatTime(refreshAt)}`),
    )
  return findings
}

/** How one node is, for its provider. Throws `chain.*`. */
export async function nodeFindings(
  { reader }: Network,
  node: NodeSummary & { readonly stake: StakeRecord },
): Promise<Finding[]> {
  if (node.status === 'slashed')
    return [
      error(
        'node.slashed',
        'its key signed statements that contradict each other: the stake is gone',
        'register another node with a key of its own',
      ),
    ]
  const [{ timestamp }, balanceWei] = await Promise.all([
    reader.finalized(),
    reader.balanceWei(node.operator),
  ])
  if (node.status === 'leaving' && !node.seated)
    return [ok('node.free', 'it has left, and no committee seats it: its stake can be asked back')]
  return [
    node.provenUntil > timestamp
      ? ok('node.proven', `its machine is proven until ${formatTime(node.provenUntil)}`)
      : error(
          'node.unproven',
          'its machine has no live proof: it signs nothing that counts',
          'look at the node: it proves itself to its committee as long as it runs and has gas',
        ),
    node.seated
      ? ok('node.seated', 'a committee seats it')
      : ok('node.unseated', 'no committee seats it yet: the DAO names committees'),
    stakeFinding(node.stake),
    gasFinding(node.operator, balanceWei),
  ]
}
