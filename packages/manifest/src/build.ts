// A Compose file to its canonical manifest. Pure but for the injected image resolver.
import { checkName, readApplication } from './compose/application.ts'
import type { ApplicationDraft } from './compose/application.ts'
import { suspectedCredential } from './compose/credentials.ts'
import { resourceDefaults } from './compose/deploy.ts'
import { resolveApis, type ApiEntry } from './compose/apis.ts'
import { resolveDomains } from './compose/domains.ts'
import { compareSecrets, uses } from './compose/secrets.ts'
import { askedReference, type PlacedText, type ServiceDraft } from './compose/service.ts'
import { Notes, readTree } from './compose/tree.ts'
import {
  dependencyCycle,
  limits,
  manifestDigest,
  maxManifestBytes,
  serializeManifest,
  type ManifestDocument,
  type Service,
} from './document.ts'
import { ManifestError, type Warning } from './error.ts'
import { isDigest, pinnedReference, type Digest } from './image-reference.ts'
import { termsDigest, type Hex, type Terms } from './terms.ts'

/** A manifest, ready to be signed: `text` is what goes on chain. */
export type Manifest = {
  readonly text: string
  readonly digest: Hex
  readonly document: ManifestDocument
  readonly terms: Terms
  readonly termsDigest: Hex
  readonly warnings: readonly Warning[]
}

/** How to build. */
export type BuildOptions = {
  /** Application name, 1 to 32 bytes; default the file's `name`. */
  readonly name?: string
  /** File name for messages. */
  readonly file?: string
  /**
   * Asks a registry for the manifest digest (`sha256:` and 64 hex digits) of
   * `registry/repository:tag` or `registry/repository@digest`: also a pinned image has to be there.
   */
  readonly resolveImage: (reference: string, signal?: AbortSignal) => Promise<string>
  readonly signal?: AbortSignal
}

/** Larger Compose files are refused unread. */
const maxComposeBytes = 262_144

/**
 * Reads, checks, resolves and serializes. Throws ManifestError with every problem of the file at
 * once.
 */
export async function buildManifest(text: string, options: BuildOptions): Promise<Manifest> {
  const notes = new Notes()
  const read = readCompose(text, options.name, notes)
  stopAtProblems(notes, options)
  if (read === undefined) throw new ManifestError([])
  const { draft } = read
  const { digests, retryable } = await resolveImages(draft, notes, options)
  stopAtProblems(notes, options, retryable)
  const document = documentOf(draft, options.name ?? draft.name?.text ?? '', digests)
  let canonical: string
  try {
    canonical = serializeManifest(document)
  } catch (error) {
    if (!(error instanceof ManifestError) || error.code !== 'manifest.too-large')
      throw new Error('the manifest that was built is not a valid one', { cause: error })
    notes.refuse(
      { line: 1, column: 1, path: '' },
      'manifest.too-large',
      `the manifest is larger than the ${maxManifestBytes} bytes a contract takes: move data into the image`,
    )
    throw new ManifestError(notes.problems, files(options))
  }
  const { terms } = document
  return {
    text: canonical,
    digest: manifestDigest(canonical),
    document,
    terms,
    termsDigest: termsDigest(terms),
    warnings: [...notes.warnings].sort((a, b) => a.line - b.line),
  }
}

/** The APIs of a Compose file, in its order; asks no registry. Throws ManifestError with every problem of the file at once. */
export function readApiEntries(
  text: string,
  options: Pick<BuildOptions, 'name' | 'file'> = {},
): readonly ApiEntry[] {
  const notes = new Notes()
  const read = readCompose(text, options.name, notes)
  stopAtProblems(notes, options)
  return read?.apis ?? []
}

/** Everything but images: reads the file and compares what its parts say about each other. */
function readCompose(
  text: string,
  name: string | undefined,
  notes: Notes,
): { readonly draft: ApplicationDraft; readonly apis: readonly ApiEntry[] } | undefined {
  const start = { line: 1, column: 1, path: '' }
  if (text.length > maxComposeBytes || new TextEncoder().encode(text).length > maxComposeBytes) {
    notes.refuse(start, 'compose.too-large', `expected at most ${maxComposeBytes} bytes`)
    return undefined
  }
  const tree = readTree(text, notes)
  if (tree === undefined || notes.problems.some(({ code }) => code === 'yaml.too-complex'))
    return undefined
  const draft = readApplication(tree, notes)
  if (name !== undefined) checkName(name, start, notes)
  else if (draft.name !== undefined) checkName(draft.name.text, draft.name.at, notes)
  else notes.refuse(start, 'name.missing', 'expected name: at the top of the file, or --name')
  compareServices(draft, notes)
  compareSecrets(draft, notes)
  resolveDomains(draft.domains, publishedPorts(draft), notes)
  const apis = resolveApis(draft.apis, publishedPorts(draft), notes)
  warnOfCredentials(draft, notes)
  return { draft, apis }
}

function stopAtProblems(
  notes: Notes,
  options: Pick<BuildOptions, 'file'>,
  retryable = false,
): void {
  if (notes.problems.length > 0)
    throw new ManifestError(notes.problems, { ...files(options), retryable })
}

