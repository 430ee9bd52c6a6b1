// The canonical manifest: its types, its strict parser and its digest. Pure.
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import canonicalize from 'canonicalize'
import { z } from 'zod'
import { alertsSchema, type Alerts } from './alert-rules.ts'
import { domainsSchema, type Domain } from './domains.ts'
import { ManifestError, type Problem } from './error.ts'
import { parseImageReference, pinnedReference } from './image-reference.ts'
import {
  isSecretName,
  secretFilesSchema,
  secretInconsistencies,
  secretReferencesSchema,
  type SecretFile,
  type SecretReference,
} from './secrets.ts'
import { termsSchema, type Hex, type Terms } from './terms.ts'

/** The contract takes no more bytes than this. */
export const maxManifestBytes = 65_536

/** How to find out whether a service is well; times in milliseconds. */
export type Healthcheck = {
  /** `CMD` and arguments, or `CMD-SHELL` and one line for `/bin/sh -c`. */
  readonly test: readonly string[]
  readonly intervalMs: number
  readonly timeoutMs: number
  readonly startPeriodMs: number
  readonly retries: number
}

/** What an application speaks behind its agent, where that is not HTTP/1.1: HTTP/2 without TLS (gRPC), or anything over TCP. */
export type PortProtocol = 'h2c' | 'tcp'

/** A TCP port that is published; TLS ends in the agent, whatever the protocol. */
export type PublishedPort = { readonly target: number; readonly protocol?: PortProtocol }

/** A named volume at a folder of the container. */
export type VolumeMount = {
  readonly name: string
  readonly target: string
  readonly readOnly?: true
}

/** A memory file system; it counts as memory of its service. */
export type Tmpfs = { readonly target: string; readonly sizeBytes: number }

/** A service that must have come so far before this one starts. */
export type Dependency = {
  readonly service: string
  readonly condition: 'service_started' | 'service_healthy' | 'service_completed_successfully'
}

/**
 * One container of a replica. `entrypoint` and `command` are absent where the image's own count.
 */
export type Service = {
  readonly name: string
  /** `registry.host[:port]/repository@sha256:...` */
  readonly image: string
  readonly entrypoint?: readonly string[]
  readonly command?: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** Published ports, ascending by `target`. */
  readonly ports: readonly PublishedPort[]
  readonly volumes: readonly VolumeMount[]
  readonly tmpfs: readonly Tmpfs[]
  readonly healthcheck?: Healthcheck
  readonly dependsOn: readonly Dependency[]
  readonly cpuMilli: number
  readonly memoryMiB: number
  readonly pids: number
  readonly readOnly: boolean
  /** `uid` or `uid:gid`. */
  readonly user?: string
  readonly workingDirectory?: string
  /** Absent: started again whenever it ends. */
  readonly restart?: 'on-failure' | 'no'
  /** Files in `/run/secrets`, ascending by `target`. */
  readonly secrets: readonly SecretFile[]
  /** Variables to names of secrets; absent where there are none. */
  readonly secretEnvironment?: Readonly<Record<string, string>>
}

/** A volume of the application, one per replica, kept over restarts and updates. */
export type Volume = { readonly name: string; readonly sizeMiB: number }

/**
 * How this version takes the place of the one before. `start-first`: both run until this one is well. `stop-first`: for volumes
 * that one process alone may use; the services of the one before are stopped once this one's agent is attested, and started
 * again if it does not become well. A canary gets `canaryPercent` of new connections for `canarySeconds` before it gets all.
 */
export type UpdateRule = {
  readonly strategy: 'start-first' | 'stop-first'
  /** 1 to 50; together with `canarySeconds`, 1 to 86,400, or neither; only with `start-first`. */
  readonly canaryPercent?: number
  readonly canarySeconds?: number
}

/** What the owner deployed. All lists are sorted, so that one meaning has one text. */
export type ManifestDocument = {
  readonly format: 'wetee/manifest/v1'
  readonly name: string
  readonly services: readonly Service[]
  readonly volumes: readonly Volume[]
  /** What a version may be given, ascending by `name`; absent where there is none. */
  readonly secrets?: readonly SecretReference[]
  readonly terms: Terms
  /** Custom domains, ascending by `name`; absent where there is none. */
  readonly domains?: readonly Domain[]
  readonly update?: UpdateRule
  /** The owner's key of X25519 that logs and failure bundles are sealed to before they leave the TEE; absent: they are not kept. */
  readonly logKey?: Hex
  /** Rules beside the worker's own, and who is told; absent: the worker's own rules, told to nobody. */
  readonly alerts?: Alerts
  /** Its owner may run commands in its containers; absent: nobody may. */
  readonly exec?: true
  /** Its owner may read volumes as sealed snapshots, and put such back; absent: nobody may. */
  readonly snapshots?: true
  /** It may read contracts, and send transactions to those that are listed; absent: neither. */
  readonly chain?: ChainAccess
}

