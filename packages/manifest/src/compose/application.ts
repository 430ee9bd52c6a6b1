// A whole Compose file to a draft: services, volumes and `x-wetee`. Pure.
import { bytesToHex } from '@noble/hashes/utils.js'
import {
  appNamePattern,
  limits,
  namePattern,
  type ChainAccess,
  type UpdateRule,
} from '../document.ts'
import { teeClassBits, type Hex } from '../terms.ts'
import type { Alerts } from '../alert-rules.ts'
import { readAlerts } from './alerts.ts'
import { readApis, type ApiDraft } from './apis.ts'
import { readDomains, type DomainDraft } from './domains.ts'
import {
  amountOf,
  booleanOf,
  choiceOf,
  durationOf,
  entriesOf,
  itemsOf,
  readKeys,
  textOf,
  unsupported,
  wholeOf,
} from './fields.ts'
import { readSecrets, type SecretDraft } from './secrets.ts'
import { readService, type ServiceDraft } from './service.ts'
import { printable } from './printable.ts'
import type { Notes, Place, Value } from './tree.ts'
import { parseBytes } from './units.ts'

/** The file as read; what the services say about each other is not compared yet. */
export type ApplicationDraft = {
  readonly at: Place
  name?: { readonly text: string; readonly at: Place }
  readonly services: ServiceDraft[]
  readonly volumes: { readonly name: string; readonly sizeMiB: number; readonly at: Place }[]
  secrets: SecretDraft[]
  domains: DomainDraft[]
  apis: ApiDraft[]
  teeClasses: number
  level: number
  diskMiB: number
  graceSeconds: number
  upgradeDelaySeconds: number
  update?: UpdateRule
  logKey?: Hex
  alerts?: Alerts
  exec?: true
  snapshots?: true
  chain?: ChainAccess
}

/** What `x-wetee` need not say: TDX, level 1, 64 MiB of disk, 72 h of grace, updates at once. */
const applicationDefaults = {
  teeClasses: teeClassBits.tdx,
  level: 1,
  diskMiB: 64,
  volumeMiB: 64,
  graceSeconds: 72 * 3600,
  upgradeDelaySeconds: 0,
} as const

const mebibyte = 2 ** 20
const DEFAULT_CANARY_SECONDS = 60
const yearMs = 365 * 86_400_000

/** Reads the top level; problems go to `notes`. */
export function readApplication(root: Value, notes: Notes): ApplicationDraft {
  const { volumeMiB: _, ...defaults } = applicationDefaults
  const draft: ApplicationDraft = {
    at: root.at,
    services: [],
    volumes: [],
    secrets: [],
    domains: [],
    apis: [],
    ...defaults,
  }
  readKeys(root, notes, {
    name: (v) => {
      const text = textOf(v, notes, 'a name')
      if (text !== undefined) draft.name = { text, at: v.at }
    },
    version: (v) => notes.warn(v.at, 'key.dropped', 'version is obsolete and left out'),
    services: (v) => readServices(draft, v, notes),
    volumes: (v) => readVolumes(draft, v, notes),
    'x-wetee': (v) => readExtension(draft, v, notes),
    networks: unsupported('the services of an application share one network of their own'),
    secrets: (v) => void (draft.secrets = readSecrets(v, notes)),
    configs: unsupported('put the file into the image'),
    include: unsupported('write everything into one file'),
    models: unsupported('every service is a container'),
  })
  const given = root.kind === 'map' ? root.entries.find(({ key }) => key === 'services') : undefined
  if (root.kind === 'map' && (given === undefined || isEmpty(given.value)))
    notes.refuse(root.at, 'services.missing', 'expected services: with at least one service')
  return draft
}

function isEmpty(value: Value): boolean {
  return value.kind === 'map' && value.entries.length === 0
}

/** Checks the application's name. */
export function checkName(name: string, at: Place, notes: Notes): void {
  if (appNamePattern.test(name)) return
  const what = 'expected 1 to 32 of a-z, 0-9, - and _, a letter or digit at both ends'
  notes.refuse(at, 'name.invalid', `${what}, got "${printable(name)}"`)
}

