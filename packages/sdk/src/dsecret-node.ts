// dsecret nodes: what they are and hold, and what their owners do with them. Network I/O.
import { z } from 'zod'
import { callOf } from './contracts.ts'
import { SdkError } from './error.ts'
import { outcomeOf, type Intent } from './intent.ts'
import { formatDot } from './money.ts'
import { requireAccount, type Network } from './network.ts'
import { dsecretRole, type NodeRecord } from './reader.ts'
import { readStake, type StakeRecord } from './stake.ts'
import { requireAddress } from './address.ts'

/** A node with its proof and seat. */
export type NodeSummary = NodeRecord & {
  /** End of its machine's live proof, seconds; 0 when none. */
  readonly provenUntil: bigint
  /** Whether a committee that counts, or the next one, seats it. */
  readonly seated: boolean
}

const hex = (bytes: number) =>
  z
    .string()
    .regex(new RegExp(`^0x[0-9a-fA-F]{${bytes * 2}}$`), `expected 0x and ${bytes * 2} hex digits`)
    .transform((text) => text.toLowerCase() as `0x${string}`)

const keysSchema = z.object({
  statementKey: hex(20),
  tlsKeyHash: hex(32),
  encryptionKey: hex(33),
  possession: hex(65),
})

/** Public keys of a node with the proof that its TEE holds them, as `dsecret --print-identity` prints them. */
export type NodeKeys = z.infer<typeof keysSchema>

/** Reads the JSON of `--print-identity`; throws `node.keys-invalid`, which names the field. */
export function parseNodeKeys(text: string): NodeKeys {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new SdkError('node.keys-invalid', 'the keys of the node are not JSON', { cause })
  }
  const parsed = keysSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new SdkError(
    'node.keys-invalid',
    `these are no keys of a dsecret node (${z.prettifyError(parsed.error).slice(0, 500)}): give what \`dsecret --print-identity\` prints`,
  )
}

/** All nodes. */
export async function listNodes(network: Network): Promise<NodeSummary[]> {
  const { number: at } = await network.reader.finalized()
  const nodes = await network.reader.nodes(at)
  return Promise.all(nodes.map((node) => summarize(network, node, at)))
}

/** One node with its stake. Throws `node.unknown`. */
export async function showNode(
  network: Network,
  nodeId: bigint,
): Promise<NodeSummary & { readonly stake: StakeRecord }> {
  const { number: at } = await network.reader.finalized()
  const node = await requireNode(network, nodeId, at)
  const stake = await readStake(network, { role: dsecretRole, id: nodeId }, at)
  return { ...(await summarize(network, node, at)), stake }
}

/** A new node, owned by the account. Its keys were made for this owner and operator. Throws `stake.too-low`, `address.invalid`. */
export async function planNodeRegistration(
  network: Network,
  input: { operator: string; keys: NodeKeys; endpoint: string; stakeWei?: bigint },
): Promise<Intent> {
  const { number: at } = await network.reader.finalized()
  const { nodeWei } = await network.reader.view('subnet', 'stakeRules', [], at)
  const valueWei = input.stakeWei ?? nodeWei
  if (valueWei < nodeWei)
    throw new SdkError(
      'stake.too-low',
      `the stake of ${formatDot(valueWei)} is below the minimum of ${formatDot(nodeWei)} for a dsecret node`,
      { details: { givenWei: String(valueWei), minimumWei: String(nodeWei) } },
    )
  const operator = requireAddress('operator', input.operator)
  const { keys, endpoint } = input
  return {
    id: 'dsecret.register',
    title: 'Register a dsecret node',
    facts: [
      ['Owner', `${requireAccount(network).account.address} (stake, withdrawals, leaving)`],
      ['Operator', `${operator} (pays gas)`],
      ['Endpoint', endpoint],
      ['Statement key', keys.statementKey],
      ['Encryption key', keys.encryptionKey],
      ['TLS key', keys.tlsKeyHash],
      ['Stake', `${formatDot(valueWei)}, at least ${formatDot(nodeWei)}`],
      ['Slashed', 'whole, by proof, when its key signs conflicting statements'],
    ],
    calls: [
      callOf(network.profile, 'subnet', 'registerNode', [operator, keys, endpoint], {
        doing: 'register the dsecret node',
        valueWei,
      }),
    ],
    outcome: outcomeOf('subnet', 'NodeRegistered'),
  }
}

/** New keys of a node, after its TEE or measurement changed. Throws `node.unknown`. */
export async function planNodeKeys(
  network: Network,
  nodeId: bigint,
  keys: NodeKeys,
  endpoint?: string,
): Promise<Intent> {
  const { number: at } = await network.reader.finalized()
  const node = await requireNode(network, nodeId, at)
  const address = endpoint ?? node.endpoint
  return {
    id: 'dsecret.keys',
    title: `New keys of dsecret node ${nodeId}`,
    facts: [
      ['Endpoint', address],
      ['Statement key', `${node.statementKey} -> ${keys.statementKey}`],
      ['TLS key', `${node.tlsKeyHash} -> ${keys.tlsKeyHash}`],
      ['Proof', 'lapses until the machine is proven again'],
    ],
    calls: [
      callOf(network.profile, 'subnet', 'setNodeKeys', [nodeId, keys, address], {
        doing: `set the keys of dsecret node ${nodeId}`,
      }),
    ],
    outcome: outcomeOf('subnet', 'NodeKeysChanged'),
  }
}

/** Leaves: no new seat, and stake back once no committee seats it. Throws `node.unknown`, `node.not-active`. */
export async function planNodeTermination(network: Network, nodeId: bigint): Promise<Intent> {
  const { number: at } = await network.reader.finalized()
  const node = await requireNode(network, nodeId, at)
  if (node.status !== 'active')
    throw new SdkError(
      'node.not-active',
      `dsecret node ${nodeId} is ${node.status} already: \`wetee dsecret show ${nodeId}\` tells what is left`,
    )
  const { seated } = await summarize(network, node, at)
  return {
    id: 'dsecret.terminate',
    title: `Dsecret node ${nodeId} leaves for good`,
    facts: [
      ['Stake', formatDot(node.stakeWei)],
      [
        'Next',
        seated
          ? 'it keeps signing until a new committee without it is active; then unstake and withdraw'
          : 'no committee seats it: unstake and withdraw',
      ],
    ],
    calls: [
      callOf(network.profile, 'subnet', 'leaveNode', [nodeId], {
        doing: `let dsecret node ${nodeId} leave`,
      }),
    ],
    outcome: outcomeOf('subnet', 'NodeStatusChanged'),
  }
}

async function summarize(network: Network, node: NodeRecord, at: bigint): Promise<NodeSummary> {
  const [provenUntil, seated] = await Promise.all([
    network.reader.liveProofUntil(dsecretRole, node.nodeId, at),
    network.reader.view('quorum', 'isSeated', [node.nodeId], at),
  ])
  return { ...node, provenUntil, seated }
}

async function requireNode(network: Network, nodeId: bigint, at: bigint): Promise<NodeRecord> {
  const node = (await network.reader.nodes(at)).find((one) => one.nodeId === nodeId)
  if (node !== undefined) return node
  throw new SdkError(
    'node.unknown',
    `there is no dsecret node ${nodeId} on this network: \`wetee dsecret list\` shows all`,
  )
}