/** Contracts that an application may send transactions to, addresses in lower case, ascending; it may read any. */
export type ChainAccess = { readonly contracts: readonly Hex[] }

/** SHA-256 of the manifest's bytes, as the contract computes it. */
export function manifestDigest(text: string): Hex {
  return `0x${bytesToHex(sha256(utf8ToBytes(text)))}`
}

/**
 * RFC 8785 text of a document, checked by the parser that everybody else uses. Throws
 * ManifestError.
 */
export function serializeManifest(document: ManifestDocument): string {
  const text = canonicalize(document)
  if (text === undefined) throw problem('manifest.invalid', 'a document is an object')
  parseManifest(text)
  return text
}

/**
 * Parses a manifest, strictly: at most 65,536 bytes, canonical byte for byte, no unknown field,
 * lists sorted, terms equal
 * to what the services add up to. Throws ManifestError.
 */
export function parseManifest(text: string): ManifestDocument {
  if (text.length > maxManifestBytes || utf8ToBytes(text).length > maxManifestBytes)
    throw problem('manifest.too-large', `expected at most ${maxManifestBytes} bytes`)
  let value: unknown
  let canonical: string | undefined
  try {
    value = JSON.parse(text)
    canonical = canonicalize(value)
  } catch (cause) {
    throw new ManifestError([place('manifest.not-json', 'expected one JSON document')], { cause })
  }
  if (canonical !== text)
    throw problem('manifest.not-canonical', 'expected the RFC 8785 form of this document')
  const parsed = documentSchema.safeParse(value)
  if (!parsed.success)
    throw new ManifestError(
      parsed.error.issues
        .slice(0, 100)
        .map(({ path, message }) => place('manifest.invalid', message, dotted(path))),
    )
  const document = parsed.data as ManifestDocument
  if (canonicalize(document) !== text)
    throw problem('manifest.invalid', 'a field name is not allowed')
  const problems = inconsistencies(document)
  if (problems.length > 0) throw new ManifestError(problems)
  return document
}

// -- limits shared with the Compose reader

