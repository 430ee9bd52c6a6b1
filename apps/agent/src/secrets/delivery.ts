// Puts released secrets where their services look: files in a memory volume, variables for the launcher. Writes files.
import { join } from 'node:path'
import type { Log } from '../log.ts'
import { checkMemoryFolder } from '../services/memory-folder.ts'
import { environmentName } from '../services/service-folders.ts'
import { removeUnfinished, writeWhole } from '../services/whole-file.ts'
import { SecretError } from './secret-error.ts'
import type { SecretPlan, ServicePlan } from './plan.ts'

/** Where and how. */
export type DeliveryOptions = {
  /** Holds one folder for each service with files, `/run/secrets-of`. */
  readonly folder: string
  /** Holds one folder for each service, `/run/services`: its variables. */
  readonly servicesFolder: string
  /** A simulated TEE may keep secrets on a disk where its runtime has no memory volumes: then it is only said. */
  readonly simulated: boolean
  readonly log: Log
}

/**
 * Throws SecretError `secrets.folder-missing` or `secrets.not-memory` where a service's folders are not what they have to be;
 * asked before a secret is released, and again before one is written.
 */
export function checkFolders(plan: SecretPlan, options: DeliveryOptions): void {
  for (const { service, files, variables } of plan.services) {
    if (files.length > 0) checkMemoryFolder(join(options.folder, service), 'secrets', options)
    if (variables.length > 0)
      checkMemoryFolder(join(options.servicesFolder, service), 'secrets', options)
  }
}

/**
 * Writes everything of a plan, each file whole or not at all: whoever opens one finds all of it. Takes `values` in the order of
 * the plan's secrets. Throws SecretError `secrets.not-memory`, `secrets.folder-missing`, `secrets.not-text`,
 * `secrets.not-written`.
 */
export function deliverSecrets(
  plan: SecretPlan,
  values: readonly Uint8Array[],
  options: DeliveryOptions,
): void {
  checkFolders(plan, options)
  for (const service of plan.services) {
    const environment = environmentOf(service, values)
    try {
      writeService(service, values, environment, options)
    } catch (cause) {
      throw new SecretError(
        'secrets.not-written',
        `${service.service}: ${String((cause as { code?: unknown }).code)}`,
      )
    } finally {
      environment?.fill(0)
    }
  }
}

function writeService(
  { service, files }: ServicePlan,
  values: readonly Uint8Array[],
  environment: Uint8Array | undefined,
  { folder, servicesFolder }: DeliveryOptions,
): void {
  const ofService = join(folder, service)
  // Of an agent that ended in between.
  if (files.length > 0) removeUnfinished(ofService)
  for (const { target, mode, secret } of files)
    writeWhole(ofService, target, mode, values[secret] ?? new Uint8Array(0))
  if (environment !== undefined)
    writeWhole(join(servicesFolder, service), environmentName, 0o444, environment)
}

/** NAME=value, each ended by a zero byte; undefined for a service without variables. */
function environmentOf(
  { service, variables }: ServicePlan,
  values: readonly Uint8Array[],
): Buffer | undefined {
  if (variables.length === 0) return undefined
  const parts: Uint8Array[] = []
  for (const { name, secret } of variables) {
    const value = values[secret] ?? new Uint8Array(0)
    if (value.includes(0))
      throw new SecretError(
        'secrets.not-text',
        `${service}: ${name} holds a zero byte, which no variable can; deliver it as a file`,
      )
    parts.push(Buffer.from(`${name}=`), value, Buffer.of(0))
  }
  return Buffer.concat(parts)
}
