// Secrets in a manifest: which ones a version is given, where its services find them. Pure.
import { z } from 'zod'
import type { Problem } from './error.ts'

/** A secret that this version is given. `name` is what its services call it. */
export type SecretReference = {
  readonly name: string
  /** The application that owns it, decimal; absent: this one. */
  readonly appId?: string
  /** Its name on chain. */
  readonly secret: string
}

/** A secret as a file of a service. */
export type SecretFile = {
  /** `name` of a SecretReference. */
  readonly source: string
  /** Name of the file in `/run/secrets`. */
  readonly target: string
  /** Permission bits, 0 to 511. The file belongs to the agent's user. */
  readonly mode: number
}

/** A release names no more secrets than this, a service no more files and no more variables. */
export const maxSecrets = 64
/** Permission bits where a file names none: everybody in the container reads it. */
export const defaultSecretMode = 0o444
/** Where a service finds its secrets. */
export const secretsFolder = '/run/secrets'

const secretName = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$/
const fileName = /^[A-Za-z0-9_.-]{1,128}$/
const maxAppId = 2n ** 64n - 1n

/** Whether the Secrets contract takes this name: 1 to 64 of `a-zA-Z0-9._-`, no dot in front. */
export function isSecretName(text: string): boolean {
  return secretName.test(text)
}

/** Whether this is a plain file name that the agent does not use itself (`.wetee...`). */
export function isSecretTarget(text: string): boolean {
  return fileName.test(text) && text !== '.' && text !== '..' && !text.startsWith('.wetee')
}

/** Whether this is an application's id, 1 to 2^64 - 1, in decimal without zeros in front. */
export function isAppId(text: string): boolean {
  return /^[1-9][0-9]{0,19}$/.test(text) && BigInt(text) <= maxAppId
}

/** Schema of `secrets` of a document. Absent where there are none: it is never empty. */
export const secretReferencesSchema = z
  .array(
    z.strictObject({
      name: z.string().refine(isSecretName),
      appId: z.string().refine(isAppId).optional(),
      secret: z.string().refine(isSecretName),
    }),
  )
  .min(1)
  .max(maxSecrets)
  .optional()

/** Schema of `secrets` of a service. */
export const secretFilesSchema = z
  .array(
    z.strictObject({
      source: z.string().refine(isSecretName),
      target: z.string().refine(isSecretTarget),
      mode: z.number().int().min(0).max(0o777),
    }),
  )
  .max(maxSecrets)

/** Names a secret on chain: two references to one are one too many. */
export function secretKey({ appId, secret }: Omit<SecretReference, 'name'>): string {
  return `${appId ?? ''}/${secret}`
}

/** What the parser of a document needs to know about a service here. */
type Holder = {
  readonly environment: Readonly<Record<string, string>>
  readonly secrets: readonly SecretFile[]
  readonly secretEnvironment?: Readonly<Record<string, string>>
}

/**
 * What is well-formed but contradicts itself: doubled references, sources that are not listed,
 * references that nothing uses, variables that `environment` sets as well. Order is not looked at.
 */
export function secretInconsistencies(document: {
  readonly services: readonly Holder[]
  readonly secrets?: readonly SecretReference[]
}): Omit<Problem, 'code' | 'line' | 'column'>[] {
  const problems: Omit<Problem, 'code' | 'line' | 'column'>[] = []
  const references = document.secrets ?? []
  const names = new Set(references.map(({ name }) => name))
  if (new Set(references.map(secretKey)).size < references.length)
    problems.push({ path: 'secrets', message: 'two names for one secret' })
  const used = new Set<string>()
  document.services.forEach(({ environment, secrets, secretEnvironment = {} }, index) => {
    const use = (source: string, path: string) => {
      used.add(source)
      if (!names.has(source)) problems.push({ path, message: `there is no secret ${source}` })
    }
    for (const { source } of secrets) use(source, `services[${index}].secrets`)
    const path = `services[${index}].secretEnvironment`
    const variables = Object.entries(secretEnvironment)
    for (const [variable, source] of variables) {
      use(source, path)
      if (Object.hasOwn(environment, variable))
        problems.push({ path, message: `${variable} is set by environment too` })
    }
    if (variables.length > maxSecrets)
      problems.push({ path, message: `expected at most ${maxSecrets} variables` })
  })
  for (const { name } of references)
    if (!used.has(name)) problems.push({ path: 'secrets', message: `no service uses ${name}` })
  return problems
}