/** Names of services and volumes; they are host names inside a replica. */
export const namePattern = /^[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?$/
/** Names of applications: at most 32 bytes on chain. */
export const appNamePattern = /^[a-z0-9](?:[a-z0-9_-]{0,30}[a-z0-9])?$/
/** Names of environment variables. */
export const environmentNamePattern = /^[A-Za-z_][A-Za-z0-9_.-]{0,254}$/
/** A numeric user, and a group where there is one; never root as user. */
export const userPattern = /^(?:[1-9][0-9]{0,8})(?::(?:0|[1-9][0-9]{0,8}))?$/
/** The most of each that a manifest may have; lengths in bytes of UTF-8. */
export const limits = {
  services: 16,
  arguments: 128,
  argumentBytes: 16_384,
  environment: 256,
  ports: 16,
  volumes: 16,
  tmpfs: 16,
  replicas: 1000,
  cpuMilli: 256_000,
  memoryMiB: 1_048_576,
  volumeMiB: 16_777_216,
  pids: 32_768,
  periodMs: 86_400_000,
  retries: 100,
  canaryPercent: 50,
  canarySeconds: 86_400,
  contracts: 32,
} as const

/**
 * Whether a path is absolute, normal (no `.`, `..`, `//`, end slash), printable and not the root.
 */
export function isContainerPath(path: string): boolean {
  if (path.length > 512 || !path.startsWith('/') || controlPattern.test(path)) return false
  return path
    .slice(1)
    .split('/')
    .every((part) => part !== '' && part !== '.' && part !== '..')
}

// Where the agent's sockets, the TEE and the kernel's views lie: no application may cover them.
const reservedFolders = [
  '/proc',
  '/sys',
  '/dev',
  '/run/wetee',
  '/run/wetee.sock',
  '/run/tee',
  '/run/secrets',
]

/** The reserved folder that a mount point would cover or lie in, if any. */
export function reservedFolder(path: string): string | undefined {
  return reservedFolders.find(
    (folder) => path === folder || path.startsWith(`${folder}/`) || folder.startsWith(`${path}/`),
  )
}

const controlPattern = /[\u0000-\u001f\u007f]/

const whole = (minimum: number, maximum: number) => z.number().int().min(minimum).max(maximum)
const nameSchema = z.string().regex(namePattern)
const mountPoint = z
  .string()
  .refine((path) => isContainerPath(path) && reservedFolder(path) === undefined)
const argumentsSchema = z
  .array(
    z
      .string()
      .max(limits.argumentBytes)
      .refine((text) => !text.includes('\0')),
  )
  .max(limits.arguments)

const serviceSchema = z.strictObject({
  name: nameSchema,
  image: z.string().refine((text) => {
    const reference = parseImageReference(text)
    if (reference?.digest === undefined) return false
    return pinnedReference(reference, reference.digest) === text
  }, 'expected registry/repository@sha256:digest'),
  entrypoint: argumentsSchema.min(1).optional(),
  command: argumentsSchema.min(1).optional(),
  environment: z.record(
    z.string().regex(environmentNamePattern),
    z
      .string()
      .max(limits.argumentBytes)
      .refine((text) => !text.includes('\0')),
  ),
  ports: z
    .array(
      z.strictObject({
        target: whole(1, 65_535),
        protocol: z.enum(['h2c', 'tcp']).optional(),
      }),
    )
    .max(limits.ports),
  volumes: z
    .array(
      z.strictObject({
        name: nameSchema,
        target: mountPoint,
        readOnly: z.literal(true).optional(),
      }),
    )
    .max(limits.volumes),
  tmpfs: z
    .array(z.strictObject({ target: mountPoint, sizeBytes: whole(1, 2 ** 40) }))
    .max(limits.tmpfs),
  healthcheck: z
    .strictObject({
      test: argumentsSchema
        .min(2)
        .refine((words) => words[0] === 'CMD' || words[0] === 'CMD-SHELL'),
      intervalMs: whole(1000, limits.periodMs),
      timeoutMs: whole(1, limits.periodMs),
      startPeriodMs: whole(0, limits.periodMs),
      retries: whole(1, limits.retries),
    })
    .optional(),
  dependsOn: z
    .array(
      z.strictObject({
        service: nameSchema,
        condition: z.enum(['service_started', 'service_healthy', 'service_completed_successfully']),
      }),
    )
    .max(limits.services),
  cpuMilli: whole(1, limits.cpuMilli),
  memoryMiB: whole(4, limits.memoryMiB),
  pids: whole(1, limits.pids),
  readOnly: z.boolean(),
  user: z.string().regex(userPattern).optional(),
  workingDirectory: z
    .string()
    .refine((path) => path === '/' || isContainerPath(path))
    .optional(),
  restart: z.enum(['on-failure', 'no']).optional(),
  secrets: secretFilesSchema,
  secretEnvironment: z
    .record(z.string().regex(environmentNamePattern), z.string().refine(isSecretName))
    .refine((variables) => Object.keys(variables).length > 0)
    .optional(),
})

const documentSchema = z.strictObject({
  format: z.literal('wetee/manifest/v1'),
  name: z.string().regex(appNamePattern),
  services: z.array(serviceSchema).min(1).max(limits.services),
  volumes: z
    .array(z.strictObject({ name: nameSchema, sizeMiB: whole(1, limits.volumeMiB) }))
    .max(limits.volumes),
  secrets: secretReferencesSchema,
  terms: termsSchema,
  domains: domainsSchema,
  update: z
    .strictObject({
      strategy: z.enum(['start-first', 'stop-first']),
      canaryPercent: whole(1, limits.canaryPercent).optional(),
      canarySeconds: whole(1, limits.canarySeconds).optional(),
    })
    .optional(),
  logKey: z
    .templateLiteral(['0x', z.string().regex(/^[0-9a-f]{64}$/)])
    .refine((key) => /[^0]/.test(key.slice(2)), 'not zero')
    .optional(),
  alerts: alertsSchema.optional(),
  exec: z.literal(true).optional(),
  snapshots: z.literal(true).optional(),
  chain: z
    .strictObject({
      contracts: z
        .array(z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{40}$/)]))
        .max(limits.contracts),
    })
    .optional(),
})

