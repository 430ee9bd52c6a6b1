// The worker's configuration file: every key with its unit, unknown keys refused. Pure.
import { FILE_MARK, type ConfigCommand, type FileMark } from '@wetee/daemon'
import { z } from 'zod'
import { ruleSchema } from './monitor/alert/rules.ts'
import { kubernetesSchema } from './runtime/kubernetes/config.ts'

const path = z.string().min(1).max(4096)
const fileAt = (mark: FileMark, what: string) => path.describe(what).meta({ [FILE_MARK]: mark })
const port = z.int().min(1).max(65_535)
const host = z.string().min(1).max(253)
const domain = z
  .string()
  .max(225)
  .regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z][a-z0-9-]{0,61}[a-z0-9]$/, {
    error: 'expected a domain name in lower case',
  })
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, {
  error: 'expected sha256: and 64 hex digits',
})
const ms = (fallback: number, what: string, min = 50) =>
  z.int().min(min).max(86_400_000).default(fallback).describe(`${what}, milliseconds`)

const operatorSchema = z
  .union([
    z.strictObject({
      keystoreFile: fileAt('file', 'encrypted key of the operator (wetee account create)'),
      passwordFile: fileAt('secret', 'password of the keystore, mode 0600'),
    }),
    z.strictObject({
      privateKeyFile: fileAt(
        'secret',
        'development networks only: 0x and 64 hex digits, mode 0600',
      ),
    }),
  ])
  .describe('the hot key of this daemon: it signs and pays gas, and may not withdraw')

const registrySchema = z.strictObject({
  host: z.string().regex(/^(127\.\d+\.\d+\.\d+|localhost):[0-9]{1,5}$/, {
    error: 'expected a loopback host with port: other registries need no entry (HTTPS)',
  }),
  insecure: z.literal(true),
})

const intervalsSchema = z
  .strictObject({
    watchMs: ms(1_000, 'between looks at the engine and the agents'),
    resyncMs: ms(120_000, 'between reads of all applications, whatever the events said'),
    eventsMs: ms(150, 'between polls for finalized events'),
    renewMs: ms(10_000, 'least time between two renewals on chain'),
    batchMs: ms(750, 'how long to wait for more leases before a batch is signed', 0),
    settleMs: ms(3_600_000, 'between settlements of an application'),
    drainMs: ms(30_000, 'how long old instances keep their connections after an update', 0),
    handOverMs: ms(
      300_000,
      'how long an old process of the worker keeps its connections after a hand-over',
      0,
    ),
    stopGraceMs: ms(10_000, 'SIGTERM to SIGKILL of a container', 0),
  })
  .prefault({})

const count = (fallback: number, max: number) => z.int().min(1).max(max).default(fallback)

const acmeSchema = z.strictObject({
  directoryUrl: z
    .url({ protocol: /^https$/ })
    .max(500)
    .describe(
      'directory of the CA (RFC 8555), such as https://acme-v02.api.letsencrypt.org/directory',
    ),
  rootsFile: path
    .optional()
    .describe('PEM roots that the CA itself is known by; default: the public ones'),
})

const limitsSchema = z
  .strictObject({
    totalConnections: count(16_384, 1_000_000).describe(
      'open connections of all applications; fewer where the process may not open twice as many files',
    ),
    connections: count(4_096, 1_000_000).describe('open connections of one application'),
    connectionsPerSecond: count(1_000, 1_000_000).describe('new ones of one application'),
    bytesPerSecond: z
      .int()
      .min(65_536)
      .max(100_000_000_000)
      .default(125_000_000)
      .describe('of one application, both directions together'),
    idleMs: ms(600_000, 'a connection without a byte for this long is closed', 1_000),
    helloMs: ms(10_000, 'from connecting to the name that is asked for', 1_000),
    waitingHellos: count(1_024, 100_000).describe(
      'connections that have not said a name yet; beyond that the oldest is closed',
    ),
  })
  .prefault({})
  .describe('what one application may take')

const destinationCommon = {
  name: z.string().min(1).max(64),
  scopes: z
    .array(z.string().regex(/^(worker|apps|app\/[1-9][0-9]{0,19})$/))
    .min(1)
    .max(1_024)
    .default(['worker'])
    .describe('what it is told of: worker, apps (all of them), app/<id>'),
}

const destinationSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('webhook'),
    ...destinationCommon,
    url: z
      .url()
      .max(2_048)
      .refine((url) => /^https:|^http:\/\/(127\.|localhost[:/])/.test(url), {
        error: 'expected https, or http on this machine',
      }),
    secretFile: fileAt('secret', 'key of the signature (HMAC-SHA-256), mode 0600'),
  }),
  z.strictObject({
    kind: z.literal('email'),
    ...destinationCommon,
    host,
    port: port.default(587).describe('465: TLS from the start; others: STARTTLS'),
    user: z.string().min(1).max(320).optional(),
    passwordFile: fileAt('secret', 'password of the user, mode 0600').optional(),
    from: z.email(),
    to: z.array(z.email()).min(1).max(32),
  }),
  z.strictObject({
    kind: z.literal('telegram'),
    ...destinationCommon,
    tokenFile: fileAt('secret', 'token of the bot, mode 0600'),
    chatId: z.string().regex(/^(-?[0-9]{1,20}|@[A-Za-z0-9_]{1,64})$/),
    api: z.url().max(2_048).default('https://api.telegram.org'),
  }),
])

