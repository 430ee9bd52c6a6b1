// The section `kubernetes` of the worker's configuration: the cluster, what instances run on, where they may go. Pure.
import { FILE_MARK } from '@wetee/daemon'
import { z } from 'zod'

const name = z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/)
const label = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/)
const labelValue = z.string().regex(/^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/)
const labelKey = z
  .string()
  .regex(/^([a-z0-9.-]{1,253}\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/)
const cidr = z.union([z.cidrv4(), z.cidrv6()])
const whole = (fallback: number, max: number, what: string) =>
  z.int().min(1).max(max).default(fallback).describe(what)

const tolerationSchema = z.strictObject({
  key: labelKey.describe('of the taint'),
  value: labelValue.optional().describe('left out: any'),
  effect: z
    .enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'])
    .optional()
    .describe('left out: any'),
})

const quotaSchema = z
  .strictObject({
    pods: whole(16, 1_000, 'instances, those of an old and a new version together'),
    cpuMilli: whole(128_000, 10_000_000, 'processor time, thousandths of a core'),
    memoryMiB: whole(262_144, 100_000_000, 'memory, MiB'),
    volumes: whole(32, 1_000, 'volumes on disks'),
    storageMiB: whole(1_048_576, 1_000_000_000, 'all volumes on disks together, MiB'),
  })
  .prefault({})

/** Schema of `runtime.kubernetes`. */
export const kubernetesSchema = z.strictObject({
  kubeconfigFile: z
    .string()
    .min(1)
    .max(4096)
    .meta({ [FILE_MARK]: 'file' })
    .optional()
    .describe('its current context is used; left out: the service account of the own pod'),
  agentRepository: z
    .string()
    .regex(/^[a-z0-9.-]+(:[0-9]{1,5})?\/[a-z0-9._/-]{1,255}$/, {
      error: 'expected registry/repository, without tag or digest',
    })
    .describe('where the cluster pulls the agent image from, by the digest of agentImage'),
  namespacePrefix: label
    .max(20)
    .default('wetee')
    .describe('first part of the names of namespaces, one for each application'),
  networkPolicyEnforced: z
    .literal(true, {
      error: 'must be true: the network plugin has to enforce NetworkPolicy (Calico, Cilium, ..)',
    })
    .describe("the cluster's network plugin enforces NetworkPolicy; nobody can ask it"),
  runtimeClassName: name
    .optional()
    .describe('Kata with TDX or SEV-SNP, gVisor; left out: the runtime of the nodes'),
  initdata: z
    .boolean()
    .optional()
    .describe(
      'the runtime class launches machines with initdata (Confidential Containers); left out: where its name has the word tdx or snp',
    ),
  sgx: z
    .strictObject({
      enclaves: whole(1, 64, 'enclaves of each container'),
      epcMiB: whole(64, 1_048_576, 'enclave page cache of each container, MiB'),
    })
    .optional()
    .describe('for Gramine: device resources of the SGX plugin'),
  storageClassName: name
    .optional()
    .describe('of volumes on disks; left out: applications with volumes are refused'),
  nodeSelector: z.record(labelKey, labelValue).default({}).describe('nodes for instances'),
  tolerations: z.array(tolerationSchema).max(16).default([]).describe('taints of these nodes'),
  nameservers: z
    .array(z.union([z.ipv4(), z.ipv6()]))
    .min(1)
    .max(3)
    .default(['9.9.9.9', '1.1.1.1'])
    .describe("of instances: the cluster's own are out of their reach"),
  allowedEgress: z.array(cidr).max(32).default([]).describe('ways out besides public addresses'),
  deniedEgress: z
    .array(cidr)
    .max(64)
    .default([])
    .describe('public addresses of the cluster itself (nodes, API server): no way there'),
  workerNamespace: label
    .optional()
    .describe(
      "namespace of the worker's pod, which alone reaches agents; left out: that of its service account",
    ),
  quota: quotaSchema.describe('of everything that one application has in the cluster'),
})

/** A parsed section. */
export type KubernetesConfig = z.infer<typeof kubernetesSchema>
