// The worker's configuration file: every key with its unit, unknown keys refused. Pure.
import { z } from 'zod'

const path = z.string().min(1).max(4096)
const port = z.int().min(1).max(65_535)
const host = z.string().min(1).max(253)
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/)
const ms = (fallback: number, min = 50) => z.int().min(min).max(86_400_000).default(fallback)

const operatorSchema = z.union([
  z.strictObject({ keystoreFile: path, passwordFile: path }),
  /** Development networks only; the file must have mode 0600. */
  z.strictObject({ privateKeyFile: path }),
])

/** A registry on this machine that images may be pulled from over plain HTTP; applications reach no other loopback port. */
const registrySchema = z.strictObject({
  host: z.string().regex(/^(127\.\d+\.\d+\.\d+|localhost):[0-9]{1,5}$/, {
    error: 'expected a loopback host with port: other registries need no entry (HTTPS)',
  }),
  insecure: z.literal(true),
})

const intervalsSchema = z
  .strictObject({
    /** Between looks at the engine and the agents. */
    watchMs: ms(1_000),
    /** Between reads of all applications, whatever the events said. */
    resyncMs: ms(60_000),
    /** Between polls for finalized events. */
    eventsMs: ms(1_000),
    /** Least time between two renewals on chain. */
    renewMs: ms(10_000),
    /** How long to wait for more leases before a batch is signed. */
    batchMs: ms(750, 0),
    settleMs: ms(3_600_000),
    /** Old instances keep their connections this long after an update. */
    drainMs: ms(10_000, 0),
    /** SIGTERM to SIGKILL. */
    stopGraceMs: ms(10_000, 0),
  })
  .prefault({})

/** Schema of the configuration file. */
export const configSchema = z
  .strictObject({
    /** Network profile, `network.json`. */
    networkFile: path,
    operator: operatorSchema,
    /** Decimal; left out: the one worker whose operator this key is. */
    workerId: z
      .string()
      .regex(/^[1-9][0-9]{0,18}$/)
      .optional(),
    stateDir: path,
    runtime: z
      .strictObject({
        kind: z.enum(['auto', 'docker', 'sandbox']).default('auto'),
        /** Engine socket; left out: the usual places. */
        socketPath: path.optional(),
        /** The sandbox isolates less than an engine: development only. */
        allowSandbox: z.boolean().default(false),
      })
      .prefault({}),
    platform: z.strictObject({
      simulatedSocket: path,
      /** A simulated TEE protects nothing; it must be asked for in words. */
      allowSimulated: z.literal(true, {
        error: 'must be true: a simulated TEE is never used by accident',
      }),
    }),
    agentImage: z.strictObject({ layout: path, digest }),
    api: z.strictObject({ host: host.default('127.0.0.1'), port: z.int().min(0).max(65_535) }),
    ingress: z
      .strictObject({
        host: host.default('127.0.0.1'),
        /** Name or address in published URLs; left out: `host`. */
        publicHost: host.optional(),
        portRange: z.tuple([port, port]).default([20_000, 29_999]),
      })
      .refine((i) => i.portRange[0] <= i.portRange[1], { message: 'portRange: first above last' })
      .prefault({}),
    registries: z.array(registrySchema).max(32).default([]),
    intervals: intervalsSchema,
    /** Limits of the agent's own container. */
    agentLimits: z
      .strictObject({
        cpuMilli: z.int().min(50).max(64_000).default(1_000),
        memoryMiB: z.int().min(64).max(65_536).default(384),
        pids: z.int().min(16).max(4_096).default(128),
      })
      .prefault({}),
    /** After each settlement, also send its proof of work; until workers meter it says only that, and costs a transaction. */
    uploadWork: z.boolean().default(false),
    /** For a devnet: nothing is left running when the worker stops. */
    stopInstancesOnExit: z.boolean().default(false),
    logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
  })
  .refine((c) => /^(127\.\d+\.\d+\.\d+|localhost|::1)$/.test(c.api.host), {
    message: 'api.host: only loopback; put a TLS proxy in front of it',
  })

/** A parsed configuration. */
export type WorkerConfig = z.infer<typeof configSchema>