const alertsSchema = z
  .strictObject({
    destinations: z.array(destinationSchema).max(32).default([]).describe('where alerts go'),
    rules: z
      .array(ruleSchema)
      .max(128)
      .refine((rules) => new Set(rules.map(({ name }) => name)).size === rules.length, {
        error: 'two rules have one name',
      })
      .optional()
      .describe('left out: those of docs/reference/monitoring.md'),
    silences: z
      .array(
        z.strictObject({
          scope: z.string().max(64).optional(),
          name: z.string().max(128).optional(),
          until: z.iso.datetime().describe('UTC, such as 2026-11-26T08:00:00Z'),
        }),
      )
      .max(128)
      .default([])
      .describe('alerts that are not told for a while'),
    repeatMs: ms(14_400_000, 'until an alert that goes on is told again', 60_000),
  })
  .prefault({})

const monitoringSchema = z
  .strictObject({
    sampleMs: ms(10_000, 'between samples of what applications use', 1_000),
    probeMs: ms(60_000, 'between requests that measure response times; 0: none', 0),
    usageMs: ms(300_000, 'time that one sample of metered usage covers', 1_000),
    alerts: alertsSchema,
  })
  .prefault({})

/** Schema of the configuration file; every key says what it is for. */
export const configSchema = z
  .strictObject({
    networkFile: fileAt('file', 'network profile, network.json'),
    operator: operatorSchema,
    workerId: z
      .string()
      .regex(/^[1-9][0-9]{0,18}$/, { error: 'expected a decimal number in quotes' })
      .optional()
      .describe('left out: the one worker whose operator this key is'),
    stateDir: fileAt('folder', 'everything that the worker keeps; made when missing, mode 0700'),
    runtime: z
      .strictObject({
        kind: z
          .enum(['auto', 'docker', 'sandbox', 'kubernetes'])
          .default('auto')
          .describe('auto: an engine when there is one, else the sandbox when it is allowed'),
        socketPath: fileAt('socket', 'socket of the engine; left out: the usual places').optional(),
        allowSandbox: z
          .boolean()
          .default(false)
          .describe('the sandbox isolates less than an engine: development networks only'),
        kubernetes: kubernetesSchema.optional().describe('the cluster; only with kind kubernetes'),
      })
      .refine((r) => (r.kind === 'kubernetes') === (r.kubernetes !== undefined), {
        message: 'runtime.kubernetes belongs to kind kubernetes',
      })
      .prefault({}),
    platform: z.strictObject({
      simulatedSocket: fileAt('socket', 'the machine of a simulated TEE'),
      allowSimulated: z
        .literal(true, { error: 'must be true: a simulated TEE is never used by accident' })
        .describe('a simulated TEE protects nothing; it must be asked for in words'),
    }),
    agentImage: z.strictObject({
      layout: fileAt('folder', 'OCI layout that holds the agent image'),
      digest: digest.describe('manifest digest of the agent image, as the DAO lists it'),
    }),
    api: z.strictObject({
      host: host.default('127.0.0.1').describe('loopback only; put a TLS proxy in front of it'),
      port: z.int().min(0).max(65_535).describe('HTTP API, health and metrics; 0: any free one'),
    }),
    ingress: z
      .strictObject({
        host: host.default('127.0.0.1').describe('address that published ports listen on'),
        publicHost: host.optional().describe('name or address in published URLs; default host'),
        portRange: z
          .tuple([port, port])
          .default([20_000, 29_999])
          .describe('first and last port for applications, both included'),
        domain: domain
          .optional()
          .describe('host names of published ports are <port>-<appId>.<domain>; default: none'),
        dnsServers: z
          .array(z.string().min(2).max(100))
          .max(4)
          .default([])
          .describe(
            'address[:port] of name servers for custom domains; default: those of the system',
          ),
        acme: acmeSchema
          .optional()
          .describe('CA that agents ask for certificates of custom domains; default: none'),
        namePort: port.default(443).describe('the one port that host names are served on'),
        limits: limitsSchema,
      })
      .refine((i) => i.portRange[0] <= i.portRange[1], { message: 'portRange: first above last' })
      .prefault({}),
    registries: z
      .array(registrySchema)
      .max(32)
      .default([])
      .describe('loopback registries that images may be pulled from over plain HTTP'),
    intervals: intervalsSchema,
    agentLimits: z
      .strictObject({
        cpuMilli: z.int().min(50).max(64_000).default(1_000).describe('thousandths of a CPU'),
        memoryMiB: z.int().min(64).max(65_536).default(384).describe('MiB'),
        pids: z.int().min(16).max(4_096).default(128).describe('processes and threads'),
      })
      .prefault({})
      .describe("limits of the agent's own container"),
    monitoring: monitoringSchema,
    uploadWork: z
      .boolean()
      .default(false)
      .describe('send a proof of work after each settlement; costs a transaction'),
    stopInstancesOnExit: z
      .boolean()
      .default(false)
      .describe('for a devnet: nothing is left running when the worker stops'),
    logLevel: z
      .enum(['trace', 'debug', 'info', 'warn', 'error'])
      .default('info')
      .describe('least severe lines of the log'),
  })
  .refine((c) => /^(127\.\d+\.\d+\.\d+|localhost|::1)$/.test(c.api.host), {
    message: 'api.host: only loopback; put a TLS proxy in front of it',
  })

/** A parsed configuration. */
export type WorkerConfig = z.infer<typeof configSchema>

/** How the configuration is looked at. */
export const configCommand: ConfigCommand = {
  program: 'node apps/worker/src/main.ts',
  title: 'Configuration of a WeTEE worker',
  schema: configSchema,
  defaultFile: '/etc/wetee/worker.json',
}