function files({ file }: Pick<BuildOptions, 'file'>): { file?: string } {
  return file === undefined ? {} : { file }
}

function compareServices(draft: ApplicationDraft, notes: Notes): void {
  const names = new Set(draft.services.map(({ name }) => name))
  const volumes = new Set(draft.volumes.map(({ name }) => name))
  const ports = new Map<number, string>()
  const replicas = draft.services.find(({ deploy }) => deploy.replicas)?.deploy.replicas
  for (const service of draft.services) {
    for (const { target, at } of [...service.ports, ...service.exposed]) {
      const other = ports.get(target) ?? service.name
      if (other !== service.name)
        notes.refuse(
          at,
          'port.shared',
          `${other} listens on port ${target} too, and services share one network: change one`,
        )
      else ports.set(target, service.name)
    }
    for (const { service: needed, at } of service.dependsOn)
      if (!names.has(needed))
        notes.refuse(at, 'depends-on.unknown', `there is no service ${needed.slice(0, 60)}`)
    for (const { name, at } of service.volumes)
      if (!volumes.has(name))
        notes.refuse(at, 'volume.unknown', `${name} is not listed under volumes: at the top`)
    const asked = service.deploy.replicas
    if (asked !== undefined && asked.count !== replicas?.count)
      notes.refuse(asked.at, 'replicas.differ', 'all services run together: give the same number')
    compareMounts(service, notes)
    if (service.readOnly === undefined)
      notes.warn(service.at, 'read-only.default', 'the root is read-only: see read_only, tmpfs')
  }
  const cycle = dependencyCycle(draft.services.map(onlyKnown(names)))
  if (cycle !== undefined)
    notes.refuse(draft.at, 'depends-on.cycle', `these wait for each other: ${cycle.join(', ')}`)
  for (const { name, at } of draft.volumes)
    if (!draft.services.some((service) => service.volumes.some((v) => v.name === name)))
      notes.warn(at, 'volume.unused', 'no service mounts it, but it is paid for')
}

function onlyKnown(names: ReadonlySet<string>) {
  return ({ name, dependsOn }: ServiceDraft) => ({
    name,
    dependsOn: dependsOn.filter(({ service }) => names.has(service)),
  })
}

function compareMounts(service: ServiceDraft, notes: Notes): void {
  const seen = new Set<string>()
  for (const { target, at } of [...service.volumes, ...service.tmpfs]) {
    if (seen.has(target)) notes.refuse(at, 'mount.duplicate', `${target} is mounted over twice`)
    seen.add(target)
  }
  const seenServices = new Set<string>()
  for (const { service: needed, at } of service.dependsOn) {
    if (seenServices.has(needed))
      notes.refuse(at, 'depends-on.duplicate', `${needed} is named twice`)
    seenServices.add(needed)
  }
  if (service.tmpfs.length > limits.tmpfs)
    notes.refuse(service.at, 'value.range', `expected at most ${limits.tmpfs} memory file systems`)
  const memoryMiB = service.deploy.memoryMiB ?? resourceDefaults.memoryMiB
  const bytes = service.tmpfs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  if (bytes > memoryMiB * 2 ** 20)
    notes.refuse(
      service.at,
      'tmpfs.above-memory',
      `its memory file systems take ${Math.ceil(bytes / 2 ** 20)} MiB of ${memoryMiB} MiB memory: raise deploy.resources.limits.memory`,
    )
}

function warnOfCredentials(draft: ApplicationDraft, notes: Notes): void {
  const look = ({ text, at }: PlacedText, name?: string) => {
    const what = suspectedCredential(text, name)
    if (what === undefined) return
    notes.warn(
      at,
      'credential.suspected',
      `this looks like ${what}; a manifest is public for ever: see secrets`,
    )
  }
  for (const service of draft.services) {
    for (const [name, placed] of service.environment) look(placed, name)
    for (const placed of [...(service.command ?? []), ...(service.entrypoint ?? [])]) look(placed)
    for (const text of service.healthcheck?.test ?? []) look({ text, at: service.at })
  }
}

/** Asks once per different image; what fails is reported at every service that names it. */
async function resolveImages(
  draft: ApplicationDraft,
  notes: Notes,
  options: BuildOptions,
): Promise<{ readonly digests: Map<string, Digest>; readonly retryable: boolean }> {
  let retryable = false
  const digests = new Map<string, Digest>()
  const failures = new Map<string, string>()
  for (const { image } of draft.services) {
    if (image === undefined) continue
    const asked = askedReference(image)
    if (!digests.has(asked) && !failures.has(asked)) {
      try {
        const digest = await options.resolveImage(asked, options.signal)
        const pinned = image.reference.digest ?? digest
        if (!isDigest(digest)) failures.set(asked, 'the registry answered no SHA-256 digest')
        else if (digest !== pinned) failures.set(asked, `the registry answered ${digest}`)
        else digests.set(asked, digest)
      } catch (error) {
        options.signal?.throwIfAborted()
        failures.set(asked, error instanceof Error ? error.message.slice(0, 300) : 'unknown error')
        retryable ||= error instanceof Error && 'retryable' in error && error.retryable === true
      }
    }
    const failure = failures.get(asked)
    if (failure !== undefined)
      notes.refuse(image.at, 'image.unresolved', `cannot find ${asked}: ${failure}`)
  }
  return { digests, retryable }
}