/** What is well-formed but contradicts itself. */
function inconsistencies(document: ManifestDocument): Problem[] {
  const { services, volumes, terms } = document
  const problems: Problem[] = []
  const note = (path: string, message: string) =>
    problems.push(place('manifest.inconsistent', message, path))
  const ascending = (path: string, keys: readonly (string | number)[]) => {
    const unordered = keys.some((key, i) => i > 0 && !((keys[i - 1] ?? key) < key))
    if (unordered) note(path, 'expected ascending order without repetition')
  }
  const names = new Set(services.map(({ name }) => name))
  const volumeNames = new Set(volumes.map(({ name }) => name))
  ascending('services', [...services.map(({ name }) => name)])
  ascending(
    'volumes',
    volumes.map(({ name }) => name),
  )
  services.forEach((service, index) => {
    const path = `services[${index}]`
    const targets = (list: readonly { target: string | number }[]) => list.map((i) => i.target)
    ascending(`${path}.ports`, targets(service.ports))
    ascending(`${path}.volumes`, targets(service.volumes))
    ascending(`${path}.tmpfs`, targets(service.tmpfs))
    ascending(`${path}.secrets`, targets(service.secrets))
    ascending(
      `${path}.dependsOn`,
      service.dependsOn.map((d) => d.service),
    )
    for (const { service: needed } of service.dependsOn)
      if (!names.has(needed)) note(`${path}.dependsOn`, `there is no service ${needed}`)
    for (const { name } of service.volumes)
      if (!volumeNames.has(name)) note(`${path}.volumes`, `there is no volume ${name}`)
    const mounts = [...targets(service.volumes), ...targets(service.tmpfs)]
    if (new Set(mounts).size < mounts.length) note(path, 'one folder is mounted over twice')
    const memoryBytes = service.memoryMiB * 2 ** 20
    if (service.tmpfs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) > memoryBytes)
      note(`${path}.tmpfs`, 'expected memory file systems within the memory limit')
  })
  ascending('chain.contracts', document.chain?.contracts ?? [])
  ascending('secrets', document.secrets?.map(({ name }) => name) ?? [])
  for (const { path, message } of secretInconsistencies(document)) note(path, message)
  const { strategy, canaryPercent, canarySeconds } = document.update ?? {}
  if ((canaryPercent === undefined) !== (canarySeconds === undefined))
    note('update', 'a canary has a share and a time')
  if (strategy === 'stop-first' && canaryPercent !== undefined)
    note('update', 'a canary runs beside the version before')
  if (dependencyCycle(services) !== undefined) note('services', 'services depend on each other')
  const ports = services.flatMap((service) => service.ports.map(({ target }) => target))
  ascending('domains', document.domains?.map(({ name }) => name) ?? [])
  for (const { name, target } of document.domains ?? [])
    if (!ports.includes(target)) note('domains', `${name}: no service publishes port ${target}`)
  if (new Set(ports).size < ports.length) note('services', 'two services publish one port')
  const sum = (of: (service: Service) => number) => services.reduce((s, v) => s + of(v), 0)
  if (terms.cpuMilli !== sum((s) => s.cpuMilli)) note('terms.cpuMilli', 'not the services’ sum')
  if (terms.memoryMiB !== sum((s) => s.memoryMiB)) note('terms.memoryMiB', 'not the services’ sum')
  if (terms.diskMiB <= volumes.reduce((s, { sizeMiB }) => s + sizeMiB, 0))
    note('terms.diskMiB', 'expected more than the volumes take together')
  if (terms.replicas > limits.replicas) note('terms.replicas', `at most ${limits.replicas}`)
  if (terms.gpu !== 0) note('terms.gpu', 'no service can ask for a GPU yet')
  return problems
}

/** Services that wait for each other in a circle, if any. */
export function dependencyCycle(
  services: readonly Pick<Service, 'name' | 'dependsOn'>[],
): string[] | undefined {
  const waiting = new Map(services.map((s) => [s.name, s.dependsOn.map((d) => d.service)]))
  for (let round = 0; round <= services.length; round++)
    for (const [name, needed] of waiting)
      if (needed.every((other) => !waiting.has(other))) waiting.delete(name)
  return waiting.size === 0 ? undefined : [...waiting.keys()]
}

function dotted(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')
}

function place(code: string, message: string, path = ''): Problem {
  return { code, message, line: 0, column: 0, path }
}

function problem(code: string, message: string): ManifestError {
  return new ManifestError([place(code, message)])
}
