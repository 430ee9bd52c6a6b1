// One service of a Compose file to a draft of its manifest entry. Pure.
import {
  environmentNamePattern,
  isContainerPath,
  limits,
  userPattern,
  type Dependency,
  type Healthcheck,
} from '../document.ts'
import {
  formatImageReference,
  parseImageReference,
  type ImageReference,
} from '../image-reference.ts'
import { readDeploy, type DeployDraft } from './deploy.ts'
import {
  booleanOf,
  choiceOf,
  dangerous,
  durationOf,
  entriesOf,
  itemsOf,
  readKeys,
  textOf,
  unsupported,
  wholeOf,
  type Keys,
} from './fields.ts'
import { readMounts, readTmpfs, type TmpfsDraft, type VolumeDraft } from './mounts.ts'
import { readExpose, readPorts, type PortDraft } from './ports.ts'
import { printable } from './printable.ts'
import {
  readSecretEnvironment,
  readSecretFiles,
  type SecretFileDraft,
  type SecretVariableDraft,
} from './secrets.ts'
import type { Notes, Place, Value } from './tree.ts'
import { splitWords } from './words.ts'

/** Text and where it stands, for the search for credentials. */
export type PlacedText = { readonly text: string; readonly at: Place }

/** A service as read, before images are resolved and services are compared with each other. */
export type ServiceDraft = {
  readonly name: string
  readonly at: Place
  image?: { readonly reference: ImageReference; readonly at: Place }
  entrypoint?: PlacedText[]
  command?: PlacedText[]
  readonly environment: Map<string, PlacedText>
  ports: PortDraft[]
  exposed: PortDraft[]
  volumes: VolumeDraft[]
  tmpfs: TmpfsDraft[]
  healthcheck?: Healthcheck
  dependsOn: (Dependency & { readonly at: Place })[]
  deploy: DeployDraft
  readOnly?: boolean
  user?: string
  workingDirectory?: string
  restart?: 'on-failure' | 'no'
  secrets: SecretFileDraft[]
  secretEnvironment: SecretVariableDraft[]
}

/** Reads one service; problems go to `notes`. */
export function readService(name: string, value: Value, at: Place, notes: Notes): ServiceDraft {
  const draft: ServiceDraft = {
    name,
    at,
    environment: new Map(),
    ports: [],
    exposed: [],
    volumes: [],
    tmpfs: [],
    dependsOn: [],
    deploy: {},
    secrets: [],
    secretEnvironment: [],
  }
  let pictured = false
  readKeys(value, notes, {
    ...refusedKeys,
    image: (v) => {
      pictured = true
      readImage(draft, v, notes)
    },
    command: (v) => assign(draft, 'command', readCommand(v, notes)),
    entrypoint: (v) => assign(draft, 'entrypoint', readCommand(v, notes)),
    environment: (v) => readEnvironment(draft, v, notes),
    ports: (v) => void (draft.ports = readPorts(v, notes)),
    expose: (v) => void (draft.exposed = readExpose(v, notes)),
    volumes: (v) => {
      const { volumes, tmpfs } = readMounts(v, notes)
      draft.volumes = volumes
      draft.tmpfs = [...draft.tmpfs, ...tmpfs]
    },
    tmpfs: (v) => void (draft.tmpfs = [...draft.tmpfs, ...readTmpfs(v, notes)]),
    healthcheck: (v) => assign(draft, 'healthcheck', readHealthcheck(v, notes)),
    depends_on: (v) => void (draft.dependsOn = readDependencies(v, notes)),
    deploy: (v) => void (draft.deploy = readDeploy(v, notes)),
    read_only: (v) => assign(draft, 'readOnly', booleanOf(v, notes)),
    user: (v) => assign(draft, 'user', readUser(v, notes)),
    working_dir: (v) => assign(draft, 'workingDirectory', readFolder(v, notes)),
    restart: (v) => assign(draft, 'restart', readRestart(v, notes)),
    secrets: (v) => void (draft.secrets = readSecretFiles(v, notes)),
    'x-wetee': (v) =>
      readKeys(v, notes, {
        secretEnvironment: (s) => void (draft.secretEnvironment = readSecretEnvironment(s, notes)),
      }),
    cap_drop: (v) => void itemsOf(v, notes, 64).map((item) => textOf(item, notes, 'a capability')),
    security_opt: (v) => readSecurityOptions(v, notes),
    platform: (v) => void choiceOf(v, notes, ['linux/amd64']),
    init: (v) => {
      if (booleanOf(v, notes) === true)
        notes.refuse(v.at, 'key.unsupported', 'init: true is refused: put an init into the image')
    },
    privileged: (v) => falseOnly(v, notes, 'privileged containers own the machine'),
  })
  if (!pictured) notes.refuse(at, 'image.missing', `${name} has no image: every service names one`)
  return draft
}