function documentOf(
  draft: ApplicationDraft,
  name: string,
  digests: ReadonlyMap<string, Digest>,
): ManifestDocument {
  const services = draft.services.map((service) => serviceOf(service, digests)).sort(by('name'))
  const volumes = draft.volumes.map(({ name, sizeMiB }) => ({ name, sizeMiB })).sort(by('name'))
  const secrets = draft.secrets
    .filter((secret) => draft.services.some((service) => uses(service, secret.name)))
    .map(({ at: _, ...secret }) => secret)
    .sort(by('name'))
  const [onlyPort = 0] = publishedPorts(draft)
  const domains = draft.domains
    .map(({ name, target = onlyPort }) => ({ name, target }))
    .sort(by('name'))
  const sum = (amounts: readonly number[]) => amounts.reduce((a, b) => a + b, 0)
  const terms: Terms = {
    replicas: draft.services.find(({ deploy }) => deploy.replicas)?.deploy.replicas?.count ?? 1,
    cpuMilli: sum(services.map((service) => service.cpuMilli)),
    memoryMiB: sum(services.map((service) => service.memoryMiB)),
    diskMiB: draft.diskMiB + sum(volumes.map((volume) => volume.sizeMiB)),
    gpu: 0,
    teeClasses: draft.teeClasses,
    level: draft.level,
    upgradeDelaySeconds: draft.upgradeDelaySeconds,
    graceSeconds: draft.graceSeconds,
  }
  return {
    format: 'wetee/manifest/v1',
    name,
    services,
    volumes,
    ...(secrets.length === 0 ? {} : { secrets }),
    terms,
    ...(domains.length === 0 ? {} : { domains }),
    ...(draft.update === undefined ? {} : { update: draft.update }),
    ...(draft.logKey === undefined ? {} : { logKey: draft.logKey }),
    ...(draft.alerts === undefined ? {} : { alerts: draft.alerts }),
    ...(draft.exec === undefined ? {} : { exec: draft.exec }),
    ...(draft.snapshots === undefined ? {} : { snapshots: draft.snapshots }),
    ...(draft.chain === undefined ? {} : { chain: draft.chain }),
  }
}

const publishedPorts = (draft: ApplicationDraft): number[] =>
  draft.services.flatMap(({ ports }) => ports.map(({ target }) => target))

function serviceOf(draft: ServiceDraft, digests: ReadonlyMap<string, Digest>): Service {
  const digest = draft.image === undefined ? undefined : digests.get(askedReference(draft.image))
  if (draft.image === undefined || digest === undefined) throw new ManifestError([])
  const environment = [...draft.environment].map(([key, { text }]) => [key, text] as const)
  const variables = draft.secretEnvironment.map(({ name, source }) => [name, source] as const)
  const texts = (placed: readonly PlacedText[]) => placed.map(({ text }) => text)
  return {
    name: draft.name,
    image: pinnedReference(draft.image.reference, digest),
    ...(draft.entrypoint === undefined ? {} : { entrypoint: texts(draft.entrypoint) }),
    ...(draft.command === undefined ? {} : { command: texts(draft.command) }),
    environment: Object.fromEntries(environment.sort(byName)),
    ports: draft.ports.map(({ at: _, ...port }) => port).sort(by('target')),
    volumes: draft.volumes.map(({ at: _, ...mount }) => mount).sort(by('target')),
    tmpfs: draft.tmpfs.map(({ at: _, ...mount }) => mount).sort(by('target')),
    ...(draft.healthcheck === undefined ? {} : { healthcheck: draft.healthcheck }),
    dependsOn: draft.dependsOn.map(({ at: _, ...needed }) => needed).sort(by('service')),
    cpuMilli: draft.deploy.cpuMilli ?? resourceDefaults.cpuMilli,
    memoryMiB: draft.deploy.memoryMiB ?? resourceDefaults.memoryMiB,
    pids: draft.deploy.pids ?? resourceDefaults.pids,
    readOnly: draft.readOnly ?? true,
    ...(draft.user === undefined ? {} : { user: draft.user }),
    ...(draft.workingDirectory === undefined ? {} : { workingDirectory: draft.workingDirectory }),
    ...(draft.restart === undefined ? {} : { restart: draft.restart }),
    secrets: draft.secrets.map(({ at: _, ...file }) => file).sort(by('target')),
    ...(variables.length === 0
      ? {}
      : { secretEnvironment: Object.fromEntries(variables.sort(byName)) }),
  }
}

const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number =>
  a < b ? -1 : 1

/** Ascending by UTF-16 code units or value: the order that `parseManifest` asks for. */
function by<K extends string>(key: K) {
  return <T extends Readonly<Record<K, string | number>>>(a: T, b: T): number =>
    a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : 0
}
