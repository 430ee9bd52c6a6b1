// `secrets` of a Compose file, at the top and in services, and variables that hold secrets. Pure.
import { environmentNamePattern } from '../document.ts'
import {
  defaultSecretMode,
  isAppId,
  isSecretName,
  isSecretTarget,
  maxSecrets,
  secretKey,
  secretsFolder,
  type SecretFile,
  type SecretReference,
} from '../secrets.ts'
import { booleanOf, entriesOf, itemsOf, readKeys, textOf, unsupported } from './fields.ts'
import { printable } from './printable.ts'
import type { Notes, Place, Value } from './tree.ts'

/** A reference and where it was written. */
export type SecretDraft = SecretReference & { readonly at: Place }
/** A file and where it was written. */
export type SecretFileDraft = SecretFile & { readonly at: Place }
/** A variable, the secret that it holds, and where it was written. */
export type SecretVariableDraft = {
  readonly name: string
  readonly source: string
  readonly at: Place
}

const setInstead = 'write external: true and set the value with wetee secret set'

/** `secrets` at the top: references only, a value would be public for ever. */
export function readSecrets(value: Value, notes: Notes): SecretDraft[] {
  const entries = entriesOf(value, notes)
  if (entries.length > maxSecrets)
    notes.refuse(value.at, 'value.range', `expected at most ${maxSecrets} secrets`)
  const secrets: SecretDraft[] = []
  for (const { key, at, value: inner } of entries.slice(0, maxSecrets)) {
    if (!isSecretName(key)) {
      notes.refuse(at, 'secret.name', `${nameExpected}, got "${printable(key)}"`)
      continue
    }
    const reference = readReference(key, inner, at, notes)
    const other = secrets.find((known) => secretKey(known) === secretKey(reference))
    if (other !== undefined)
      notes.refuse(at, 'secret.duplicate', `${other.name} is the same secret: remove one`)
    secrets.push({ name: key, ...reference, at })
  }
  return secrets
}

const nameExpected = 'expected 1 to 64 of a-z, A-Z, 0-9, ., - and _, no dot in front'

function readReference(
  key: string,
  value: Value,
  at: Place,
  notes: Notes,
): Omit<SecretReference, 'name'> {
  let external: boolean | undefined
  let named: Omit<SecretReference, 'name'> | undefined
  let isPublic = false
  const refuseValue = (_: Value, place: Place) => {
    isPublic = true
    const what = `the value of ${printable(key)} would be public for ever`
    notes.refuse(place, 'secret.public', `${what}: ${setInstead}`)
  }
  if (value.kind !== 'scalar' || value.type !== 'null')
    readKeys(value, notes, {
      external: (v) => void (external = booleanOf(v, notes) ?? true),
      name: (v) => void (named = readNameOnChain(v, notes)),
      file: refuseValue,
      environment: refuseValue,
      content: refuseValue,
      labels: unsupported('nothing reads it here'),
      driver: unsupported('the network keeps secrets: write external: true'),
      driver_opts: unsupported('the network keeps secrets: write external: true'),
      template_driver: unsupported('a secret is given as it was set'),
    })
  if (external !== true && !isPublic && (value.kind === 'map' || value.kind === 'scalar'))
    notes.refuse(at, 'secret.not-external', `${printable(key)}: ${setInstead}`)
  return named ?? { secret: key }
}

/** `db_password`, or `12/db_password` for a secret that application 12 has granted. */
function readNameOnChain(value: Value, notes: Notes): Omit<SecretReference, 'name'> | undefined {
  const text = textOf(value, notes, 'the name of a secret')
  if (text === undefined) return undefined
  const slash = text.indexOf('/')
  const appId = slash < 0 ? undefined : text.slice(0, slash)
  const secret = text.slice(slash + 1)
  if (isSecretName(secret) && (appId === undefined || isAppId(appId)))
    return appId === undefined ? { secret } : { appId, secret }
  const what = `${nameExpected}, or 12/name for one of application 12`
  notes.refuse(value.at, 'secret.name', `${what}, got "${printable(text)}"`)
  return undefined
}

/** `secrets` of a service: names, or the long form with `source`, `target`, `mode`. */
export function readSecretFiles(value: Value, notes: Notes): SecretFileDraft[] {
  const files: SecretFileDraft[] = []
  for (const item of itemsOf(value, notes, maxSecrets)) {
    const file = item.kind === 'map' ? longForm(item, notes) : shortForm(item, notes)
    if (file === undefined) continue
    if (files.some(({ target }) => target === file.target)) {
      const what = `${secretsFolder}/${printable(file.target)} is given twice: remove one`
      notes.refuse(file.at, 'secret.duplicate', what)
    } else files.push(file)
  }
  return files
}

function shortForm(value: Value, notes: Notes): SecretFileDraft | undefined {
  const source = textOf(value, notes, 'the name of a secret')
  if (source === undefined || !isListedName(source, value.at, notes)) return undefined
  return { source, target: source, mode: defaultSecretMode, at: value.at }
}

