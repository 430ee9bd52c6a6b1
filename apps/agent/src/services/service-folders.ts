// One memory volume for each service, which it sees read-only at /run/wetee: the launcher it is started through, the pipes that take
// its output, its variables. Writes files, runs the launcher.
import { execFileSync } from 'node:child_process'
import { copyFileSync, lstatSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { errorFields, type Log } from '../log.ts'
import { SecretError } from '../secrets/secret-error.ts'
import { checkMemoryFolder } from './memory-folder.ts'
import { removeUnfinished, replaceFile, writeWhole } from './whole-file.ts'

/** Where volumes lie and what is put into them. */
export type ServiceFolderOptions = {
  /** Holds one folder for each service, `/run/services`. */
  readonly folder: string
  /** The launcher's program. */
  readonly launcher: string
  /** A simulated TEE may do without memory volumes: then it is only said. */
  readonly simulated: boolean
  readonly log: Log
}

/** Names of the pipes, by the stream that they take. */
export const pipeNames = { stdout: 'out', stderr: 'err' } as const
/** Name of the file with variables: NAME=value, each ended by a zero byte. */
export const environmentName = 'environment'
/** Name of the launcher. */
export const launcherName = 'launch'
/** Folders of commands that the owner runs begin like this. */
export const EXEC_PREFIX = 'exec-'

/**
 * Makes a service's folder ready before it starts; again after a restart of the agent, when its pipes and what is in them stay.
 * A service without secret variables has a file of none. Throws SecretError `service.folder-missing`, `service.not-memory`,
 * `service.not-written`.
 */
export function prepareService(
  service: { readonly name: string; readonly hasVariables: boolean },
  options: ServiceFolderOptions,
): void {
  const folder = join(options.folder, service.name)
  checkMemoryFolder(folder, 'service', options)
  try {
    removeUnfinished(folder)
    for (const name of readdirSync(folder))
      if (name.startsWith(EXEC_PREFIX)) rmSync(join(folder, name), { recursive: true, force: true })
    const pipes = Object.values(pipeNames).map((name) => join(folder, name))
    for (const pipe of pipes)
      if (lstatSync(pipe, { throwIfNoEntry: false })?.isFIFO() === false)
        rmSync(pipe, { recursive: true, force: true })
    // Node cannot make pipes with a name.
    execFileSync(options.launcher, ['--fifos', ...pipes], { stdio: 'ignore', env: {} })
    replaceFile(folder, launcherName, 0o555, (path) => copyFileSync(options.launcher, path))
    if (!service.hasVariables) writeWhole(folder, environmentName, 0o444, new Uint8Array(0))
  } catch (cause) {
    const { code } = errorFields(cause)
    throw new SecretError('service.not-written', `${service.name}: its folder: ${code}`)
  }
}