const limitsInstead = unsupported('set it under deploy.resources.limits')
const sharedNetwork = unsupported(
  'the services of an application share one network and find each other by service name',
)
const hostOnly = dangerous('it would share a part of the machine')
const noEffect = unsupported('nothing reads it here')

/** Known keys of Compose that are refused, with the reason. */
export const refusedKeys = {
  build: unsupported('build and push the image first, then name it with image:'),
  extends: unsupported('write the service out in full'),
  env_file: unsupported('write the variables under environment'),
  configs: unsupported('put the file into the image'),
  network_mode: dangerous('every application has a network of its own'),
  pid: dangerous('processes of the machine stay invisible'),
  ipc: hostOnly,
  uts: hostOnly,
  userns_mode: hostOnly,
  cgroup: hostOnly,
  cgroup_parent: hostOnly,
  cap_add: dangerous('all capabilities are dropped'),
  devices: dangerous('devices of the machine cannot be reached'),
  device_cgroup_rules: dangerous('devices of the machine cannot be reached'),
  sysctls: dangerous('kernel settings cannot be changed'),
  runtime: dangerous('the worker chooses the runtime'),
  isolation: dangerous('the worker chooses the runtime'),
  volumes_from: unsupported('mount the same named volume in both services'),
  group_add: unsupported('a service has one user and one group, see user'),
  gpus: unsupported('GPUs cannot be asked for yet'),
  networks: sharedNetwork,
  links: sharedNetwork,
  external_links: sharedNetwork,
  hostname: sharedNetwork,
  domainname: sharedNetwork,
  extra_hosts: sharedNetwork,
  dns: sharedNetwork,
  dns_opt: sharedNetwork,
  dns_search: sharedNetwork,
  mac_address: sharedNetwork,
  container_name: unsupported('the worker names containers'),
  labels: noEffect,
  label_file: noEffect,
  annotations: noEffect,
  attach: noEffect,
  logging: unsupported('logs are kept by the worker: see wetee logs'),
  profiles: unsupported('every service in the file runs: remove those that should not'),
  pull_policy: unsupported('images are pinned by digest'),
  scale: unsupported('set deploy.replicas'),
  mem_limit: limitsInstead,
  mem_reservation: limitsInstead,
  mem_swappiness: limitsInstead,
  memswap_limit: limitsInstead,
  cpus: limitsInstead,
  cpu_count: limitsInstead,
  cpu_percent: limitsInstead,
  cpu_shares: limitsInstead,
  cpu_period: limitsInstead,
  cpu_quota: limitsInstead,
  cpuset: limitsInstead,
  pids_limit: limitsInstead,
  oom_kill_disable: limitsInstead,
  oom_score_adj: limitsInstead,
  blkio_config: limitsInstead,
  ulimits: limitsInstead,
  shm_size: unsupported('mount a tmpfs where the program needs it'),
  stdin_open: unsupported('nobody is at the terminal'),
  tty: unsupported('nobody is at the terminal'),
  stop_grace_period: unsupported('a service has 10 s after SIGTERM'),
  stop_signal: unsupported('services are stopped by SIGTERM'),
  develop: unsupported('it is for development only'),
  post_start: unsupported('it needs a way into the container'),
  pre_stop: unsupported('it needs a way into the container'),
  provider: unsupported('every service is a container'),
  models: unsupported('every service is a container'),
  credential_spec: unsupported('it is for Windows'),
  storage_opt: unsupported('set x-wetee.disk'),
} as const satisfies Keys

function assign<K extends keyof ServiceDraft>(
  draft: ServiceDraft,
  key: K,
  value: ServiceDraft[K] | undefined,
): void {
  if (value !== undefined) draft[key] = value
}

function falseOnly(value: Value, notes: Notes, reason: string): void {
  if (booleanOf(value, notes) === true)
    notes.refuse(value.at, 'key.dangerous', `refused: ${reason}`)
}