/** What cannot be listed under `secrets:` needs no second message about the list. */
function isListedName(source: string, at: Place, notes: Notes): boolean {
  if (isSecretName(source)) return true
  notes.refuse(at, 'secret.unknown', `there is no secret "${printable(source)}"`)
  return false
}

function longForm(value: Value, notes: Notes): SecretFileDraft | undefined {
  let source: { readonly text: string; readonly at: Place } | undefined
  let target: string | undefined
  let mode: number | undefined = defaultSecretMode
  let sound = true
  const owners = unsupported('the file belongs to the agent’s user: let mode say who reads it')
  readKeys(value, notes, {
    source: (v) => {
      const text = textOf(v, notes, 'the name of a secret')
      if (text === undefined) sound = false
      else source = { text, at: v.at }
    },
    target: (v) => {
      target = readTarget(v, notes)
      sound &&= target !== undefined
    },
    mode: (v) => void (mode = readMode(v, notes)),
    uid: owners,
    gid: owners,
  })
  if (source === undefined) {
    if (sound) notes.refuse(value.at, 'secret.unknown', 'expected source: with a secret’s name')
    return undefined
  }
  if (!isListedName(source.text, source.at, notes) || !sound || mode === undefined) return undefined
  return { source: source.text, target: target ?? source.text, mode, at: source.at }
}

/** A file name, also written as `/run/secrets/name`. */
function readTarget(value: Value, notes: Notes): string | undefined {
  const text = textOf(value, notes, 'a file name')
  if (text === undefined) return undefined
  const name = text.startsWith(`${secretsFolder}/`) ? text.slice(secretsFolder.length + 1) : text
  if (isSecretTarget(name)) return name
  const what = `expected a plain file name below ${secretsFolder}, none that begins with .wetee`
  notes.refuse(value.at, 'secret.target', `${what}, got "${printable(text)}"`)
  return undefined
}

/** Octal as Compose writes it: `0444` or `0o444`. Without the zero it would be read as decimal. */
function readMode(value: Value, notes: Notes): number | undefined {
  const what = 'permissions such as 0444'
  const text = textOf(value, notes, what)
  if (text === undefined) return undefined
  const digits = /^0o?([0-7]{3})$/.exec(text)?.[1]
  if (digits !== undefined) return Number.parseInt(digits, 8)
  notes.refuse(value.at, 'value.invalid', `expected ${what}, got "${printable(text)}"`)
  return undefined
}

/** `x-wetee.secretEnvironment` of a service: variables to names of secrets. */
export function readSecretEnvironment(value: Value, notes: Notes): SecretVariableDraft[] {
  const variables: SecretVariableDraft[] = []
  const entries = entriesOf(value, notes)
  if (entries.length > maxSecrets)
    notes.refuse(value.at, 'value.range', `expected at most ${maxSecrets} variables`)
  for (const { key, at, value: inner } of entries.slice(0, maxSecrets)) {
    const source = textOf(inner, notes, 'the name of a secret')
    if (!environmentNamePattern.test(key) || key === '__proto__')
      notes.refuse(at, 'environment.name', `"${printable(key)}" is no name for a variable`)
    else if (source !== undefined && isListedName(source, inner.at, notes))
      variables.push({ name: key, source, at: inner.at })
  }
  return variables
}

/** What a service says of secrets, compared with what is listed and with its other keys. */
export function compareSecrets(
  draft: {
    readonly secrets: readonly SecretDraft[]
    readonly services: readonly {
      readonly environment: ReadonlyMap<string, unknown>
      readonly secrets: readonly SecretFileDraft[]
      readonly secretEnvironment: readonly SecretVariableDraft[]
      readonly user?: string
    }[]
  },
  notes: Notes,
): void {
  const names = new Set(draft.secrets.map(({ name }) => name))
  for (const { environment, secrets, secretEnvironment } of draft.services) {
    for (const { source, at } of [...secrets, ...secretEnvironment])
      if (!names.has(source))
        notes.refuse(at, 'secret.unknown', `${source} is not listed under secrets: at the top`)
    for (const { name, at } of secretEnvironment)
      if (environment.has(name)) {
        const what = `${printable(name)} is given under environment too: remove one`
        notes.refuse(at, 'environment.duplicate', what)
      }
    for (const { target, mode, at } of secrets)
      if ((mode & 0o004) === 0)
        notes.warn(
          at,
          'secret.unreadable',
          `${target} belongs to the agent’s user: other users need the last digit of mode`,
        )
  }
  for (const { name, at } of draft.secrets)
    if (!draft.services.some((service) => uses(service, name)))
      notes.warn(at, 'secret.unused', 'no service uses it: it is left out of the manifest')
}

/** Whether a service names a secret, as a file or in a variable. */
export function uses(
  service: {
    readonly secrets: readonly SecretFileDraft[]
    readonly secretEnvironment: readonly SecretVariableDraft[]
  },
  name: string,
): boolean {
  return [...service.secrets, ...service.secretEnvironment].some(({ source }) => source === name)
}