function readServices(draft: ApplicationDraft, value: Value, notes: Notes): void {
  const entries = entriesOf(value, notes)
  if (entries.length > limits.services)
    notes.refuse(value.at, 'value.range', `expected at most ${limits.services} services`)
  for (const { key, at, value: inner } of entries.slice(0, limits.services)) {
    if (!namePattern.test(key) || key === 'localhost') {
      const what = 'expected a service name of a-z, 0-9, - and _'
      notes.refuse(at, 'service.name', `${what}, got "${printable(key)}"`)
    } else draft.services.push(readService(key, inner, at, notes))
  }
}

function readVolumes(draft: ApplicationDraft, value: Value, notes: Notes): void {
  const entries = entriesOf(value, notes)
  if (entries.length > limits.volumes)
    notes.refuse(value.at, 'value.range', `expected at most ${limits.volumes} volumes`)
  for (const { key, at, value: inner } of entries.slice(0, limits.volumes)) {
    let sizeMiB: number = applicationDefaults.volumeMiB
    if (!namePattern.test(key)) {
      const what = 'expected a volume name of a-z, 0-9, - and _'
      notes.refuse(at, 'volume.name', `${what}, got "${printable(key)}"`)
      continue
    }
    if (inner.kind !== 'scalar' || inner.type !== 'null')
      readKeys(inner, notes, {
        driver: (v) => void choiceOf(v, notes, ['local']),
        'x-wetee': (v) =>
          readKeys(v, notes, { size: (s) => (sizeMiB = sizeOf(s, notes) ?? sizeMiB) }),
        driver_opts: unsupported('volumes are plain folders of the application'),
        external: unsupported('volumes belong to one application'),
        labels: unsupported('nothing reads it here'),
        name: unsupported('a volume is known by its key'),
      })
    draft.volumes.push({ name: key, sizeMiB, at })
  }
}

function sizeOf(value: Value, notes: Notes): number | undefined {
  const bytes = amountOf(value, notes, {
    what: 'a size such as 1g, from 1m to 16t',
    parse: parseBytes,
    minimum: mebibyte,
    maximum: limits.volumeMiB * mebibyte,
  })
  return bytes === undefined ? undefined : Math.ceil(bytes / mebibyte)
}

function readExtension(draft: ApplicationDraft, value: Value, notes: Notes): void {
  const seconds = (key: 'graceSeconds' | 'upgradeDelaySeconds', maximumMs: number) => {
    return (v: Value) => {
      const ms = durationOf(v, notes, 0, maximumMs)
      if (ms !== undefined) draft[key] = Math.ceil(ms / 1000)
    }
  }
  readKeys(value, notes, {
    tee: (v) => readTeeClasses(draft, v, notes),
    level: (v) => void (draft.level = wholeOf(v, notes, 0, 255) ?? draft.level),
    disk: (v) => void (draft.diskMiB = sizeOf(v, notes) ?? draft.diskMiB),
    grace: seconds('graceSeconds', yearMs),
    upgradeDelay: seconds('upgradeDelaySeconds', yearMs),
    update: (v) => readUpdate(draft, v, notes),
    domains: (v) => void (draft.domains = readDomains(v, notes)),
    apis: (v) => void (draft.apis = readApis(v, notes)),
    alerts: (v) => readAlertsOf(draft, v, notes),
    logKey: (v) => readLogKey(draft, v, notes),
    exec: (v) => readExec(draft, v, notes),
    snapshots: (v) => readSnapshots(draft, v, notes),
    chain: (v) => readChain(draft, v, notes),
  })
}