function readImage(draft: ServiceDraft, value: Value, notes: Notes): void {
  const text = textOf(value, notes, 'an image such as registry.example/app:1')
  if (text === undefined) return
  const reference = parseImageReference(text)
  if (reference !== undefined) draft.image = { reference, at: value.at }
  else {
    const what = 'expected registry.example/app:tag or @sha256:digest'
    notes.refuse(value.at, 'image.reference', `${what}, got "${printable(text)}"`)
  }
}

/** The reference that a resolver is asked for. */
export function askedReference({ reference }: { readonly reference: ImageReference }): string {
  return formatImageReference(reference)
}

/**
 * Absent means the image's own; an empty one would mean the same to an engine, so it is refused.
 */
function readCommand(value: Value, notes: Notes): PlacedText[] | undefined {
  if (value.kind === 'scalar' && value.type === 'null') return undefined
  const words = readArguments(value, notes)
  if (words?.length === 0)
    notes.refuse(value.at, 'command.empty', 'leave it out: the image’s own is used')
  return words
}

function readArguments(value: Value, notes: Notes): PlacedText[] | undefined {
  if (value.kind === 'list')
    return itemsOf(value, notes, limits.arguments).flatMap((item) => {
      const text = boundedText(item, notes, 'an argument')
      return text === undefined ? [] : [{ text, at: item.at }]
    })
  const line = boundedText(value, notes, 'a command line or a list of arguments')
  if (line === undefined) return undefined
  const words = splitWords(line)
  if (words === undefined)
    notes.refuse(value.at, 'command.quotes', 'a quote or backslash at the end is not finished')
  else if (words.length > limits.arguments)
    notes.refuse(value.at, 'value.range', `expected at most ${limits.arguments} arguments`)
  return words?.map((text) => ({ text, at: value.at }))
}

function boundedText(value: Value, notes: Notes, what: string): string | undefined {
  const text = textOf(value, notes, what)
  if (text === undefined || text.length <= limits.argumentBytes) return text
  notes.refuse(value.at, 'value.range', `expected at most ${limits.argumentBytes} characters`)
  return undefined
}

function readEnvironment(draft: ServiceDraft, value: Value, notes: Notes): void {
  const add = (name: string, text: string | undefined, at: Place) => {
    if (text === undefined) return
    if (!environmentNamePattern.test(name) || name === '__proto__')
      notes.refuse(at, 'environment.name', `"${printable(name)}" is no name for a variable`)
    else if (draft.environment.has(name))
      notes.refuse(at, 'environment.duplicate', `${name} is given twice: remove one`)
    else if (draft.environment.size >= limits.environment)
      notes.refuse(at, 'value.range', `expected at most ${limits.environment} variables`)
    else draft.environment.set(name, { text, at })
  }
  const fromShell = (name: string, at: Place) =>
    notes.refuse(
      at,
      'environment.from-host',
      `${printable(name)} has no value: nothing is taken from your shell, write the value`,
    )
  if (value.kind === 'list') {
    for (const item of itemsOf(value, notes, limits.environment)) {
      const text = boundedText(item, notes, 'NAME=value')
      const equals = text?.indexOf('=') ?? -1
      if (text !== undefined && equals < 0) fromShell(text, item.at)
      else if (text !== undefined) add(text.slice(0, equals), text.slice(equals + 1), item.at)
    }
    return
  }
  for (const { key, at, value: inner } of entriesOf(value, notes)) {
    if (inner.kind === 'scalar' && inner.type === 'null') fromShell(key, at)
    else if (inner.kind === 'scalar' && inner.type === 'boolean')
      notes.refuse(inner.at, 'environment.boolean', `put quotes around it: ${key}: "${inner.text}"`)
    else add(key, boundedText(inner, notes, 'text'), inner.at)
  }
}

/** What Compose assumes where a health check names no time; the interval stays above a second. */
const healthcheckDefaults = {
  intervalMs: 30_000,
  timeoutMs: 30_000,
  startPeriodMs: 0,
  retries: 3,
} as const

