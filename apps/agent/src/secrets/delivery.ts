// Puts released secrets where their services look: files in a memory volume, variables for the launcher. Writes files.
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  copyFileSync,
  fchmodSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Log } from '../log.ts'
import { SecretError } from './secret-error.ts'
import type { SecretPlan, ServicePlan } from './plan.ts'

/** Where and how. */
export type DeliveryOptions = {
  /** Holds one folder for each service, `/run/secrets-of`. */
  readonly folder: string
  /** The launcher's program. */
  readonly launcher: string
  /** A simulated TEE may keep secrets on a disk where its runtime has no memory volumes: then it is only said. */
  readonly simulated: boolean
  readonly log: Log
}

/** `f_type` of tmpfs and ramfs (Linux, magic.h). */
const MEMORY_FILE_SYSTEMS = [0x0102_1994, 0x8584_58f6]
/** The agent's own folder in each volume; no file of a service begins like this. */
const OWN_FOLDER = '.wetee'
const UNFINISHED = `${OWN_FOLDER}-new-`

/**
 * Throws SecretError `secrets.folder-missing` or `secrets.not-memory` where a service's folder is not what it has to be; asked
 * before a secret is released, and again before one is written.
 */
export function checkFolders(plan: SecretPlan, options: DeliveryOptions): void {
  for (const { service } of plan.services) {
    const folder = join(options.folder, service)
    let type: number
    try {
      if (!lstatSync(folder).isDirectory()) throw new Error('no folder')
      type = statfsSync(folder).type
    } catch (cause) {
      throw new SecretError('secrets.folder-missing', `${folder}: expected a folder`, { cause })
    }
    if (MEMORY_FILE_SYSTEMS.includes(type)) continue
    if (!options.simulated)
      throw new SecretError('secrets.not-memory', `${folder}: expected a memory volume (tmpfs)`)
    options.log.warn(
      { code: 'secrets.not-memory', service },
      'secrets of a simulated TEE are kept on a disk',
    )
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
      writeService(join(options.folder, service.service), service, values, {
        environment,
        launcher: options.launcher,
      })
    } catch (cause) {
      if (cause instanceof SecretError) throw cause
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
  folder: string,
  { files }: ServicePlan,
  values: readonly Uint8Array[],
  own: { readonly environment: Uint8Array | undefined; readonly launcher: string },
): void {
  // Of an agent that ended in between.
  for (const name of readdirSync(folder))
    if (name.startsWith(UNFINISHED)) rmSync(join(folder, name), { force: true })
  for (const { target, mode, secret } of files)
    writeWhole(folder, target, mode, values[secret] ?? new Uint8Array(0))
  if (own.environment === undefined) return
  const inside = join(folder, OWN_FOLDER)
  mkdirSync(inside, { recursive: true })
  chmodSync(inside, 0o755)
  writeWhole(folder, join(OWN_FOLDER, 'environment'), 0o444, own.environment)
  const unfinished = join(folder, `${UNFINISHED}${randomBytes(8).toString('hex')}`)
  copyFileSync(own.launcher, unfinished)
  chmodSync(unfinished, 0o555)
  renameSync(unfinished, join(inside, 'launch'))
}

/** Written beside, then renamed: a reader sees the old file, none, or all of the new one. */
function writeWhole(folder: string, target: string, mode: number, bytes: Uint8Array): void {
  const unfinished = join(folder, `${UNFINISHED}${randomBytes(8).toString('hex')}`)
  const file = openSync(unfinished, 'wx', 0o600)
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at)
    fchmodSync(file, mode)
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error
  } finally {
    closeSync(file)
  }
  renameSync(unfinished, join(folder, target))
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
