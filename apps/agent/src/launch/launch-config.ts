// What the worker tells the agent at launch (`/run/wetee/launch.json`). Pure; nothing in it is believed unproved.
import * as z from 'zod'
import { AgentError } from '../agent-error.ts'
import { address, firstProblem, hex, uint, uint64 } from './fields.ts'

const MAX_LAUNCH_BYTES = 262_144
const MAX_NODES = 64

const port = z.number().int().min(1).max(65_535)
const host = z.string().regex(/^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]{1,253}):[1-9][0-9]{0,4}$/)
/**
 * The agent runs in a cluster: its worker comes in by a door, and the cluster pulls the images, which the agent never sees. Only in a
 * simulated TEE is the cluster's word taken for them.
 */
const clusterSchema = z.strictObject({
  /** SHA-256 of the public key (SPKI) that the worker shows at the door. */
  workerKey: hex(32),
})
const shared = {
  format: z.literal('wetee/launch/v1'),
  chainId: uint64,
  subnet: address,
  cluster: clusterSchema.optional(),
}

const termsSchema = z.strictObject({
  replicas: uint(0xffff),
  cpuMilli: uint(0xffff_ffff),
  memoryMiB: uint(0xffff_ffff),
  diskMiB: uint(0xffff_ffff),
  gpu: uint(0xffff),
  teeClasses: uint(0xff),
  level: uint(0xff),
  upgradeDelaySeconds: uint(0xffff_ffff),
  graceSeconds: uint(0xffff_ffff),
})

/**
 * The CA for custom domains, as the worker names it. A CA of the worker's own certifies what nobody trusts, and learns what a
 * certificate shows anyway; signatures for it name its URLs and are good nowhere else.
 */
const acmeSchema = z.strictObject({
  directoryUrl: z.url({ protocol: /^https$/ }).max(500),
  /** PEM; absent: the public roots. */
  roots: z.string().max(65_536).optional(),
})

/** Whom an instance asks, as the worker names them; `host` is `name:port`. */
export const askedNodesShape = {
  nodes: z
    .array(z.strictObject({ nodeId: uint64, host, tlsKeyHash: hex(32) }))
    .max(MAX_NODES)
    .refine(
      (nodes) => new Set(nodes.map((node) => node.nodeId)).size === nodes.length,
      'a node is listed twice',
    ),
  threshold: z.number().int().min(1).max(MAX_NODES),
}

const instanceSchema = z.strictObject({
  ...shared,
  mode: z.literal('instance'),
  cloud: address,
  /** In whose domain nodes sign; of another one no signature holds. */
  quorum: address,
  networkKey: z.strictObject({ Y: hex(33), S: hex(33) }),
  appId: uint64,
  version: uint(0xffff_ffff),
  replica: uint(0xffff),
  workerId: uint64,
  manifest: z.string().max(65_536),
  terms: termsSchema,
  ports: z.array(z.strictObject({ service: z.string().min(1).max(63), target: port })).max(64),
  /** The committee when this instance was launched; whom it asks later, the worker says then. */
  ...askedNodesShape,
  leaseSeconds: z.number().int().min(3).max(86_400),
  /** What host names of published ports end in: the worker's word, and only for certificates that prove no name. */
  domain: z
    .string()
    .max(225)
    .regex(/^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/)
    .optional(),
  acme: acmeSchema.optional(),
})

const platformSchema = z.strictObject({
  ...shared,
  mode: z.literal('platform'),
  role: z.literal(1),
  nodeId: uint64,
  /** The worker's operator. */
  statementKey: address,
})

/** An application's instance. */
export type InstanceLaunch = z.infer<typeof instanceSchema>
/** A worker's own machine. */
export type PlatformLaunch = z.infer<typeof platformSchema>

/** Whether the network had a key when this instance was launched: else nothing can be released to it. */
export function hasNetworkKey({ networkKey }: Pick<InstanceLaunch, 'networkKey'>): boolean {
  return /[^0]/.test(networkKey.S.slice(2))
}

/**
 * Reads the launch configuration strictly: unknown and missing fields are refused.
 * Throws AgentError `launch.invalid`.
 */
export function parseLaunchConfig(text: string): InstanceLaunch | PlatformLaunch {
  if (text.length > MAX_LAUNCH_BYTES)
    throw new AgentError('launch.invalid', `expected at most ${MAX_LAUNCH_BYTES} characters`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new AgentError('launch.invalid', 'expected JSON', { cause })
  }
  const result = z.discriminatedUnion('mode', [instanceSchema, platformSchema]).safeParse(value)
  if (!result.success) throw new AgentError('launch.invalid', firstProblem(result.error))
  const config = result.data
  if (config.mode === 'instance' && config.threshold > config.nodes.length)
    throw new AgentError(
      'launch.invalid',
      `threshold: ${config.threshold} of ${config.nodes.length} nodes can never answer`,
    )
  return config
}