function readHealthcheck(value: Value, notes: Notes): Healthcheck | undefined {
  let test: string[] | undefined
  let asked = false
  let disabled = false
  const times: { -readonly [K in keyof typeof healthcheckDefaults]: number } = {
    ...healthcheckDefaults,
  }
  const period = (key: 'intervalMs' | 'timeoutMs' | 'startPeriodMs', minimum: number) => {
    return (v: Value) => {
      times[key] = durationOf(v, notes, minimum, limits.periodMs) ?? times[key]
    }
  }
  readKeys(value, notes, {
    test: (v) => {
      asked = true
      test = readTest(v, notes)
      if (test?.[0] === 'NONE') disabled = true
    },
    interval: period('intervalMs', 1000),
    timeout: period('timeoutMs', 1),
    start_period: period('startPeriodMs', 0),
    retries: (v) => void (times.retries = wholeOf(v, notes, 1, limits.retries) ?? times.retries),
    disable: (v) => void (disabled = booleanOf(v, notes) ?? false),
    start_interval: unsupported('the interval is the same from the start'),
  })
  if (disabled) return undefined
  if (test !== undefined) return { test, ...times }
  if (!asked && value.kind === 'map')
    notes.refuse(value.at, 'healthcheck.test', 'expected test: ["CMD", "program", "argument"]')
  return undefined
}

function readTest(value: Value, notes: Notes): string[] | undefined {
  if (value.kind !== 'list') {
    const line = boundedText(value, notes, 'a command')
    return line === undefined ? undefined : ['CMD-SHELL', line]
  }
  const words = itemsOf(value, notes, limits.arguments).flatMap((item) => {
    return boundedText(item, notes, 'an argument') ?? []
  })
  const [kind] = words
  const sized =
    (kind === 'NONE' && words.length === 1) ||
    (kind === 'CMD' && words.length > 1) ||
    (kind === 'CMD-SHELL' && words.length === 2)
  if (sized) return words
  notes.refuse(
    value.at,
    'healthcheck.test',
    'expected ["CMD", "program", ..] or ["CMD-SHELL", "line"]',
  )
  return undefined
}

function readDependencies(value: Value, notes: Notes): ServiceDraft['dependsOn'] {
  if (value.kind === 'list')
    return itemsOf(value, notes, limits.services).flatMap((item) => {
      const service = textOf(item, notes, 'the name of a service')
      return service === undefined ? [] : [{ service, condition: 'service_started', at: item.at }]
    })
  return entriesOf(value, notes).map(({ key, at, value: inner }) => {
    let condition: Dependency['condition'] = 'service_started'
    readKeys(inner, notes, {
      condition: (v) => {
        condition =
          choiceOf(v, notes, [
            'service_started',
            'service_healthy',
            'service_completed_successfully',
          ]) ?? condition
      },
      required: (v) => {
        if (booleanOf(v, notes) === false)
          notes.refuse(v.at, 'key.unsupported', 'every service in the file runs: leave it out')
      },
      restart: unsupported('services are restarted one by one'),
    })
    return { service: key, condition, at }
  })
}

function readUser(value: Value, notes: Notes): string | undefined {
  const text = textOf(value, notes, 'uid or uid:gid')
  if (text === undefined) return undefined
  if (userPattern.test(text)) return text
  const root = /^(?:0+|root)(?::|$)/.test(text)
  notes.refuse(
    value.at,
    root ? 'user.root' : 'user.not-numeric',
    root
      ? 'no service runs as root: write another uid, such as "1000"'
      : `expected numbers such as "1000:1000", got "${printable(text)}"`,
  )
  return undefined
}

function readFolder(value: Value, notes: Notes): string | undefined {
  const text = textOf(value, notes, 'an absolute folder')
  if (text === undefined || text === '/' || isContainerPath(text)) return text
  notes.refuse(
    value.at,
    'value.invalid',
    `expected a folder such as /app, got "${printable(text)}"`,
  )
  return undefined
}

function readRestart(value: Value, notes: Notes): 'on-failure' | 'no' | undefined {
  const choices = ['always', 'unless-stopped', 'on-failure', 'no'] as const
  if (value.kind === 'scalar' && /^on-failure:[0-9]+$/.test(value.text)) {
    notes.refuse(value.at, 'restart.attempts', 'attempts are not counted: write on-failure')
    return undefined
  }
  const choice = choiceOf(value, notes, choices)
  return choice === 'on-failure' || choice === 'no' ? choice : undefined
}

function readSecurityOptions(value: Value, notes: Notes): void {
  for (const item of itemsOf(value, notes, 16)) {
    const text = textOf(item, notes, 'no-new-privileges:true')
    if (text === undefined || /^no-new-privileges(?:[:=]true)?$/.test(text)) continue
    const reason = 'only no-new-privileges:true is possible, and always on'
    notes.refuse(item.at, 'key.dangerous', `"${printable(text)}" is refused: ${reason}`)
  }
}