/** A canary needs its share; its time is a minute where none is given. */
function readUpdate(draft: ApplicationDraft, value: Value, notes: Notes): void {
  let strategy = 'start-first' as UpdateRule['strategy']
  let canaryPercent: number | undefined
  let canarySeconds: number | undefined
  readKeys(value, notes, {
    strategy: (v) => {
      strategy = choiceOf(v, notes, ['start-first', 'stop-first']) ?? strategy
    },
    canaryPercent: (v) => (canaryPercent = wholeOf(v, notes, 1, limits.canaryPercent)),
    canaryTime: (v) => {
      const ms = durationOf(v, notes, 1_000, limits.canarySeconds * 1_000)
      if (ms !== undefined) canarySeconds = Math.ceil(ms / 1_000)
    },
  })
  const refuse = (message: string) => notes.refuse(value.at, 'update.canary', message)
  if (canaryPercent === undefined && canarySeconds !== undefined)
    refuse('a canary needs canaryPercent, its share of new connections')
  if (canaryPercent !== undefined && strategy === 'stop-first')
    refuse('a canary runs beside the version before: use start-first')
  if (strategy === 'stop-first')
    notes.warn(
      value.at,
      'update.interrupts',
      'each update stops the application before the new version starts: clients see errors meanwhile',
    )
  draft.update = {
    strategy,
    ...(canaryPercent === undefined
      ? {}
      : { canaryPercent, canarySeconds: canarySeconds ?? DEFAULT_CANARY_SECONDS }),
  }
}

function readAlertsOf(draft: ApplicationDraft, value: Value, notes: Notes): void {
  const alerts = readAlerts(value, notes)
  if (alerts !== undefined) draft.alerts = alerts
}

function readExec(draft: ApplicationDraft, value: Value, notes: Notes): void {
  if (booleanOf(value, notes) !== true) return
  draft.exec = true
  notes.warn(
    value.at,
    'exec.allowed',
    'the owner may run any command in the containers: whoever relies on the code relies on the owner, too',
  )
}

function readSnapshots(draft: ApplicationDraft, value: Value, notes: Notes): void {
  if (booleanOf(value, notes) !== true) return
  draft.snapshots = true
  notes.warn(
    value.at,
    'snapshots.allowed',
    'the owner may read volumes, and replace what they hold: whoever relies on the code relies on the owner, too',
  )
}

/** What an application may do on chain; an empty list of contracts lets it read. */
function readChain(draft: ApplicationDraft, value: Value, notes: Notes): void {
  const contracts = new Set<Hex>()
  readKeys(value, notes, {
    contracts: (v) => {
      for (const item of itemsOf(v, notes, limits.contracts)) {
        const what = 'the address of a contract: 0x and 40 hex digits, in quotes'
        const text = textOf(item, notes, what)
        if (text === undefined) continue
        const [, hex] = /^0x([0-9a-fA-F]{40})$/.exec(text) ?? []
        if (hex === undefined)
          notes.refuse(item.at, 'value.invalid', `expected ${what}, got "${printable(text)}"`)
        else contracts.add(`0x${hex.toLowerCase()}`)
      }
    },
  })
  draft.chain = { contracts: [...contracts].sort() }
}

/** 32 bytes in hex or base64url; kept in hex. */
function readLogKey(draft: ApplicationDraft, value: Value, notes: Notes): void {
  const what = 'a public key of X25519: 64 hex digits or 43 characters of base64url'
  const text = textOf(value, notes, what)
  if (text === undefined) return
  const key = logKeyOf(text)
  if (key === undefined)
    notes.refuse(value.at, 'value.invalid', `expected ${what}, got "${printable(text)}"`)
  else draft.logKey = key
}

function logKeyOf(text: string): Hex | undefined {
  const [, hex] = /^(?:0x)?([0-9a-fA-F]{64})$/.exec(text) ?? []
  if (hex !== undefined) return /[^0]/.test(hex) ? `0x${hex.toLowerCase()}` : undefined
  // The last character carries four bits: two of six stay zero.
  if (!/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/.test(text)) return undefined
  const bytes = Uint8Array.from(
    atob(`${text.replaceAll('-', '+').replaceAll('_', '/')}=`),
    (character) => character.charCodeAt(0),
  )
  return bytes.some((byte) => byte !== 0) ? `0x${bytesToHex(bytes)}` : undefined
}

function readTeeClasses(draft: ApplicationDraft, value: Value, notes: Notes): void {
  const names = Object.keys(teeClassBits) as (keyof typeof teeClassBits)[]
  const items = value.kind === 'list' ? itemsOf(value, notes, names.length) : [value]
  let mask = 0
  for (const item of items) {
    const name = choiceOf(item, notes, names)
    if (name !== undefined) mask |= teeClassBits[name]
  }
  if (items.length === 0) notes.refuse(value.at, 'value.range', 'expected at least one TEE class')
  draft.teeClasses = mask
}
